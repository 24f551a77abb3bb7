"""A finding: where a rule of the house is broken, and what to do instead."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """`path` from the root of the tree, `line` from 1 (0: the whole file or folder); `instead` is advice, one
    sentence.
    """

    path: str
    line: int
    rule: str
    what: str
    instead: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: [{self.rule}] {self.what}. {self.instead}"
