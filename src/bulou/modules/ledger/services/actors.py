"""Who did it, as the ledger's own rows keep it; reasons; and scope of a write."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from bulou.modules.ledger.models import Cell, Enrolment, Seat
from bulou.modules.ledger.queries import reach
from bulou.modules.ledger.queries.answering import may_file
from bulou.platform.access.viewer import Viewer
from bulou.platform.refusals import Refusal


def actor(by: Viewer) -> dict[str, Any]:
    """The columns that say who did it."""
    return {"actor_id": by.user_id, "actor_name": by.name[:80]}


def reason(why: str) -> str:
    """The reason tidied; refuses none, and one of more than 400 characters."""
    text = why.strip()
    if not text:
        raise Refusal("ledger.reason_needed", _("Say why: others will read it."), field="why")
    if len(text) > 400:
        raise Refusal("ledger.reason_long", _("The reason is longer than 400 characters."), field="why")
    return text


def seat_of(enrolment_id: int) -> Seat:
    """Where an enrolment counts as far as is known."""
    return (
        Seat.objects.select_related("cell").filter(enrolment_id=enrolment_id).order_by("-at", "-known_at", "-uuid")[0]
    )


def enrolment_within(by: Viewer, permission: str, enrolment_id: int) -> Enrolment:
    """The enrolment, if the viewer holds the permission where it counts now; Http404 otherwise: what is out of scope does not exist."""
    by.need(permission)
    enrolment = Enrolment.objects.select_related("regime").filter(pk=enrolment_id).first()
    if enrolment is None:
        raise Http404
    need_cell(by, permission, enrolment.regime.operation_id, seat_of(enrolment.pk).cell)
    return enrolment


def own_enrolment(by: Viewer, enrolment_id: int, *, now: datetime) -> Enrolment | None:
    """The enrolment, if its subject is the viewer's to answer for at `now` (owed, answerable, deputy) or to file for; None otherwise."""
    found = Enrolment.objects.select_related("regime").filter(pk=enrolment_id).first()
    return found if found and may_file(by, found.subject_kind, found.subject_id, now=now) else None


def need_cell(by: Viewer, permission: str, operation_id: int, cell: Cell) -> None:
    """Http404 unless the viewer holds the permission at this cell."""
    if not by.is_system and not reach.covers(by, permission, operation_id, cell.place_id, cell.unit_id):
        raise Http404
