"""The = figures of organisation of the five cases come out of the situation report, and are ticked against SQL of their own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from bulou.modules.briefing.queries import composing
from bulou.modules.briefing.queries.counting import Asking
from bulou.modules.briefing.queries.rows import standing_page
from bulou.modules.registry.models import Membership
from bulou.modules.registry.services.merging import merge_people
from bulou.modules.registry.services.unit_members import Terms, add_member, end_member
from bulou.platform.access.viewer import system
from bulou.site.scenarios.cases import CASES
from bulou.site.scenarios.loading import Loaded, load
from bulou.site.scenarios.reporting import report_day

NOW = datetime(2020, 1, 26, 0, 0, tzinfo=UTC)
SEED = 20200126
BY = system("tests")
HOUR = timedelta(hours=1)

PEOPLE = """SELECT count(DISTINCT coalesce(p.merged_into_id, p.id)) FROM registry_membership m JOIN registry_unit u ON u.id = m.unit_id
    JOIN registry_person p ON p.id = m.person_id
    WHERE u.ends IS NULL AND m.starts <= %s AND (m.ends IS NULL OR m.ends > %s) AND u.kind = ANY(%s) AND u.name LIKE %s"""
UNITS = "SELECT count(*) FROM registry_unit u WHERE u.starts <= %s AND (u.ends IS NULL OR u.ends > %s) AND u.kind = ANY(%s) AND u.name LIKE %s"
PLACES = "SELECT count(*) FROM registry_place WHERE level = 'village' AND code LIKE %s AND substr(code, 10, 1) {} '0' AND ends IS NULL"
RETURNEES = (
    "SELECT count(*) FROM registry_person WHERE purpose = 'returnee' AND ends IS NULL AND merged_into_id IS NULL"
)

# case: key of the figure → what the case states (None: no number is stated; "more than" as a lowest), how SQL counts it
A_STAFF = "SELECT count(DISTINCT m.person_id) FROM registry_membership m JOIN registry_unit u ON u.id = m.unit_id WHERE u.kind = 'department' AND u.name LIKE '县%%'"
STATED: dict[str, dict[str, tuple[int | None, int | None, str, tuple[Any, ...]]]] = {
    "qumalai": {
        "branches": (16, None, UNITS, ("temporary_branch", "%")),
        "branch_members": (159, None, PEOPLE, ("temporary_branch", "%")),
        "grid": (354, None, PEOPLE, ("work_group", "约改镇网格工作组")),
        "villages": (19, None, PLACES.format(">"), ("632726%",)),
        "communities": (5, None, PLACES.format("="), ("632726%",)),
        "teams": (9, None, UNITS, ("team", "%")),
        "medics": (None, 200, PEOPLE, ("team", "医务人员队")),
        "staff": (None, 1, A_STAFF, ()),
        "returnees": (None, 1, RETURNEES, ()),
        "mode.orientation": (1, None, "", ()),
        "mode.regimes": (3, None, "", ()),
        "mode.focuses": (5, None, "", ()),
        "mode.guarantees": (7, None, "", ()),
        "mode.teams": (9, None, "", ()),
    },
    "ningyang": {
        "groups": (5, None, UNITS, ("work_group", "%")),
        "stations": (9, None, UNITS, ("station_crew", "%")),
        "station_staff": (None, 120, PEOPLE, ("station_crew", "%")),
        "parties": (9, None, UNITS, ("temporary_branch", "%")),
        "commandos": (3, None, UNITS, ("commando", "%")),
        "commando_members": (None, 1, PEOPLE, ("commando", "%")),
        "returnees": (None, 4_000, RETURNEES, ()),
    },
    "huainan": {
        "brigades": (None, 1, UNITS, ("brigade", "%")),
        "camps": (None, 1, UNITS, ("squad", "%")),
        "camp_members": (None, 1, PEOPLE, ("squad", "%")),
        "commandos": (None, 1, UNITS, ("commando", "%")),
        "commando_members": (None, 1, PEOPLE, ("commando", "%")),
        "posts": (None, 1, PEOPLE, ("other", "先锋岗")),
    },
    "naiman": {
        "staff": (956, None, PEOPLE, ("other", "全局民警辅警")),
        "branches": (18, None, UNITS, ("branch", "%")),
        "temporary_branches": (6, None, UNITS, ("temporary_branch", "%")),
        "members": (457, None, PEOPLE, ("branch temporary_branch", "%")),
        "commandos": (6, None, UNITS, ("commando", "%")),
        "commando_members": (116, None, PEOPLE, ("commando", "%")),
        "groups": (10, None, UNITS, ("work_group", "%")),
    },
    "ali": {
        "brigades": (None, 1, UNITS, ("brigade", "%")),
        "brigade_members": (None, 1, PEOPLE, ("brigade", "%")),
        "vanguards": (None, 1, UNITS, ("commando", "%")),
        "vanguard_members": (None, 1, PEOPLE, ("commando", "%")),
        "checkpoints": (None, 1, UNITS, ("station_crew", "%")),
        "checkpoint_staff": (None, 1, PEOPLE, ("station_crew", "%")),
    },
}


def by_sql(sql: str, given: tuple[Any, ...], at: datetime) -> int:
    """What SQL of its own counts."""
    parameters = [at, at, given[0].split(), given[1]] if len(given) == 2 else list(given)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.fetchone()[0])


def loaded(case: str) -> Loaded:
    return load(case, seed=SEED, now=NOW, residents=CASES[case].fewest)


def values(found: Loaded, at: datetime) -> dict[str, int | None]:
    return {key: one.value for key, one in composing.report(BY, found.operation, now=at).figures.items()}


def check(case: str, figures: dict[str, int | None], at: datetime) -> None:
    for key, (exactly, lowest, sql, given) in STATED[case].items():
        value = figures[key]
        assert value is not None, key
        assert exactly in (None, value), f"{case} {key}: the case states {exactly}, the report {value}"
        assert value >= (lowest or 0), f"{case} {key}: {value}"
        assert not sql or value == by_sql(sql, given, at), f"{case} {key}"
        print(f"{case:9} {key:22} {value:>6}  {'=' if exactly is not None else '+'}")


@pytest.mark.django_db
@pytest.mark.parametrize("case", list(STATED))
def test_the_report_states_the_figures_of_the_case(case: str) -> None:
    found = loaded(case)
    check(case, values(found, NOW), NOW)
    if case == "naiman":
        _follows(found)
    if case == "ali":
        _reporting(found)


def _follows(found: Loaded) -> None:
    """Ends, transfers, merges and a second seat: the report follows, the moment before stays as it was."""
    at = NOW + HOUR
    seats = list(Membership.objects.filter(unit__kind="branch", part="member", ends=None).select_related("unit")[:40])
    one, moved, kept, absorbed = (
        seats[0],
        seats[1],
        seats[2],
        next(seat for seat in seats[3:] if seat.person_id != seats[2].person_id),
    )
    other = (
        next(seat.unit_id for seat in seats if seat.unit_id != moved.unit_id)
        if len({seat.unit_id for seat in seats}) > 1
        else None
    )
    end_member(by=BY, membership_id=one.pk, version=one.version, ends=at, now=at)
    assert values(found, at)["members"] == 456, "one has left"
    target = other or Membership.objects.filter(unit__kind="temporary_branch").values_list("unit_id", flat=True)[0]
    end_member(by=BY, membership_id=moved.pk, version=moved.version, ends=at, now=at)
    add_member(by=BY, unit_id=target, person_id=moved.person_id, terms=Terms(), starts=at, now=at)
    assert values(found, at)["members"] == 456, "one has changed branches"
    merge_people(kept.person_id, absorbed.person_id, by=BY, now=at, why="one person")
    assert values(found, at)["members"] == 455, "two rows were one person"
    temporary = (
        Membership.objects.filter(unit__kind="temporary_branch")
        .exclude(unit_id=target)
        .values_list("unit_id", flat=True)[0]
    )
    add_member(by=BY, unit_id=temporary, person_id=kept.person_id, terms=Terms(), starts=at, now=at)
    later = values(found, at)
    assert later["members"] == 455, "one in two branches is one person"
    assert later["members"] == by_sql(PEOPLE, ("branch temporary_branch", "%"), at)
    assert values(found, NOW)["members"] == 456, "as it was: the merge shows, what ended and began since does not"


def _reporting(found: Loaded) -> None:
    """Every figure of coverage opens to as many rows as it says, now and as known at a moment of the day."""
    day, later = date(2020, 1, 27), NOW + timedelta(days=3)
    report_day(found.operation, day, SEED)
    noon = datetime(2020, 1, 27, 4, 0, tzinfo=UTC)
    for at in (later, noon):
        made = composing.report(BY, found.operation, now=later, day=day, at=at)
        asking = Asking(BY, found.operation, at, later)
        seen = 0
        for key, figure in made.figures.items():
            if figure.definition.query == "standing" and key.startswith("coverage") and figure.value is not None:
                assert rows_of(asking, figure.definition.parameters) == figure.value, (key, at)
                seen += figure.value
        assert seen
    assert _sum(made, "on_time", "late", "missing", "pending") == _sum(made, "expected")


def _sum(made: Any, *standings: str) -> int:
    return sum(made.figures[f"coverage.all.{one}"].value or 0 for one in standings)


def rows_of(asking: Asking, parameters: Any) -> int:
    """How many rows there are, page by page."""
    after, count = None, 0
    while True:
        page = standing_page(asking, parameters, after=after, limit=400)
        count += len(page.rows)
        if page.after is None:
            return count
        after = page.after
