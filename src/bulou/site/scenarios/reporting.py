"""A day of reporting: most on time, some late, some sent in time and arrived late, some missing, some corrected, one village silent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from random import Random
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5
from zoneinfo import ZoneInfo

from bulou.modules.ledger.models import Enrolment, Record, Window
from bulou.modules.ledger.services import Filing, ListLine, correct_record, file_many, open_windows
from bulou.modules.operations.models import Operation
from bulou.modules.registry.models import Person, Place, Unit
from bulou.platform import clock
from bulou.platform.access.viewer import system
from bulou.site.scenarios.answers import Answers
from bulou.site.scenarios.cases import MISTYPED
from bulou.site.scenarios.returning import PURPOSE

BY = system("scenario")
STEP = timedelta(minutes=5)
ABOUT_PEOPLE = {"well", "temperature", "keeps_isolation", "movements", "whereabouts", "back_from"}
CORRECTED = 0.01
CARELESS = 0.03


@dataclass(frozen=True, slots=True)
class Report:
    """One report that will arrive at a moment; `corrected` = what it says from the correction on, at `corrected_at`."""

    received_at: datetime
    filing: Filing
    corrected: dict[str, Any] | None = field(default=None, hash=False)
    corrected_at: datetime | None = None


def report_day(operation: Operation, day: date, seed: int) -> Counter[str]:
    """File everything that arrives about the windows that open on a local day; gives how many were filed and corrected.

    The same day and seed again file nothing new. Corrections and what arrived late come on the following day too.
    """
    _start, end = clock.day_span(day, ZoneInfo(operation.zone))
    open_windows(end - timedelta(seconds=1))
    return file_reports(reports_of(operation, day, seed))


def file_reports(reports: Sequence[Report]) -> Counter[str]:
    """File reports that have arrived, in order, each at its own moment, and what corrects them."""
    counts: Counter[str] = Counter()
    for received_at, some in groupby(reports, key=lambda one: one.received_at):
        counts["filed"] += file_many(by=BY, filings=[one.filing for one in some], now=received_at, why="scenario")
    for one in reports:
        if one.corrected is not None and one.corrected_at is not None:
            _correct(one, one.corrected, one.corrected_at)
            counts["corrected"] += 1
    return counts


def reports_of(operation: Operation, day: date, seed: int) -> list[Report]:
    """What will arrive about the opened windows of a local day, in order of arrival."""
    start, end = clock.day_span(day, ZoneInfo(operation.zone))
    found = Window.objects.filter(regime__operation=operation, opens__gte=start, opens__lt=end)
    windows = list(found.select_related("regime").order_by("opens", "regime__key", "name"))
    planner = _Planner(operation, day, seed)
    reports = [*planner.of_lists(one for one in windows if one.is_list)]
    reports += planner.of_subjects(one for one in windows if not one.is_list)
    return sorted(reports, key=lambda one: (one.received_at, one.filing.uuid))


class _Planner:
    """One day of one operation. Whatever is decided by chance is decided by the seed, the day and what the subject is called."""

    def __init__(self, operation: Operation, day: date, seed: int) -> None:
        self.operation, self.day, self.seed = operation, day, seed
        self.answers = Answers(operation.pk)
        self.listed: set[int] = set()

    def of_subjects(self, windows: Iterable[Window]) -> Iterator[Report]:
        """One report for each subject and span of time, with everything that is asked of it then; none of those whom a list speaks for."""
        asked: dict[tuple[str, int], dict[tuple[datetime, datetime, datetime], set[str]]] = defaultdict(dict)
        for window in windows:
            for kind, subject_id in _owing(window):
                if kind == "person" and subject_id in self.listed:
                    continue
                spans = asked[kind, subject_id]
                spans.setdefault((window.opens, window.due, window.closes), set()).update(window.asks)
        called = _called(asked)
        for subject, spans in asked.items():
            for (opens, due, closes), codes in spans.items():
                random = self._random(f"{opens.isoformat()}:{due.isoformat()}:{called[subject]}")
                is_careless = Random(f"{self.seed}:{called[subject]}").random() < CARELESS
                if (times := _times(opens, due, closes, random, is_careless=is_careless)) is not None:
                    yield self._report(subject, codes, times, f"{opens.isoformat()}:{called[subject]}", random)

    def of_lists(self, windows: Iterable[Window]) -> Iterator[Report]:
        """The list returns of places and units: who came back, by name; a zero report where nobody did; one place silent."""
        for window in windows:
            subjects = [*_owing(window)]
            called = _called(subjects)
            people = _people_of(subjects) if ABOUT_PEOPLE & set(window.asks) else {}
            self.listed |= {pk for some in people.values() for pk in some}
            silent = self._silent(subjects, called, people)
            for subject in subjects:
                random = self._random(f"{window.regime.key}:{called[subject]}")
                times = _times(window.opens, window.due, window.closes, random, is_careless=False)
                if subject != silent and times is not None:
                    yield self._list(window, subject, people.get(subject[1], []), times, called[subject], random)

    def _silent(self, subjects: Sequence[tuple[str, int]], called: Any, people: dict[int, list[int]]) -> Any:
        """The subject that never sends its list: of those who would have somebody on it."""
        some = sorted((one for one in subjects if people.get(one[1])), key=lambda one: called[one])
        return Random(f"{self.seed}:silent").choice(some) if some else None

    def _report(
        self, subject: tuple[str, int], codes: set[str], times: tuple[datetime, datetime], about: str, random: Random
    ) -> Report:
        happened_at, received_at = times
        facts = self.answers.to(codes, at=happened_at, random=random)
        source = "phone" if received_at > happened_at else random.choice(("page", "phone", "grid"))
        filing = Filing(self._uuid(about), subject[1], facts, happened_at, subject[0], source=source)
        if random.random() >= CORRECTED:
            return Report(received_at, filing)
        changed = self.answers.corrected(facts, at=happened_at, random=random)
        return Report(received_at, filing, changed, received_at + timedelta(minutes=random.randrange(10, 90)))

    def _list(
        self,
        window: Window,
        subject: tuple[str, int],
        people: list[int],
        times: tuple[datetime, datetime],
        called: str,
        random: Random,
    ) -> Report:
        happened_at, received_at = times
        lines = tuple(ListLine(pk, self.answers.to(window.asks, at=happened_at, random=random)) for pk in people)
        uuid = self._uuid(f"{window.regime.key}:{called}")
        return Report(received_at, Filing(uuid, subject[1], {}, happened_at, subject[0], source="page", lines=lines))

    def _random(self, about: str) -> Random:
        return Random(f"{self.seed}:{self.day}:{about}")

    def _uuid(self, about: str) -> UUID:
        return uuid5(NAMESPACE_OID, f"{self.operation.key}:{self.seed}:{self.day}:{about}")


def _times(
    opens: datetime, due: datetime, closes: datetime, random: Random, *, is_careless: bool
) -> tuple[datetime, datetime] | None:
    """When it is done and when it arrives; None = it never does. Reports crowd towards the due time."""
    chance = random.random() * (0.45 if is_careless else 1.0)
    early = max(opens, due - timedelta(hours=3))
    in_time = _stepped(early, due - (due - early) * random.betavariate(1.1, 2.2))
    if chance < 0.03 + 0.2 * is_careless:
        return None
    if chance < 0.07:
        after = _stepped(due, due + timedelta(minutes=random.randrange(6, 300)))
        return (after, after) if after < closes else None
    if chance < 0.085:
        return in_time, _stepped(due, due + timedelta(minutes=random.randrange(10, 720)))
    return in_time, in_time


def _stepped(first: datetime, moment: datetime) -> datetime:
    """The moment on the last step of five minutes, at the earliest `first`."""
    return max(
        first, moment - timedelta(minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond)
    )


def _owing(window: Window) -> Iterator[tuple[str, int]]:
    """Whoever is enrolled from before the window opens until after it falls due."""
    rows = Enrolment.objects.filter(regime=window.regime_id, starts__lte=window.opens, known_at__lte=window.due)
    for kind, subject_id, ends in rows.order_by("pk").values_list("subject_kind", "subject_id", "ends"):
        if ends is None or ends >= window.due:
            yield kind, subject_id


def _called(subjects: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """What subjects are called by in every database: a person's uuid, a place's code, the key of an operation's unit."""
    by_kind: dict[str, list[int]] = defaultdict(list)
    for kind, subject_id in subjects:
        by_kind[kind].append(subject_id)
    people = Person.objects.filter(pk__in=by_kind["person"]).values_list("pk", "uuid")
    places = Place.objects.filter(pk__in=by_kind["place"]).values_list("pk", "code")
    units = Unit.objects.filter(pk__in=by_kind["unit"]).values_list("pk", "code")
    found = {("person", pk): str(uuid) for pk, uuid in people} | {("place", pk): code for pk, code in places}
    return found | {("unit", pk): code.partition(".")[2] or code for pk, code in units}


def _people_of(subjects: Iterable[tuple[str, int]]) -> dict[int, list[int]]:
    """Those who came back, by the place they stay in."""
    ids = [subject_id for kind, subject_id in subjects if kind == "place"]
    rows = Person.objects.filter(purpose=PURPOSE, ends=None, merged_into=None, place_id__in=ids).order_by("uuid")
    found: dict[int, list[int]] = defaultdict(list)
    for pk, place_id in rows.values_list("pk", "place_id"):
        found[place_id].append(pk)
    return found


def _correct(report: Report, facts: dict[str, Any], at: datetime) -> None:
    record_id = Record.objects.values_list("pk", flat=True).get(uuid=report.filing.uuid)
    correct_record(by=BY, record_id=record_id, facts=facts, why=MISTYPED, now=at, version=2)
