"""Reads the worked days of docs/ledger.md and runs them through core, so that the document cannot be wrong.

A worked day is a heading of the third level, tables of entries (first column "known") and tables of what must come out
(first column "as of"). Times are written "D2 09:30": the second day, local time in Shanghai; D1 is 27 January 2020.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count, groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from bulou.core.book import Book
from bulou.core.coverage import Figures, by_place, by_unit, cover
from bulou.core.enrolments import Ending, Enrolment, Owed, Transfer, Withdrawal
from bulou.core.excuses import Excuse, Removal
from bulou.core.gaps import gaps
from bulou.core.moments import moment_of
from bulou.core.records import Correction, Line, Record
from bulou.core.regimes import RegimeVersion
from bulou.core.reviews import ReviewStep, Step
from bulou.core.trees import Branch
from bulou.core.windows import Daily, EveryDays, Once, Slot, Slots, Window

DOCUMENT = Path(__file__).parents[2] / "docs" / "ledger.md"
ZONE = ZoneInfo("Asia/Shanghai")
FIRST_DAY = date(2020, 1, 27)
STEPS = {"question": Step.QUESTIONED, "uphold": Step.UPHELD, "return": Step.RETURNED, "appeal": Step.APPEALED}
STEPS["clear"] = Step.CLEARED

Row = dict[str, str]


@dataclass
class WorkedDay:
    """A sentence, the entries it starts from, and the rows that must come out."""

    sentence: str
    entries: list[Row] = field(default_factory=list)
    outcomes: list[Row] = field(default_factory=list)


def worked_days() -> list[WorkedDay]:
    """Gives every worked day of the document that has a table."""
    parts = re.split(r"^### ", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    days = []
    for part in parts:
        day = WorkedDay(part.splitlines()[0].strip())
        for row in _rows(part):
            (day.entries if "known" in row else day.outcomes).append(row)
        days.append(day)
    return days


def _rows(text: str) -> list[Row]:
    rows: list[Row] = []
    for is_table, lines in groupby(text.splitlines(), key=lambda line: line.startswith("|")):
        if is_table:
            head, _, *body = ([cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines)
            rows += [dict(zip(head, cells, strict=True)) for cells in body]
    return rows


def moment(text: str) -> datetime:
    """Gives the moment of "D2 09:30"."""
    match = re.fullmatch(r"D(\d+) (\d\d:\d\d)", text)
    assert match, f"{text!r} is no time such as D2 09:30"
    return moment_of(FIRST_DAY + timedelta(days=int(match[1]) - 1), match[2], ZONE)


def book_of(entries: list[Row]) -> Book:
    """Gives the book that a worked day's entries make."""
    book, numbers = Book(ZONE), count(1)
    for row in entries:
        kind, entry = _entry(row, str(next(numbers)))
        book = book.with_entries(**{kind: [entry]})
    return book


def _entry(row: Row, number: str):
    known, what, about = moment(row["known"]), row["what"], row["about"]
    said = _said(row["detail"])
    at = {key: moment(value) for key, value in said.items() if re.fullmatch(r"D\d+ \d\d:\d\d", value)}
    match what:
        case "regime":
            return "regimes", _regime(about, said, at, known)
        case "enrol":
            regime, start = said["regime"], at.get("from", known)
            name = said.get("as", f"{about} {regime}")
            enrolled = Enrolment(
                name, regime, about, about, (), said["place"], said.get("unit"), start, known, by="clerk"
            )
            return "enrolments", enrolled
        case "transfer":
            place, unit = said["place"], said.get("unit")
            return "transfers", Transfer(number, about, at["at"], place, unit, known)
        case "end":
            return "endings", Ending(number, about, at["at"], known)
        case "owe":
            window = Window(at["opens"], at["due"], at["closes"])
            return "owed", Owed(said["as"], about, window, known)
        case "call off":
            return "withdrawals", Withdrawal(number, about, known, "lead", "rain")
        case "record":
            offset = timedelta(minutes=int(said["offset"].split()[0])) if "offset" in said else None
            name, done = said.get("as", f"{about} {number}"), at.get("done", known)
            return "records", Record(name, about, _facts(said), done, known, "clerk", "", offset, _lines(said))
        case "correct":
            return "corrections", Correction(
                about, int(said["version"]), _facts(said), known, "clerk", "mistyped", _lines(said)
            )
        case "excuse":
            return "excuses", Excuse(said["as"], about, at["since"], at["until"], "lead", "in hospital", known)
        case "remove excuse":
            return "removals", Removal(number, about, "lead", "home again", known)
        case "place" | "unit":
            return f"{what}s", Branch(number, about, said["under"], at.get("since", known), known)
        case _:
            who = {"rule": said["rule"]} if "rule" in said else {"by": "lead"}
            step = ReviewStep(
                number, about, STEPS[what], known, "see the other source", new_due=at.get("new due"), **who
            )
            return "reviews", step


