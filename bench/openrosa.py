"""Submissions accepted and fully processed per second, at 1, 8 and 32 connections, beside committed single-row INSERTs and a do-nothing POST.

Alone: python bench/run.py openrosa. The load tool is ../shared/bench/openrosa_load.py (BULOU_SHARED), the server the one `bulou up` starts.
Afterwards the counters are held against what was posted, counted another way, and nothing may be left to do. BULOU_BENCH_SUBMISSIONS says
how many are posted in a run (4,000), BULOU_BENCH_HELD how many lie there for the last figure (1,000,000).
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.collecting import collecting, hold_before, owner, say, shared, wake
from bench.figure import Figure
from bench.serving import served

COUNT = int(os.environ.get("BULOU_BENCH_SUBMISSIONS", "4000"))
HELD = int(os.environ.get("BULOU_BENCH_HELD", "1000000"))
GATE, GOAL, SLOWEST = 1_110, 1_900, 30.0
TRIVIAL = """
def application(environ, start_response):
    environ["wsgi.input"].read()
    start_response("201 Created", [("Content-Type", "text/xml"), ("Content-Length", "2")])
    return [b"ok"]
"""


def measure() -> Iterator[Figure]:
    """The figures, as they come."""
    with collecting() as county:
        yield from _limits()
        with served(county.home) as port:
            post = Poster(port, county.token, county.home)
            post.run(1, COUNT // 4)  # warm
            at_8 = post.run(8)
            yield Figure("submissions_c1_per_s", post.run(1).rate, "1/s", None)
            yield Figure("submissions_c8_per_s", at_8.rate, "1/s", GATE, f"gate; goal {GOAL}; {at_8.cpu}")
            yield Figure("submissions_c32_per_s", post.run(32).rate, "1/s", None)
            yield Figure("submissions_c8_p99_ms", at_8.p99, "ms", SLOWEST, "at most")
        wake(county.home)
        _check()
        hold_before(HELD)
        with served(county.home) as port:
            post = Poster(port, county.token, county.home)
            post.run(8, COUNT // 4)
            full = post.run(8)
            yield Figure(
                "submissions_c8_1m_held_per_s",
                full.rate,
                "1/s",
                at_8.rate,
                f"reference: without; at least 0.85; {full.cpu}",
            )
        wake(county.home)
        _check()


class Told:
    """What the load tool said of one run."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.rate, self.p99 = float(row["rate"]), float(row["p99"])
        each = {name: round(1e6 * seconds / row["n"]) for name, seconds in row["cpu"].items()}
        others = round(100 * row["other_share"])
        self.cpu = (
            f"CPU µs each: app {each.get('app', 0)}, pg {each.get('pg', 0)}; others took {others} % of the machine"
        )


