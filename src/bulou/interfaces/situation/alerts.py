"""Immediate reports that a level has not acknowledged, as the wall and "since I came on" show them: where and of what, never of whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from bulou.modules.alerts.queries import READ, unanswered
from bulou.platform.access.viewer import Viewer

LOOK_BACK = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Alert:
    """A sentence, since when it stands, the page that opens it, and whether a level takes longer than it may."""

    id: int
    text: str
    at: datetime
    href: str
    is_overdue: bool


def alerts(viewer: Viewer, operation_id: int, now: datetime) -> list[Alert]:
    """Those of the operation in the viewer's reach, the one that has waited longest first; nothing for who may not read them."""
    if not viewer.may(READ):
        return []
    found = [
        Alert(
            one.pk,
            _text(one.kind, one.place.name, left),
            one.reported_at,
            reverse("alerts:alert", args=[one.pk]),
            is_overdue,
        )
        for one, left, is_overdue in unanswered(viewer, since=now - LOOK_BACK, now=now)
        if one.operation_id == operation_id
    ]
    return sorted(found, key=lambda one: one.at)


def _text(kind: str, place: str, left: int) -> str:
    words = _("Suspected case, %(place)s: %(n)s levels have not acknowledged")
    if kind == "confirmed":
        words = _("Confirmed case, %(place)s: %(n)s levels have not acknowledged")
    return words % {"place": place, "n": left}
