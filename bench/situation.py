"""The situation room over case B: Ningyang, 581 villages, 800,000 residents who all owe a daily health report; most have given it.

`python bench/run.py situation`. Server time of a whole request through Django, log-in and look log included, with the settings of production
(fsync on); the median of several, the worst over pages and viewers. What comes after the page, and what changed since one came on, stand apart;
sheets and looking back are not measured.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bench.database import house
from bench.figure import Figure
from bench.registry import COUNTY, PEOPLE, _load, _time, _viewers

BATCH = 40_000


def measure(people: int = PEOPLE) -> Iterator[Figure]:
    """The worst page, in milliseconds."""
    with house(COUNTY):
        _load(people)
        viewers = _viewers()
        operation = _operation()
        _report(_enrol(operation))
        yield Figure("situation_page_ms", round(_worst(viewers), 1), "ms", 100.0, "target")
        client = viewers["chief"][0]
        yield Figure(
            "situation_trend_ms",
            round(_time(client, "/situation/trend"), 1),
            "ms",
            None,
            "14 days, comes after the page",
        )
        yield Figure(
            "situation_since_ms",
            round(_time(client, "/situation/since"), 1),
            "ms",
            None,
            "what changed since one came on",
        )


def _operation() -> Any:
    from bulou.modules.operations.models import Operation
    from bulou.modules.registry.models import Place
    from bulou.platform import clock

    root = Place.objects.get(code=COUNTY)
    return Operation.objects.create(
        key="bench", titles={"en": "Bench"}, playbook="bench", root=root, level="i", started_at=clock.now() - timedelta(days=2)
    )  # fmt: skip


def _enrol(operation: Any) -> list[int]:
    """Everybody under one regime since the day before yesterday; their ids."""
    from bulou.core.windows import Daily
    from bulou.modules.ledger import services
    from bulou.modules.operations.queries.operations import ref
    from bulou.modules.registry.models import Person
    from bulou.platform import clock
    from bulou.platform.access.viewer import system

    start = _midnight() - timedelta(days=2)
    regime = services.set_regime(
        by=system("bench"), operation=ref(operation), key="health", asks=["well"], calendar=Daily("00:01"), now=start, since=start
    )  # fmt: skip
    people = list(Person.objects.filter(purpose="synthetic").order_by("pk").values_list("pk", "place_id"))
    for at in range(0, len(people), BATCH):
        rows = [services.NewEnrolment(UUID(int=pk), pk, place_id) for pk, place_id in people[at : at + BATCH]]
        services.enrol_many(by=system("bench"), regime=regime, rows=rows, now=start, starts=start, why="bench")
        print(f"\r{at + len(rows):,} of {len(people):,} enrolled", end="", file=sys.stderr, flush=True)
    services.open_windows(clock.now())
    return [pk for pk, _place in people]


def _report(people: list[int]) -> None:
    """Yesterday's reports of all, today's of all but one in fifty."""
    from bulou.modules.ledger import services
    from bulou.modules.ledger.services import Filing
    from bulou.platform import clock
    from bulou.platform.access.viewer import system

    for day, kept in ((1, lambda pk: True), (0, lambda pk: pk % 50)):
        at = min(_midnight() - timedelta(days=day) + timedelta(seconds=30), clock.now())
        for first in range(0, len(people), BATCH):
            filings = [
                Filing(UUID(int=(day + 1) << 64 | pk), pk, {"well": True}, at) for pk in people[first : first + BATCH] if kept(pk)
            ]  # fmt: skip
            services.file_many(by=system("bench"), filings=filings, now=at, why="bench")
        print(f"\r{len(people):,} reported, {day} days ago", file=sys.stderr, flush=True)


def _midnight() -> datetime:
    from bulou.platform import clock

    return clock.day_span(clock.local_day(clock.now()))[0]


def _worst(viewers: dict[str, Any]) -> float:
    worst = 0.0
    for who, (client, village_id) in viewers.items():
        for what, address in _pages(village_id, who).items():
            milliseconds = _time(client, address)
            print(f"  {who:14} {what:40} {milliseconds:8.1f} ms", file=sys.stderr)
            worst = max(worst, milliseconds)
    return worst


def _pages(village_id: int, who: str) -> dict[str, str]:
    """The pages one works with, by what they show; the village clerk reaches no township."""
    from bulou.modules.registry.models import Place

    town = Place.objects.get(pk=village_id).parent_id
    pages = {
        "board": "/situation/", "board of a village": f"/situation/?node={village_id}", "who is missing": "/situation/rows",
        "who was on time": "/situation/rows?standing=on_time", "who is excused": "/situation/rows?standing=excused", "wall": "/situation/wall",
    }  # fmt: skip
    if who != "village_clerk":
        pages |= {
            "board of a township": f"/situation/?node={town}",
            "who is missing in a township": f"/situation/rows?node={town}",
        }
    return pages
