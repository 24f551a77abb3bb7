"""Asking to be excused, and the answer: granted with an excuse, declined with a reason, taken back. Nobody grants their own."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from bulou.modules.ledger.models import ExcuseRequest
from bulou.modules.ledger.services.actors import actor, enrolment_within, own_enrolment, reason
from bulou.modules.ledger.services.excusing import EXCUSE, excuse
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal

LONGEST = timedelta(days=31)
Outcome = ExcuseRequest.Outcome


@transaction.atomic
def ask_excuse(
    *, by: Viewer, enrolment_id: int, since: datetime, until: datetime, why: str, once: UUID, now: datetime
) -> ExcuseRequest:
    """Ask that what falls due in [since, until) under an enrolment be excused. No figure changes before somebody grants it.

    By whoever owes it, may answer for it, stands in for such a one, or files for it; else Http404. Refused: an end that is past or before the
    beginning, more than 31 days, a request that waits already (`ledger.asked_already`). The same `once` again changes nothing.
    """
    if found := ExcuseRequest.objects.filter(uuid=once).first():
        return found
    enrolment = own_enrolment(by, enrolment_id, now=now)
    if enrolment is None:
        raise Http404
    if until <= since or until <= now:
        raise Refusal(
            "ledger.excuse_order", _("An excuse must end after it begins, and not in the past."), field="until"
        )
    if until - since > LONGEST:
        raise Refusal("ledger.excuse_long", _("Ask for 31 days at most; ask again after them."), field="until")
    if ExcuseRequest.objects.select_for_update().filter(enrolment=enrolment, outcome="").exists():
        raise Refusal("ledger.asked_already", _("This has been asked already and waits for an answer."))
    made = ExcuseRequest.objects.create(
        uuid=once, enrolment=enrolment, since=since, until=until, known_at=now, reason=reason(why), **actor(by)
    )
    _journal("ledger.excuse_asked", made, by=by, now=now, why=made.reason)
    return made


@transaction.atomic
def grant_request(*, by: Viewer, request_id: int, now: datetime) -> ExcuseRequest:
    """Grant a request: an excuse for its span and reason. Out of reach: Http404; one's own: refused. Decided already: nothing changes."""
    found = _to_decide(by, request_id)
    if found.outcome:
        return found
    excuse(
        by=by, enrolment_id=found.enrolment_id, since=found.since, until=found.until, why=found.reason, once=uuid5(found.uuid, "excuse"),
        now=now,
    )  # fmt: skip
    return _decide(found, Outcome.GRANTED, "", by=by, now=now)


@transaction.atomic
def decline_request(*, by: Viewer, request_id: int, why: str, now: datetime) -> ExcuseRequest:
    """Decline a request with a reason, which whoever asked reads. Out of reach: Http404; one's own: refused. Decided already: nothing changes."""
    found = _to_decide(by, request_id)
    return found if found.outcome else _decide(found, Outcome.DECLINED, reason(why), by=by, now=now)


@transaction.atomic
def take_back_request(*, by: Viewer, request_id: int, now: datetime) -> ExcuseRequest:
    """Take one's own request back. Somebody else's: Http404. Decided already: nothing changes."""
    found = ExcuseRequest.objects.select_for_update(of=("self",)).filter(pk=request_id).first()
    if found is None or by.user_id is None or found.actor_id != by.user_id:
        raise Http404
    return found if found.outcome else _decide(found, Outcome.TAKEN_BACK, "", by=by, now=now)


def _to_decide(by: Viewer, request_id: int) -> ExcuseRequest:
    by.need(EXCUSE)
    found = ExcuseRequest.objects.select_for_update(of=("self",)).filter(pk=request_id).first()
    if found is None:
        raise Http404
    enrolment_within(by, EXCUSE, found.enrolment_id)
    if by.user_id is not None and found.actor_id == by.user_id:
        raise Refusal("ledger.own_request", _("Nobody decides their own request: somebody else with the office does."))
    return found


def _decide(found: ExcuseRequest, outcome: str, why: str, *, by: Viewer, now: datetime) -> ExcuseRequest:
    found.outcome, found.decided_at, found.decision_reason = outcome, now, why
    found.decider_id, found.decider_name = by.user_id, by.name[:80]
    found.save(update_fields=["outcome", "decided_at", "decision_reason", "decider_id", "decider_name"])
    _journal(f"ledger.excuse_request_{outcome}", found, by=by, now=now, why=why)
    return found


def _journal(action: str, made: ExcuseRequest, *, by: Viewer, now: datetime, why: str) -> None:
    enrolment = made.enrolment
    data = {
        "request": made.pk,
        "enrolment": enrolment.pk,
        "since": made.since.isoformat(),
        "until": made.until.isoformat(),
    }
    write(
        by=by, action=action, kind=f"registry.{enrolment.subject_kind}", subjects=[enrolment.subject_id], now=now, why=why, data=data
    )  # fmt: skip
