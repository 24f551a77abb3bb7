"""A chain copied out of a chat group ("1. 张三 正常 36.5"), read and matched to the people of a sheet. Pure: text and names in, findings out.

It reads what is written and guesses nothing: a line that says neither well nor unwell says so, and is asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bulou.platform import chinese

MOST = 3000
FEVER = 37.3
_NUMBERED = re.compile(r"^\s*[(\[]?(\d{1,4})\s*[.、)\]:,，。．：]?\s*(?=\D)(.+)$")
_PARTS = re.compile(r"[\s,，、:：;；|/。!！~—\-]+")
_NO = r"(?:无|没有|没|未见|未|不|否认|非)"
_ILL = r"(?:发热|发烧|高烧|低烧|烧|咳嗽|咳|乏力|腹泻|拉肚子|咽痛|喉咙痛|嗓子疼|不适|异常|症状|头疼|头痛|感冒|生病)"
_DENIED = re.compile(rf"{_NO}(?:任何|有|明显)?{_ILL}(?:[、和及或,，]?{_ILL})*")
_UNWELL = re.compile(rf"不正常|不太好|不好|不舒服|住院|{_ILL}")
_WELL = re.compile(r"正常|健康|良好|平安|安好|无恙|没事|身体好|都好|很好|\bok\b|√|✓|✔|👌|\U0001f44d", re.IGNORECASE)
_HEAT = re.compile(
    r"(?:体温|温度)?\s*(3[4-9]|4[0-3])\s*[.。．点]\s*(\d)\d?\s*(?:°c?|℃|度|c)?"
    r"|(?:体温|温度)\s*(3[4-9]|4[0-3])|(3[4-9]|4[0-3])\s*(?:°c?|℃|度)",
    re.IGNORECASE,
)
_PLACE = re.compile(r"在([㐀-鿿]{1,12})")
_SYMPTOMS = (
    ("fever", re.compile(r"发热|发烧|高烧|低烧")), ("cough", re.compile(r"咳")), ("tired", re.compile(r"乏力")),
    ("diarrhoea", re.compile(r"腹泻|拉肚子")), ("sore_throat", re.compile(r"咽痛|喉咙痛|嗓子疼")),
)  # fmt: skip
# Where a name that runs into what follows it ends: 李四36.6正常, 王五体温正常.
_ENDS = re.compile(
    rf"\d|体温|温度|正常|健康|良好|平安|安好|一切|身体|本人|全家|家里|在家|已|{_NO}{_ILL}|{_ILL}|不舒服|√|✓|ok",
    re.IGNORECASE,
)


class Found(StrEnum):
    """How sure it is whom a line means."""

    SURE = "sure"
    HOMOPHONE = "homophone"
    SEVERAL = "several"
    ALIKE = "alike"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Line:
    """One line as sent, and what it states. `facts` hold well, temperature, symptoms, whereabouts as far as they are said.

    `is_contradictory`: it says well beside a fever.
    """

    number: int
    raw: str
    name: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    is_contradictory: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A line and whom it may mean: ids of the sheet, the likeliest first. SURE has exactly one."""

    line: Line
    found: Found
    ids: tuple[int, ...] = ()


def read(text: str) -> list[Line]:
    """The numbered lines of a chain, at most 3,000; headings, examples and empty lines are no lines. Without any number, every line counts."""
    lines = [unicodedata.normalize("NFKC", line).strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not re.match(r"^(例|#|示例|格式)", line)]
    numbered = [(int(m[1]), line, m[2]) for line in lines if (m := _NUMBERED.match(line))]
    bare = numbered or [(number, line, line) for number, line in enumerate(lines, start=1)]
    return [_line(number, raw, said.strip()) for number, raw, said in bare[:MOST]]


def match(lines: Sequence[Line], people: Iterable[tuple[int, str]]) -> list[Match]:
    """Whom every line means, among (id, name): by the name itself, else by its pinyin, else by all characters but one."""
    by_name: dict[str, list[int]] = {}
    by_sound: dict[str, list[int]] = {}
    for one, name in people:
        by_name.setdefault(_bare(name), []).append(one)
        by_sound.setdefault(chinese.sort_key(name), []).append(one)
    return [_match(line, by_name, by_sound) for line in lines]


def _match(line: Line, by_name: Mapping[str, list[int]], by_sound: Mapping[str, list[int]]) -> Match:
    name = _bare(line.name)
    if not name:
        return Match(line, Found.NOBODY)
    if ids := by_name.get(name):
        return Match(line, Found.SURE if len(ids) == 1 else Found.SEVERAL, tuple(ids))
    if ids := by_sound.get(chinese.sort_key(line.name)):
        return Match(line, Found.HOMOPHONE, tuple(ids))
    near = [one for other, ids in by_name.items() if _is_alike(name, other) for one in ids]
    return Match(line, Found.ALIKE, tuple(near[:8])) if near else Match(line, Found.NOBODY)


def _is_alike(name: str, other: str) -> bool:
    """Whether one is written inside the other (扎西, 扎西达杰) or they differ in one character of three or more."""
    if len(name) >= 2 and (name in other or other in name) and len(other) >= 2:
        return True
    return len(name) == len(other) >= 3 and sum(a != b for a, b in zip(name, other, strict=True)) == 1


def _bare(name: str) -> str:
    return re.sub(r"[\s·•・.]+", "", unicodedata.normalize("NFKC", name)).lower()


def _line(number: int, raw: str, said: str) -> Line:
    name, rest = _name(said)
    facts = _facts(rest)
    heat = facts.get("temperature")
    return Line(number, raw, name, facts, bool(facts.get("well") and heat is not None and heat >= FEVER))


def _name(said: str) -> tuple[str, str]:
    """The name at the beginning, and what is said after it. The middle dot belongs to names."""
    head = _PARTS.split(said, maxsplit=1)[0]
    if end := _ENDS.search(head):
        head = head[: end.start()]
    return head.strip("@()[]\"'"), said[len(head) :]


def _facts(text: str) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if heat := _HEAT.search(text):
        whole = heat[1] or heat[3] or heat[4]
        facts["temperature"] = float(f"{whole}.{heat[2] or 0}")
    open_text, denials = _DENIED.subn(" ", text)
    if _UNWELL.search(open_text):
        facts["well"] = False
    elif denials or _WELL.search(text):
        facts["well"] = True
    if symptoms := tuple(code for code, words in _SYMPTOMS if words.search(open_text)):
        facts["symptoms"] = symptoms
    if place := _PLACE.search(text):
        facts["whereabouts"] = place[0]
    return facts
