"""Owing what no calendar gives: a shift, a round, a visit, a directive; and calling it off."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from bulou.modules.ledger.models import Duty, Enrolment
from bulou.modules.ledger.services import store
from bulou.modules.ledger.services.actors import enrolment_within, reason
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal

OWE = "ledger.enrol"


@transaction.atomic
def owe(
    *, by: Viewer, enrolment_id: int, opens: datetime, due: datetime, closes: datetime, once: UUID, now: datetime, name: str = "",
    source: str = "",
) -> Duty:  # fmt: skip
    """Owe one window under an enrolment, to be done in [opens, closes), in time up to and including `due`.

    Refused once it has fallen due: nobody could do it in time (`ledger.owed_too_late`). The same `once` again changes nothing. `source`
    names what it is owed for (`stations.shift`).
    """
    if found := Duty.objects.filter(uuid=once).first():
        return found
    enrolment = enrolment_within(by, OWE, enrolment_id)
    if now > due:
        raise Refusal("ledger.owed_too_late", _("This fell due already: it cannot be owed any more."), field="due")
    if not (opens <= due <= closes and opens < closes):
        raise Refusal("ledger.window_order", _("It must open, fall due and close in that order."), field="due")
    store.hold(enrolment.subject_kind, [enrolment.subject_id])
    made = Duty.objects.create(
        uuid=once, enrolment=enrolment, name=name, source=source, opens=opens, due=due, closes=closes, known_at=now
    )
    store.settle([], [], [made.pk])
    _journal("ledger.owed", made, enrolment, by=by, now=now, why=name)
    made.refresh_from_db()
    return made


@transaction.atomic
def withdraw(*, by: Viewer, duty_id: int, why: str, now: datetime) -> Duty:
    """Call a duty off. After it has fallen due that changes nothing any more: excuse it instead. Called off already: nothing happens."""
    duty = Duty.objects.select_for_update(of=("self",)).filter(pk=duty_id).first()
    if duty is None:
        raise Http404
    enrolment = enrolment_within(by, OWE, duty.enrolment_id)
    if duty.withdrawn_at is not None:
        return duty
    store.hold(enrolment.subject_kind, [enrolment.subject_id])
    duty.withdrawn_at, duty.withdrawer_id, duty.withdrawer_name = now, by.user_id, by.name[:80]
    duty.withdrawal_reason = reason(why)
    duty.save(update_fields=["withdrawn_at", "withdrawer_id", "withdrawer_name", "withdrawal_reason"])
    store.settle([], [], [duty.pk])
    _journal("ledger.duty_withdrawn", duty, enrolment, by=by, now=now, why=duty.withdrawal_reason)
    duty.refresh_from_db()
    return duty


def _journal(action: str, duty: Duty, enrolment: Enrolment, *, by: Viewer, now: datetime, why: str) -> None:
    data = {"duty": duty.pk, "enrolment": enrolment.pk, "regime": enrolment.regime_id, "due": duty.due.isoformat()}
    write(
        by=by,
        action=action,
        kind=f"registry.{enrolment.subject_kind}",
        subjects=[enrolment.subject_id],
        now=now,
        why=why,
        data=data,
    )
