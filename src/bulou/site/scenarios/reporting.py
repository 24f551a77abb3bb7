"""A day of reporting: most on time, some late, some sent in time and arrived late, some missing, some corrected, one village silent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
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
from bulou.modules.registry.services.synthetic.names import HAN, draw
from bulou.platform import clock
from bulou.platform.access.viewer import system
from bulou.site.scenarios.answers import Answers
from bulou.site.scenarios.cases import CASES, MISTYPED
from bulou.site.scenarios.returning import PURPOSE

BY = system("scenario")
STEP = timedelta(minutes=5)
ABOUT_PEOPLE = {"well", "temperature", "keeps_isolation", "movements", "whereabouts", "back_from"}
MISSING, LATE, ARRIVES_LATE = 0.03, 0.07, 0.085  # the upper ends of their chances
CORRECTED = 0.01
CARELESS = 0.03
HAPPENED = 0.1

Subject = tuple[str, int]
Span = tuple[datetime, datetime, datetime]
Times = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Report:
    """What arrives at a moment: a report, or (`is_correction`) all the facts of an earlier one anew."""

    received_at: datetime
    filing: Filing
    is_correction: bool = False


def report_day(operation: Operation, day: date, seed: int) -> Counter[str]:
    """File everything that arrives about the windows that open on a local day; gives how many were filed and corrected.

    The same day and seed again file nothing new. Some corrections and what arrives late come on the following day.
    """
    _start, end = clock.day_span(day, ZoneInfo(operation.zone))
    open_windows(end - timedelta(seconds=1))
    return file_reports(reports_of(operation, day, seed))


def file_reports(reports: Sequence[Report]) -> Counter[str]:
    """File reports that have arrived, in order, each at its own moment."""
    counts: Counter[str] = Counter()
    for (received_at, is_correction), some in groupby(reports, key=lambda one: (one.received_at, one.is_correction)):
        filings = [one.filing for one in some]
        if is_correction:
            counts["corrected"] += sum(_correct(filing, received_at) for filing in filings)
        else:
            counts["filed"] += file_many(by=BY, filings=filings, now=received_at, why="scenario")
    return counts


def reports_of(operation: Operation, day: date, seed: int) -> list[Report]:
    """What will arrive about the opened windows of a local day, in order of arrival."""
    start, end = clock.day_span(day, ZoneInfo(operation.zone))
    found = Window.objects.filter(regime__operation=operation, opens__gte=start, opens__lt=end)
    windows = list(found.select_related("regime").order_by("opens", "regime__key", "name"))
    planner = _Planner(operation, day, seed)
    reports = [*planner.of_lists(one for one in windows if one.is_list)]
    reports += planner.of_subjects(one for one in windows if not one.is_list)
    return sorted(reports, key=lambda one: (one.received_at, one.is_correction, one.filing.uuid))


class _Planner:
    """One day of one operation. Whatever is decided by chance is decided by the seed, the day and what the subject is called."""

    def __init__(self, operation: Operation, day: date, seed: int) -> None:
        self.operation, self.day, self.seed = operation, day, seed
        self.begins = operation.started_at
        self.answers = Answers(operation.pk)
        self.listed: set[int] = set()
        self.certain = CASES[operation.playbook].certain if operation.playbook in CASES else frozenset()

    def of_subjects(self, windows: Iterable[Window]) -> Iterator[Report]:
        """One report for each subject and span of time, with everything asked of it then; none of those whom a list speaks for."""
        asked: dict[Subject, dict[Span, set[str]]] = defaultdict(dict)
        certain: set[Span] = set()
        for window in windows:
            span = (window.opens, window.due, window.closes)
            certain |= {span} if window.regime.key in self.certain else set()
            for subject in _owing(window):
                if subject[0] != "person" or subject[1] not in self.listed:
                    asked[subject].setdefault(span, set()).update(window.asks)
        called = _called(asked)
        for subject, spans in asked.items():
            for span, codes in spans.items():
                about = f"{span[0].isoformat()}:{span[1].isoformat()}:{called[subject]}"
                random = self._random(about)
                if (times := self._times(span, called[subject], random, is_certain=span in certain)) is not None:
                    yield from self._reports(subject, codes, times, about, random)

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
                times = self._times((window.opens, window.due, window.closes), "", random, is_certain=False)
                if subject != silent and times is not None:
                    yield self._list(window, subject, people.get(subject[1], []), times, called[subject], random)

    def _silent(self, subjects: Sequence[Subject], called: Any, people: dict[int, list[int]]) -> Any:
        """The subject that never sends its list: of those who would have somebody on it."""
        some = sorted((one for one in subjects if people.get(one[1])), key=lambda one: called[one])
        return Random(f"{self.seed}:silent").choice(some) if some else None

    def _reports(self, subject: Subject, codes: set[str], times: Times, about: str, random: Random) -> Iterator[Report]:
        """The report, and its correction if it needs one."""
        happened_at, received_at = times
        facts = self.answers.to(codes, at=happened_at, random=random)
        source = "phone" if received_at > happened_at else random.choice(("page", "phone", "grid"))
        filing = Filing(self._uuid(about), subject[1], facts, happened_at, subject[0], source=source)
        yield Report(received_at, filing)
        if random.random() < CORRECTED:
            changed = self.answers.corrected(facts, at=happened_at, random=random)
            at = received_at + timedelta(minutes=random.randrange(10, 90))
            yield Report(at, replace(filing, facts=changed), is_correction=True)

    def _list(
        self, window: Window, subject: Subject, people: list[int], times: Times, called: str, random: Random
    ) -> Report:
        happened_at, received_at = times
        lines = tuple(ListLine(pk, self.answers.to(window.asks, at=happened_at, random=random)) for pk in people)
        if not ABOUT_PEOPLE & set(window.asks) and random.random() < HAPPENED:
            facts = self.answers.to(window.asks, at=happened_at, random=random)
            lines = (ListLine(None, facts, draw(random, HAN, random.choice("mf")).text),)
        uuid = self._uuid(f"{window.regime.key}:{called}")
        return Report(received_at, Filing(uuid, subject[1], {}, happened_at, subject[0], source="page", lines=lines))

    def _times(self, span: Span, called: str, random: Random, *, is_certain: bool) -> Times | None:
        """When it is done and when it arrives; None = it never does. Reports crowd towards the due time."""
        opens, due, closes = span
        first = max(opens, self.begins)
        if first >= due:
            return None
        early = max(first, due - timedelta(hours=3))
        in_time = _stepped(early, due - (due - early) * random.betavariate(1.1, 2.2))
        is_careless = bool(called) and Random(f"{self.seed}:{called}").random() < CARELESS
        chance = 1.0 if is_certain else random.random() * (0.3 if is_careless else 1.0)
        if chance < MISSING + 0.1 * is_careless:
            return None
        if chance < LATE:
            after = _stepped(due, due + timedelta(minutes=random.randrange(10, 300)))
            return (after, after) if after < closes else None
        if chance < ARRIVES_LATE:
            return in_time, _stepped(due, due + timedelta(minutes=random.randrange(10, 720)))
        return in_time, in_time

    def _random(self, about: str) -> Random:
        return Random(f"{self.seed}:{self.day}:{about}")

    def _uuid(self, about: str) -> UUID:
        return uuid5(NAMESPACE_OID, f"{self.operation.key}:{self.seed}:{self.day}:{about}")


def _stepped(first: datetime, moment: datetime) -> datetime:
    """The moment on the last step of five minutes, at the earliest `first`."""
    return max(
        first, moment - timedelta(minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond)
    )


def _owing(window: Window) -> Iterator[Subject]:
    """Whoever is enrolled from before the window opens until after it falls due."""
    rows = Enrolment.objects.filter(regime=window.regime_id, starts__lte=window.opens, known_at__lte=window.due)
    for kind, subject_id, ends in rows.order_by("pk").values_list("subject_kind", "subject_id", "ends"):
        if ends is None or ends >= window.due:
            yield kind, subject_id


def _called(subjects: Iterable[Subject]) -> dict[Subject, str]:
    """What subjects are called by in every database: a person's uuid, a place's code, the key of an operation's unit."""
    by_kind: dict[str, list[int]] = defaultdict(list)
    for kind, subject_id in subjects:
        by_kind[kind].append(subject_id)
    people = Person.objects.filter(pk__in=by_kind["person"]).values_list("pk", "uuid")
    places = Place.objects.filter(pk__in=by_kind["place"]).values_list("pk", "code")
    units = Unit.objects.filter(pk__in=by_kind["unit"]).values_list("pk", "code")
    found = {("person", pk): str(uuid) for pk, uuid in people} | {("place", pk): code for pk, code in places}
    return found | {("unit", pk): code.partition(".")[2] or code for pk, code in units}


def _people_of(subjects: Iterable[Subject]) -> dict[int, list[int]]:
    """Those who came back, by the place they stay in."""
    ids = [subject_id for kind, subject_id in subjects if kind == "place"]
    rows = Person.objects.filter(purpose=PURPOSE, ends=None, merged_into=None, place_id__in=ids).order_by("uuid")
    found: dict[int, list[int]] = defaultdict(list)
    for pk, place_id in rows.values_list("pk", "place_id"):
        found[place_id].append(pk)
    return found


def _correct(filing: Filing, at: datetime) -> bool:
    """Correct a report that was filed; whether it says anything new."""
    record = Record.objects.get(uuid=filing.uuid)
    if record.versions.exists():
        return False
    correct_record(by=BY, record_id=record.pk, facts=filing.facts, why=MISTYPED, now=at)
    return True
