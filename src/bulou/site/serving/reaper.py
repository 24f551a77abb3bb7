"""Hangs up on clients that hold a thread and move nothing: the time limit the server itself does not have.

A thread that waits for a client notes the client's address and the last time something moved. When one has waited too long, the
process looks through its own connections from that address and cuts those over which, by the kernel's count, next to nothing has
moved meanwhile; the waiting read or write then ends at once. Where the kernel gives no counts (not Linux) nothing is cut.
"""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count

from bulou.platform import clock

PATIENCE = float(os.environ.get("BULOU_PATIENCE_S", "60"))
LEAST = 4096  # bytes either way in that time; the slowest phone network moves a hundred times as much
_COUNTS = struct.Struct("=QQ")
_AT = 120  # tcpi_bytes_acked, tcpi_bytes_received in struct tcp_info (linux/tcp.h)


@dataclass(slots=True)
class _Wait:
    address: str
    moved_at: float


class Waiting:
    """The threads of this process that wait for a client right now."""

    def __init__(self) -> None:
        self._numbers = count()
        self._waits: dict[int, _Wait] = {}

    @contextmanager
    def on(self, address: str) -> Iterator[Callable[[], None]]:
        """While inside, a client of this address is waited for; call what is given whenever something moved."""
        number, wait = next(self._numbers), _Wait(address, clock.ticks())
        self._waits[number] = wait

        def moved() -> None:
            wait.moved_at = clock.ticks()

        try:
            yield moved
        finally:
            del self._waits[number]

    def stalled(self, before: float) -> set[str]:
        """Addresses of clients that have moved nothing since `before` (on clock.ticks)."""
        return {wait.address for wait in list(self._waits.values()) if wait.moved_at < before}

    def __len__(self) -> int:
        return len(self._waits)


@dataclass(frozen=True, slots=True)
class _Count:
    """When a connection was first seen with at most LEAST bytes fewer than now."""

    since: float
    moved: int


class Reaper(threading.Thread):
    """Looks every `patience`/6 seconds, and at the connections only when somebody is stalled."""

    def __init__(self, waiting: Waiting, *, patience: float = PATIENCE) -> None:
        super().__init__(name="reaper", daemon=True)
        self.waiting = waiting
        self.patience = patience
        self._seen: dict[int, _Count] = {}
        self._end = threading.Event()

    def run(self) -> None:
        while not self._end.wait(self.patience / 6):
            self.look()

    def stop(self) -> None:
        """End the thread soon."""
        self._end.set()

    def look(self) -> int:
        """One look; gives how many connections were cut."""
        if not len(self.waiting):
            self._seen.clear()
            return 0
        now = clock.ticks()
        stalled = self.waiting.stalled(now - self.patience)
        return sum(_hang_up(number) for number, inode in _own_sockets() if self._is_idle(number, inode, stalled, now))

    def _is_idle(self, number: int, inode: int, stalled: set[str], now: float) -> bool:
        found = _traffic(number)
        if found is None:
            return False
        address, moved = found
        before = self._seen.get(inode)
        if before is None or moved - before.moved > LEAST:
            self._seen[inode] = _Count(now, moved)
            return False
        return address in stalled and now - before.since >= self.patience * 0.8


def _own_sockets() -> Iterator[tuple[int, int]]:
    """File descriptor and inode of every socket of this process."""
    with suppress(FileNotFoundError):
        for name in os.listdir("/proc/self/fd"):
            with suppress(OSError):
                target = os.readlink(f"/proc/self/fd/{name}")
                if target.startswith("socket:["):
                    yield int(name), int(target[8:-1])


def _traffic(number: int) -> tuple[str, int] | None:
    """The other side's address and the bytes that have passed either way; None for what is not a client's connection."""
    with suppress(OSError, struct.error), socket.socket(fileno=os.dup(number)) as held:
        if held.family not in (socket.AF_INET, socket.AF_INET6) or held.type != socket.SOCK_STREAM:
            return None
        address = held.getpeername()[0].removeprefix("::ffff:")
        counts = held.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _AT + _COUNTS.size)
        return address, sum(_COUNTS.unpack_from(counts, _AT))
    return None


def _hang_up(number: int) -> bool:
    with suppress(OSError), socket.socket(fileno=os.dup(number)) as held:
        held.shutdown(socket.SHUT_RDWR)
        return True
    return False