class Poster:
    """Runs the load tool against a served house."""

    def __init__(self, port: int, token: str, home: Path) -> None:
        self.address = f"http://127.0.0.1:{port}/key/{token}/submission"
        self.groups = [f"app=granian.*--port {port} ", f"pg={_postmaster(home)}"]

    def run(self, connections: int, count: int = COUNT) -> Told:
        """The best of three runs of so many submissions (a shared machine slows, it never hastens); raises if one was not 201."""
        rows = [self._once(connections, count) for _ in range(3)]
        best = Told(max(rows, key=lambda row: float(row["rate"])))
        say(f"  c={connections}: {best.rate}/s, p99 {best.p99} ms; {best.cpu}")
        return best

    def _once(self, connections: int, count: int) -> dict[str, Any]:
        with TemporaryDirectory() as folder:
            out = Path(folder) / "row"
            words = [
                sys.executable,
                str(shared() / "openrosa_load.py"),
                "--url",
                self.address,
                "--n",
                str(count),
                "--c",
                str(connections),
            ]
            words += [word for group in self.groups for word in ("--cpu", group)]
            words += ["--quiet", "0.5", "--patience", "10"]  # the database still writes out what was loaded
            done = subprocess.run([*words, "--json", str(out)], capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(done.stdout[-800:] + done.stderr[-800:])
            row: dict[str, Any] = json.loads(out.read_text())
            return row


def _check() -> None:
    """The counters equal the distinct persons posted, and nothing is left in a queue or held."""
    with owner() as database:

        def one(words: str) -> int:
            return int(database.execute(words).fetchone()[0])

        counted = one(
            "SELECT sum(t.n_on_time + t.n_late) FROM ledger_tally t JOIN ledger_window w ON w.id = t.window_id"
            " WHERE w.opens <= timestamptz '2026-01-15 12:00+08' AND w.closes > timestamptz '2026-01-15 12:00+08'"
        )
        posted = one(
            "SELECT count(DISTINCT answers ->> 'person_id') FROM collection_submission WHERE answers ->> 'report_date' = '2026-01-15'"
        )
        left = one("SELECT count(*) FROM collection_held") + one(
            "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND task_name LIKE '%collection%'"
        )
    if counted != posted or left:
        raise RuntimeError(f"{counted} counted, {posted} persons posted, {left} left over")
    say(f"  {counted:,} counted = persons posted; nothing held, nothing queued")


def _limits() -> Iterator[Figure]:
    """What the same machine does at most: committed single-row INSERTs on the same database, a do-nothing POST through the same server."""
    yield Figure("insert_c8_per_s", _inserts(), "1/s", None, "committed single rows, pgbench -M prepared")
    yield Figure("post_c8_per_s", _posts(), "1/s", None, "a POST that does nothing, same server, same load tool")


def _inserts() -> float:
    from bulou.platform.postgres import binaries

    xml = '<data id="daily_health" version="1">' + "x" * 590 + "</data>"
    with owner() as database, TemporaryDirectory() as folder:
        database.execute(
            "CREATE TABLE IF NOT EXISTS bench_raw (id bigserial PRIMARY KEY, instance_id text NOT NULL UNIQUE, form_id int, person text, xml text)"
        )
        script = Path(folder) / "insert.sql"
        script.write_text(
            "\\set a random(0, 999999)\nINSERT INTO bench_raw (instance_id, form_id, person, xml)"
            f" VALUES ('uuid:' || gen_random_uuid(), 1, 'P' || :a, '{xml}');\n"
        )
        where = database.info
        words = [
            str(binaries.folder() / "pgbench"),
            "-n",
            "-M",
            "prepared",
            "-c",
            "8",
            "-j",
            "2",
            "-t",
            "2000",
            "-f",
            str(script),
        ]
        environment = {
            **os.environ, "PGHOST": where.host, "PGPORT": str(where.port), "PGUSER": where.user, "PGPASSWORD": where.password,
            "PGDATABASE": where.dbname,
        }  # fmt: skip
        said = subprocess.run(words, env=environment, capture_output=True, text=True, check=True).stdout
        database.execute("DROP TABLE bench_raw")
    found = re.search(r"tps = ([\d.]+)", said)
    if found is None:
        raise RuntimeError(said[-500:])
    return round(float(found[1]), 1)


def _posts() -> float:
    with _trivial() as port, TemporaryDirectory() as folder:
        out = Path(folder) / "row"
        words = [
            sys.executable,
            str(shared() / "openrosa_load.py"),
            "--url",
            f"http://127.0.0.1:{port}/submission",
            "--n",
            "10000",
            "--c",
            "8",
        ]
        subprocess.run([*words, "--json", str(out)], capture_output=True, check=True)
        return float(json.loads(out.read_text())["rate"])


@contextmanager
def _trivial() -> Iterator[int]:
    from bulou.site.serving import server

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with TemporaryDirectory() as folder:
        (Path(folder) / "trivial.py").write_text(TRIVIAL)
        words = server.command(server.Address("127.0.0.1", port))
        words[words.index("bulou.site.wsgi:application")] = "trivial:application"
        running = subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for _ in range(200):
                with suppress(OSError):
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                time.sleep(0.1)
            yield port
        finally:
            running.terminate()
            running.wait(30)


def _postmaster(home: Path) -> int:
    from bulou.platform import postgres

    pid = postgres.status_pid(home)
    if pid is None:
        raise RuntimeError("no database runs")
    return pid
