"""A report in words, in the language active now: blocks that text, page, Word and PDF are all made of."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from bulou.modules.briefing.queries import composing, counting
from bulou.modules.briefing.rules import parts
from bulou.modules.briefing.rules.figures import Figure
from bulou.modules.briefing.rules.report import Cell, Line, Part, Report
from bulou.platform.spoken import said

LABELS = {
    "count": pgettext_lazy("briefing", "Number"),
    "listed": pgettext_lazy("briefing", "Which"),
    "expected": pgettext_lazy("briefing", "Expected"),
    "actual": pgettext_lazy("briefing", "Reported"),
    "on_time": pgettext_lazy("standing", "On time"),
    "late": pgettext_lazy("standing", "Late"),
    "missing": pgettext_lazy("standing", "Missing"),
    "pending": pgettext_lazy("standing", "Not yet due"),
    "excused": pgettext_lazy("standing", "Excused"),
    "due": _("Due so far"),
    "all": pgettext_lazy("briefing", "All together"),
    "reporting_rate": _("Reporting rate"),
    "on_time_rate": _("On-time rate"),
    "the_day_before": _("Owed the day before"),
    "today": _("Owed on the day"),
    "orientation": _("Orientation"),
    "regimes": _("Regimes"),
    "focuses": _("Focuses"),
    "guarantees": _("Guarantees"),
    "teams": _("Teams"),
    "strengthenings": _("Strengthenings"),
}
WHY = {
    counting.BEFORE_START: _("before the operation began"),
    counting.NOT_SET_UP: _("not set up at this level"),
    counting.NO_REGIME: _("regime not in force"),
    counting.NOT_STATED: _("not stated in the playbook"),
    counting.NO_WINDOW: _("no such window on this day"),
    counting.NOBODY_STATED: _("nobody has stated it yet"),
    counting.NOT_YOURS: _("not among what your role may see"),
}
NOTES = {
    composing.NO_PARTS: _("The playbook of this operation says nothing of a briefing."),
    composing.BEFORE_START: _("The operation had not begun yet."),
    composing.NO_REGIME: _("No regime is in force, so nothing is known of reports."),
    composing.NOTHING_OWED: _("Nothing is owed on this day, so there is no rate to state."),
    composing.NONE_MISSING: _("Nobody is missing of what has fallen due."),
    composing.NOT_DUE: _("Nothing has fallen due yet: who is missing cannot be said."),
}
NUMERALS = "〇一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Said:
    """Some words, and the figure they state, if one."""

    text: str
    figure: str = ""
    is_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table in words: the first column says what a row is about. `is_words` = the last column holds sentences."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Said, ...], ...]
    is_words: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part in words: numbered heading, sentence, table, a note on what must be said besides."""

    key: str
    heading: str
    sentence: tuple[Said, ...] = ()
    grid: Grid | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """The whole report in words; `head` and `foot` are lines."""

    title: str
    subtitle: str
    head: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    foot: tuple[str, ...] = field(default_factory=tuple)


def page(
    report: Report, *, number: int | None = None, house: str = "", exercise: str = "", seal_head: str = "", by: str = ""
) -> Page:
    """The report in words. `number` = that of the issue, None while it is none."""
    at = datetime.fromisoformat(report.as_of).astimezone(ZoneInfo(report.zone))
    day = date_format(date.fromisoformat(report.day), "DATE_FORMAT")
    moment = f"{date_format(at, 'DATE_FORMAT')} {at:%H:%M}"
    issue = _("No. %(number)s") % {"number": number} if number else _("Not issued")
    place = _("%(place)s · %(level)s · as of %(at)s") % {
        "place": report.place,
        "level": said(report.level),
        "at": moment,
    }
    foot = (
        str(_("Every figure opens to the rows it was counted from, as of that moment.")),
        str(_("Issued by %(name)s") % {"name": by}) if by else "",
        str(_("Journal head %(head)s") % {"head": seal_head}) if seal_head else "",
        house,
    )
    sections = tuple(_section(report, part, number_of + 1) for number_of, part in enumerate(report.parts))
    head = (exercise, f"{day} · {issue}", str(place))
    kept = tuple(line for line in head if line), tuple(line for line in foot if line)
    return Page(said(report.titles), str(_("Situation report")), kept[0], sections, kept[1])


def label(code: str) -> str:
    """The word for a code; a playbook's own names stay as they are."""
    return str(LABELS.get(code, code))


def titled(texts: Mapping[str, str]) -> str:
    """What something is called: a code in the house's words, a playbook's text in the reader's language."""
    return label(texts[""]) if "" in texts else said(texts)


def named(figure: Figure) -> str:
    """What a figure is called where it stands alone: of a standing, whose and which."""
    standing = figure.definition.parameters.get("standing", "")
    name = titled(figure.titles)
    return f"{name} · {label(standing)}" if standing and label(standing) != name else name


def number(report: Report, key: str) -> Said:
    """A figure in words: its number, or that it is not known and why."""
    figure = report.figures[key]
    if figure.value is None:
        return Said(str(_("not known (%(why)s)") % {"why": WHY.get(figure.why, figure.why)}), key, True)
    return Said(str(figure.value), key)


def _section(report: Report, part: Part, place: int) -> Section:
    heading = f"{_numeral(place)}{titled(part.titles)}" if part.titles else ""
    sentence = tuple(_said(report, said(part.says))) if part.says else _own_sentence(report, part)
    grid = _grid(report, part) if part.lines else None
    return Section(part.key, heading, sentence, grid, " ".join(_notes(report, part)))


