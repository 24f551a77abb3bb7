"""What changes from one version of a form to the next, question by question: for the author's eye, and for the tables of answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bulou.modules.collection.rules.tree import Question, Tree, answered

_SHOWN = (
    "kind", "label", "hint", "required", "relevant", "constraint", "calculate", "choices", "itemset", "default", "fact", "subject", "readonly",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Changes:
    """Paths that come, go, or are asked differently (path → what of it: kind, label, choices, …). `is_first` = there was no version before."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[tuple[str, tuple[str, ...]], ...] = ()
    languages: tuple[str, ...] = ()
    is_first: bool = True

    @property
    def is_nothing(self) -> bool:
        return not (self.is_first or self.added or self.removed or self.changed or self.languages)


def changes(before: Tree | None, after: Tree) -> Changes:
    """Gives what is different in `after`; everything is new where there was nothing before. Languages are those added or gone."""
    new = _questions(after) if after else {}
    if not before:
        return Changes(added=tuple(new))
    old = _questions(before)
    changed = ((path, _different(old[path], new[path])) for path in new if path in old)
    return Changes(
        tuple(path for path in new if path not in old),
        tuple(path for path in old if path not in new),
        tuple((path, what) for path, what in changed if what),
        tuple(sorted({*before.get("languages", ())} ^ {*after.get("languages", ())})),
        is_first=False,
    )


def _questions(tree: Tree) -> dict[str, Question]:
    return {node["path"]: node for node, _repeats in answered(tree) if node["kind"] != "meta"}


def _different(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(what for what in _SHOWN if before.get(what) != after.get(what))
