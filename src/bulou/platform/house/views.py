"""The page of the clock: what it shows, and in an exercise how it is set."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bulou.platform import clock
from bulou.platform.access.guard import needs
from bulou.platform.house import queries, services
from bulou.platform.pages.components.texts import moment, number
from bulou.platform.pages.forms import Form, answer


class ClockForm(Form):
    """What the exercise's clock shows from now on, and how fast it runs."""

    shown = forms.DateTimeField(
        label=_("Shows from now on"), widget=forms.DateTimeInput(), help_text=_("It does not go back once it was set.")
    )
    speed = forms.FloatField(
        label=_("Times as fast"),
        initial=1,
        help_text=_("1 is as fast as the real clock, 60 makes an hour a minute; at most 10,000."),
    )


@needs("house.set_clock")
@never_cache
@require_http_methods(["GET", "POST"])
def set_clock(request: HttpRequest) -> HttpResponseBase:
    """See the clock; set it, in an exercise."""

    def set_it(shown: datetime, speed: float) -> None:
        services.set_pace(shown, speed, by=request.viewer, now=request.now)

    held, pace = queries.house(), queries.pace()
    facts = [
        (_("This database is"), held.get_kind_display() if held else None),
        (_("County"), held.county if held else None),
        (_("Founded"), moment(held.founded_at) if held else None),
        (_("Its clock shows"), moment(clock.now())),
        (_("The real clock shows"), moment(clock.real_now())),
        (_("Times as fast"), number(pace.speed if pace else 1)),
    ]
    about = {"facts": facts, "is_exercise": queries.is_exercise()}
    form = ClockForm.of(request, initial={"shown": clock.now(), "speed": pace.speed if pace else 1})
    return answer(request, form, set_it, reverse("house:clock"), template="house/clock.html", context=about)
