"""I am away: from when, through when, and who of my unit stands in; back earlier than said."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from bulou.modules.ledger.queries.chase import own_absences
from bulou.modules.ledger.services import answering_chase
from bulou.modules.registry.queries.units import fellows
from bulou.platform.access.guard import needs
from bulou.platform.access.permissions import SIGNED_IN
from bulou.platform.clock import day_span, local_day
from bulou.platform.pages.forms import Form, answer


class AwayForm(Form):
    """From when, through when, who stands in, why."""

    first = forms.DateField(label=gettext_lazy("First day"))
    last = forms.DateField(label=gettext_lazy("Last day"))
    deputy_id = forms.TypedChoiceField(label=gettext_lazy("Who stands in"), coerce=int, widget=forms.RadioSelect)
    why = forms.CharField(label=gettext_lazy("Reason"), max_length=400)


@needs(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def away(request: HttpRequest) -> HttpResponseBase:
    """One's own absences, and noting one. Reminders and duties go to the deputy as long as it lasts."""
    viewer = request.viewer
    people = fellows(viewer.person_id, request.now) if viewer.person_id is not None else []
    form = AwayForm.of(request, initial={"first": local_day(request.now)})
    form.fields["deputy_id"].choices = people  # type: ignore[attr-defined]
    if len(people) > 7:
        form.fields["deputy_id"].widget = forms.Select(choices=people)

    def save(*, first: date, last: date, **values: Any) -> Any:
        since = max(day_span(first)[0], day_span(local_day(request.now))[0])
        return answering_chase.note_absence(
            by=viewer, person_id=viewer.person_id or 0, since=since, until=day_span(last)[1], once=form.once_key, now=request.now, **values
        )  # fmt: skip

    context = {
        "title": _("I am away"),
        "absences": own_absences(viewer, now=request.now),
        "has_fellows": bool(people),
        "may_note": viewer.may("ledger.note_absence"),
    }
    return answer(request, form, save, then=reverse("mine:away"), template="mine/away.html", context=context)


@needs(SIGNED_IN)
@require_POST
def back(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Back again; twice changes nothing."""
    answering_chase.end_absence(by=request.viewer, absence_id=pk, now=request.now)
    return redirect("mine:away")
