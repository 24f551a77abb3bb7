"""When a reminder is due, and to whom it goes by office. Pure: moments and ladders in, steps out; who sits in an office is the registry's matter."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

FRESH = timedelta(hours=24)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `offset` from the due time (negative = before it), and to whom (rules.ladders.TO)."""

    number: int
    offset: timedelta
    to: str


@dataclass(frozen=True, slots=True)
class Ladder:
    """Steps in order of their offset; quiet from `quiet_from` up to and not including `quiet_until`, local time, over midnight if need be."""

    steps: tuple[Step, ...] = ()
    quiet_from: time | None = None
    quiet_until: time | None = None
    script: Any = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be done now about one due time: `send` this step; leave out `skip`, which nobody needs any more."""

    send: Step | None = None
    skip: tuple[Step, ...] = ()


def ladder_of(written: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None) -> Ladder:
    """A ladder as a playbook writes it (rules.ladders.SCHEMA), or its steps alone. Steps are numbered as written."""
    if not written:
        return Ladder()
    whole: Mapping[str, Any] = written if isinstance(written, Mapping) else {"steps": written}
    steps = [Step(number, offset_of(step), step["to"]) for number, step in enumerate(whole["steps"])]
    quiet = whole.get("quiet")
    begins, ends = (time.fromisoformat(quiet["from"]), time.fromisoformat(quiet["until"])) if quiet else (None, None)
    return Ladder(tuple(sorted(steps, key=lambda step: step.offset)), begins, ends, whole.get("script"))


def offset_of(step: Mapping[str, Any]) -> timedelta:
    """How far from the due time a step lies: `before: 1h` = −1 hour, `after: 30m` = +30 minutes."""
    text = step["before"] if "before" in step else step["after"]
    span = timedelta(**{_UNITS[text[-1]]: int(text[:-1])})
    return -span if "before" in step else span


def is_quiet(ladder: Ladder, now: datetime, zone: ZoneInfo) -> bool:
    """Whether nobody is to be disturbed at `now`."""
    if ladder.quiet_from is None or ladder.quiet_until is None:
        return False
    at = now.astimezone(zone).time()
    if ladder.quiet_from <= ladder.quiet_until:
        return ladder.quiet_from <= at < ladder.quiet_until
    return at >= ladder.quiet_from or at < ladder.quiet_until


def steps_due(ladder: Ladder, due: datetime, *, now: datetime, zone: ZoneInfo, done: Collection[int] = ()) -> Verdict:
    """What a due time asks for at `now`, when the steps numbered `done` were sent or left out already.

    A step is reached when its moment (due + offset) has come; one after the due time only once that has passed, as up to and including
    it nobody is missing. Of several reached, after an outage or a quiet night, only the newest is sent and the others are left out; one whose
    moment lies over 24 hours back is not sent any more. In quiet hours nothing is decided.
    """
    if is_quiet(ladder, now, zone):
        return Verdict()
    reached = [step for step in ladder.steps if due + step.offset <= now and (step.offset < timedelta(0) or now > due)]
    last = max((place for place, step in enumerate(reached) if step.number in done), default=-1)
    waiting = reached[last + 1 :]
    if not waiting:
        return Verdict()
    newest = waiting[-1]
    if now - (due + newest.offset) > FRESH or (newest.offset < timedelta(0) and now > due):
        return Verdict(None, tuple(waiting))
    return Verdict(newest, tuple(waiting[:-1]))


def span_of(ladder: Ladder) -> tuple[timedelta, timedelta]:
    """How far before and after `now` a due time may lie for the ladder to have anything to say about it."""
    if not ladder.steps:
        return timedelta(0), timedelta(0)
    return max(timedelta(0), ladder.steps[-1].offset) + 2 * FRESH, max(timedelta(0), -ladder.steps[0].offset)