def _said(detail: str) -> Row:
    """Reads "place: village 1; from: D1 00:00"."""
    return dict(re.split(r": ", part.strip(), maxsplit=1) for part in detail.split(";") if part.strip())


def _regime(name: str, said: Row, at: dict[str, datetime], known: datetime) -> RegimeVersion:
    asks = frozenset(each.strip() for each in said["asks"].split(","))
    kind, _, when = said["windows"].partition(" ")
    times = re.findall(r"\d\d:\d\d", when)
    match kind:
        case "daily":
            calendar = Daily(due=times[0])
        case "slots":
            calendar = Slots(tuple(Slot(*each.split()) for each in when.split(",")))
        case "every":
            calendar = EveryDays(int(when.split()[0]), due=times[0])
        case "once":
            calendar = Once(*(moment(each.strip()) for each in when.split(",")))
        case "owed":
            calendar = None
    version = int(said.get("version", "1"))
    return RegimeVersion(name, version, asks, calendar, at.get("since", known), known, is_list="list" in said)


def _facts(said: Row) -> dict[str, bool | float | str]:
    facts = {key: said[key] for key in ("well", "temperature", "whereabouts") if key in said}
    return {key: {"yes": True, "no": False}.get(value, value) for key, value in facts.items()}


def _lines(said: Row) -> tuple[Line, ...] | None:
    """Reads "lines: none" or "lines: Ama well, Bo ill"."""
    if "lines" not in said:
        return None
    pairs = [] if said["lines"] == "none" else [each.split() for each in said["lines"].split(",")]
    return tuple(Line(name, {"well": how == "well"} if how in ("well", "ill") else {}) for name, how in pairs)


def outcome_of(book: Book, row: Row) -> Row:
    """Gives what core says where the row says what must come out, in the row's own columns."""
    first, last = _span(row.get("windows", "D1–D9"))
    as_of = moment(row["as of"])
    judged = cover(book, as_of=as_of, start=first, end=last)
    asked = ("as of", "windows", "of", "opens", "gap of", "since", *(() if "of" in row else ("place", "unit")))
    kept = {key: row[key] for key in asked if key in row}
    if "gap of" in row:
        found = [each for each in gaps(judged) if (each.enrolment, each.since) == (row["gap of"], moment(row["since"]))]
        return {**kept, **_gap(found[0])} if found else {**kept, "missed": "no gap"}
    if "of" in row:
        mine = [
            each
            for each in judged
            if (each.obligation.enrolment, each.obligation.window.opens) == (row["of"], moment(row["opens"]))
        ]
        return {**kept, **{key: _shown(mine, key) for key in row if key not in kept}}
    nodes = by_place(book, judged, as_of=as_of) if "place" in row else by_unit(book, judged, as_of=as_of)
    figures = (
        nodes[row.get("place", row.get("unit"))].total if nodes.get(row.get("place", row.get("unit"))) else Figures()
    )
    return {**kept, **{key: _number(figures, key) for key in row if key not in kept}}


def _span(windows: str) -> tuple[datetime, datetime]:
    first, last = (windows.split("–") * 2)[:2]
    return moment(f"{first} 00:00"), moment(f"{last} 24:00")


def _gap(gap) -> Row:
    until = gap.until.astimezone(ZONE)
    day = (until.date() - FIRST_DAY).days + 1
    return {
        "until": f"D{day} {until:%H:%M}",
        "missed": str(gap.missed),
        "kind": gap.kind.value,
        "open": "yes" if gap.is_open else "no",
    }


def _shown(mine: list, key: str) -> str:
    if not mine:
        return "not owed" if key == "standing" else "–"
    (one,) = mine
    facts = one.discharge.facts if one.discharge else {}
    match key:
        case "standing":
            return one.standing.value.replace("_", " ")
        case "review":
            return one.review.state.value
        case "version":
            return str(one.obligation.version)
        case "place":
            return one.obligation.place
        case "zero report":
            return "yes" if one.discharge and one.discharge.lines == () else "no"
        case _:
            value = facts.get(key, "–")
            return {True: "yes", False: "no"}.get(value, str(value))


def _number(figures: Figures, key: str) -> str:
    value = getattr(figures, key.replace(" ", "_"))
    return "–" if value is None else str(value)
