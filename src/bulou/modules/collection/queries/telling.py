"""A submission's answers as a page tells them: question by question in the reader's language, groups and rounds as headings, beside other
versions of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bulou.modules.collection.models import FormVersion
from bulou.modules.collection.queries.accepting import of_version
from bulou.modules.collection.rules import texts
from bulou.modules.collection.rules.columns import FILES, PLACES, Question, spoken, word

MASK = "•••"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `values` holds the answer in each version shown, None where it has none. A heading has no values.

    `is_secret` = sensitive; then the values are a mask unless opened. `kind` as in the tree: a file's value is its name.
    """

    path: str
    label: str
    kind: str
    depth: int
    values: tuple[str | None, ...] = ()
    is_secret: bool = False

    @property
    def is_heading(self) -> bool:
        return not self.values

    @property
    def is_file(self) -> bool:
        return self.kind in FILES

    @property
    def is_place(self) -> bool:
        return self.kind in PLACES

    @property
    def differs(self) -> bool:
        """Whether the versions say different things."""
        return len(set(self.values)) > 1


@dataclass(frozen=True, slots=True)
class Said:
    """One version's answers; `hidden` None = not opened, only that there are some (`has_hidden`)."""

    plain: Mapping[str, Any]
    hidden: Mapping[str, Any] | None = None
    has_hidden: bool = False


def lines(version: FormVersion, said: Sequence[Said], languages: Sequence[str]) -> list[Line]:
    """The answers of these versions, side by side, by the questions of `version`. Questions nobody answered are left out."""
    secret = of_version(version).reading.shape.sensitive
    return list(_lines(version.tree.get("questions", ()), said, languages, secret, 0))


def languages_of(version: FormVersion, reader: str) -> list[str]:
    """The reader's language, Chinese, the form's own: where a label is looked for, in this order."""
    return [reader, "zh", str(version.tree.get("default") or ""), ""]


def _lines(
    nodes: Sequence[Mapping[str, Any]], said: Sequence[Said], languages: Sequence[str], secret: Any, depth: int
) -> Iterator[Line]:
    for node in nodes:
        kind, path = node["kind"], node["path"]
        label = texts.plain(word(node.get("label"), languages)) or node["name"]
        if kind == "repeat":
            yield from _rounds(node, label, said, languages, secret, depth)
        elif kind == "group":
            inner = list(_lines(node.get("children", ()), said, languages, secret, depth + 1))
            if inner:
                yield Line(path, label, kind, depth)
                yield from inner
        elif kind not in ("note", "meta"):
            question = Question(path, kind, {}, {c["name"]: c.get("label") or {} for c in node.get("choices", ())})
            is_secret = bool(node.get("sensitive")) or path in secret
            values = tuple(_value(one, question, languages, is_secret) for one in said)
            if any(value is not None for value in values):
                yield Line(path, label, kind, depth, values, is_secret)


def _rounds(
    node: Mapping[str, Any], label: str, said: Sequence[Said], languages: Sequence[str], secret: Any, depth: int
) -> Iterator[Line]:
    path = node["path"]
    most = max((len(one.plain.get(path) or ()) for one in said), default=0)
    for number in range(most):
        rounds = [_round(one, path, number) for one in said]
        yield Line(f"{path}[{number + 1}]", f"{label} {number + 1}", "repeat", depth)
        yield from _lines(node.get("children", ()), rounds, languages, secret, depth + 1)


def _round(one: Said, path: str, number: int) -> Said:
    shown, kept = one.plain.get(path) or [], (one.hidden or {}).get(path) or []
    plain = shown[number] if number < len(shown) else {}
    hidden = None if one.hidden is None else kept[number] if number < len(kept) else {}
    return Said(plain, hidden, one.has_hidden)


def _value(one: Said, question: Question, languages: Sequence[str], is_secret: bool) -> str | None:
    text = one.plain.get(question.path)
    if text is None and is_secret and one.has_hidden:
        if one.hidden is None:
            return MASK
        text = one.hidden.get(question.path)
    return spoken(question, text, languages) if isinstance(text, str) else None
