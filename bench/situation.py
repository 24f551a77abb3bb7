"""The situation room over case B at full size (bench.county): every page of it for every office, then 200 viewers whose pages refresh themselves.

`python bench/run.py situation`. Pages: server time of a whole request through Django, log-in and look log included, with the settings of
production (fsync on); the median of several, the worst over pages and viewers. Viewers: the house as `bulou up` runs it (two workers, the
jobs beside it) on the same machine, asked over HTTP by a process of its own, while reports come in.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

from bench.county import BACKEND, County, Times, county, timed
from bench.figure import Figure
from bench.registry import PEOPLE
from bench.serving import served

VIEWERS, SECONDS, PER_SECOND = 200, 60, 20
OVERSEERS = ("chief", "township_lead", "village_clerk", "unit_clerk", "auditor")
# Of 200: who looks, and whether at the wall (asked every 30 s) or at the board (every 45 s), as the pages themselves do.
CROWD = (("chief", 8, False), ("duty_officer", 6, True), ("township_lead", 14, True), ("township_lead", 56, False), ("village_clerk", 116, False))  # fmt: skip
BOARD, WALL = 45.0, 30.0


def measure(people: int = PEOPLE) -> Iterator[Figure]:
    """situation_page_ms, what is worst in it, pages that may take longer, situation_200_viewers_p95_ms."""
    with county(people) as made:
        yield from pages(made)
        yield from viewers(made)


def pages(made: County) -> Iterator[Figure]:
    """The pages one works with, and those that look back or write everything down."""
    found = {}
    for who in OVERSEERS:
        client = made.client(who)
        for what, address in _pages(made, who).items():
            found[who, what] = _shown(who, what, timed(client, address))
    (who, what), slowest = max(found.items(), key=lambda one: one[1].median)
    note = f"target; worst of {len(found)}: {what}, {who}; {made.enrolled:,} enrolled"
    yield Figure("situation_page_ms", slowest.median, "ms", 100.0, note)
    yield Figure(
        "situation_page_slowest_ms",
        max(one.worst for one in found.values()),
        "ms",
        None,
        "the slowest single request of all",
    )
    for name, address in _others(made).items():
        yield Figure(f"situation_{name}_ms", _shown("chief", name, timed(made.client("chief"), address)).median, "ms")


def viewers(made: County) -> Iterator[Figure]:
    """200 viewers for a minute, with 20 reports a second."""
    plan = _crowd(made)
    with served(made.home) as port, _Reports(made) as filed:
        given = json.dumps({"port": port, "seconds": SECONDS, "viewers": plan})
        command = [sys.executable, str(Path(__file__).with_name("crowd.py"))]
        said = json.loads(subprocess.run(command, input=given, capture_output=True, text=True, check=True).stdout)
    note = f"target; {said['answers']} answers in {SECONDS} s, {filed.count} reports meanwhile, {said['failed']} failed"
    if said["failed"] or said["answers"] < VIEWERS or not filed.count:
        raise RuntimeError(f"the viewers were not served: {said}")
    yield Figure("situation_200_viewers_p95_ms", said["p95"], "ms", 500.0, note)
    yield Figure("situation_200_viewers_p50_ms", said["p50"], "ms", None, f"slowest {said['max']} ms")
    yield Figure("situation_200_opened_s", said["opened_s"], "s", None, "all of them open the page at once, before")
    yield Figure(
        "situation_reports_per_s",
        round(filed.count / max(filed.seconds, 1), 1),
        "per s",
        None,
        "filed meanwhile, each committed",
    )


def _shown(who: str, what: str, times: Times) -> Times:
    print(f"  {who:14} {what:32} {times.median:8.1f} ms   worst {times.worst:8.1f}", file=sys.stderr, flush=True)
    return times


def _pages(made: County, who: str) -> dict[str, str]:
    """The pages of an office by what they show; where it reaches no township, or no unit, those are left out."""
    village, town, unit = f"node={made.village}", f"node={made.town}", f"by=unit&node={made.unit}"
    found = {
        "board": "", "wall": "wall", "board by unit": "?by=unit", "trend": "trend", "who is missing": "rows",
        "who was on time": "rows?standing=on_time", "who was late": "rows?standing=late", "who is excused": "rows?standing=excused",
        "everybody": "rows?standing=all", "since I came on": "since", "denominators": "denominators",
    }  # fmt: skip
    if who in ("chief", "auditor", "township_lead"):
        found |= {
            "board of a township": f"?{town}",
            "missing in a township": f"rows?{town}",
            "trend of a township": f"trend?{town}",
        }
    if who in ("chief", "auditor", "unit_clerk"):
        found |= {"board of a unit": f"?{unit}", "missing in a unit": f"rows?{unit}"}
    if who != "unit_clerk":
        found |= {"board of a village": f"?{village}", "missing in a village": f"rows?{village}"}
    return {what: f"/situation/{address}" for what, address in found.items()}


def _others(made: County) -> dict[str, str]:
    """What is not looked at all day: as it was known an hour ago, the text for the chat group of a township."""
    from bulou.platform import clock

    past = (clock.now() - timedelta(hours=1)).astimezone(clock.COUNTY_ZONE)
    return {"asof": f"/situation/?at={past:%Y-%m-%dT%H:%M}", "chat": f"/situation/chat?node={made.town}"}


def _crowd(made: County) -> list[dict[str, Any]]:
    """A session of its own for each of the 200, and what its page asks how often, beginning when."""
    from django.test import Client

    chance, found = Random(1), []
    for role, count, is_wall in CROWD:
        for user in _users(role, count):
            client = Client()
            client.force_login(user, backend=BACKEND)
            cookie = client.cookies["sessionid"].value
            path, every = ("/situation/wall", WALL) if is_wall else ("/situation/", BOARD)
            found.append({"cookie": cookie, "path": path, "every": every, "begins": chance.random() * every})
    return found


def _users(role: str, count: int) -> Iterator[Any]:
    """Users with a grant of the role: of the county, or of one township or village after another."""
    from bulou.modules.registry.models import Grant, Place
    from bulou.platform import clock
    from bulou.platform.accounts.models import User

    level = {"township_lead": "town", "village_clerk": "village"}.get(role, "county")
    places = list(Place.objects.filter(level=level).order_by("code"))
    for number in range(count):
        name = f"viewer-{uuid4().hex[:12]}"
        user = User.objects.create(username=name, display_name=name, created_at=clock.now() - timedelta(days=1))
        place = places[number * 4 % len(places)]
        Grant.objects.create(user=user, role=role, place=place, starts=clock.now() - timedelta(days=1))
        yield user


@dataclass(slots=True)
class _Filed:
    count: int = 0
    seconds: float = 0.0


class _Reports:
    """Reports of those still missing, so many a second, each in a transaction of its own, until the block ends."""

    def __init__(self, made: County) -> None:
        self.made, self.filed, self.stop = made, _Filed(), threading.Event()
        self.thread = threading.Thread(target=self._file)

    def __enter__(self) -> _Filed:
        self.thread.start()
        return self.filed

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join()

    def _file(self) -> None:
        from django.db import connection

        from bulou.modules.ledger import services
        from bulou.modules.ledger.services import Filing
        from bulou.platform import clock
        from bulou.platform.access.viewer import system

        began = time.monotonic()
        for number, subject in enumerate(self._missing()):
            if self.stop.wait(max(began + number / PER_SECOND - time.monotonic(), 0)):
                break
            services.file_record(by=system("bench"), filing=Filing(uuid4(), subject, {"well": True}), now=clock.now())
            self.filed.count, self.filed.seconds = number + 1, time.monotonic() - began
        connection.close()

    def _missing(self) -> list[int]:
        from bulou.modules.ledger.models import Enrolment

        found = Enrolment.objects.filter(regime_id=self.made.regime.pk).order_by("subject_id")
        return [pk for pk in found.values_list("subject_id", flat=True) if pk % 50 == 0 and pk % 200 != 1]
