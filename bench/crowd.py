"""Many browsers on one page each, as one process: every one opens its page, then asks for the part that moves as often as the page does.

Reads {port, seconds, viewers: [{cookie, path, every, begins}]} as JSON from standard input; writes how long the answers took, in
milliseconds from sending to the last byte. Standard library only, so that it takes little of the machine it measures.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from typing import Any

ONE_IN = 5  # so often a viewer opens another page instead of waiting for the next refresh
LANES = 16  # browsers that open their first page at the same moment


class Browser:
    """One keep-alive connection with a session."""

    def __init__(self, port: int, viewer: dict[str, Any]) -> None:
        self.port, self.viewer = port, viewer
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None
        self.tag = ""

    async def ask(self, path: str, *, is_part: bool) -> float:
        """Milliseconds until the whole answer is there; raises unless it is a page (or says that nothing has changed)."""
        began = time.perf_counter()
        if (
            self.writer is None or self.reader is None or self.reader.at_eof()
        ):  # the server hangs up on whoever is silent for long
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        lines = [f"GET {path} HTTP/1.1", "Host: localhost", f"Cookie: sessionid={self.viewer['cookie']}"]
        lines += ["HX-Request: true"] if is_part else []
        lines += [f"If-None-Match: {self.tag}"] if is_part and self.tag else []
        self.writer.write("\r\n".join([*lines, "", ""]).encode())
        status, tag = await self._answer()
        if is_part:
            self.tag = tag
        if status not in (200, 304):
            raise RuntimeError(f"{path}: {status}")
        return 1000 * (time.perf_counter() - began)

    async def _answer(self) -> tuple[int, str]:
        assert self.reader is not None
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
        if "chunked" in fields.get("transfer-encoding", ""):
            while size := int(await self.reader.readline(), 16):
                await self.reader.readexactly(size + 2)
            await self.reader.readline()
        else:
            await self.reader.readexactly(int(fields.get("content-length", "0")))
        return int(head[0].split()[1]), fields.get("etag", "")


async def crowd(port: int, seconds: float, viewers: list[dict[str, Any]]) -> dict[str, Any]:
    """Open everybody's page, then let all of them refresh for so many seconds."""
    browsers = [Browser(port, viewer) for viewer in viewers]
    began = time.perf_counter()
    await _open(browsers)
    opened = time.perf_counter() - began
    taken: list[float] = []
    failed: list[str] = []
    until = time.perf_counter() + seconds
    await asyncio.gather(*(_look(one, until, taken, failed) for one in browsers))
    taken.sort()
    return {
        "answers": len(taken), "failed": len(failed), "why": failed[:3], "opened_s": round(opened, 1), "p50": _at(taken, 0.5), "p95": _at(taken, 0.95),
        "max": _at(taken, 1.0),
    }  # fmt: skip


async def _open(browsers: list[Browser]) -> None:
    lanes = asyncio.Semaphore(LANES)

    async def one(browser: Browser) -> None:
        async with lanes:
            await browser.ask(browser.viewer["path"], is_part=False)

    await asyncio.gather(*(one(browser) for browser in browsers))


async def _look(browser: Browser, until: float, taken: list[float], failed: list[str]) -> None:
    """Refresh as often as the page does; every now and then open the list of those missing."""
    at = time.perf_counter() + browser.viewer["begins"]
    chance = random.Random(browser.viewer["cookie"])
    while at < until:
        await asyncio.sleep(max(at - time.perf_counter(), 0))
        try:
            taken.append(await browser.ask(browser.viewer["path"], is_part=True))
            if chance.randrange(ONE_IN) == 0:
                taken.append(await browser.ask("/situation/rows", is_part=False))
        except (OSError, RuntimeError, asyncio.IncompleteReadError) as error:
            failed.append(repr(error))
            browser.writer = None
        at += browser.viewer["every"]


def _at(taken: list[float], share: float) -> float:
    return round(taken[min(int(share * len(taken)), len(taken) - 1)], 1) if taken else 0.0


if __name__ == "__main__":
    given = json.load(sys.stdin)
    json.dump(asyncio.run(crowd(given["port"], given["seconds"], given["viewers"])), sys.stdout)
