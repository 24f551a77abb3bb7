"""One's own reminders: the list, one of them, and saying that one has seen it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bulou.modules.ledger.queries import chase as queries
from bulou.modules.ledger.services import answering_chase as services
from bulou.modules.ledger.views.chase_words import TO
from bulou.platform.access.guard import needs
from bulou.platform.access.permissions import SIGNED_IN
from bulou.platform.journal.services import note_look

PAGE = 20


@needs(SIGNED_IN)
@require_safe
def inbox(request: HttpRequest) -> HttpResponseBase:
    """The reminders to whoever asks, the newest first."""
    before = request.GET.get("before", "")
    found = queries.inbox(request.viewer, before=int(before) if before.isdigit() else None, limit=PAGE + 1)
    context = {
        "letters": found[:PAGE],
        "more": found[PAGE - 1].message.pk if len(found) > PAGE else None,
        "unread": queries.unread(request.viewer),
        "to": TO,
        "is_nobody": request.viewer.person_id is None,
    }
    return render(request, "ledger/chase/inbox.html", context)


@needs(SIGNED_IN)
@require_safe
def message(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One reminder: about whom, who of them is open still, with telephone numbers."""
    letter = queries.letter(request.viewer, pk)
    rows = queries.about(request.viewer, letter.message)
    people = [row.subject_id for row in rows if row.subject_kind == "person"]
    if people:
        note_look(by=request.viewer, kind="registry.person", subjects=people, what="list", now=request.now)
    context = {
        "letter": letter,
        "rows": rows,
        "is_mine": {row.owed_id for row in rows if row.owed_kind == "person"} == {request.viewer.person_id},
        "may_call": request.viewer.may(queries.CHASE),
        "trail": [(_("Reminders"), reverse("ledger:inbox"))],
        "to": TO,
    }
    return render(request, "ledger/chase/message.html", context)


@needs(SIGNED_IN)
@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Seen."""
    services.acknowledge(by=request.viewer, message_id=pk, now=request.now)
    return redirect("ledger:inbox")


@needs(SIGNED_IN)
@require_POST
def acknowledge_all(request: HttpRequest) -> HttpResponseBase:
    """All seen."""
    services.acknowledge(by=request.viewer, now=request.now)
    return redirect("ledger:inbox")
