"""Review of records, beside their standing: questioned, upheld, returned, appealed, cleared; every step is kept.

A finding of a rule is a question and changes no figure. Only a person decides that a record is contradicted (upheld)
or must be corrected (returned); what was filed up to that decision then answers nothing. docs/ledger.md, "Review".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bulou.core.moments import aware, named


class Step(StrEnum):
    """What can be done in a review. CLEARED drops a question, or grants an appeal and undoes the decision."""

    QUESTIONED = "questioned"
    UPHELD = "upheld"
    RETURNED = "returned"
    APPEALED = "appealed"
    CLEARED = "cleared"


class State(StrEnum):
    """How a record stands in review."""

    NONE = "none"
    QUESTIONED = "questioned"
    UPHELD = "upheld"
    RETURNED = "returned"


DECISIONS = (Step.UPHELD, Step.RETURNED)


@dataclass(frozen=True, slots=True)
class ReviewStep:
    """One step on one record: by a person (`by`) or by a rule (`rule`), never both; with its reason.

    `new_due` belongs to a decision: until then, included, a new record or a correction can still come in time. A
    return must set it. Refuses a decision by a rule, and a new due time that is not after the step (ValueError).
    """

    id: str
    record: str
    step: Step
    known_at: datetime
    reason: str
    by: str = ""
    rule: str = ""
    new_due: datetime | None = None

    def __post_init__(self) -> None:
        named(self.reason, "The reason of a step of review")
        aware(self.known_at, "The time of a step of review")
        if bool(self.by) == bool(self.rule):
            raise ValueError("A step of review is taken by a person or by a rule: name one of them.")
        if self.rule and self.step is not Step.QUESTIONED:
            raise ValueError(f"The rule {self.rule} can only ask a question; a record is {self.step} by a person.")
        if self.step is Step.RETURNED and self.new_due is None:
            raise ValueError("A record that is returned needs a new due time.")
        if self.new_due is not None and self.step not in DECISIONS:
            raise ValueError(f"A record that is {self.step} gets no new due time.")
        if self.new_due is not None and aware(self.new_due, "The new due time") <= self.known_at:
            raise ValueError("The new due time must lie after the decision.")


@dataclass(frozen=True, slots=True)
class Review:
    """What the steps come to. Versions received up to and including `struck_at` answer nothing (None = all count)."""

    state: State = State.NONE
    struck_at: datetime | None = None
    new_due: datetime | None = None
    is_appealed: bool = False
    steps: tuple[ReviewStep, ...] = ()

    def strikes(self, received_at: datetime) -> bool:
        """Says whether a version received then no longer answers."""
        return self.struck_at is not None and received_at <= self.struck_at


def review_of(steps: Iterable[ReviewStep], *, corrected_at: datetime | None = None) -> Review:
    """Gives how one record stands after `steps`, in any order; `corrected_at` is the receipt of its newest version.

    A correction answers a decision, so the record is no longer shown as upheld or returned, but what was filed before
    stays struck. An appeal changes nothing until a person clears the record.
    """
    ordered = tuple(sorted(steps, key=lambda each: (each.known_at, each.id)))
    last = ordered[-1] if ordered else None
    decision = None
    for each in ordered:
        decision = each if each.step in DECISIONS else None if each.step is Step.CLEARED else decision
    struck_at = decision.known_at if decision else None
    new_due = decision.new_due if decision else None
    is_appealed = last is not None and last.step is Step.APPEALED
    return Review(_state(ordered, decision, corrected_at), struck_at, new_due, is_appealed, ordered)


def _state(steps: tuple[ReviewStep, ...], decision: ReviewStep | None, corrected_at: datetime | None) -> State:
    if decision and (corrected_at is None or corrected_at <= decision.known_at):
        return State(decision.step.value)
    settled = max((number for number, each in enumerate(steps) if each.step in (*DECISIONS, Step.CLEARED)), default=-1)
    is_questioned = any(each.step is Step.QUESTIONED for each in steps[settled + 1 :])
    return State.QUESTIONED if is_questioned else State.NONE
