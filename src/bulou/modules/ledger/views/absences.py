"""Who is away, and who stands in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bulou.modules.ledger.queries import chase as queries
from bulou.modules.ledger.services import answering_chase as services
from bulou.modules.ledger.views.days import near
from bulou.modules.registry.queries.units import named_people
from bulou.platform.access.guard import needs
from bulou.platform.clock import day_span, local_day
from bulou.platform.journal.services import note_look
from bulou.platform.pages.forms import Form, Pick, answer


class AbsenceForm(Form):
    """Who, from when through when, who stands in, why."""

    person_id = Pick(url="registry:find_person", label=gettext_lazy("Who is away"))
    deputy_id = Pick(url="registry:find_person", label=gettext_lazy("Who stands in"))
    first = forms.DateField(label=gettext_lazy("First day"), validators=[near])
    last = forms.DateField(label=gettext_lazy("Last day"), validators=[near])
    why = forms.CharField(label=gettext_lazy("Reason"), max_length=400)


@needs("ledger.note_absence")
@require_safe
def absences(request: HttpRequest) -> HttpResponseBase:
    """Whoever is away now or will be."""
    rows = queries.absences(request.viewer, now=request.now)
    if rows:
        note_look(
            by=request.viewer,
            kind="registry.person",
            subjects=[row.person_id for row in rows],
            what="list",
            now=request.now,
        )
    return render(request, "ledger/chase/absences.html", {"rows": rows})


@needs("ledger.note_absence")
@require_http_methods(["GET", "POST"])
def new_absence(request: HttpRequest) -> HttpResponseBase:
    """Note an absence and its deputy."""
    form = AbsenceForm.of(request, initial={"first": local_day(request.now)})
    for name in ("person_id", "deputy_id"):
        form.fields[name].named = lambda ids: named_people(request.viewer, ids)

    def save(*, first: date, last: date, **values: Any) -> Any:
        since = max(day_span(first)[0], day_span(local_day(request.now))[0])
        return services.note_absence(
            by=request.viewer, since=since, until=day_span(last)[1], once=form.once_key, now=request.now, **values
        )

    context = {
        "title": _("Somebody is away"),
        "lead": _("Reminders to this person go to the deputy as long as this lasts."),
        "trail": [(_("Away and deputies"), reverse("ledger:absences"))],
        "cancel": reverse("ledger:absences"),
    }
    return answer(request, form, save, then=reverse("ledger:absences"), context=context)


@needs("ledger.note_absence")
@require_POST
def end_absence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Back again."""
    services.end_absence(by=request.viewer, absence_id=pk, now=request.now)
    return redirect("ledger:absences")
