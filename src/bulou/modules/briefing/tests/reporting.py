"""A morning of reporting in the small county: everybody owes a health report by nine; at ten some have given it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from bulou.core.windows import Daily
from bulou.modules.ledger import services
from bulou.modules.ledger.models import Enrolment, Fact, Regime
from bulou.modules.ledger.services import Filing, NewEnrolment
from bulou.modules.operations.queries.operations import ref
from bulou.modules.registry.models import Unit
from bulou.platform.access.viewer import system
from tests.kit.cast import NOW, County

BY = system("tests")
MIDNIGHT = datetime(2020, 1, 25, 16, 0, tzinfo=UTC)
DUE = MIDNIGHT + timedelta(hours=9)


def begin(operation: Any, county: County, *, since: datetime) -> Regime:
    """Everybody enrolled in a daily report, the first village in the charge of the first branch; today's and yesterday's windows opened."""
    about = {"titles": {"en": "Staff report", "zh-Hans": "工作人员信息报告制度"}}
    how = {"by": BY, "now": since}
    regime = services.set_regime(
        operation=ref(operation), key="staff", asks=["well"], calendar=Daily("09:00"), since=since, about=about, **how
    )
    rows = [
        NewEnrolment(uuid4(), person.pk, person.place_id, branch(operation).pk if number < 9 else None)
        for number, person in enumerate(county.people)
    ]
    services.enrol_many(regime=regime, rows=rows, starts=since, why="tests", **how)
    services.open_windows(NOW)
    return regime


def counting_regime(operation: Any, people: Iterable[Any]) -> None:
    """A daily regime that asks some people for a number of staff on post."""
    titles = {"en": "Staff on post", "zh-Hans": "在岗人数"}
    Fact.objects.create(operation=operation, code="staff_on_post", titles=titles, kind="number", unit="1")
    how = {"by": BY, "now": operation.started_at}
    about = {"titles": {"en": "Posts", "zh-Hans": "在岗情况"}}
    regime = services.set_regime(
        operation=ref(operation), key="posts", asks=["staff_on_post"], calendar=Daily("09:30"), since=operation.started_at, about=about, **how
    )  # fmt: skip
    rows = [NewEnrolment(uuid4(), person.pk, person.place_id, None) for person in people]
    services.enrol_many(regime=regime, rows=rows, starts=operation.started_at, why="tests", **how)
    services.open_windows(NOW)


def state(person: Any, count: int, at: datetime) -> None:
    """One states how many are on post."""
    services.file_record(by=BY, filing=Filing(uuid4(), person.pk, {"staff_on_post": count}, at), now=at)


def branch(operation: Any) -> Unit:
    """The operation's first branch."""
    return Unit.objects.get(code=f"{operation.pk}.branch-1")


def report(person: Any, at: datetime) -> None:
    """One says well."""
    services.file_record(by=BY, filing=Filing(uuid4(), person.pk, {"well": True}, at), now=at)


def morning(regime: Regime, county: County) -> None:
    """The first village: 6 on time, 1 late at half past nine, 1 excused, 1 missing; the second nobody; the neighbour's two everybody."""
    here = county.people_of(0)
    for person in (*here[:6], *county.people_of(2), *county.people_of(3)):
        report(person, MIDNIGHT + timedelta(hours=8))
    report(here[6], DUE + timedelta(minutes=30))
    excused = Enrolment.objects.get(subject_id=here[7].pk, regime=regime)
    services.excuse(
        by=BY, enrolment_id=excused.pk, since=MIDNIGHT, until=MIDNIGHT + timedelta(days=3), why="in hospital", once=uuid4(),
        now=DUE + timedelta(minutes=10),
    )  # fmt: skip
