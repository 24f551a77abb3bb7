"""Late, or not able to: a person says why, or asks to be excused for a time; what they asked, and taking it back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid5

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_POST

from bulou.modules.ledger import services
from bulou.modules.ledger.queries.duties import OwedNow, duties_of
from bulou.modules.ledger.services import requesting
from bulou.platform.access.guard import needs
from bulou.platform.access.permissions import SIGNED_IN
from bulou.platform.clock import day_span, local_day
from bulou.platform.pages.forms import Form, answer
from bulou.platform.refusals import Refusal

LATE, EXCUSE = "late", "excuse"


class PleaForm(Form):
    """Which of the two, about what, until when, why."""

    what = forms.ChoiceField(
        label=gettext_lazy("What is it?"), choices=((LATE, gettext_lazy("It comes late")), (EXCUSE, gettext_lazy("I ask to be excused"))),
        widget=forms.RadioSelect,
    )  # fmt: skip
    about = forms.MultipleChoiceField(label=gettext_lazy("About"), widget=forms.CheckboxSelectMultiple)
    last = forms.DateField(
        label=gettext_lazy("Excused through"), required=False, help_text=gettext_lazy("The last day; only if you ask to be excused.")
    )  # fmt: skip
    why = forms.CharField(label=gettext_lazy("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


@needs(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def plead(request: HttpRequest, kind: str, subject_id: int) -> HttpResponseBase:
    """Say why it is late, or ask to be excused, about what one owes for a subject. Somebody who is not one's to answer for is not here."""
    mine = [
        one
        for one in duties_of(request.viewer, now=request.now)
        if (one.subject_kind, one.subject_id) == (kind, subject_id)
    ]
    owed = {str(one.enrolment_id): one for one in mine if one.is_open or request.method == "POST"}
    if not owed:
        raise Http404
    form = PleaForm.of(request, initial={"about": list(owed), "what": LATE, "last": local_day(request.now)})
    form.fields["about"].choices = [(key, one.regime.title) for key, one in owed.items()]  # type: ignore[attr-defined]

    def save(*, what: str, about: list[str], why: str, last: date | None = None) -> dict[str, Any]:
        if what == EXCUSE and last is None:
            raise Refusal("mine.last_needed", _("Say through which day."), field="last")
        for key in about:
            _say(request, owed[key], what, last, why, form)
        return {"count": len(about)}

    name = next(iter(owed.values())).name
    context = {
        "title": _("Late, or not able to: %(name)s") % {"name": name},
        "submit": pgettext("request", "Send"),
        "cancel": reverse("mine:duties"),
    }
    return answer(request, form, save, then=reverse("mine:duties"), template="mine/report.html", context=context)


@needs(SIGNED_IN)
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take one's own request back; twice changes nothing."""
    requesting.take_back_request(by=request.viewer, request_id=pk, now=request.now)
    return redirect("mine:duties")


def _say(request: HttpRequest, one: OwedNow, what: str, last: date | None, why: str, form: Any) -> None:
    about = {"by": request.viewer, "enrolment_id": one.enrolment_id, "why": why, "now": request.now}
    once = uuid5(form.once_key, str(one.enrolment_id))
    if what == LATE or last is None:
        services.give_gap_reason(about=one.due, once=once, kind="own", **about)
    else:
        since = min(one.due, request.now)
        requesting.ask_excuse(
            since=since, until=max(day_span(last)[1], since + timedelta(seconds=1)), once=once, **about
        )
