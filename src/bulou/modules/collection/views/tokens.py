"""Devices and links: who has a token, giving one (shown once, with its QR code), a whole unit's on paper, and revoking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import segno
from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bulou.modules.collection.models import Token
from bulou.modules.collection.queries import tokens as queries
from bulou.modules.collection.services import tokens as services
from bulou.modules.collection.views.collect_settings import settings_text
from bulou.modules.operations.queries.operations import operations
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.queries.people_search import find_people
from bulou.modules.registry.queries.units import found_by, named_people
from bulou.platform.access.guard import needs
from bulou.platform.pages.context import lent
from bulou.platform.pages.forms import Form, Pick, picked
from bulou.platform.refusals import Refusal
from bulou.platform.tables import Choice, Column, Days, Table

FILL, ISSUE = "collection.fill", "collection.issue_token"
KINDS = {
    "device": gettext_lazy("Device"),
    "browser": gettext_lazy("Browser"),
    "personal": gettext_lazy("Personal link"),
}
STATES = {
    "open": pgettext_lazy("token", "Open"),
    "over": gettext_lazy("Expired"),
    "revoked": gettext_lazy("Revoked"),
}
TONES = {"open": "good", "over": "quiet", "revoked": "bad"}
LASTS = [
    (7, gettext_lazy("A week")),
    (30, gettext_lazy("A month")),
    (180, gettext_lazy("Half a year")),
    (0, gettext_lazy("Until revoked")),
]
OFFERED = 12


@dataclass(frozen=True, slots=True)
class Card:
    """A token as it is handed over: for whom, the address, and the QR code as an image the page carries in itself."""

    who: str
    label: str
    address: str
    qr: str


class TokenTable(Table):
    """Who may send, from what, since when, and when it was last used."""

    key = "collection.tokens"
    title = gettext_lazy("Devices and links")
    order = "-issued"
    empty = gettext_lazy("No device and no link has been given here yet.")
    columns = (
        Column("who", gettext_lazy("Acts as"), value=queries.who, width=20),
        Column("label", gettext_lazy("Label"), width=20),
        Column("state", gettext_lazy("State"), value=lambda row: STATES[row.state], tone=lambda row: TONES[row.state]),
        Column("revoke", gettext_lazy("Revoke"), value=lambda row: "", template="collection/tokens/revoke.html", sheet=False),
        Column("kind", gettext_lazy("Kind"), value=lambda row: KINDS[row.kind]),
        Column("issued", gettext_lazy("Given"), value="issued_at", kind="moment", sort="id", width=20),
        Column("seen_at", gettext_lazy("Last used"), kind="moment", width=20),
        Column("expires_at", gettext_lazy("Open until"), kind="moment", width=20),
        Column("form", gettext_lazy("Form"), value="form.title", hidden=True, width=24),
        Column("issuer_name", gettext_lazy("Given by"), hidden=True),
    )  # fmt: skip

    def complete(self, rows: list[Any]) -> None:
        """How each stands now."""
        for row in rows:
            row.state = queries.state_of(row, self.now)


class TokenForm(Form):
    """For whom, in which operation, for how long."""

    person = Pick(url="collection:find_person_for_token", label=gettext_lazy("For whom"))
    operation = forms.TypedChoiceField(label=gettext_lazy("Operation"), coerce=int, required=False, empty_value=None)
    days = forms.TypedChoiceField(label=gettext_lazy("How long"), coerce=int, choices=LASTS, initial=180)
    label = forms.CharField(
        label=gettext_lazy("Label"), max_length=80, required=False,
        help_text=gettext_lazy("Which device, so that a lost one is found in the list: “phone 3 of the eastern roadblock”."),
    )  # fmt: skip


class UnitTokenForm(Form):
    """Everybody of a unit at once."""

    unit = Pick(url="collection:find_unit_for_token", label=gettext_lazy("Unit"))
    operation = forms.TypedChoiceField(label=gettext_lazy("Operation"), coerce=int, required=False, empty_value=None)
    days = forms.TypedChoiceField(label=gettext_lazy("How long"), coerce=int, choices=LASTS, initial=180)


@needs(FILL)
@require_safe
def tokens(request: HttpRequest) -> HttpResponseBase:
    """The register: one's own, and for leads those of their people."""
    viewer = request.viewer  # type: ignore[attr-defined]
    table = TokenTable(request, queries.tokens(viewer))
    table.filters = (
        Choice("kind", gettext_lazy("Kind"), tuple(KINDS.items())),
        Choice(
            "state", gettext_lazy("State"), tuple(STATES.items()),
            by=lambda rows, value: queries.narrowed(rows, value, request.now),  # type: ignore[attr-defined]
        ),
        Days("issued_at", gettext_lazy("Given")),
    )  # fmt: skip
    return table.answer("collection/tokens/tokens.html", {"may_issue": viewer.may(ISSUE)})


@needs(ISSUE)
@never_cache
@require_http_methods(["GET", "POST"])
def new_token(request: HttpRequest) -> HttpResponseBase:
    """Give one person's device a token, and show it."""
    viewer = request.viewer  # type: ignore[attr-defined]
    form = TokenForm.of(request, initial={"days": 180})
    form.fields["person"].named = lambda ids: _named(viewer, ids)  # type: ignore[attr-defined]
    _offer_operations(form, viewer)

    def issue(person: int, operation: int | None, days: int, label: str) -> list[services.Issued]:
        return services.issue_tokens(
            by=viewer, people=[person], operation=operation, label=label, expires_at=_until(request, days),
            once=form.once_key, now=request.now,  # type: ignore[attr-defined]
        )  # fmt: skip

    lead = _("The phone then sends as this person, and needs no password. The code is shown once.")
    return _given(request, form, issue, title=_("A device for one person"), lead=lead)