def _notes(report: Report, part: Part) -> Iterator[str]:
    """What must be said besides: the part's own note, and why figures of its table are not known."""
    if part.note:
        yield str(NOTES.get(part.note, part.note))
    unknown = [report.figures[cell.figure] for line in part.lines for cell in line.cells if cell.figure]
    whys = dict.fromkeys(str(WHY.get(one.why, one.why)) for one in unknown if one.value is None)
    if whys and part.note not in (composing.NO_REGIME, composing.BEFORE_START):
        yield _("Not known: %(why)s.") % {"why": ", ".join(whys)}


def _numeral(place: int) -> str:
    if (get_language() or "").startswith("zh"):
        tens, ones = divmod(place, 10)
        words = ("" if tens == 0 else NUMERALS[10] if tens == 1 else NUMERALS[tens] + NUMERALS[10]) + (
            NUMERALS[ones] if ones else ""
        )
        return f"{words}、"
    return f"{place}. "


def _said(report: Report, text: str) -> Iterator[Said]:
    for kind, words in parts.pieces(text):
        is_figure = kind == "figure" and words in report.figures
        yield number(report, words) if is_figure else Said(words if kind == "text" else f"{{{words}}}")


_COVERAGE = _(
    "Of {expected} reports expected {actual} came in, {on_time} on time and {late} late; {missing} are missing, {pending} not yet due."
)
_GAPS = _("{missing} of {due} reports that have fallen due are missing.")


def _own_sentence(report: Report, part: Part) -> tuple[Said, ...]:
    """The house's own sentence for coverage and gaps, where the playbook says none."""
    if part.note in (composing.NOTHING_OWED, composing.NO_REGIME) or not part.lines or _is_unknown(report, part):
        return ()
    if part.kind == parts.COVERAGE:
        first = (part.lines[-1].cells[0].figure).rpartition(".")[0]
        return tuple(_with(report, str(_COVERAGE), first))
    if part.kind == parts.GAPS and not part.note:
        return tuple(_with(report, str(_GAPS), part.key))
    return ()


def _is_unknown(report: Report, part: Part) -> bool:
    return all(report.value(line.cells[0].figure) is None for line in part.lines if line.cells[0].figure)


def _with(report: Report, text: str, prefix: str) -> Iterator[Said]:
    for kind, words in parts.pieces(text):
        yield number(report, f"{prefix}.{words}") if kind == "figure" else Said(words)


def _grid(report: Report, part: Part) -> Grid:
    heads = (titled({"": _ABOUT[part.kind]}), *(label(head) for head in part.heads))
    return Grid(heads, tuple(_row(report, line) for line in part.lines), part.kind == parts.COUNTS)


_ABOUT = {
    parts.ORGANISATION: "what",
    parts.COVERAGE: "regime",
    parts.GAPS: "place",
    parts.DENOMINATORS: "regime",
    parts.COUNTS: "what",
    parts.TEXT: "what",
}
LABELS |= {"what": _("What"), "regime": _("Regime"), "place": _("Place")}


def _row(report: Report, line: Line) -> tuple[Said, ...]:
    return (Said(titled(line.titles)), *(_cell(report, cell) for cell in line.cells))


def _cell(report: Report, cell: Cell) -> Said:
    if cell.figure:
        figure = report.figures[cell.figure]
        return Said(str(_("not known")), cell.figure, True) if figure.value is None else number(report, cell.figure)
    if cell.share:
        share = report.share(cell)
        return Said("–", is_unknown=True) if share is None else Said(_percent(share))
    return Said(said(cell.texts))


def _percent(share: float) -> str:
    """To a tenth, and never rounded up to all or down to nothing."""
    tenths = round(share * 1000)
    if tenths == 1000 and share < 1:
        tenths = 999
    if tenths == 0 and share > 0:
        tenths = 1
    return f"{tenths // 10}.{tenths % 10}%" if tenths % 10 else f"{tenths // 10}%"


def text(page: Page, *, addresses: Mapping[str, str] | None = None) -> str:
    """The report as plain text; with `addresses` each table's figures are followed by where they open."""
    lines = [page.title, page.subtitle, *page.head, ""]
    indent = "\u3000\u3000" if (get_language() or "").startswith("zh") else "    "
    for section in page.sections:
        lines += [section.heading] if section.heading else []
        lines += [indent + "".join(one.text for one in section.sentence)] if section.sentence else []
        lines += _table_lines(section.grid, addresses or {}) if section.grid else []
        lines += [indent + section.note] if section.note else []
        lines.append("")
    return "\n".join([*lines, *page.foot]) + "\n"


def _table_lines(grid: Grid, addresses: Mapping[str, str]) -> list[str]:
    rows = [grid.heads, *(tuple(cell.text for cell in row) for row in grid.rows)]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(grid.heads))]
    found = []
    for row in rows:
        cells = [
            _padded(cell, width, column == 0 or (grid.is_words and column == len(widths) - 1))
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        found.append("    " + "  ".join(cells).rstrip())
    every = (cell for row in grid.rows for cell in row)
    return found + [f"      {cell.text} → {addresses[cell.figure]}" for cell in every if cell.figure in addresses]


def _width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _padded(text: str, width: int, is_left: bool) -> str:
    gap = " " * (width - _width(text))
    return text + gap if is_left else gap + text
