"""The processes `bulou up` watches over: started in order, started again when they die, stopped in the opposite order."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bulou.platform import clock

_PR_SET_PDEATHSIG = 1
GRACE = 20.0
FIRST_WAIT, LONGEST_WAIT, STEADY = 0.5, 30.0, 60.0


@dataclass(slots=True)
class Child:
    """A process that should always run. `wait` is how long to hold back after the next death, growing while it keeps dying."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    due_at: float = 0.0
    wait: float = FIRST_WAIT
    deaths: int = field(default=0)

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches only the supervisor; it ends when the supervisor is killed."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command, env=dict(self.environment), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )  # fmt: skip
        self.started_at = clock.ticks()

    def is_running(self) -> bool:
        """Whether it runs now."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Ask it to end, wait, and kill it (and what it started) if it does not."""
        if self.process is None:
            return
        if self.is_running():
            self.process.terminate()
        try:
            self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.clear_away()

    def clear_away(self) -> None:
        """Kill what it left behind: workers of a server that was killed would keep answering on its port."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


def watch(children: Sequence[Child], tell: Callable[[Child, int], None]) -> None:
    """One look: start again what has died, each not more often than its growing pause allows. `tell(child, code)` on every death."""
    now = clock.ticks()
    for child in children:
        if child.process is not None and (code := child.process.poll()) is not None:
            if now - child.started_at > STEADY:
                child.wait = FIRST_WAIT
            child.clear_away()
            child.process, child.due_at, child.deaths = None, now + child.wait, child.deaths + 1
            child.wait = min(child.wait * 2, LONGEST_WAIT)
            tell(child, code)
        if child.process is None and now >= child.due_at:
            child.start()


def _die_with_parent() -> None:
    """Linux: a supervisor killed without warning must not leave a server behind that holds the port."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
