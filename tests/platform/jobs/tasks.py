"""Tasks for tests: they note that they ran in the journal."""

from __future__ import annotations

from datetime import UTC, datetime

from bulou.platform.access.viewer import system
from bulou.platform.jobs import task
from bulou.platform.journal.services import write

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@task("tests.note_it")
def note_it(number: int) -> None:
    write(by=system("test"), action="test.noted", kind="test", subjects=[number], now=NOW)


@task("tests.fail_it", attempts=1)
def fail_it(words: str) -> None:
    raise ValueError(words)