@needs(ISSUE)
@never_cache
@require_http_methods(["GET", "POST"])
def new_unit_tokens(request: HttpRequest) -> HttpResponseBase:
    """A card for everybody of a unit, six to a sheet of A4."""
    viewer = request.viewer  # type: ignore[attr-defined]
    form = UnitTokenForm.of(request, initial={"days": 180})
    form.fields["unit"].named = lambda ids: [
        (one.pk, one.name) for one in scopes.units(viewer, ISSUE).filter(pk__in=ids)
    ]  # type: ignore[attr-defined]
    _offer_operations(form, viewer)

    def issue(unit: int, operation: int | None, days: int) -> list[services.Issued]:
        people = queries.members_to_equip(viewer, unit, request.now)  # type: ignore[attr-defined]
        if not people:
            raise Refusal(
                "collection.unit_empty", gettext_lazy("Nobody of this unit lives where you give devices."), field="unit"
            )
        return services.issue_tokens(
            by=viewer, people=people, operation=operation, expires_at=_until(request, days), once=form.once_key,
            now=request.now,  # type: ignore[attr-defined]
        )  # fmt: skip

    lead = _(
        "One card for each member, six to a page. Whoever holds a card sends as its person: hand them over one by one."
    )
    return _given(request, form, issue, title=_("Devices for a unit"), lead=lead)


@needs(FILL)
@never_cache
@require_POST
def own_token(request: HttpRequest) -> HttpResponseBase:
    """A code for one's own phone."""
    viewer = request.viewer  # type: ignore[attr-defined]
    made = services.issue_token(
        by=viewer, kind=Token.Kind.DEVICE, user=viewer.user_id, label=_("Own phone"),
        once=_once(request), now=request.now,  # type: ignore[attr-defined]
    )  # fmt: skip
    return _shown(request, [made])


@needs(FILL)
@require_POST
def revoke_token(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Close it for good, with a reason."""
    why = request.POST.get("why", "")
    services.revoke_token(by=request.viewer, token_id=pk, why=why, now=request.now)  # type: ignore[attr-defined]
    return redirect("collection:tokens")


@needs(ISSUE)
@require_safe
def find_person_for_token(request: HttpRequest) -> HttpResponseBase:
    """People one may give a device to."""
    viewer = request.viewer  # type: ignore[attr-defined]
    reach = scopes.people(viewer, ISSUE).select_related("place")

    def found(letters: str) -> list[tuple[int, str]]:
        people = find_people(viewer, letters, limit=OFFERED, within=reach)
        return [(one.pk, f"{one.name} · {one.place.name}") for one in people]

    return picked(request, found)


@needs(ISSUE)
@require_safe
def find_unit_for_token(request: HttpRequest) -> HttpResponseBase:
    """Units one may equip."""
    reach = scopes.units(request.viewer, ISSUE).filter(ends=None).order_by("code")  # type: ignore[attr-defined]
    return picked(request, lambda letters: [(one.pk, one.name) for one in found_by(reach, letters)[:OFFERED]])


def _given(request: HttpRequest, form: Form, issue: Any, *, title: str, lead: str) -> HttpResponseBase:
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _shown(request, issue(**form.values))
            except Refusal as refusal:
                form.refuse(refusal)
    list_page = reverse("collection:tokens")
    about = {
        "form": form,
        "title": title,
        "lead": lead,
        "trail": [(TokenTable.title, list_page)],
        "cancel": list_page,
        "submit": _("Make the code"),
    }
    return render(request, "pages/form_page.html", about, status=status)


def _shown(request: HttpRequest, made: Sequence[services.Issued]) -> HttpResponseBase:
    """The page that hands over, this once. Nothing on it can be fetched again."""
    about = {
        "cards": [_card(request, one) for one in made],
        "is_sheet": len(made) > 1,
        "trail": [(TokenTable.title, reverse("collection:tokens"))],
        "issuer": made[0].token.issuer_name,
        "until": made[0].token.expires_at,
    }
    response = render(request, "collection/tokens/shown.html", about)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _card(request: HttpRequest, made: services.Issued) -> Card:
    who = queries.who(made.token)
    address = request.build_absolute_uri(f"/key/{made.text}")
    name = f"{lent('house_name')} {made.token.label or who}".strip()
    text = settings_text(address, name=name, language=made.token.language)
    qr = segno.make(text, micro=False, error="l").svg_data_uri(scale=4, border=2)
    return Card(who, made.token.label, address, qr)


def _offer_operations(form: Form, viewer: Any) -> None:
    offered = [(one.pk, one.title) for one in operations(viewer).filter(ended_at=None)]
    field: Any = form.fields["operation"]
    field.choices = [("", _("All of theirs")), *offered]


def _named(viewer: Any, ids: list[int]) -> list[tuple[int, str]]:
    reached = set(scopes.people(viewer, ISSUE).filter(pk__in=ids).values_list("pk", flat=True))
    return [pair for pair in named_people(viewer, ids) if pair[0] in reached]


def _until(request: HttpRequest, days: int) -> Any:
    return request.now + timedelta(days=days) if days else None  # type: ignore[attr-defined]


def _once(request: HttpRequest) -> Any:
    field = forms.UUIDField(required=False)
    return field.clean(request.POST.get("once"))
