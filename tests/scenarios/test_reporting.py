"""Days of reporting: figures against SQL of their own, a past day as known then, villages that say nobody and one that says nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from bulou.core.coverage import Figures
from bulou.modules.ledger.models import Enrolment, Record, Regime, Window
from bulou.modules.ledger.queries import trees
from bulou.modules.registry.models import Place
from bulou.platform.access.viewer import system
from bulou.site.scenarios.cases import CASES
from bulou.site.scenarios.loading import Loaded, load
from bulou.site.scenarios.reporting import report_day

START = datetime(2020, 1, 26, 0, 0, tzinfo=UTC)
DAY = date(2020, 1, 27)
LATER = datetime(2020, 1, 29, 4, 0, tzinfo=UTC)
VIEWER = system("tests")

COUNTED = """
WITH owed AS (
  SELECT w.id AS window_id, w.due, w.opens, w.closes, w.asks, w.is_list, e.id AS enrolment_id, e.subject_kind, e.subject_id
    FROM ledger_window w JOIN ledger_regime g ON g.id = w.regime_id AND g.operation_id = %s AND g.key = %s
    JOIN ledger_enrolment e ON e.regime_id = g.id AND e.starts <= w.opens AND e.known_at <= w.due
   WHERE (w.opens AT TIME ZONE 'Asia/Shanghai')::date = %s
), answered AS (
  SELECT o.window_id, o.enrolment_id, min(r.received_at) AS received_at, o.due
    FROM owed o LEFT JOIN ledger_record r ON r.subject_kind = o.subject_kind AND r.subject_id = o.subject_id AND r.happened_at >= o.opens
     AND r.happened_at < o.closes AND CASE WHEN o.is_list THEN r.lines IS NOT NULL ELSE r.stated @> o.asks END
   GROUP BY o.window_id, o.enrolment_id, o.due
)
SELECT count(*) FILTER (WHERE received_at <= due), count(*) FILTER (WHERE received_at > due), count(*) FILTER (WHERE received_at IS NULL) FROM answered
"""


def counted(loaded: Loaded, regime: str, day: date) -> tuple[int, int, int]:
    """(on time, late, missing) of a regime on a day, from records and enrolments alone."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, [loaded.operation.pk, regime, day])
        on_time, late, missing = cursor.fetchone()
    return on_time, late, missing


def figures(loaded: Loaded, regime: str, day: date, **how: Any) -> Figures:
    regime_id = Regime.objects.get(operation=loaded.operation, key=regime).pk
    return trees.day_tree(VIEWER, loaded.operation.pk, day, now=LATER, regime_id=regime_id, **how).total


def told(figures: Figures) -> tuple[int, int, int]:
    return figures.on_time, figures.late, figures.missing


def loaded(case: str, now: datetime = START) -> Loaded:
    return load(case, seed=7, now=now, residents=CASES[case].fewest)


@pytest.mark.django_db
def test_case_a_reports_and_every_figure_is_that_of_the_rows() -> None:
    found = loaded("qumalai")
    counts = report_day(found.operation, DAY, 7)
    assert report_day(found.operation, DAY, 7)["filed"] == 0, "the same day again files nothing"
    expected = {"staff-daily": 640, "department-return": 10, "resident-list": 24, "returnee-health": 217}
    for regime in Regime.objects.filter(operation=found.operation):
        now = figures(found, regime.key, DAY)
        assert told(now) == counted(found, regime.key, DAY), regime.key
        assert sum(told(now)) == expected.get(regime.key, Enrolment.objects.filter(regime=regime).count())
    assert counts["corrected"] > 0
    staff = figures(found, "staff-daily", DAY)
    assert staff.on_time > 0.85 * 640
    assert staff.late
    assert staff.missing
    assert staff.late > staff.done_late, "some were done in time and arrived late"
    _a_past_day_is_seen_as_it_was_known_then(found)
    _silence_is_not_zero(found)


