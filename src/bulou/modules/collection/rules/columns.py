"""A form as a table: which columns its versions make together, which of them repeat, and what an answer says in words. Values in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

FILES = frozenset(("image", "audio", "video", "file"))
PLACES = frozenset(("geopoint", "geotrace", "geoshape"))
_NO_ANSWER = frozenset(("note", "group", "repeat"))
# What a spreadsheet program would take for a formula at the beginning of a cell.
DANGEROUS = "=+-@\t\r"
Node = Mapping[str, Any]
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """One column: where the answer lies (`path`; within a repeat, relative to the root too), what it is called, its choices by name."""

    path: str
    kind: str
    label: Texts = field(default_factory=dict, hash=False)
    choices: Mapping[str, Texts] = field(default_factory=dict, hash=False)
    is_secret: bool = False

    def header(self, *, grouped: bool = True) -> str:
        """The column's name: the groups before it, joined by hyphens, or its own name alone."""
        return self.path.replace("/", "-") if grouped else self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Rounds:
    """A repeat as a table of its own: its path, the path of the repeat it lies in ("" for none), its questions."""

    path: str
    inside: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """All columns of all versions: those once in a submission, and each repeat's."""

    questions: tuple[Question, ...]
    repeats: tuple[Rounds, ...]

    @property
    def has_secrets(self) -> bool:
        """Whether any question is sensitive."""
        every = [*self.questions, *(one for rounds in self.repeats for one in rounds.questions)]
        return any(one.is_secret for one in every)

    @property
    def places(self) -> tuple[Question, ...]:
        """The questions asked for a place on the earth, outside repeats."""
        return tuple(one for one in self.questions if one.kind in PLACES)


def shape_of(trees: Iterable[Mapping[str, Any]], secret: Iterable[str] = ()) -> Shape:
    """The union of the versions' questions, in the order they first came; a question that changed is as its newest version has it.

    `secret` = paths that are sensitive beside those the trees mark.
    """
    hidden = frozenset(secret)
    found: dict[str, dict[str, Question]] = {"": {}}
    inside: dict[str, str] = {}
    for tree in trees:
        _gather(tree.get("questions", ()), "", found, inside, hidden)
    repeats = tuple(Rounds(path, inside[path], tuple(found[path].values())) for path in found if path)
    return Shape(tuple(found[""].values()), repeats)


def _gather(
    nodes: Iterable[Node], repeat: str, found: dict[str, dict[str, Question]], inside: dict[str, str], hidden: frozenset[str]
) -> None:  # fmt: skip
    for node in nodes:
        kind, path = node["kind"], node["path"]
        if kind == "repeat":
            found.setdefault(path, {})
            inside[path] = repeat
        elif kind not in _NO_ANSWER:
            choices = {one["name"]: one.get("label") or {} for one in node.get("choices", ())}
            is_secret = bool(node.get("sensitive")) or path in hidden
            found[repeat][path] = Question(path, kind, node.get("label") or {}, choices, is_secret)
        _gather(node.get("children", ()), path if kind == "repeat" else repeat, found, inside, hidden)


def word(texts: Texts | str | None, languages: Sequence[str]) -> str:
    """A label in the first of these languages it has, matched by their beginning (zh-hans finds zh, zh-Hans, "中文 (zh)"); else any."""
    if not texts:
        return ""
    if isinstance(texts, str):
        return texts
    for wanted in languages:
        for key, text in texts.items():
            if text and _means(key, wanted):
                return text
    return next((text for text in texts.values() if text), "")


def _means(key: str, wanted: str) -> bool:
    said = key.rpartition("(")[2].rstrip(") ").lower() if "(" in key else key.lower()
    asked = wanted.lower()
    return said == asked or asked.startswith(f"{said}-") or said.startswith(f"{asked}-")


def spoken(question: Question, text: str, languages: Sequence[str]) -> str:
    """An answer in words: the labels of what was chosen; other answers as they came."""
    if not question.choices or not isinstance(text, str):
        return text
    if text in question.choices:
        return word(question.choices[text], languages) or text
    if question.kind in ("select_multiple", "rank"):
        return "、".join(word(question.choices.get(one), languages) or one for one in text.split())
    return text


def harmless(text: str) -> str:
    """A text as a CSV file may hold it: an apostrophe before what a spreadsheet program would run as a formula. Numbers stay numbers."""
    if not text or text[0] not in DANGEROUS:
        return text
    try:
        float(text)
    except ValueError:
        return f"'{text}"
    return text


def rounds_of(answers: Mapping[str, Any], path: str) -> Iterator[tuple[tuple[int, ...], Mapping[str, Any]]]:
    """Each round of a repeat with its numbers from 1, those of the repeats it lies in first: ((2, 1), answers)."""
    for name, value in answers.items():
        if not isinstance(value, list):
            continue
        for number, own in enumerate(value, start=1):
            if name == path:
                yield (number,), own
            elif path.startswith(f"{name}/"):
                for numbers, deeper in rounds_of(own, path):
                    yield (number, *numbers), deeper


def merged(plain: Mapping[str, Any], hidden: Mapping[str, Any]) -> dict[str, Any]:
    """Plain and opened sensitive answers as one, round by round."""
    found = dict(plain)
    for name, value in hidden.items():
        if isinstance(value, list):
            shown = list(found.get(name) or [])
            shown += [{}] * (len(value) - len(shown))
            found[name] = [merged(one, value[n] if n < len(value) else {}) for n, one in enumerate(shown)]
        else:
            found[name] = value
    return found


def point(text: str) -> list[float] | None:
    """A geopoint (`lat lon [altitude [accuracy]]`) as GeoJSON has it: [lon, lat] or [lon, lat, altitude]; None if it is none."""
    parts = text.split()
    try:
        numbers = [float(one) for one in parts[:3]]
    except ValueError:
        return None
    if len(numbers) < 2 or not (-90 <= numbers[0] <= 90 and -180 <= numbers[1] <= 180):
        return None
    return [numbers[1], numbers[0], *([numbers[2]] if len(numbers) > 2 and numbers[2] else [])]


def geometry(kind: str, text: str) -> dict[str, Any] | None:
    """A geopoint, geotrace or geoshape as a GeoJSON geometry; None where it is none."""
    if kind == "geopoint":
        only = point(text)
        return {"type": "Point", "coordinates": only} if only else None
    points = [found for part in text.split(";") if part.strip() and (found := point(part))]
    if kind == "geotrace":
        return {"type": "LineString", "coordinates": points} if len(points) > 1 else None
    if len(points) < 3:
        return None
    ring = points if points[0] == points[-1] else [*points, points[0]]
    return {"type": "Polygon", "coordinates": [ring]}
