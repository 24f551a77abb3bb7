"""The page of a village's sheet in case B at full size (bench.county): server time for a village of 1,377 people through the whole of Django,
before anybody has reported and after all have; its size; and filing it, one exception in a hundred."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from bench.county import VILLAGE, County, county, timed
from bench.figure import Figure
from bench.registry import PEOPLE


def measure(people: int = PEOPLE) -> Iterator[Figure]:
    """entry_page_1377_ms, its size, entry_file_1377_ms."""
    with county(people, at=(8, 30), is_reported=False) as made:
        yield from sheet(made)


def sheet(made: County) -> Iterator[Figure]:
    """The sheet empty and filled, and the filing of it."""
    client, path = made.client("village_clerk"), _path(made)
    page = client.get(path).content
    count = page.count(b"<tr id=")
    if count < VILLAGE and made.enrolled > 700_000:
        raise RuntimeError(f"the page shows {count} rows")
    empty = timed(client, path)
    filing = _file(client, path, page, count)
    filled = timed(client, path)
    slower = max(empty, filled, key=lambda one: one.median)
    note = f"target; {count:,} rows, {made.enrolled:,} enrolled; worst of empty and filled; slowest request {slower.worst} ms"
    yield Figure("entry_page_1377_ms", slower.median, "ms", 300.0, note)
    yield Figure("entry_page_1377_kb", round(len(page) / 1024), "KB")
    yield Figure("entry_file_1377_ms", filing, "ms", None, "one request, 13 exceptions")


def _path(made: County) -> str:
    from bulou.modules.ledger.models import Window
    from bulou.platform import clock

    now = clock.now()
    window = Window.objects.get(regime=made.regime, opens__lte=now, closes__gt=now)
    return f"/mine/entry/{window.pk}/place/{made.village}"


def _file(client: Any, path: str, page: bytes, count: int) -> float:
    ids = [int(part.split(b'"')[0]) for part in page.split(b'<tr id="e')[1:]]
    own = {one: {"well": False} for one in ids[::106]}
    body = json.dumps({"once": str(uuid4()), "key": str(uuid4()), "usual": {"well": True}, "own": own, "out": []})
    began = time.perf_counter()
    given = client.post(f"{path}/send", body, content_type="application/json").json()
    took = 1000 * (time.perf_counter() - began)
    if given.get("filed") != count:
        raise RuntimeError(f"filed {given}")
    return round(took, 1)
