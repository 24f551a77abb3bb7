"""Review of records: questioned, upheld or returned by a person, appealed, cleared. Every step is kept (core.reviews)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from bulou.modules.ledger.models import Record, ReviewStep
from bulou.modules.ledger.queries import answering
from bulou.modules.ledger.services import store
from bulou.modules.ledger.services.actors import actor, reason
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal

REVIEW = "ledger.review"


def question(*, by: Viewer, record_id: int, why: str, once: UUID, now: datetime, rule: str = "") -> ReviewStep:
    """Ask a question about a record, by a person or by a `rule`. No figure changes."""
    return _step(by, record_id, "questioned", why, once, now, rule=rule)


def uphold(
    *, by: Viewer, record_id: int, why: str, once: UUID, now: datetime, new_due: datetime | None = None
) -> ReviewStep:
    """Decide that a record is contradicted: what was filed up to now no longer answers; until `new_due`, where given, it can be put right."""
    return _step(by, record_id, "upheld", why, once, now, new_due=new_due)


def return_record(*, by: Viewer, record_id: int, why: str, new_due: datetime, once: UUID, now: datetime) -> ReviewStep:
    """Send a record back to be corrected by `new_due`. It gives time and never absolution."""
    return _step(by, record_id, "returned", why, once, now, new_due=new_due)


def clear(*, by: Viewer, record_id: int, why: str, once: UUID, now: datetime) -> ReviewStep:
    """Drop a question, or grant an appeal: a decision is undone."""
    return _step(by, record_id, "cleared", why, once, now)


def appeal(*, by: Viewer, record_id: int, why: str, once: UUID, now: datetime) -> ReviewStep:
    """Appeal against a decision: by whoever may file about the subject. It changes nothing until a person clears the record."""
    return _step(by, record_id, "appealed", why, once, now)


@transaction.atomic
def _step(
    by: Viewer,
    record_id: int,
    step: str,
    why: str,
    once: UUID,
    now: datetime,
    *,
    new_due: datetime | None = None,
    rule: str = "",
) -> ReviewStep:
    if found := ReviewStep.objects.filter(uuid=once).first():
        return found
    record = _record(by, record_id, step)
    if new_due is not None and new_due <= now:
        raise Refusal("ledger.new_due_past", _("The new due time must lie after now."), field="new_due")
    store.hold(record.subject_kind, [record.subject_id])
    who = {"rule": rule} if rule else actor(by)
    made = ReviewStep.objects.create(
        uuid=once, record=record, step=step, known_at=now, new_due=new_due, reason=reason(why), **who
    )
    if step in ("upheld", "returned", "cleared"):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT ledger_resettle(%s, %s, %s)", [record.subject_kind, record.subject_id, record.done_at]
            )
    write(
        by=by, action=f"ledger.record_{step}", kind=f"registry.{record.subject_kind}", subjects=[record.subject_id], now=now,
        why=made.reason, data={"record": record.pk, "rule": rule, "new_due": new_due and new_due.isoformat()},
    )  # fmt: skip
    return made


def _record(by: Viewer, record_id: int, step: str) -> Record:
    record = Record.objects.filter(pk=record_id).first()
    if record is None:
        raise Http404
    if step == "appealed":
        is_mine = answering.may_file(by, record.subject_kind, record.subject_id)
    else:
        by.need(REVIEW)
        is_mine = by.is_system or bool(answering.subjects_within(by, REVIEW, record.subject_kind, [record.subject_id]))
    if not is_mine:
        raise Http404
    return record
