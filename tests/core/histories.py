"""Random histories of a small operation, for property tests: of core, and of whatever must equal core.

Four local days of a county with two towns and three villages, a bureau with two branches, five regimes of every kind.
All moments lie on a half-hour grid, so that opening, due, closing, receipt and decision often coincide: that is where
the mistakes are. `BULOU_SOAK=1` runs a hundred times as many.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from bulou.core.book import Book
from bulou.core.enrolments import Ending, Enrolment, Owed, Transfer, Withdrawal
from bulou.core.excuses import Excuse, Removal
from bulou.core.records import Correction, Line, Record
from bulou.core.regimes import RegimeVersion
from bulou.core.reviews import ReviewStep, Step
from bulou.core.trees import Branch
from bulou.core.windows import Daily, EveryDays, Slot, Slots, Window

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2020, 1, 26, 16, 0, tzinfo=UTC)  # midnight of 27 January 2020 in Shanghai
DAYS = 4
STEP = timedelta(minutes=30)
END = START + timedelta(days=DAYS)
LATER = END + timedelta(days=2)
BEFORE = START - timedelta(days=1)

VILLAGES = ("village 1", "village 2", "village 3")
UNITS = ("branch 1", "branch 2")
PEOPLE = ("Ama", "Bo", "Cui", "Dorje")
SUBJECTS = (*PEOPLE, *VILLAGES)
REGIMES = ("health", "temperature", "visit", "round", "list")


def random_histories(examples: int) -> settings:
    """Settings for a property over histories; no deadline, and nothing is written beside the code."""
    factor = 100 if os.environ.get("BULOU_SOAK") == "1" else 1
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(max_examples=examples * factor, deadline=None, database=None, suppress_health_check=slow)


def moments(first: datetime = BEFORE, last: datetime = LATER) -> st.SearchStrategy[datetime]:
    """Moments on the grid, `first` and `last` included."""
    return st.integers(0, int((last - first) / STEP)).map(lambda steps: first + steps * STEP)


def places() -> tuple[Branch, ...]:
    """The place tree as it stands before anything moves."""
    under = {
        "town 1": "county",
        "town 2": "county",
        "village 1": "town 1",
        "village 2": "town 1",
        "village 3": "town 2",
    }
    return tuple(Branch(f"place {node}", node, parent, BEFORE, BEFORE) for node, parent in under.items())


def units() -> tuple[Branch, ...]:
    """The unit tree."""
    return tuple(Branch(f"unit {node}", node, "bureau", BEFORE, BEFORE) for node in UNITS)


@st.composite
def regimes(draw: st.DrawFn) -> tuple[RegimeVersion, ...]:
    """Five regimes; the daily one may change what it asks, or its calendar, or come to rest, on the way."""
    well, both = frozenset({"well"}), frozenset({"well", "temperature"})
    slots = Slots((Slot("morning", "06:00", "08:00", "12:00"), Slot("evening", "16:00", "18:00", "24:00")))
    versions = [
        RegimeVersion("health", 1, well, Daily(), BEFORE, BEFORE),
        RegimeVersion("temperature", 1, frozenset({"temperature"}), slots, BEFORE, BEFORE),
        RegimeVersion("visit", 1, well, EveryDays(2, due="18:00"), BEFORE, BEFORE),
        RegimeVersion("round", 1, well, None, BEFORE, BEFORE),
        RegimeVersion("list", 1, well, Daily(due="12:00"), BEFORE, BEFORE, is_list=True),
    ]
    for number in range(2, 2 + draw(st.sampled_from([1, 2, 0]))):
        calendar = draw(st.sampled_from([Daily(), Daily(due="12:00"), slots, None]))
        since = draw(moments(START, END))
        versions.append(RegimeVersion("health", number, draw(st.sampled_from([well, both])), calendar, since, since))
    return tuple(versions)


@st.composite
def enrolments(draw: st.DrawFn, number: int) -> Enrolment:
    """One enrolment; subjects repeat, so that a member may be seated in two branches."""
    regime = draw(st.sampled_from(REGIMES))
    subject = draw(st.sampled_from(VILLAGES if regime == "list" else PEOPLE))
    start = draw(st.one_of(st.just(BEFORE), moments(START, END)))
    known_at = draw(st.one_of(st.just(start), moments()))
    place = subject if regime == "list" else draw(st.sampled_from((*VILLAGES, "town 1")))
    unit = draw(st.sampled_from((*UNITS, "bureau", None)))
    return Enrolment(f"e{number}", regime, subject, subject, ("clerk",), place, unit, start, known_at, by="registrar")


@st.composite
def transfers(draw: st.DrawFn, number: int, enrolment: str) -> Transfer:
    """One transfer, learned before or after it happened."""
    place, unit = draw(st.sampled_from(VILLAGES)), draw(st.sampled_from((*UNITS, None)))
    return Transfer(f"t{number}", enrolment, draw(moments()), place, unit, draw(moments()), by="registrar")


@st.composite
def endings(draw: st.DrawFn, number: int, enrolment: str) -> Ending:
    """One end of an enrolment, learned before or after it."""
    return Ending(f"x{number}", enrolment, draw(moments(START)), draw(moments()), by="registrar")


@st.composite
def duties(draw: st.DrawFn, number: int, enrolment: str) -> Owed:
    """One window owed as a row."""
    opens = draw(moments(START, END - STEP))
    due = opens + draw(st.integers(0, 16)) * STEP
    window = Window(opens, due, due + draw(st.integers(1, 16)) * STEP)
    return Owed(f"o{number}", enrolment, window, draw(moments(BEFORE, due)))


@st.composite
def records(draw: st.DrawFn, number: int, subjects: tuple[str, ...] = SUBJECTS) -> Record:
    """One record: by page, or by a phone that was offline, or with its clock wrong, complete or not."""
    subject = draw(st.sampled_from(subjects))
    day, half_hours = draw(st.integers(0, DAYS - 1)), draw(st.sampled_from([0, 13, 16, 17, 19, 20, 21, 24, 33, 36, 47]))
    happened_at = START + timedelta(days=day) + half_hours * STEP
    delay = timedelta(minutes=draw(st.sampled_from([0, 0, 0, 30, 120, 600, 1560, -30])))
    offset = draw(st.sampled_from([None, None, None, timedelta(minutes=11)]))
    lines = draw(list_lines()) if subject in VILLAGES else None
    received_at = happened_at + delay
    return Record(f"r{number}", subject, draw(facts()), happened_at, received_at, "clerk", "phone", offset, lines)


@st.composite
def list_lines(draw: st.DrawFn) -> tuple[Line, ...]:
    """The lines of a list return: none, complete ones, or an incomplete one."""
    number = draw(st.integers(0, 2))
    return tuple(Line(PEOPLE[each], draw(facts())) for each in range(number))


def facts() -> st.SearchStrategy[dict[str, bool | float]]:
    """What a record carries: mostly everything that any regime asks."""
    everything = {"well": True, "temperature": 36.5}
    return st.sampled_from([everything, everything, everything, {"well": False}, {"temperature": 38.2}, {}])


@st.composite
def corrections(draw: st.DrawFn, record: Record, version: int) -> Correction:
    """One later version of a record; it may leave facts out, and may have overtaken the record."""
    lines = draw(list_lines()) if record.lines is not None else None
    received_at = record.received_at + draw(st.sampled_from([20, 6, 60, 0, -4])) * STEP
    return Correction(record.id, version, draw(facts()), received_at, "clerk", "mistyped", lines)


@st.composite
def review_steps(draw: st.DrawFn, number: int, record: Record) -> ReviewStep:
    """One step of review on a record, in any order of steps."""
    step = draw(
        st.sampled_from([Step.RETURNED, Step.UPHELD, Step.RETURNED, Step.QUESTIONED, Step.APPEALED, Step.CLEARED])
    )
    known_at = record.received_at + draw(st.sampled_from([4, 0, 12, 40])) * STEP
    new_due = known_at + draw(st.sampled_from([48, 1, 20, 96])) * STEP if step in (Step.UPHELD, Step.RETURNED) else None
    if step is Step.UPHELD and draw(st.booleans()):
        new_due = None
    return ReviewStep(f"s{number}", record.id, step, known_at, "looks copied", by="lead", new_due=new_due)


@st.composite
def excuses(draw: st.DrawFn, number: int, enrolment: str) -> Excuse:
    """One excuse, given before or after what it excuses."""
    since = START + timedelta(days=draw(st.integers(0, 1))) + draw(st.sampled_from([0, 16, 20, 24, 36])) * STEP
    until = since + draw(st.sampled_from([48, 96, 1, 20, 144])) * STEP
    return Excuse(f"q{number}", enrolment, since, until, "lead", "in hospital", draw(moments()))


@st.composite
def books(draw: st.DrawFn, most_enrolments: int = 4, most_records: int = 14) -> Book:
    """A whole history: everything above, in numbers small enough to read when a property fails."""
    enrolled = [draw(enrolments(each)) for each in range(draw(st.integers(1, most_enrolments)))]
    subjects = tuple(sorted({each.subject for each in enrolled}))
    filed = [draw(records(each, subjects)) for each in range(draw(st.integers(min(3, most_records), most_records)))]
    ids, some_record = st.sampled_from([each.id for each in enrolled]), st.sampled_from(filed)
    reviewed = [draw(some_record) for _ in range(draw(st.sampled_from([2, 4, 0])))]
    corrected = [each for each in filed if draw(st.integers(0, 3)) == 0 or each in reviewed]
    owed = [draw(duties(n, each.id)) for n, each in enumerate(enrolled) if each.regime == "round"]
    excused = [draw(excuses(n, draw(ids))) for n in range(draw(st.integers(0, 2)))]
    return Book(
        zone=ZONE,
        regimes=draw(regimes()),
        enrolments=tuple(enrolled),
        transfers=tuple(draw(transfers(n, draw(ids))) for n in range(draw(st.integers(0, 3)))),
        endings=tuple(draw(endings(n, draw(ids))) for n in range(draw(st.integers(0, 2)))),
        owed=tuple(owed),
        withdrawals=tuple(draw(withdrawals(each)) for each in owed if draw(st.booleans())),
        records=tuple(filed),
        corrections=tuple(draw(corrections(each, 2)) for each in corrected),
        excuses=tuple(excused),
        removals=tuple(draw(removals(each)) for each in excused if draw(st.booleans())),
        reviews=tuple(draw(review_steps(n, each)) for n, each in enumerate(reviewed)),
        places=(*places(), *draw(village_moves())),
        units=units(),
    )


@st.composite
def withdrawals(draw: st.DrawFn, duty: Owed) -> Withdrawal:
    """One duty called off, in time or too late."""
    return Withdrawal(f"w {duty.id}", duty.id, draw(moments()), "lead", "no shift")


@st.composite
def removals(draw: st.DrawFn, excuse: Excuse) -> Removal:
    """One excuse taken back after it was given."""
    return Removal(f"z {excuse.id}", excuse.id, "lead", "home again", draw(moments(excuse.known_at)))


@st.composite
def village_moves(draw: st.DrawFn) -> tuple[Branch, ...]:
    """Perhaps a village that the county moves to the other town."""
    moves = draw(st.integers(0, 2))
    towns = st.sampled_from(["town 1", "town 2"])
    return tuple(Branch(f"move {n}", "village 2", draw(towns), draw(moments()), draw(moments())) for n in range(moves))
