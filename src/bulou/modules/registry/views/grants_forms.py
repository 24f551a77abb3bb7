"""Forms of grants. Days are local and both included; the services get half-open instants."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bulou.modules.registry.queries import grants as queries
from bulou.platform.access.roles import ROLES
from bulou.platform.access.viewer import Viewer
from bulou.platform.clock import day_span
from bulou.platform.pages.forms import Form, Pick


class GrantForm(Form):
    """Who gets which role, where, from when to when, and why."""

    user = Pick(label=_("User"), url="registry:find_user")
    role = forms.ChoiceField(
        label=_("Role"), choices=lambda: [("", ""), *((role.key, role.title) for role in ROLES.values())]
    )
    place = Pick(
        label=_("Place"),
        url="registry:find_place_to_grant",
        required=False,
        help_text=_(
            "With everything below it. For the whole county choose the county itself. Only an administrator has none."
        ),
    )
    unit = Pick(
        label=_("Unit"),
        url="registry:find_unit_to_grant",
        required=False,
        help_text=_("With everything below it. With a place as well, only what is in both."),
    )
    starts = forms.DateField(label=_("First day"), required=False, help_text=_("Left empty: from now on."))
    ends = forms.DateField(
        label=_("Last day"), required=False, help_text=_("That day included. Left empty: until it is ended.")
    )
    why = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("An order, a roster, a request: it goes into the journal.")
    )
    groups = ((_("Where"), ("place", "unit")), (_("When and why"), ("starts", "ends", "why")))

    def offer(self, viewer: Viewer) -> GrantForm:
        """Let it pick what this viewer may pick."""
        self.fields["user"].named = lambda ids: queries.users_named(viewer, ids)  # type: ignore[attr-defined]
        self.fields["place"].named = lambda ids: queries.places_named(viewer, ids)  # type: ignore[attr-defined]
        self.fields["unit"].named = lambda ids: queries.units_named(viewer, ids)  # type: ignore[attr-defined]
        return self


def grant_values(values: dict[str, Any], now: datetime) -> dict[str, Any]:
    """What services.give_grant takes, from what GrantForm gives. A grant from today on begins now."""
    starts = day_span(values["starts"])[0] if values["starts"] else None
    begins_today = values["starts"] is not None and day_span(values["starts"])[0] <= now < day_span(values["starts"])[1]
    return {
        "user_id": values["user"],
        "role": values["role"],
        "place_id": values["place"],
        "unit_id": values["unit"],
        "starts": None if begins_today else starts,
        "ends": day_span(values["ends"])[1] if values["ends"] else None,
        "why": values["why"],
    }


class EndForm(Form):
    """When a grant ends, and why."""

    last = forms.DateField(
        label=_("Last day"), required=False, help_text=_("That day included. Left empty: it ends now.")
    )
    why = forms.CharField(label=_("Reason"), max_length=500)


class PersonForm(Form):
    """Which person of the registry a user is."""

    person = Pick(
        label=_("Person"),
        url="registry:find_person_to_link",
        help_text=_("By name, pinyin or telephone. What that person is answerable for becomes this user's."),
    )
