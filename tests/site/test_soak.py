"""Many minutes of use: no error, no growth, no connection too many. `make soak`; SOAK_MINUTES (10) says how long."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import psycopg
import pytest

from bulou.platform import postgres
from bulou.site.serving import server
from tests.site.test_commands import COUNTY, Running, bulou

pytestmark = pytest.mark.soak
MINUTES = float(os.environ.get("SOAK_MINUTES", "10"))
CLIENTS = 8
GROWTH = 1.3


@pytest.fixture
def home() -> Iterator[Path]:
    with TemporaryDirectory(prefix="bulou-soak-") as folder:
        place = Path(folder) / "home"
        assert bulou(place, "init", "exercise", COUNTY).returncode == 0
        yield place
        postgres.stop(place)


def test_the_house_serves_for_many_minutes_without_growing(home: Path) -> None:
    running = Running(home)
    running.until("answers at")
    answers: Counter[int] = Counter()
    end = threading.Event()
    clients = [threading.Thread(target=_visit, args=(running.port, answers, end), daemon=True) for _ in range(CLIENTS)]
    try:
        for client in clients:
            client.start()
        time.sleep(MINUTES * 60 * 0.2)
        before = _memory(running)
        time.sleep(MINUTES * 60 * 0.8)
        after, held = _memory(running), _connections(home)
    finally:
        end.set()
        for client in clients:
            client.join(30)
        code = running.end()
    print(
        f"{sum(answers.values())} answers, {dict(answers)}; memory {before // 1_000_000} → {after // 1_000_000} MB; {held} connections"
    )
    assert code == 0
    assert set(answers) <= {200, 302}, answers
    assert after <= before * GROWTH
    assert held <= server.WORKERS * server.POOL + 12


def _visit(port: int, answers: Counter[int], end: threading.Event) -> None:
    while not end.is_set():
        asked = HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            for path in ("/account/log-in", "/"):
                asked.request("GET", path)
                answer = asked.getresponse()
                answer.read()
                answers[answer.status] += 1
        except (OSError, HTTPException):
            answers[0] += 1
        finally:
            asked.close()


def _memory(running: Running) -> int:
    return sum(child.memory_info().rss for child in psutil.Process(running.process.pid).children(recursive=True))


def _connections(home: Path) -> int:
    with psycopg.connect(postgres.ensure_running(home).dsn("bulou_owner")) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
        ).fetchone()
        assert row is not None
        return int(row[0])
