"""Case B at full size, for the benchmarks of pages: Ningyang with 800,000 made-up residents in 581 villages, its playbook in force for a fortnight.

Every resident owes a daily health report by ten, besides what the playbook asks of returnees and townships. The operation stands since 13
days; the residents' reports of the last two are in. The exercise's clock shows half past ten, where it was set when everything was there.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bench.database import house
from bench.registry import COUNTY, PEOPLE, load

DAYS = 14
VILLAGE = 1_377
MISSING, LATE = 50, 200  # today one in 50 has not reported, and one in 200 came late
BATCH = 100_000
REPEATS = 11
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class County:
    """What the benchmarks ask about. `village` has at least 1,377 residents, and as few above that as any."""

    home: Any
    operation: Any
    regime: Any
    town: int
    village: int
    unit: int
    enrolled: int
    enrolling_s: float
    viewers: Mapping[str, Any]

    def client(self, who: str) -> Any:
        """A browser somebody of the cast is logged in with."""
        from django.test import Client

        client = Client()
        client.force_login(self.viewers[who], backend=BACKEND)
        return client


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of one page: the median of several after warming up, and the slowest of them."""

    median: float
    worst: float


@contextmanager
def county(people: int = PEOPLE, *, at: tuple[int, int] = (10, 30), is_reported: bool = True) -> Iterator[County]:
    """A house with all of it, gone afterwards. Without `is_reported` nobody has reported today yet."""
    with house(COUNTY) as home:
        load(people)
        yield stand(home, people, at=at, is_reported=is_reported)


def stand(home: Any, people: int, *, at: tuple[int, int], is_reported: bool) -> County:
    """The operation on top of loaded residents."""
    from bulou.modules.operations.queries.operations import ref
    from bulou.platform import clock
    from bulou.site.scenarios.loading import load as load_case

    first = clock.day_span(clock.local_day(clock.now()) + timedelta(days=1))[0]
    last = first + timedelta(days=DAYS - 1)
    loaded = load_case("ningyang", seed=1, now=first + timedelta(hours=8), residents=people)
    _say("the case is in force")
    regime, enrolled, took = _enrol(ref(loaded.operation), first + timedelta(hours=8), first)
    _open(last + timedelta(hours=at[0], minutes=at[1]))
    _report(regime, last - timedelta(days=1), range(1))
    if is_reported:
        _report(regime, last, range(LATE))
    _settle_down()
    _set_clock(last + timedelta(hours=at[0], minutes=at[1]))
    town, village, unit = _spots(loaded.operation)
    viewers = _seat(town, village, unit)
    return County(home, loaded.operation, regime, town.pk, village.pk, unit.pk, enrolled, took, viewers)


def timed(client: Any, address: str, **headers: str) -> Times:
    """Server time of a page through the whole of Django: log-in, grants, look log, drawing."""
    taken = []
    for _ in range(REPEATS + 2):
        began = time.perf_counter()
        answered = client.get(address, headers=headers)
        taken.append(1000 * (time.perf_counter() - began))
        if answered.status_code != 200:
            raise RuntimeError(f"{address} answered {answered.status_code}")
    return Times(round(statistics.median(taken[2:]), 1), round(max(taken[2:]), 1))


def _enrol(operation: Any, now: datetime, starts: datetime) -> tuple[Any, int, float]:
    """A regime of everybody who lives in the county, enrolled by its filter as a playbook's are: (regime, how many, seconds)."""
    from bulou.core.windows import Daily
    from bulou.modules.ledger import services
    from bulou.platform.access.viewer import system

    about = {
        "titles": {"en": "Residents' health", "zh-Hans": "居民健康日报"},
        "who": {"subject": "person", "places": [COUNTY]},
    }
    began = time.perf_counter()
    regime = services.set_regime(
        by=system("bench"), operation=operation, key="residents", asks=["well"], calendar=Daily("10:00"), now=now, since=starts, about=about
    )  # fmt: skip
    moved = services.enrol_matching(by=system("bench"), regime=regime, now=now, starts=starts, why="bench")
    took = time.perf_counter() - began
    _say(f"{moved.enrolled:,} enrolled in {took:.1f} s")
    return regime, moved.enrolled, round(took, 1)


def _open(now: datetime) -> None:
    from bulou.modules.ledger import services

    services.open_windows(now)
    _say("windows of a fortnight opened")


def _report(regime: Any, day: datetime, left: range) -> None:
    """A day's reports: all (`left` of one), or those on time and then those who are late."""
    from bulou.modules.ledger.models import Enrolment

    people = list(Enrolment.objects.filter(regime=regime).order_by("subject_id").values_list("subject_id", flat=True))
    on_time = [pk for pk in people if len(left) == 1 or (pk % MISSING and pk % LATE != 1)]
    _file(day + timedelta(hours=9, minutes=30), on_time)
    _file(day + timedelta(hours=10, minutes=10), [pk for pk in people if pk % LATE == 1] if len(left) > 1 else [])
    _say(f"reported on {day.date()}")


def _file(now: datetime, people: list[int]) -> None:
    from bulou.modules.ledger import services
    from bulou.modules.ledger.services import Filing
    from bulou.platform.access.viewer import system

    key = int(now.timestamp()) << 64
    for at in range(0, len(people), BATCH):
        filings = [Filing(UUID(int=key | pk), pk, {"well": True}, now) for pk in people[at : at + BATCH]]
        services.file_many(by=system("bench"), filings=filings, now=now, why="bench")


def _settle_down() -> None:
    """What autovacuum does in the minutes after a load."""
    import psycopg

    from bulou.platform import postgres
    from bulou.platform.postgres.doors import dsn_as

    with psycopg.connect(dsn_as(postgres.OWNER), autocommit=True) as owner:
        owner.execute("VACUUM (ANALYZE)")


def _set_clock(shown: datetime) -> None:
    from bulou.platform import clock
    from bulou.platform.access.viewer import system
    from bulou.platform.house.services import set_pace

    set_pace(shown, 1.0, by=system("bench"), now=clock.now())


def _spots(operation: Any) -> tuple[Any, Any, Any]:
    from django.db.models import Count

    from bulou.modules.operations.queries.operations import ref
    from bulou.modules.registry.models import Place, Unit
    from bulou.modules.registry.services.playbook_units import code_of

    sizes = Place.objects.filter(level="village").annotate(n=Count("people")).order_by("n")
    village = sizes.filter(n__gte=VILLAGE).first() or sizes.order_by("-n")[0]
    return village.parent, village, Unit.objects.get(code=code_of(ref(operation), "office-crime"))


def _seat(town: Any, village: Any, unit: Any) -> dict[str, Any]:
    from bulou.modules.registry.models import Place
    from bulou.platform import cast, clock

    other = Place.objects.filter(level="town").exclude(pk=town.pk).order_by("code")[0]
    neighbour = Place.objects.filter(parent=other).order_by("code")[0]
    spots = {
        "county": COUNTY, "town": town.code, "village": village.code, "unit": unit.code, "neighbour_town": other.code,
        "neighbour_village": neighbour.code,
    }  # fmt: skip
    return cast.seat(spots, now=clock.now())


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
