"""Requests to be excused, and what people said about being late: for those who decide, for lists of gaps, for whoever asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from bulou.modules.ledger.models import ExcuseRequest, GapReason
from bulou.modules.ledger.queries import registers
from bulou.platform.access.viewer import Viewer

EXCUSE = "ledger.excuse"


@dataclass(frozen=True, slots=True)
class Said:
    """The last reason given for a gap of an enrolment, and its last request to be excused."""

    reason: GapReason | None = None
    request: ExcuseRequest | None = None


def requests(viewer: Viewer) -> QuerySet[ExcuseRequest]:
    """Every request about what counts where the viewer may excuse. Whoever shows them logs the look."""
    mine = registers.enrolments(viewer, EXCUSE).values("pk")
    return ExcuseRequest.objects.filter(enrolment__in=mine).select_related("enrolment", "enrolment__regime")


def said_of(enrolment_ids: Iterable[int], *, since: datetime) -> dict[int, Said]:
    """By enrolment, what was said about gaps since a moment and what was asked that runs beyond it. For lists in the viewer's reach already."""
    ids = list(enrolment_ids)
    given = GapReason.objects.filter(enrolment_id__in=ids, about__gte=since).order_by("known_at", "pk")
    asked = ExcuseRequest.objects.filter(enrolment_id__in=ids, until__gt=since).order_by("known_at", "pk")
    reasons = {one.enrolment_id: one for one in given}
    requested = {one.enrolment_id: one for one in asked}
    return {pk: Said(reasons.get(pk), requested.get(pk)) for pk in reasons.keys() | requested.keys()}
