"""What the house stands on is killed, cut and filled; what was confirmed is there afterwards. `make chaos`."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import psycopg
import pytest

from bulou.platform import postgres
from bulou.platform.refusals import Refusal
from tests.site.test_commands import COUNTY, Running, bulou

pytestmark = pytest.mark.chaos
ROUNDS = 3


@pytest.fixture
def home() -> Iterator[Path]:
    """A founded exercise."""
    with TemporaryDirectory(prefix="bulou-chaos-") as folder:
        place = Path(folder) / "home"
        assert bulou(place, "init", "exercise", COUNTY).returncode == 0
        yield place
        postgres.stop(place)


class Writer(threading.Thread):
    """Writes numbered rows, each with its own commit, and remembers those that were confirmed."""

    def __init__(self, home: Path) -> None:
        super().__init__(daemon=True)
        self.home = home
        self.confirmed: list[int] = []
        self.end = threading.Event()

    def run(self) -> None:
        number = 0
        while not self.end.is_set():
            with suppress(psycopg.Error, Refusal, FileNotFoundError), self._connect() as connection:
                while not self.end.is_set():
                    number += 1
                    connection.execute("INSERT INTO chaos VALUES (%s)", [number])
                    self.confirmed.append(number)
            time.sleep(0.05)

    def _connect(self) -> psycopg.Connection:
        socket = postgres.status(self.home).socket
        cluster = postgres.Cluster(self.home, socket or Path("/nonexistent"), 0)
        return psycopg.connect(cluster.dsn("bulou_owner"), autocommit=True, connect_timeout=2)


def rows(home: Path) -> set[int]:
    with psycopg.connect(postgres.ensure_running(home).dsn("bulou_owner")) as connection:
        return {row[0] for row in connection.execute("SELECT number FROM chaos")}


def make_table(home: Path) -> None:
    with psycopg.connect(postgres.ensure_running(home).dsn("bulou_owner"), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS chaos (number int PRIMARY KEY)")


def page_comes_back(running: Running, within: float = 60) -> bool:
    until = time.monotonic() + within
    while time.monotonic() < until:
        with suppress(OSError):
            if running.status() in (200, 302):
                return True
        time.sleep(0.2)
    return False


def test_a_database_killed_while_it_writes_comes_back_with_every_confirmed_row(home: Path) -> None:
    running = Running(home)
    running.until("answers at")
    make_table(home)
    writer = Writer(home)
    writer.start()
    try:
        for _ in range(ROUNDS):
            before = len(writer.confirmed)
            until = time.monotonic() + 60
            while len(writer.confirmed) < before + 200 and time.monotonic() < until:
                time.sleep(0.05)
            assert len(writer.confirmed) >= before + 200, "the writer did not get going again"
            pid = postgres.status_pid(home)
            assert pid is not None
            server = psutil.Process(pid)
            for process in [server, *server.children(recursive=True)]:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            assert page_comes_back(running)
    finally:
        writer.end.set()
        writer.join(30)
        assert running.end() == 0, "".join(running.said)
    print("".join(running.said))
    assert set(writer.confirmed) <= rows(home)


def test_everything_killed_at_once_and_started_again_has_every_confirmed_row(home: Path) -> None:
    running = Running(home)
    running.until("answers at")
    make_table(home)
    writer = Writer(home)
    writer.start()
    time.sleep(3)
    pid = postgres.status_pid(home)
    assert pid is not None
    everything = [psutil.Process(running.process.pid), psutil.Process(pid)]
    everything += [child for one in list(everything) for child in one.children(recursive=True)]
    for process in everything:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)
    writer.end.set()
    writer.join(30)
    running.process.wait()
    assert writer.confirmed
    again = Running(home)
    again.until("answers at")
    assert set(writer.confirmed) <= rows(home)
    assert again.end() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_disk_that_fills_up_is_named_and_costs_nothing_that_was_confirmed() -> None:
    with TemporaryDirectory(prefix="bulou-disk-") as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600m", "tmpfs", folder], check=True)
        try:
            _fill_up(Path(folder))
        finally:
            postgres.stop(Path(folder) / "home")
            subprocess.run(["umount", folder], check=True)


def _fill_up(disk: Path) -> None:
    home, ballast = disk / "home", disk / "ballast"
    postgres.ensure_running(home)
    make_table(home)
    confirmed: list[int] = []
    with psycopg.connect(postgres.ensure_running(home).dsn("bulou_owner"), autocommit=True) as connection:
        connection.execute("ALTER TABLE chaos ADD COLUMN filling text")
        _fill(ballast, leave=20_000_000, disk=disk)
        with pytest.raises(psycopg.Error):
            _insert_until_it_breaks(connection, confirmed)
    postgres.stop(home)
    with pytest.raises(Refusal) as caught:
        postgres.ensure_running(home)
    assert caught.value.code == "postgres.disk_full"
    ballast.unlink()
    assert confirmed
    assert set(confirmed) <= rows(home)


def _insert_until_it_breaks(connection: psycopg.Connection, confirmed: list[int]) -> None:
    for number in range(1_000_000):
        connection.execute("INSERT INTO chaos VALUES (%s, repeat(md5(random()::text), 3000))", [number])
        confirmed.append(number)


def _fill(ballast: Path, *, leave: int, disk: Path) -> None:
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    with open(ballast, "wb") as out:
        os.posix_fallocate(out.fileno(), 0, free - leave)
