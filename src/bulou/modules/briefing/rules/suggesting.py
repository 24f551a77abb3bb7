"""Proposing what fills the empty cells of a sheet, read from the words beside them. Nothing here decides: a person confirms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bulou.modules.briefing.rules import fillers
from bulou.modules.briefing.rules.cells import Spot, Tab, above, left_of, named

# Words of headings and what they ask for; longer ones first where one holds another.
HEADINGS: tuple[tuple[str, str, str], ...] = (
    ("及时率", fillers.RATE, "on_time_rate"), ("按时率", fillers.RATE, "on_time_rate"), ("准时率", fillers.RATE, "on_time_rate"),
    ("on-time rate", fillers.RATE, "on_time_rate"), ("上报率", fillers.RATE, "reporting_rate"), ("报送率", fillers.RATE, "reporting_rate"),
    ("填报率", fillers.RATE, "reporting_rate"), ("报告率", fillers.RATE, "reporting_rate"), ("reporting rate", fillers.RATE, "reporting_rate"),
    ("率", "", ""), ("rate", "", ""), ("未按时", "", ""), ("未及时", "", ""), ("不及时", "", ""),
    ("应报", fillers.STANDING, "expected"), ("应上报", fillers.STANDING, "expected"), ("应填报", fillers.STANDING, "expected"),
    ("應報", fillers.STANDING, "expected"), ("expected", fillers.STANDING, "expected"),
    ("未到期", fillers.STANDING, "pending"), ("not yet due", fillers.STANDING, "pending"),
    ("漏报", fillers.STANDING, "missing"), ("未报", fillers.STANDING, "missing"), ("缺报", fillers.STANDING, "missing"),
    ("未上报", fillers.STANDING, "missing"), ("漏報", fillers.STANDING, "missing"), ("missing", fillers.STANDING, "missing"),
    ("迟报", fillers.STANDING, "late"), ("晚报", fillers.STANDING, "late"), ("逾期", fillers.STANDING, "late"), ("遲報", fillers.STANDING, "late"),
    ("late", fillers.STANDING, "late"),
    ("按时", fillers.STANDING, "on_time"), ("及时", fillers.STANDING, "on_time"), ("on time", fillers.STANDING, "on_time"),
    ("免报", fillers.STANDING, "excused"), ("核减", fillers.STANDING, "excused"), ("excused", fillers.STANDING, "excused"),
    ("实报", fillers.STANDING, "actual"), ("已报", fillers.STANDING, "actual"), ("已上报", fillers.STANDING, "actual"),
    ("實報", fillers.STANDING, "actual"), ("reported", fillers.STANDING, "actual"),
    ("填报日期", fillers.DAY, ""), ("报送日期", fillers.DAY, ""), ("统计日期", fillers.DAY, ""),
    ("填报时间", fillers.MOMENT, ""), ("截止时间", fillers.MOMENT, ""), ("统计时间", fillers.MOMENT, ""),
    ("填报单位", fillers.PLACE, ""), ("报送单位", fillers.PLACE, ""), ("上报单位", fillers.PLACE, ""),
)  # fmt: skip
TOTALS = frozenset(("合计", "总计", "小计", "全县", "全市", "合計", "總計", "total", "all"))
_ENDINGS = re.compile(
    r"(村民委员会|居民委员会|村委会|居委会|街道办事处|街道|人民政府|民族乡|牧委会|行政村|社区|镇|乡|村|县|市|区)$"
)
_NOISE = re.compile(r"[\s　·.、,，:：()（）【】\[\]0-9]+")


@dataclass(frozen=True, slots=True)
class Node:
    """A place or a unit that figures can be of: `by` "place" or "unit"."""

    by: str
    id: int
    name: str
    parent: str = ""
    level: str = ""

    @property
    def code(self) -> str:
        """As a form sends it."""
        return f"{self.by}-{self.id}"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A cell, the heading that says what it asks (`fill`, `what`), the words of its row, nearest first, and the regime the words speak of."""

    at: Spot
    heading: str
    fill: str
    what: str
    names: tuple[str, ...] = ()
    regime: str = ""

    @property
    def cell(self) -> str:
        """The cell's name."""
        return named(self.at)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What headings may speak of in an operation: titles of its regimes by key, and (words, fill, what) of its own figures."""

    regimes: Mapping[str, str]
    own: tuple[tuple[str, str, str], ...] = ()


NOTHING = Vocabulary({})


def asked(text: str, known: Vocabulary = NOTHING) -> tuple[str, str] | None:
    """What a heading asks for: (fill, what); None where it asks nothing known. A rate nobody knows is not taken for a count.

    The operation's own figures come first, the longest title before others.
    """
    plain = " ".join(text.lower().split())
    mine = sorted(((words.lower(), fill, what) for words, fill, what in known.own), key=lambda one: -len(one[0]))
    for words, fill, what in (*mine, *HEADINGS):
        if words in plain and (not words.isascii() or re.search(rf"\b{words}\b", plain)):
            return (fill, what) if fill else None
    return None


def is_total(name: str) -> bool:
    """Whether a row's name means everything together."""
    return _plain(name) in TOTALS


def proposals(tab: Tab, known: Vocabulary) -> Iterator[Proposal]:
    """One for every cell that waits to be filled and is beside words that ask for something known."""
    for row in range(1, tab.rows + 1):
        for column in range(1, tab.columns + 1):
            if tab.is_open((row, column)) and (found := proposal(tab, (row, column), known)):
                yield found


