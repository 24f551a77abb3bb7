"""What is wrong with a form: a code, where it stands, and the words concerned. The sentences belong to the pages (labels)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend. `line` is the line of the XForm, 0 where it has none; `says` fills the sentence of `code`."""

    code: str
    line: int = 0
    says: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """A document that cannot be read any further; `fault` says why."""

    def __init__(self, code: str, line: int = 0, **says: str) -> None:
        super().__init__(code)
        self.fault = Fault(code, line, says)
