"""How long the house takes to stand: a database made, a stopped one started, the first page served."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figure import Figure
from bulou.platform import clock, postgres


def measure() -> Iterator[Figure]:
    """postgres_make_s, postgres_start_s, first_page_s (from `bulou demo` in an empty home to its first page)."""
    with TemporaryDirectory(prefix="bulou-bench-") as folder:
        home = Path(folder) / "home"
        yield Figure("postgres_make_s", _seconds(lambda: postgres.ensure_running(home)), "s", 5.0, "target")
        postgres.stop(home)
        yield Figure("postgres_start_s", _seconds(lambda: postgres.ensure_running(home)), "s", 1.0, "target")
        postgres.stop(home)
    with TemporaryDirectory(prefix="bulou-bench-") as folder:
        yield Figure("first_page_s", _first_page(Path(folder) / "home"), "s", 60.0, "demo in an empty home; target")
        yield Figure("next_start_s", _first_page(Path(folder) / "home"), "s", 10.0, "demo again; target")


def _seconds(work: object) -> float:
    began = clock.ticks()
    work()  # type: ignore[operator]
    return clock.ticks() - began


def _first_page(home: Path) -> float:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"BULOU_HOME": str(home), "PORT": str(port), "OPEN": "0", "LC_ALL": "C"}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    began = clock.ticks()
    demo = subprocess.Popen(
        [sys.executable, "-m", "bulou.site.cli", "demo"], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert demo.stdout is not None
        for line in demo.stdout:
            if "answers at" in line:
                return clock.ticks() - began
        raise RuntimeError("the demonstration did not start")
    finally:
        demo.terminate()
        demo.communicate(timeout=60)
