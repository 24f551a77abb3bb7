"""What is kept of a failure: enough to know what went wrong, nothing of anybody's content. The whole of it goes to the log."""

from __future__ import annotations

from django.db import Error as DatabaseTrouble

from bulou.platform.refusals import Refusal

LENGTH = 300


def in_a_line(problem: BaseException) -> str:
    """A failure in one line: a refusal's code and sentence; else its class and first line.

    Of the database's errors the class and the constraint's name only: their text may quote the row.
    """
    if isinstance(problem, Refusal):
        return str(problem)[:LENGTH]
    if isinstance(problem, DatabaseTrouble):
        named = getattr(getattr(problem.__cause__, "diag", None), "constraint_name", None)
        return f"{type(problem).__name__}{f': {named}' if named else ''}"[:LENGTH]
    first = (str(problem).splitlines() or [""])[0]
    return f"{type(problem).__name__}: {first}"[:LENGTH] if first else type(problem).__name__
