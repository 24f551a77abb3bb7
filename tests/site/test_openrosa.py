"""The door for submissions on the real server, with clients that are processes of their own: what docs/openrosa.md promises about them."""

from __future__ import annotations

import base64
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import permutations
from pathlib import Path

import pytest

from bulou.modules.collection.models import Attachment, Held, Submission
from bulou.modules.collection.services import lines, receiving
from bulou.modules.ledger.models import Record, RecordVersion
from bulou.platform import vault
from bulou.site.serving import server
from tests.kit.cast import NOW, Cast, County
from tests.kit.doors import Doors, doors, new_id, xml
from tests.site.test_slow_clients import ROOT, dsn  # noqa: F401 — a fixture

BORDER = "----b"
SHARED = Path(os.environ.get("BULOU_SHARED") or ROOT.parent / "shared") / "bench"
PROBED = {
    "new": 201, "exact duplicate": 202, "same instanceID, changed content": 409, "malformed XML (unclosed)": 400, "not XML": 400, "empty file": 400,
    "undeclared entity": 400, "doctype with internal entity": 400, "no instanceID": 400, "unknown form": 404, "unknown version": 404,
    "unknown field in data": 201, "temperature not a number": 202, "latin-1 bytes declared utf-8": 400, "NUL byte in text": 400, "missing part": 400,
    "not multipart": 400, "truncated multipart": 400, "extra attachment undeclared": 201, "wrong token": 403, "10 MB xml": 413, "60 MB xml": 413,
    "120 MB attachment": 413,
}  # fmt: skip


@pytest.fixture
def door(transactional_db: None, county: County, cast: Cast) -> Doors:
    return doors(county, cast)


@pytest.fixture
def port(dsn: str, tmp_path: Path) -> Iterator[int]:  # noqa: F811
    """The port of the real server, in the configuration of `bulou up`."""
    vault.create(tmp_path)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    address = server.Address("127.0.0.1", free)
    words = server.command(address)
    words[words.index("bulou.site.wsgi:application")] = "tests.site.dying_app:application"
    environment = os.environ | server.environment(address) | {
        "BULOU_DSN": dsn, "BULOU_SECRET_KEY": "of this test", "BULOU_HOME": str(tmp_path), "BULOU_STATIC_HASHED": "0",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
    }  # fmt: skip
    with open(tmp_path / "log", "wb") as log:
        running = subprocess.Popen(words, env=environment, stdout=log, stderr=log, cwd=ROOT, start_new_session=True)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and running.poll() is None:
            with suppress(OSError):
                if ask(free, "HEAD", "/submission")[0] == 401:
                    break
            time.sleep(0.1)
        yield free
    finally:
        running.terminate()
        running.wait(30)


