"""Pages of immediate reports: report at once, who knows and since when, acknowledge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bulou.modules.alerts import queries, rules, services
from bulou.modules.alerts.forms import ReportForm
from bulou.modules.alerts.labels import ABOUT, KINDS, TONES
from bulou.modules.alerts.models import Alert, Level
from bulou.platform.access.guard import needs
from bulou.platform.access.permissions import SIGNED_IN
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import note_look
from bulou.platform.pages.forms import answer

SHOWN = 100
MOST = 3


@dataclass(frozen=True, slots=True)
class Knows:
    """One level as shown."""

    level: Level
    took: timedelta
    is_overdue: bool
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One report as shown."""

    alert: Alert
    title: str
    tone: str
    about: str
    who: str
    levels: tuple[Knows, ...]


@needs("alerts.view")
def alerts(request: HttpRequest) -> HttpResponseBase:
    """The reports in reach, newest first."""
    rows = list(queries.alerts(request.viewer)[:SHOWN])
    _look(request, rows)
    return render(
        request,
        "alerts/alerts.html",
        {"rows": [_shown(request, one) for one in rows], "opens": request.viewer.may(queries.READ)},
    )


@needs("alerts.read")
def alert(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One report: what is known, and who has acknowledged when."""
    found = queries.alert(request.viewer, pk)
    _look(request, [found])
    trail = [(_("Immediate reports"), reverse("alerts:alerts"))]
    return render(
        request,
        "alerts/alert.html",
        {
            "row": _shown(request, found),
            "note": queries.note_of(found),
            "forgotten_at": queries.forgotten_at(found),
            "trail": trail,
        },
    )


@needs("alerts.report")
def report(request: HttpRequest) -> HttpResponseBase:
    """Report at once."""
    viewer = request.viewer
    people = queries.people_to_name(viewer, now=request.now)
    form = ReportForm.of(
        request,
        people=people,
        me=viewer.person_id,
        initial={"person_id": request.GET.get("person") or viewer.person_id},
    )
    return answer(
        request, form, lambda **values: services.report_at_once(by=viewer, once=form.once_key, now=request.now, **values),
        then=lambda given: _after(viewer, given["id"]), template="alerts/report.html",
        context={"can_report": queries.sender(viewer) is not None},
    )  # fmt: skip


@needs("alerts.acknowledge")
@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say that one's level knows; twice changes nothing."""
    level = services.acknowledge(by=request.viewer, level_id=pk, now=request.now)
    return redirect("alerts:alert", level.alert_id)


@needs(SIGNED_IN)
def banner(request: HttpRequest) -> HttpResponseBase:
    """The part of every page that says what waits for an acknowledgement; asked again every half minute."""
    return HttpResponse(strip(request.viewer, request.now))


def strip(viewer: Viewer, now: datetime) -> str:
    """What waits for the viewer's acknowledgement as HTML; '' for whoever never acknowledges, so that their pages do not ask again."""
    if not viewer.may(queries.ACKNOWLEDGE):
        return ""
    levels = list(queries.open_levels(viewer)[: MOST + 1])
    rows = [
        {
            "level": one,
            "title": KINDS[one.alert.kind],
            "is_overdue": rules.is_overdue(one.alert.reported_at, None, now=now),
        }
        for one in levels[:MOST]
    ]
    return render_to_string("alerts/banner.html", {"rows": rows, "has_more": len(levels) > MOST, "now": now})


def _after(viewer: Viewer, pk: int) -> str:
    """Whoever only reports finds theirs on the list, with who knows of it."""
    return reverse("alerts:alert", args=[pk]) if viewer.may(queries.READ) else reverse("alerts:alerts")


def _shown(request: HttpRequest, one: Alert) -> Shown:
    mine = set(queries.open_levels(request.viewer).filter(alert=one).values_list("pk", flat=True))
    levels = tuple(
        Knows(level, (level.acknowledged_at or request.now) - one.reported_at,
              rules.is_overdue(one.reported_at, level.acknowledged_at, now=request.now), level.pk in mine)
        for level in one.levels.all()
    )  # fmt: skip
    who = one.person.name if one.person else one.name
    return Shown(one, str(KINDS[one.kind]), TONES[one.kind], str(ABOUT[one.about]), who, levels)


def _look(request: HttpRequest, rows: list[Alert]) -> None:
    people = [one.person_id for one in rows if one.person_id is not None]
    if people:
        note_look(by=request.viewer, kind="registry.person", subjects=people, what="immediate_report", now=request.now)
