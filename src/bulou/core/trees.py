"""Trees of places or units, each node with its parent as of any time; and the way from a node up to the root.

A node with no known parent is a root. The same tree serves places and units. What is summed along it is coverage.py's
business. docs/ledger.md, "Figures".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bulou.core.moments import aware, named


@dataclass(frozen=True, slots=True)
class Branch:
    """From `since` on, `node` hangs under `parent` (None = it is a root)."""

    id: str
    node: str
    parent: str | None
    since: datetime
    known_at: datetime

    def __post_init__(self) -> None:
        named(self.node, "A node of a tree")
        if self.node == self.parent:
            raise ValueError(f"{self.node} cannot hang under itself.")
        aware(self.since, "The time at which a node gets its parent")
        aware(self.known_at, "The time at which a node's parent became known")


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree as its branches tell it, in any order."""

    branches: tuple[Branch, ...] = ()

    def parent(self, node: str, *, at: datetime) -> str | None:
        """Gives the parent at the moment `at`, from what was known by then; None = a root, or a node never placed."""
        held = [each for each in self.branches if each.node == node and each.since <= at and each.known_at <= at]
        last = max(held, key=lambda each: (each.since, each.known_at, each.id), default=None)
        return last.parent if last else None

    def path(self, node: str | None, *, at: datetime) -> tuple[str | None, ...]:
        """Gives the node, its parent and so on up to the root, at the moment `at`. Refuses a circle (ValueError).

        Of None, "no unit", the path is only itself: so that the unit tree and its rest add up to the place tree.
        """
        path = [node]
        while (parent := self.parent(path[-1], at=at) if path[-1] is not None else None) is not None:
            if parent in path:
                raise ValueError(f"The tree runs in a circle: {' → '.join(map(str, [*path, parent]))}.")
            path.append(parent)
        return tuple(path)


def why_not_under(tree: Tree, node: str, parent: str, *, at: datetime) -> str | None:
    """Gives why `node` cannot hang under `parent` from the moment `at` on; None if it can."""
    if node in tree.path(parent, at=at):
        return f"{node} cannot hang under {parent}: {parent} itself hangs under {node}."
    return None