def proposal(tab: Tab, at: Spot, known: Vocabulary) -> Proposal | None:
    """What the words to the left of a cell and above it ask for; None where they ask for nothing known."""
    rows, heads = list(left_of(tab, at)), [text for _at, text in above(tab, at)]
    texts = [text for _at, text in rows]
    down = next((place for place, text in enumerate(heads) if asked(text, known)), None)
    label = texts[0] if rows and _is_label(tab, rows, at, known) else ""
    names = tuple(" ".join(one.split()) for one in texts if _is_name(one) and not asked(one, known))
    if label and (not names or down is None):
        fill, what = asked(label, known) or ("", "")
        return Proposal(at, label, fill, what, (), regime_of([*texts, *heads, tab.name], known.regimes))
    if down is None or not (names or _is_just_below(tab, at, known)):
        return None
    fill, what = asked(heads[down], known) or ("", "")
    if fill in fillers.WORDS or (fill == fillers.LINE and names):
        return None
    return Proposal(at, heads[down], fill, what, names, regime_of([*heads[down:], tab.name], known.regimes))


def _is_label(tab: Tab, rows: list[tuple[Spot, str]], at: Spot, known: Vocabulary) -> bool:
    """Whether the words just to the left ask for this cell: not a heading among headings, and nothing between."""
    first, text = rows[0]
    if not asked(text, known) or _end(tab, first)[1] != at[1] - 1:
        return False
    return len(rows) < 2 or not asked(rows[1][1], known) or _end(tab, rows[1][0])[1] != first[1] - 1


def _is_just_below(tab: Tab, at: Spot, known: Vocabulary) -> bool:
    """Whether a heading that asks for something stands right above."""
    first, text = next(above(tab, at))
    return asked(text, known) is not None and _end(tab, first)[0] == at[0] - 1


def _end(tab: Tab, at: Spot) -> Spot:
    """The last cell of what begins there."""
    one = tab.merge_at(at)
    return (one[2], one[3]) if one else at


def left_words(tab: Tab, at: Spot, known: Vocabulary) -> tuple[str, ...]:
    """The words of a cell's row that may name a place or unit, nearest first."""
    return tuple(" ".join(text.split()) for _at, text in left_of(tab, at) if _is_name(text) and not asked(text, known))


def _is_name(text: str) -> bool:
    return bool(_plain(text))


def regime_of(texts: Iterable[str], regimes: Mapping[str, str]) -> str:
    """The regime whose title shares most with the words, if it shares at least half of its own; '' where none does, or two do alike."""
    words = {pair for text in texts for pair in _pairs(text)}
    shares = sorted(((_share(title, words), key) for key, title in regimes.items()), reverse=True)
    if not shares or shares[0][0] < 0.4 or (len(shares) > 1 and shares[1][0] == shares[0][0]):
        return ""
    return shares[0][1]


def _share(title: str, words: set[str]) -> float:
    mine = {pair for pair in _pairs(title) if pair not in _OF_EVERY}
    return len(mine & words) / len(mine) if mine else 0.0


_OF_EVERY = frozenset(("信息", "息报", "报告", "告制", "制度"))


def _pairs(text: str) -> Iterator[str]:
    plain = _plain(text)
    yield from (plain[at : at + 2] for at in range(len(plain) - 1))


def _plain(name: str) -> str:
    return _NOISE.sub("", name).lower()


def stem(name: str) -> str:
    """A name without what sort of place it is: 约改镇 and 约改 are the same."""
    plain = _plain(name)
    short = _ENDINGS.sub("", plain)
    return short if len(short) > 1 else plain


@dataclass(frozen=True, slots=True)
class Meant:
    """What the words of a row mean: the name among them, the node where that is sure, the likely ones, best first; `is_all` = everything."""

    name: str = ""
    node: Node | None = None
    likely: tuple[Node, ...] = ()
    is_all: bool = False


def meant(names: Sequence[str], nodes: Sequence[Node]) -> Meant:
    """The first word that surely names a node; else the first that is like one, to be asked; a row without a name means everything."""
    if not names or any(is_total(one) for one in names):
        return Meant(names[0] if names else "", is_all=True)
    doubtful = None
    for one in names:
        node, likely = matches(one, nodes, names)
        if node is not None:
            return Meant(one, node, likely)
        doubtful = doubtful or (Meant(one, None, likely) if likely else None)
    return doubtful or Meant(names[0])


def matches(name: str, nodes: Sequence[Node], row: Sequence[str] = ()) -> tuple[Node | None, tuple[Node, ...]]:
    """The node a name in a sheet means, None where that is in doubt; and the likely ones, best first.

    Of several of one name the one is meant whose parent stands in the same `row`.
    """
    plain, short = _plain(name), stem(name)
    if not plain:
        return None, ()
    exact = [one for one in nodes if _plain(one.name) == plain]
    alike = [one for one in nodes if stem(one.name) == short and one not in exact]
    near = [one for one in nodes if one not in exact and one not in alike and _is_near(short, stem(one.name))]
    sure = exact or alike
    if len(sure) > 1:
        beside = {stem(other) for other in row if other != name}
        sure = [one for one in sure if one.parent and stem(one.parent) in beside] or sure
    return (sure[0] if len(sure) == 1 else None), (*exact, *alike, *near)[:8]


def _is_near(one: str, other: str) -> bool:
    if min(len(one), len(other)) < 2:
        return False
    return one in other or other in one or len(set(one) & set(other)) * 2 > len(set(one) | set(other))
