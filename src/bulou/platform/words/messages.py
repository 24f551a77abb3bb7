"""A message: what a reader sees, in English as written in the source, with its plural and its context. Values only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_PLACE = re.compile(r"%%|%\((\w+)\)[#0 +-]*\d*(?:\.\d+)?[a-zA-Z]|%[#0 +-]*\d*(?:\.\d+)?[sdifgxr]|\{(\w*)\}")


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """One visible string. `plural` is empty when there is none, `context` when it stands by itself."""

    text: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What a catalogue finds it by: the plural is no part of it."""
        return self.text, self.context


@dataclass(frozen=True, slots=True)
class Found:
    """Where a message, or something wrong, was found. `problem` is empty for a message."""

    path: Path
    line: int
    message: Message | None = None
    problem: str = ""

    def __str__(self) -> str:
        return f"{shown(self.path)}:{self.line}: {self.problem or (self.message and self.message.text)}"


def shown(path: Path) -> str:
    """A path as a reader wants it: from the folder worked in, if it lies below."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def places(text: str) -> tuple[str, ...]:
    """The places a value is put into (%(name)s, %s, {name}), sorted; a translation must have the same ones. %% is
    none.
    """
    return tuple(sorted({match[0] for match in _PLACE.finditer(text) if match[0] != "%%"}))
