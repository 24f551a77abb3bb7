"""What changed since one came on, what the denominators did, and what the words mean."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from bulou.interfaces.situation import alerts, assembly, comparing
from bulou.interfaces.situation.asked import Asked, asked, moment
from bulou.interfaces.situation.labels import moved as title_of
from bulou.interfaces.situation.terms import TERMS
from bulou.interfaces.situation.views.boards import VIEW, choices, look
from bulou.modules.ledger.queries import changes, unenrolled, watches
from bulou.platform.access.guard import needs

LONGEST = timedelta(days=7)
SHOWN = 12


@needs(VIEW)
def since(request: HttpRequest) -> HttpResponseBase:
    """What is new since a moment: since the viewer logged in, unless another is given."""
    question = asked(request)
    if question is None:
        return render(request, "situation/no_operation.html")
    start = _since(request, question)
    if request.htmx:
        return render(request, "situation/fallen.html", {"fallen": comparing.fallen(question, start)})
    lists = _lists(request, question, start, changes.KINDS[:-1])
    context = {
        "asked": question, "since": start, "fallen_due": comparing.fallen_due(question, start), "lists": lists,
        "alerts": alerts.alerts(question.viewer, question.operation.pk, question.now), "starts": _starts(request, question),
    }  # fmt: skip
    return render(request, "situation/since.html", context)


@needs(VIEW)
def denominators(request: HttpRequest) -> HttpResponseBase:
    """Whether everybody who should be counted is: expected against yesterday, by whom it moved, declared against registered."""
    question = asked(request)
    if question is None:
        return render(request, "situation/no_operation.html")
    given = assembly.board(question)
    start = question.span[0] - timedelta(days=1)
    context = {
        "asked": question, "board": given, "movements": comparing.movements(question), "declared": comparing.declared(question, given),
        "lists": _lists(request, question, start, ("ended", "enrolled", "excused", "excuse_removed"), min(question.span[1], question.now)),
        "trail": given.trail,
        "unenrolled": _unenrolled(request, question),
    }  # fmt: skip
    return render(request, "situation/denominators.html", context | choices(request, question))


def _unenrolled(request: HttpRequest, question: Asked) -> tuple[Any, int] | None:
    """Whom the regime chosen matches and does not have; None where none is chosen: comparing all takes long."""
    if question.regime is None:
        return None
    rows, count = unenrolled.unenrolled(question.viewer, question.regime, question.now)
    look(request, question, rows, "denominators")
    return rows, count


@needs(VIEW)
def meaning(request: HttpRequest) -> HttpResponseBase:
    """What late, missing, pending and the rest mean here."""
    return render(request, "situation/meaning.html", {"terms": TERMS})


def _lists(
    request: HttpRequest, question: Asked, start: datetime, kinds: tuple[str, ...], end: datetime | None = None
) -> list[tuple[str, Any, int]]:
    """(title, rows, how many in all) of each kind of thing that became known since."""
    found = []
    for kind in kinds:
        rows, count = changes.moved_since(
            question.viewer, question.operation.pk, kind, since=start, now=end or question.now, regime_id=question.regime_id,
            node_id=question.node or None, by=question.by, limit=SHOWN,
        )  # fmt: skip
        look(request, question, rows, "since")
        found.append((title_of(kind), rows, count))
    return found


def _since(request: HttpRequest, question: Asked) -> datetime:
    """The moment asked for, else the beginning of the watch the viewer may read, else the log-in; at most a week back."""
    given = moment(request.GET.get("since", ""), question.zone)
    log = (
        watches.current(question.viewer, question.operation.pk)
        if given is None and question.viewer.may(watches.VIEW)
        else None
    )
    start = (
        given
        or (log.watch.starts if log and not log.is_closed else None)
        or getattr(request.user, "last_login", None)
        or question.span[0]
    )
    return min(max(start, question.now - LONGEST), question.now)


def _starts(request: HttpRequest, question: Asked) -> list[tuple[str, str]]:
    """Moments to choose with one tap."""
    eight = datetime.combine(question.today, time(8), question.zone)
    found = [
        (_("Since midnight"), question.span[0]),
        (_("The last 12 hours"), question.now - timedelta(hours=12)),
        (_("The last 24 hours"), question.now - timedelta(hours=24)),
    ]
    if eight < question.now:
        found.insert(0, (_("Since 08:00"), eight))
    return [
        (
            text,
            question.to(day=question.today).url("since", since=at.astimezone(question.zone).strftime("%Y-%m-%dT%H:%M")),
        )
        for text, at in found
    ]