def ask(
    port: int, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(
            method, path, body, {"Content-Type": f"multipart/form-data; boundary={BORDER}"} | (headers or {})
        )
        answer = connection.getresponse()
        answer.read()
        return answer.status, dict(answer.headers)
    finally:
        connection.close()


def part(name: str, content: bytes, file: str = "s.xml") -> bytes:
    head = f'--{BORDER}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\nContent-Type: text/xml\r\n\r\n'
    return head.encode() + content + b"\r\n"


def body(content: bytes, **files: bytes) -> bytes:
    parts = part("xml_submission_file", content) + b"".join(part(name, held, name) for name, held in files.items())
    return parts + f"--{BORDER}--\r\n".encode()


def at_once(port: int, path: str, bodies: list[list[bytes]]) -> list[list[int]]:
    """What processes of their own are answered, each posting its bodies one after the other, all at the same time."""
    words = [sys.executable, str(Path(__file__).with_name("posting.py"))]
    clients = [subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in bodies]
    for client, own in zip(clients, bodies, strict=True):
        said = {
            "port": port,
            "path": path,
            "boundary": BORDER,
            "bodies": [base64.b64encode(one).decode() for one in own],
        }
        assert client.stdin is not None
        client.stdin.write(json.dumps(said).encode())
        client.stdin.close()
    return [
        json.loads(client.stdout.read()) for client in clients if client.stdout is not None and client.wait(120) == 0
    ]


def test_many_processes_post_the_same_and_one_row_is_there(door: Doors, port: int) -> None:
    sent = body(xml(new_id()))
    answers = at_once(port, f"/key/{door.tokens['village_clerk']}/submission", [[sent, sent]] * 8)
    assert Counter(status for own in answers for status in own) == {201: 1, 202: 15}
    assert (Submission.objects.count(), Record.objects.count(), door.counted()) == (1, 1, 1)


def test_a_server_killed_between_commit_and_answer_has_one_row_after_the_resend(door: Doors, port: int) -> None:
    path, sent = f"/key/{door.tokens['village_clerk']}/submission", body(xml(new_id()))
    with pytest.raises((http.client.HTTPException, OSError)):
        ask(port, "POST", path, sent, {"X-Die": "1"})
    assert Submission.objects.count() == 1
    until, status = time.monotonic() + 30, 0
    while status != 202 and time.monotonic() < until:
        with suppress(http.client.HTTPException, OSError):
            status, _headers = ask(port, "POST", path, sent)
        time.sleep(0.2)
    assert status == 202
    assert (Submission.objects.count(), Record.objects.count(), door.counted()) == (1, 1, 1)


def test_attachments_come_over_three_posts_from_three_processes(door: Doors, port: int) -> None:
    content, path = xml(new_id()), f"/key/{door.tokens['village_clerk']}/submission"
    answers = at_once(port, path, [[body(content, **{f"{n}.jpg": b"x" * 1000})] for n in range(3)])
    assert answers == [[201]] * 3
    assert (Submission.objects.count(), Attachment.objects.count()) == (1, 3)


def test_chains_posted_at_once_by_processes_end_the_same_in_every_order(door: Doors, port: int) -> None:
    people = [f"P{number:06d}" for number in range(6)]
    bodies: list[list[bytes]] = []
    for person, order in zip(people, permutations(range(3)), strict=True):
        ids = [new_id() for _ in range(3)]
        chain = [
            body(xml(one, person=person, temperature=f"{36 + n}.5", deprecates=ids[n - 1] if n else ""))
            for n, one in enumerate(ids)
        ]
        bodies += [[chain[n]] for n in order]
    answers = at_once(port, f"/key/{door.tokens['village_clerk']}/submission", bodies)
    assert len(answers) == 18
    assert {status for own in answers for status in own} <= {201, 202}
    assert not Held.objects.filter(settled_at=None).exists()
    assert [record.facts for record in Record.objects.all()] == [{"temperature": 36.5}] * 6
    assert (
        sorted(RecordVersion.objects.values_list("number", "facts__temperature")) == [(2, 37.5)] * 6 + [(3, 38.5)] * 6
    )
    assert door.counted() == 6


def test_a_body_may_come_in_chunks(door: Doors, port: int) -> None:
    path, sent = f"/key/{door.tokens['village_clerk']}/submission", body(xml(new_id()), **{"a.bin": b"z" * 300_000})
    with socket.create_connection(("127.0.0.1", port), 30) as line:
        line.sendall(
            f"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n"
            f"Content-Type: multipart/form-data; boundary={BORDER}\r\n\r\n".encode()
        )
        for start in range(0, len(sent), 50_000):
            piece = sent[start : start + 50_000]
            line.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        line.sendall(b"0\r\n\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 201")
    assert Attachment.objects.get().size == 300_000


def test_head_names_the_limits_and_wants_credentials(door: Doors, port: int) -> None:
    status, headers = ask(port, "HEAD", f"/key/{door.tokens['village_clerk']}/submission")
    assert (status, headers["x-openrosa-version"]) == (204, "1.0")
    assert int(headers["x-openrosa-accept-content-length"]) == 64_000_000
    assert "date" in headers
    assert ask(port, "HEAD", "/submission")[0] == 401
    assert ask(port, "HEAD", f"/key/{'a' * 26}/submission")[0] == 403
    path = f"/key/{door.tokens['village_clerk']}/submission"
    assert ask(port, "POST", path, body(xml(new_id())), {"X-OpenRosa-Version": "2.0"})[0] == 400


def test_a_line_the_database_cut_is_opened_anew(door: Doors) -> None:
    def send() -> int:
        return receiving.receive(sender=door.sender("village_clerk"), submission=xml(new_id()), now=NOW).status

    lines.close_lines()
    assert send() == 201
    line = lines._take()
    with socket.socket(fileno=os.dup(line.pgconn.socket)) as wire:
        wire.shutdown(socket.SHUT_RDWR)
    lines._give_back(line)
    assert send() == 201
    assert Submission.objects.count() == 2
    lines.close_lines()


def test_the_token_is_not_in_the_log(door: Doors, port: int, tmp_path: Path) -> None:
    token = door.tokens["village_clerk"]
    ask(port, "POST", f"/key/{token}/submission", b"nonsense")
    ask(port, "GET", f"/key/{token}/nothing-here")
    ask(port, "GET", f"/key/{token}/forms/nosuch.xml")
    time.sleep(0.5)
    assert token not in (tmp_path / "log").read_text()


@pytest.mark.skipif(not SHARED.exists(), reason="the probe lies beside the repository")
def test_the_probe_gets_the_codes_of_the_table(door: Doors, port: int) -> None:
    right, wrong = (f"http://127.0.0.1:{port}/key/{token}/submission" for token in (door.tokens["chief"], "b" * 26))
    done = subprocess.run(
        [sys.executable, str(SHARED / "probe_codes.py"), right, wrong],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    print(done.stdout)
    found = {line[:36].strip(): line[37:].split()[0] for line in done.stdout.splitlines() if line.strip()}
    assert found == {name: str(status) for name, status in PROBED.items()}