def _a_past_day_is_seen_as_it_was_known_then(found: Loaded) -> None:
    at_ten = datetime(2020, 1, 27, 2, 1, tzinfo=UTC)
    then = figures(found, "staff-daily", DAY, as_of=at_ten)
    now = figures(found, "staff-daily", DAY)
    assert then.on_time == now.on_time
    assert (then.late, then.missing) == (0, now.late + now.missing)


def _silence_is_not_zero(found: Loaded) -> None:
    window = Window.objects.get(regime__operation=found.operation, regime__key="resident-list", opens__gte=START)
    lists = dict(Record.objects.exclude(lines=None).values_list("subject_id", "lines"))
    zero = {place_id for place_id, lines in lists.items() if lines == []}
    assert zero
    assert zero <= set(found.villages_without)
    silent = set(Place.objects.filter(level="village").values_list("pk", flat=True)) - lists.keys()
    with_people = {one.place_id for one in found.returnees}
    assert silent & with_people, "a village that owes names and sends nothing"
    tree = trees.window_tree(VIEWER, window, now=LATER)
    for place_id in zero | silent:
        assert tree.of(place_id).missing == (place_id in silent)
    unheard = [one.person_id for one in found.returnees if one.place_id in silent]
    assert not Record.objects.filter(subject_kind="person", subject_id__in=unheard).exists()


@pytest.mark.django_db
def test_case_b_is_followed_up_by_four_of_whom_one_leads() -> None:
    found = loaded("ningyang")
    regime = Regime.objects.get(operation=found.operation, key="returnee-health")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(cardinality(s.answerables)), bool_and(e.owed_id = s.answerables[1]) FROM ledger_enrolment e"
            " JOIN ledger_seat s ON s.enrolment_id = e.id WHERE e.regime_id = %s",
            [regime.pk],
        )
        assert cursor.fetchone() == (4_126, 4, True)
    report_day(found.operation, DAY, 7)
    assert told(figures(found, "returnee-health", DAY)) == counted(found, "returnee-health", DAY)
    assert told(figures(found, "public-order", DAY)) == counted(found, "public-order", DAY)


@pytest.mark.django_db
def test_case_c_takes_the_temperature_of_everybody_in_camp_twice_a_day() -> None:
    found = loaded("huainan")
    report_day(found.operation, DAY, 7)
    camp = figures(found, "camp-temperature", DAY)
    assert sum(told(camp)) == 2 * 196
    for key in ("camp-temperature", "family-health"):
        assert told(figures(found, key, DAY)) == counted(found, key, DAY)


@pytest.mark.django_db
def test_case_d_has_everybody_back_and_its_headquarters_manned_round_the_clock() -> None:
    found = loaded("naiman")
    report_day(found.operation, START.date(), 7)
    recall = figures(found, "recall", START.date())
    assert told(recall) == (956, 0, 0)
    assert told(recall) == counted(found, "recall", START.date())
    report_day(found.operation, DAY, 7)
    assert sum(told(figures(found, "headquarters-manned", DAY))) == 3
    assert sum(told(figures(found, "front-branches", DAY))) == 6


@pytest.mark.django_db
def test_case_e_follows_staff_and_families_and_asks_for_infections_at_once() -> None:
    begins = datetime(2022, 8, 10, 0, 0, tzinfo=UTC)
    found = loaded("ali", begins)
    day = (begins + timedelta(days=1)).date()
    report_day(found.operation, day, 7)
    regime_id = Regime.objects.get(operation=found.operation, key="staff-health").pk
    tree = trees.day_tree(
        VIEWER, found.operation.pk, day, now=begins + timedelta(days=3), regime_id=regime_id, by="unit"
    )
    assert sum(told(tree.total)) == 232
    assert told(tree.total) == counted(found, "staff-health", day)
    infection = Regime.objects.get(operation=found.operation, key="infection-report")
    assert infection.is_immediate
    assert not Window.objects.filter(regime=infection).exists(), "nobody owes it until it happens"
