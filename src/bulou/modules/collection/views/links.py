"""Personal links: who has one, who opened and answered it; giving them to a village on a sheet to print; ending them."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import segno
import xlsxwriter
from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from bulou.modules.collection.queries import links as queries
from bulou.modules.collection.queries import tokens as texts
from bulou.modules.collection.services import links as services
from bulou.modules.collection.views.tokens import STATES, TONES
from bulou.modules.registry.queries import cards, scopes
from bulou.modules.registry.queries.places import found_by
from bulou.platform.access.guard import needs
from bulou.platform.clock import local_day
from bulou.platform.pages.forms import Form, Pick, picked
from bulou.platform.refusals import Refusal
from bulou.platform.tables import Choice, Column, Days, Flag, Table

ISSUE = queries.ISSUE
OFFERED = 12
DAYS = [
    (1, gettext_lazy("Today only")),
    (7, gettext_lazy("A week")),
    (14, gettext_lazy("Two weeks")),
    (30, gettext_lazy("A month")),
]
TONGUES = {
    "zh": gettext_lazy("Chinese"),
    "bo": gettext_lazy("Tibetan"),
    "mn": gettext_lazy("Mongolian"),
    "ug": gettext_lazy("Uyghur"),
    "en": gettext_lazy("English"),
}
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Slip:
    """A link as it is cut out and handed over."""

    who: str
    home: str
    address: str
    qr: str


class LinkTable(Table):
    """Who was given a link, until when, and what became of it."""

    key = "collection.links"
    title = gettext_lazy("Personal links")
    order = "-issued"
    empty = gettext_lazy("No personal link has been given here yet.")
    looks = "collection.token"
    columns = (
        Column("who", gettext_lazy("For"), value=texts.who, width=20),
        Column("place", gettext_lazy("Place"), value="person.place.name", width=20),
        Column("form", gettext_lazy("Form"), value="form.title", width=24),
        Column("issued", gettext_lazy("Given"), value="issued_at", kind="moment", sort="id", width=20),
        Column("issuer_name", gettext_lazy("Given by"), hidden=True),
        Column("seen_at", gettext_lazy("Last opened"), kind="moment", width=20),
        Column("answered", gettext_lazy("Last answered"), kind="moment", width=20),
        Column("expires_at", gettext_lazy("Open until"), kind="moment", width=20),
        Column("state", gettext_lazy("State"), value=lambda row: STATES[row.state], tone=lambda row: TONES[row.state]),
        Column("revoke", gettext_lazy("Revoke"), value=lambda row: "", template="collection/tokens/revoke.html", sheet=False),
    )  # fmt: skip

    def complete(self, rows: list[Any]) -> None:
        """How each stands now, and when it was last answered."""
        answered = queries.answered([row.pk for row in rows])
        for row in rows:
            row.state = texts.state_of(row, self.now)
            row.answered = answered.get(row.pk)


class LinksForm(Form):
    """Which form, for whom, for how long, in which language."""

    form = forms.TypedChoiceField(label=gettext_lazy("Form"), coerce=int)
    place = Pick(url="collection:find_place_for_links", label=gettext_lazy("Everybody who lives in"))
    days = forms.TypedChoiceField(label=gettext_lazy("How long"), coerce=int, choices=DAYS, initial=14)
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)


@needs(ISSUE)
@require_safe
def links(request: HttpRequest) -> HttpResponseBase:
    """The register of links in reach."""
    viewer = request.viewer  # type: ignore[attr-defined]
    table = LinkTable(request, queries.links(viewer))
    table.filters = (
        Choice("state", gettext_lazy("State"), tuple(STATES.items()),
            by=lambda rows, value: texts.narrowed(rows, value, request.now)),  # type: ignore[attr-defined]
        Flag("unopened", gettext_lazy("Never opened"), by=lambda rows, is_set: rows.filter(seen_at=None) if is_set else rows),
        Days("issued_at", gettext_lazy("Given")),
    )  # fmt: skip
    return table.answer("collection/links/links.html", {})


@needs(ISSUE)
@never_cache
@require_http_methods(["GET", "POST"])
def new_links(request: HttpRequest) -> HttpResponseBase:
    """Give everybody of a place a link, and show the sheet."""
    form = LinksForm.of(request, initial={"days": 14})
    offered = _offer(form, request)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _sheet(request, _issued(request, form, **form.values), offered[form.values["form"]])
            except Refusal as refusal:
                form.refuse(refusal)
    list_page = reverse("collection:links")
    about = {
        "form": form,
        "title": _("Links for a village"),
        "lead": _(
            "One slip for each person, with a code to scan: no account, one form, about oneself. The slips are shown once."
        ),
        "trail": [(LinkTable.title, list_page)],
        "cancel": list_page,
        "submit": _("Make the slips"),
    }
    return render(request, "pages/form_page.html", about, status=status)


@needs(ISSUE)
@require_safe
def find_place_for_links(request: HttpRequest) -> HttpResponseBase:
    """Places one may give links in."""
    reach = scopes.places(request.viewer, ISSUE).filter(ends=None).select_related("parent")  # type: ignore[attr-defined]
    return picked(request, lambda letters: [(one.pk, _spoken(one)) for one in found_by(reach, letters)[:OFFERED]])


def _offer(form: LinksForm, request: HttpRequest) -> dict[int, str]:
    viewer = request.viewer  # type: ignore[attr-defined]
    known = queries.linkable(viewer)
    fields: dict[str, Any] = form.fields
    fields["form"].choices = [(one.pk, f"{one.title} · {one.operation.title}") for one, _version in known]
    tongues = list(dict.fromkeys(tongue for _form, version in known for tongue in version.languages))
    fields["language"].choices = [("", _("The form's own"))] + [
        (tongue, TONGUES.get(tongue, tongue)) for tongue in tongues
    ]
    reach = scopes.places(viewer, ISSUE)
    fields["place"].named = lambda ids: [
        (one.pk, _spoken(one)) for one in reach.filter(pk__in=ids).select_related("parent")
    ]
    return {one.pk: version.title for one, version in known}


def _spoken(place: Any) -> str:
    return f"{place.parent.name} {place.name}" if place.parent else place.name


def _issued(
    request: HttpRequest, given: LinksForm, *, form: int, place: int, days: int, language: str
) -> list[services.IssuedLink]:
    viewer = request.viewer  # type: ignore[attr-defined]
    people = list(queries.people_of_place(viewer, place).values_list("pk", flat=True))
    return services.issue_links(
        by=viewer, form_id=form, people=people, days=days, language=language, once=given.once_key, now=request.now  # type: ignore[attr-defined]
    )  # fmt: skip


def _sheet(request: HttpRequest, made: Sequence[services.IssuedLink], title: str) -> HttpResponseBase:
    """The page that hands over, this once. Nothing on it can be fetched again."""
    homes = cards.cards("person", [one.token.person_id for one in made if one.token.person_id])
    slips = [_slip(request, one, homes) for one in made]
    about = {
        "slips": slips,
        "form_title": title,
        "language": TONGUES.get(made[0].token.language, made[0].token.language),
        "until": made[0].token.expires_at,
        "trail": [(LinkTable.title, reverse("collection:links"))],
        "workbook": f"data:{_SHEET};base64,{b64encode(_workbook(slips, title, made[0].token.expires_at)).decode()}",
        "file_name": f"links-{local_day(request.now)}.xlsx",  # type: ignore[attr-defined]
    }
    response = render(request, "collection/links/sheet.html", about)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _slip(request: HttpRequest, made: services.IssuedLink, homes: dict[int, Any]) -> Slip:
    card = homes[made.token.person_id or 0]
    address = request.build_absolute_uri(f"/f/{made.text}/")
    return Slip(
        card.name, card.household, address, segno.make(address, micro=False, error="m").svg_data_uri(scale=3, border=2)
    )


def _workbook(slips: Sequence[Slip], title: str, until: Any) -> bytes:
    """The same as a spreadsheet, for sending each address by message."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    ) as book:
        page, bold = book.add_worksheet(), book.add_format({"bold": True, "bottom": 1})
        for column, (heading, width) in enumerate(
            ((_("Name"), 16), (_("Household"), 28), (_("Form"), 28), (_("Link"), 60), (_("Open until"), 14))
        ):
            page.write_string(0, column, heading, bold)
            page.set_column(column, column, width)
        for line, slip in enumerate(slips, 1):
            for column, text in enumerate((slip.who, slip.home, title, slip.address, str(local_day(until)))):
                page.write_string(line, column, text)
        page.freeze_panes(1, 0)
    return stream.getvalue()
