"""Lines pasted onto a list: a chat 接龙, or rows copied out of Excel (tabs). Pure: text, facts and people in, lines with their doubts out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bulou.core.facts import Kind
from bulou.interfaces.mine import asking, chain
from bulou.interfaces.mine.cells import ALIASES, parser
from bulou.interfaces.mine.chain import Found, Match
from bulou.modules.ledger.queries.asked import Asked
from bulou.platform.refusals import Refusal

MOST = 5000


@dataclass(frozen=True, slots=True)
class Read:
    """One pasted line: the name as written, what it says, what of it could not be read (code → sentence), whom it may mean."""

    raw: str
    name: str
    facts: Mapping[str, Any]
    faults: Mapping[str, str] = field(default_factory=dict)
    found: Found = Found.NOBODY
    ids: tuple[int, ...] = ()


def read(
    text: str, asked: Sequence[Asked], people: Sequence[tuple[int, str]], numbers: Mapping[str, int]
) -> list[Read]:
    """What was pasted, line by line. With tabs it is rows of a sheet, else a chain; `numbers` are identity numbers and whose they are."""
    if "\t" in text:
        return _rows(text, asked, people, numbers)
    codes = {one.code for one in asked}
    lines = chain.read(text)
    return [
        Read(one.line.raw, one.line.name, _kept(one, codes), {}, one.found, one.ids)
        for one in chain.match(lines, people)
    ]


def numbers_in(text: str) -> set[str]:
    """What may be an identity number among the cells pasted."""
    cells = {cell.strip() for line in text.splitlines() for cell in line.split("\t")} if "\t" in text else set()
    return {cell for cell in cells if 15 <= len(cell) <= 18 and cell[:15].isdigit()}


def _kept(one: Match, codes: set[str]) -> dict[str, Any]:
    """What a chain says of what is asked. A fever beside "well" says neither."""
    said = {code: value for code, value in one.line.facts.items() if code in codes}
    if one.line.is_contradictory:
        said.pop("well", None)
    return said


def _rows(
    text: str, asked: Sequence[Asked], people: Sequence[tuple[int, str]], numbers: Mapping[str, int]
) -> list[Read]:
    rows = [[cell.strip() for cell in line.split("\t")] for line in text.splitlines() if line.strip()][:MOST]
    columns = _columns(rows[0], asked)
    body = rows[1:] if columns else rows
    columns = columns or _in_order(rows[0], asked)
    by_code = {one.code: one for one in asked}
    lines = [_row(row, columns, by_code) for row in body]
    matches = chain.match([chain.Line(at, raw, name) for at, (raw, name, *_rest) in enumerate(lines, start=1)], people)
    return [
        Read(raw, name, facts, faults, *_whose(match, numbers.get(number)))
        for (raw, name, number, facts, faults), match in zip(lines, matches, strict=True)
    ]


def _whose(match: Match, by_number: int | None) -> tuple[Found, tuple[int, ...]]:
    return (match.found, match.ids) if by_number is None else (Found.SURE, (by_number,))


def _columns(head: Sequence[str], asked: Sequence[Asked]) -> dict[int, str]:
    """Which column holds what, by headings; none where the first row is no heading."""
    words = {word: key for key in ("name", "number") for word in ALIASES[key]}
    for one in asked:
        words |= dict.fromkeys((one.code, asking.title(one), *ALIASES.get(one.code, ())), one.code)
    found = {at: words[cell] for at, cell in enumerate(head) if cell in words}
    return found if "name" in found.values() else {}


def _in_order(first: Sequence[str], asked: Sequence[Asked]) -> dict[int, str]:
    """Without headings: a name, an identity number if the second cell is one, then what is asked, in its order."""
    keys = [
        "name",
        *(["number"] if len(first) > 1 and numbers_in("\t" + first[1]) else []),
        *(one.code for one in asked),
    ]
    return dict(enumerate(keys))


def _row(
    row: Sequence[str], columns: Mapping[int, str], asked: Mapping[str, Asked]
) -> tuple[str, str, str, dict[str, Any], dict[str, str]]:
    said = {key: row[at] for at, key in columns.items() if at < len(row)}
    facts: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for code, one in asked.items():
        if not said.get(code):
            continue
        try:
            value = parser(one)(said[code])
            facts[code] = value.isoformat() if one.fact.kind is Kind.MOMENT else value
        except Refusal as refusal:
            faults[code] = refusal.sentence
    return " ".join(row), said.get("name", ""), said.get("number", ""), facts, faults
