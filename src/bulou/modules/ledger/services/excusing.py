"""Excuses: a person says, with a reason and until when, that something need not be done; and takes it back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from bulou.modules.ledger.models import Duty, Enrolment, Excuse, Window
from bulou.modules.ledger.services import store
from bulou.modules.ledger.services.actors import actor, enrolment_within, reason
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal

EXCUSE = "ledger.excuse"


@transaction.atomic
def excuse(
    *, by: Viewer, enrolment_id: int, since: datetime, until: datetime, why: str, once: UUID, now: datetime
) -> Excuse:
    """Excuse what falls due in [since, until) under an enrolment, before or after it is due. The same `once` again changes nothing."""
    if found := Excuse.objects.filter(uuid=once).first():
        return found
    enrolment = enrolment_within(by, EXCUSE, enrolment_id)
    if until <= since:
        raise Refusal("ledger.excuse_order", _("An excuse must end after it begins."), field="until")
    store.hold(enrolment.subject_kind, [enrolment.subject_id])
    made = Excuse.objects.create(
        uuid=once, enrolment=enrolment, since=since, until=until, known_at=now, reason=reason(why), **actor(by)
    )
    _settle(enrolment, since, until)
    _journal("ledger.excused", made, by=by, now=now, why=made.reason)
    return made


@transaction.atomic
def remove_excuse(*, by: Viewer, excuse_id: int, why: str, now: datetime) -> Excuse:
    """Take an excuse back, wholly: every figure is as if it had never been given. Taken back already: nothing happens."""
    found = Excuse.objects.select_for_update(of=("self",)).filter(pk=excuse_id).first()
    if found is None:
        raise Http404
    enrolment = enrolment_within(by, EXCUSE, found.enrolment_id)
    if found.removed_at is not None:
        return found
    store.hold(enrolment.subject_kind, [enrolment.subject_id])
    found.removed_at, found.remover_id, found.remover_name = now, by.user_id, by.name[:80]
    found.removal_reason = reason(why)
    found.save(update_fields=["removed_at", "remover_id", "remover_name", "removal_reason"])
    _settle(enrolment, found.since, found.until)
    _journal("ledger.excuse_removed", found, by=by, now=now, why=found.removal_reason)
    return found


def _settle(enrolment: Enrolment, since: datetime, until: datetime) -> None:
    span = {"due__gte": since, "due__lt": until}
    windows = Window.objects.filter(regime_id=enrolment.regime_id, **span).values_list("pk", flat=True)
    duties = Duty.objects.filter(enrolment=enrolment, **span).values_list("pk", flat=True)
    store.settle(windows, [enrolment.pk], duties)


def _journal(action: str, made: Excuse, *, by: Viewer, now: datetime, why: str) -> None:
    enrolment = made.enrolment
    data = {
        "excuse": made.pk, "enrolment": enrolment.pk, "regime": enrolment.regime_id, "since": made.since.isoformat(),
        "until": made.until.isoformat(),
    }  # fmt: skip
    write(
        by=by,
        action=action,
        kind=f"registry.{enrolment.subject_kind}",
        subjects=[enrolment.subject_id],
        now=now,
        why=why,
        data=data,
    )
