"""Refusals: a stable code, a sentence in the reader's language and the values concerned. Never a traceback, never a bare "invalid"."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise


class Refusal(Exception):
    """Something we will not do, said so that the reader knows what to do next.

    `code` is stable and dotted (`registry.code_taken`); `sentence` is a lazy translation with %(name)s places filled from
    `values`; `field` names the input concerned, if one; `status` is the HTTP status of the answer.
    """

    status = 422

    def __init__(
        self,
        code: str,
        sentence: str | Promise,
        /,
        *,
        field: str | None = None,
        status: int | None = None,
        **values: Any,
    ):
        super().__init__(code)
        self.code = code
        self._sentence = sentence
        self.field = field
        self.values = values
        if status is not None:
            self.status = status

    @property
    def sentence(self) -> str:
        """The sentence in the language active now."""
        text = str(self._sentence)
        return text % self.values if self.values else text

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"


class Forbidden(Refusal):
    """The viewer's role does not allow this verb at all."""

    status = 403


class Conflict(Refusal):
    """Somebody else changed the same thing meanwhile; what was typed is kept and shown beside it."""

    status = 409
