"""The `bulou` command as an operator meets it: other processes, a home of its own, exit codes and sentences."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import psycopg
import pytest

from bulou.platform import postgres
from bulou.site.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
COUNTY = "632726"


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("BULOU_", "DJANGO_")) and name != "DATABASE_URL"
    }
    return (
        kept
        | {
            "BULOU_HOME": str(home),
            "PYTHONPATH": str(ROOT / "src"),
            "OPEN": "0",
            "LC_ALL": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
        }
        | more
    )


def bulou(home: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bulou.site.cli", *words],
        env=environment(home, **more),
        capture_output=True,
        text=True,
        timeout=120,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def founded() -> Iterator[Path]:
    """A founded exercise, stopped."""
    with TemporaryDirectory(prefix="bulou-cli-") as folder:
        home = Path(folder) / "home"
        done = bulou(home, "init", "exercise", COUNTY)
        assert done.returncode == 0, done.stderr
        assert "one-time password" in done.stdout
        assert "B1.1" in done.stdout
        yield home
        postgres.stop(home)


class Running:
    """`bulou up` in a process of its own."""

    def __init__(self, home: Path, *words: str, **more: str) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "bulou.site.cli", *(words or ("up",)), "--port", str(self.port)]
        self.process = subprocess.Popen(
            command, env=environment(home, **more), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.said: list[str] = []

    def until(self, words: str) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if words in line:
                return
        pytest.fail(f"never said “{words}”: {''.join(self.said)}")

    def status(self) -> int:
        asked = HTTPConnection("127.0.0.1", self.port, timeout=10)
        asked.request("GET", "/")
        return asked.getresponse().status

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=60)
        self.said.append(rest)
        return self.process.returncode


@pytest.fixture
def up(founded: Path) -> Iterator[Running]:
    running = Running(founded)
    try:
        running.until("answers at")
        yield running
    finally:
        if running.process.poll() is None:
            running.end()


def test_help_lists_every_command_and_each_explains_itself(tmp_path: Path) -> None:
    listed = bulou(tmp_path, "--help").stdout
    for command in COMMANDS:
        assert (
            bulou(tmp_path, command.name, "--help").returncode == 0
            if command.about
            else command.name in ("work", "exercise")
        )
        assert not command.about or f"\n    {command.name}" in listed
    assert not list(tmp_path.iterdir())


def test_a_wrong_word_is_usage_and_exit_code_two(tmp_path: Path) -> None:
    assert bulou(tmp_path, "frobnicate").returncode == 2
    assert bulou(tmp_path).returncode == 2
    assert bulou(tmp_path, "init", "drill", COUNTY).returncode == 2


def test_a_house_is_founded_once(founded: Path) -> None:
    again = bulou(founded, "init", "real", COUNTY)
    assert again.returncode == 2
    assert "founded as “exercise”" in again.stderr
    assert "Traceback" not in again.stderr
    assert postgres.status(founded).pid is None


def test_a_county_that_is_not_in_the_list_leaves_nothing_founded(tmp_path: Path) -> None:
    with TemporaryDirectory(prefix="bulou-cli-") as folder:
        home = Path(folder) / "home"
        refused = bulou(home, "init", "exercise", "999999")
        assert refused.returncode == 2
        assert "999999" in refused.stderr
        assert bulou(home, "up").returncode == 2
        assert bulou(home, "init", "exercise", COUNTY).returncode == 0


def test_refusals_speak_the_terminal_s_language(tmp_path: Path) -> None:
    (tmp_path / "home" / "pg").mkdir(parents=True)
    (tmp_path / "home" / "pg" / "holiday.jpg").write_text("")
    english = bulou(tmp_path / "home", "up")
    assert english.returncode == 2
    assert "not a database of Bulou" in english.stderr
    assert english.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("up", "--host", "0.0.0.0", "--plain"), "this machine only"),
        (("up", "--port", "80000"), "not a port"),
        (("up", "--cert", "/nonexistent"), "belong together"),
        (("up", "--cert", "/nonexistent", "--key", "/nonexistent"), "cannot be read"),
    ],
)
def test_an_address_that_cannot_be_served_is_refused_in_one_sentence(
    founded: Path, words: tuple[str, ...], sentence: str
) -> None:
    refused = bulou(founded, *words, PORT=str(free_port()))
    assert refused.returncode == 2
    assert sentence in refused.stderr


def test_up_serves_is_alone_and_stops_in_order(up: Running, founded: Path) -> None:
    assert up.status() in (200, 302)
    second = bulou(founded, "up", PORT=str(free_port()))
    assert second.returncode == 2
    assert "already running" in second.stderr
    seen = json.loads(bulou(founded, "status", "--json").stdout)
    assert seen["up"] is True
    assert bulou(founded, "adduser", f"clerk{up.port}", "Clerk").returncode == 0
    assert postgres.status(founded).pid is not None, "a command beside `bulou up` must leave the database running"
    assert up.end(signal.SIGINT) == 0
    assert "Stopped" in "".join(up.said)
    assert postgres.status(founded).pid is None
    assert bulou(founded, "status").returncode == 1


def test_a_port_that_is_taken_is_named(up: Running, tmp_path: Path) -> None:
    refused = bulou(tmp_path / "other", "up", PORT=str(up.port))
    assert refused.returncode == 2
    assert str(up.port) in refused.stderr


def test_a_server_that_dies_is_started_again(up: Running) -> None:
    server = next(
        child for child in psutil.Process(up.process.pid).children() if "granian" in " ".join(child.cmdline())
    )
    workers = server.children(recursive=True)
    assert workers
    server.kill()
    up.until("started again")
    _gone, alive = psutil.wait_procs(workers, timeout=10)
    assert not alive, "workers of the dead server still answer on its port"
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            assert up.status() in (200, 302)
            return
        except OSError:
            time.sleep(0.2)
    pytest.fail("the server did not come back")


def test_a_supervisor_killed_without_warning_leaves_no_server_and_the_next_start_continues(founded: Path) -> None:
    first = Running(founded)
    first.until("answers at")
    children = psutil.Process(first.process.pid).children(recursive=True)
    first.end(signal.SIGKILL)
    _gone, alive = psutil.wait_procs(children, timeout=30)
    assert not [process for process in alive if "granian" in " ".join(process.cmdline())]
    second = Running(founded)
    second.until("answers at")
    assert second.status() in (200, 302)
    assert second.end() == 0


def test_https_with_the_county_s_own_certificate(founded: Path) -> None:
    running = Running(founded, "up", "--https", "--name", "bulou.example")
    try:
        running.until("answers at https://")
        trusting = ssl.create_default_context(cafile=str(founded / "tls" / "authority.crt"))
        asked = HTTPSConnection("localhost", running.port, timeout=10, context=trusting)
        asked.request("GET", "/account/log-in")
        answer = asked.getresponse()
        assert answer.status == 200
        assert "secure" in (answer.getheader("Set-Cookie") or "").lower()
    finally:
        assert running.end() == 0


def test_a_database_that_a_newer_bulou_changed_is_refused(founded: Path) -> None:
    cluster = postgres.ensure_running(founded)
    with psycopg.connect(cluster.dsn("bulou_owner")) as owner:
        owner.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('house', '9999_tomorrow', now())")
    refused = bulou(founded, "up", PORT=str(free_port()))
    with psycopg.connect(postgres.ensure_running(founded).dsn("bulou_owner")) as owner:
        owner.execute("DELETE FROM django_migrations WHERE name = '9999_tomorrow'")
    postgres.stop(founded)
    assert refused.returncode == 2
    assert "house.9999_tomorrow" in refused.stderr


def test_the_journal_of_a_new_house_is_sound_and_its_head_can_be_compared(founded: Path) -> None:
    head = bulou(founded, "journal", "head")
    assert head.returncode == 0, head.stderr
    sound = bulou(founded, "journal", "verify", "--head", head.stdout.strip())
    assert sound.returncode == 0, sound.stdout + sound.stderr
    assert bulou(founded, "journal", "verify", "--head", "12-NONSENSE").returncode == 2


def test_keys_are_printed_and_typed_back(founded: Path, tmp_path: Path) -> None:
    sheet = bulou(founded, "keys", "sheet").stdout
    typed = subprocess.run(
        [sys.executable, "-m", "bulou.site.cli", "keys", "restore"],
        input=sheet,
        env=environment(tmp_path / "new"),
        capture_output=True,
        text=True,
    )
    assert typed.returncode == 0, typed.stderr
    assert json.loads((tmp_path / "new" / "keys" / "ring.json").read_text()) == json.loads(
        (founded / "keys" / "ring.json").read_text()
    )


def test_a_backup_goes_to_another_machine_with_the_sheet_and_only_with_it(founded: Path, tmp_path: Path) -> None:
    made = bulou(founded, "backup", str(tmp_path / "county.backup"))
    assert made.returncode == 0, made.stderr
    with TemporaryDirectory(prefix="bulou-cli-") as folder:
        other = Path(folder) / "home"
        without = bulou(other, "restore", str(tmp_path / "county.backup"))
        assert without.returncode == 2
        assert "Traceback" not in without.stderr
        sheet = bulou(founded, "keys", "sheet").stdout
        subprocess.run(
            [sys.executable, "-m", "bulou.site.cli", "keys", "restore"],
            input=sheet,
            env=environment(other),
            text=True,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        restored = bulou(other, "restore", str(tmp_path / "county.backup"))
        assert restored.returncode == 0, restored.stderr
        assert bulou(other, "restore", str(tmp_path / "county.backup")).returncode == 2, "not over what is there"
        assert "founded as “exercise”" in bulou(other, "init", "real", COUNTY).stderr
        assert bulou(other, "journal", "verify").returncode == 0
        running = Running(other)
        running.until("answers at")
        assert running.status() in (200, 302)
        assert bulou(other, "restore", "--replace", str(tmp_path / "county.backup")).returncode == 2, (
            "not under a running house"
        )
        assert running.end() == 0
