"""200 stalled uploads and 40 stalled downloads: pages still answer, few connections are held, and the stalled are hung up on.

A real granian with the real application on the loopback, in the configuration of `bulou up`.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

import psycopg
import pytest
from django.db import connections
from psycopg.conninfo import make_conninfo

from bulou.site.serving import server

ROOT = Path(__file__).resolve().parents[2]
UPLOADS, DOWNLOADS, PATIENCE = 200, 40, 12
PAGE = "/account/log-in"


@pytest.fixture
def dsn(transactional_db: None) -> str:
    """The way into this worker's database, for another process."""
    used = connections["default"].settings_dict
    options = {key: value for key, value in used["OPTIONS"].items() if isinstance(value, str)}
    return make_conninfo(
        dbname=used["NAME"],
        user=used["USER"],
        password=used["PASSWORD"],
        host=used["HOST"],
        port=used["PORT"],
        **options,
    )


@pytest.fixture
def port(dsn: str, tmp_path: Path) -> Iterator[int]:
    """The port of a running server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    words = server.command(server.Address("127.0.0.1", free))
    words[words.index("bulou.site.wsgi:application")] = "tests.site.slow_app:application"
    environment = os.environ | server.environment(server.Address("127.0.0.1", free)) | {
        "BULOU_DSN": dsn, "BULOU_SECRET_KEY": "of this test", "BULOU_HOME": str(tmp_path), "BULOU_STATIC_HASHED": "0",
        "BULOU_PATIENCE_S": str(PATIENCE), "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
    }  # fmt: skip
    with open(tmp_path / "log", "wb") as log:
        process = subprocess.Popen(words, env=environment, stdout=log, stderr=log, cwd=ROOT, start_new_session=True)
    try:
        _wait_for(free, process, tmp_path / "log")
        yield free
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError):
            seconds_for_a_page(port)
            return
        time.sleep(0.1)
    pytest.fail(f"the server does not answer: {log.read_text()[-2000:]}")


def seconds_for_a_page(port: int) -> float:
    began = time.monotonic()
    asked = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        asked.request("GET", PAGE)
        answer = asked.getresponse()
        answer.read()
        assert answer.status == 200
    finally:
        asked.close()
    return time.monotonic() - began


def stalled_upload(port: int) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port))
    client.sendall(f"POST {PAGE} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nusername=".encode())
    return client


def stalled_download(port: int) -> socket.socket:
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", port))
    client.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
    return client


def is_cut(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        while client.recv(1 << 20):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _left_after_patience(stalled: list[socket.socket]) -> int:
    """How many are not cut once patience has run out. To look is to read, and who reads has moved: on a slow machine some are looked at again."""
    for _turn in range(3):
        time.sleep(PATIENCE * 1.5)
        stalled = [client for client in stalled if not is_cut(client)]
        if not stalled:
            break
    return len(stalled)


def test_two_hundred_stalled_uploads_and_forty_stalled_downloads_do_not_stop_the_house(port: int, dsn: str) -> None:
    before = max(seconds_for_a_page(port) for _ in range(10))
    stalled = [stalled_upload(port) for _ in range(UPLOADS)] + [stalled_download(port) for _ in range(DOWNLOADS)]
    try:
        time.sleep(1.0)
        assert not any(is_cut(client) for client in stalled[:UPLOADS])
        during = max(seconds_for_a_page(port) for _ in range(10))
        assert during <= max(1.0, 4 * before), f"{during:.2f} s with stalled clients, {before:.2f} s without"
        assert _connections(dsn) <= server.WORKERS * server.POOL
        assert _left_after_patience(stalled) == 0, "stalled clients still hold a thread"
        assert seconds_for_a_page(port) <= max(1.0, 4 * before)
    finally:
        for client in stalled:
            client.close()


def test_a_slow_upload_that_moves_is_waited_for(port: int) -> None:
    client = socket.create_connection(("127.0.0.1", port), timeout=30)
    body = b"username=" + b"a" * 120_000
    client.sendall(
        f"POST {PAGE} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
    )
    for start in range(0, len(body), 8_000):
        client.sendall(body[start : start + 8_000])
        time.sleep(PATIENCE * 1.3 / 15)
    answer = client.recv(100)
    assert answer.startswith(b"HTTP/1.1 403"), answer  # no form token: the body was read and judged


def _connections(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        ).fetchone()
        assert row is not None
        return int(row[0])
