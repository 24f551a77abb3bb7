"""The house as it is served: `bulou up` in a process of its own, from a home that is founded already."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def served(home: Path) -> Iterator[int]:
    """The port at which the house of this home answers; stopped afterwards, and its database with it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {key: value for key, value in os.environ.items() if key not in ("BULOU_DSN", "BULOU_POOL")}
    environment |= {"BULOU_HOME": str(home), "PORT": str(port), "LC_ALL": "C"}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    command = [sys.executable, "-m", "bulou.site.cli", "up"]
    house = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        _wait(house)
        yield port
    finally:
        house.terminate()
        house.communicate(timeout=120)


def _wait(house: subprocess.Popen[str]) -> None:
    said = []
    for line in house.stdout or ():
        said.append(line)
        if "answers at" in line:
            return
    raise RuntimeError("the house did not start: " + "".join(said)[-500:])
