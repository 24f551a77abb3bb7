"""Pages of households: the register, one household, and its forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from bulou.modules.registry.models import Household, Person
from bulou.modules.registry.queries import households as queries
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.rules import people as rules
from bulou.modules.registry.services import households as services
from bulou.modules.registry.views import people_labels as labels
from bulou.modules.registry.views.addresses import household_address, person_address, place_address
from bulou.modules.registry.views.people import EDIT, VIEW, phones_of
from bulou.modules.registry.views.people_edit import name_picks
from bulou.modules.registry.views.people_forms import why_field
from bulou.modules.registry.views.people_tables import place_choice, shown_name
from bulou.platform.access.guard import needs
from bulou.platform.access.viewer import Viewer
from bulou.platform.clock import local_day
from bulou.platform.journal.queries import action_title, acts_on
from bulou.platform.journal.services import note_look
from bulou.platform.pages.components.panels import Event, Fact
from bulou.platform.pages.forms import Form, Pick, answer
from bulou.platform.tables import Choice, Column, Search, Table

STATES = (("headless", gettext_lazy("Without a head")), ("ended", gettext_lazy("Ended")))


class HouseholdsTable(Table):
    """Households in scope by code, with head and number of people."""

    key = "registry.households"
    title = gettext_lazy("Households")
    order = "code"
    empty = gettext_lazy("No household is registered in your scope yet.")

    def __init__(self, request: HttpRequest) -> None:
        viewer: Viewer = request.viewer  # type: ignore[attr-defined]
        self.may_name = viewer.may("registry.view_name")
        super().__init__(request, queries.with_counts(queries.households(viewer, request.GET.get("state", ""))))
        self.filters = (
            Search(by=lambda rows, words: queries.matching(viewer, rows, words), label=_("Code, or who lives there")),
            place_choice(viewer, self.given.get("place", "")),
            Choice("kind", _("Kind"), labels.HOUSEHOLD, field="kind"),
            Choice("state", pgettext_lazy("household", "Standing"), STATES, by=lambda rows, _state: rows),
        )
        self.columns = (
            Column(
                "code",
                pgettext("household", "Code"),
                kind="code",
                sort="code",
                link=lambda row: household_address(row.pk),
                width=22,
            ),
            Column(
                "head", _("Head"), value=self._head, link=lambda row: person_address(row.head_id) if row.head_id else ""
            ),
            Column("people", pgettext("place", "People"), value="people_now", kind="number"),
            Column("place", _("Place"), value="place.name", link=lambda row: place_address(row.place_id)),
            Column("address", _("Address"), width=30),
            Column("kind", _("Kind"), value=lambda row: labels.said("kind", row.kind)),
            Column("ends", _("Ended on"), kind="day", hidden=True),
        )

    def count(self, rows: QuerySet[Any]) -> int | None:
        """Counted without the people of each, up to the bound."""
        found = scopes.households(self.viewer).filter(pk__in=rows.order_by().values("pk")[: self.COUNTED + 1]).count()
        return found if found <= self.COUNTED else None

    def _head(self, row: Household) -> str:
        if row.head is None:
            return ""
        return row.head.name if self.may_name else rules.masked_name(row.head.name)


class HouseholdForm(Form):
    """Kind, address and head."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=labels.HOUSEHOLD, initial="ordinary")
    address = forms.CharField(label=gettext_lazy("Address"), max_length=200, required=False)
    head = forms.ChoiceField(label=gettext_lazy("Head of the household"), required=False)
    why = why_field()

    def of_people(self, people: list[Person]) -> HouseholdForm:
        """Offer the people as head."""
        self.fields["head"].choices = self.fields["head"].widget.choices = [
            ("", "—"),
            *((str(one.pk), one.name) for one in people),
        ]
        return self


class NewHouseholdForm(Form):
    """A household of nobody yet; its people are registered or moved into it."""

    place = Pick(label=gettext_lazy("Place"), url="registry:find_home")
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=labels.HOUSEHOLD, initial="ordinary")
    address = forms.CharField(label=gettext_lazy("Address"), max_length=200, required=False)


class SplitForm(Form):
    """Who moves out into a household of their own."""

    members = forms.MultipleChoiceField(label=gettext_lazy("Who moves out"))
    address = forms.CharField(label=gettext_lazy("New address"), max_length=200, required=False)
    why = why_field()


class JoinForm(Form):
    """The household this one joins."""

    household = Pick(label=gettext_lazy("Joins the household"), url="registry:find_household")
    why = why_field()


class MoveHouseholdForm(Form):
    """Another place for a household and everybody in it."""

    place = Pick(label=gettext_lazy("Moves to"), url="registry:find_home")
    address = forms.CharField(label=gettext_lazy("New address"), max_length=200, required=False)
    why = why_field()


class EndHouseholdForm(Form):
    """Only the reason."""

    why = why_field()


@needs(VIEW)
def households(request: HttpRequest) -> HttpResponseBase:
    """The register of households."""
    return HouseholdsTable(request).answer("registry/households/register.html", {"may_edit": request.viewer.may(EDIT)})


@needs(VIEW)
def household(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One household: who lives there, how to call them, what was done to it."""
    found = queries.household(request.viewer, pk)
    people = queries.living_in(request.viewer, found)
    note_look(
        by=request.viewer,
        kind="registry.person",
        subjects=[one.pk for one in people],
        what="household",
        now=request.now,
    )
    today = local_day(request.now)
    rows = [_row(one, found, today) for one in people]
    may_edit = (
        found.ends is None and scopes.households(request.viewer, EDIT).filter(pk=pk).exists()
        if request.viewer.may(EDIT)
        else False
    )
    context = {
        "household": found,
        "rows": rows,
        "facts": _facts(found),
        "trail": _trail(found),
        "may_edit": may_edit,
        "events": _events(request.viewer, found),
    }
    return render(request, "registry/households/household.html", context)


def _row(one: Person, found: Household, today: Any) -> dict[str, Any]:
    return {
        "person": one, "name": shown_name(one), "is_head": one.pk == found.head_id,
        "relation": labels.said("relation", one.relation) if one.pk != found.head_id else "",
        "age": rules.age(one.born_on, today) if one.born_on else None, "phones": phones_of(one), "sex": labels.said("sex", one.sex),
    }  # fmt: skip


def _facts(found: Household) -> list[Fact]:
    return [
        Fact(pgettext("household", "Code"), found.code), Fact(_("Kind"), labels.said("kind", found.kind)),
        Fact(_("Place"), found.place.name, place_address(found.place_id)), Fact(_("Address"), found.address),
    ]  # fmt: skip


def _events(viewer: Viewer, found: Household) -> list[Event]:
    lines = acts_on(viewer, "registry.household", found.pk)[:30]
    return [Event(line.at, action_title(line.action), line.actor_name, line.why) for line in lines]


def _trail(found: Household) -> list[tuple[object, str]]:
    start = reverse("registry:households")
    return [(_("Households"), start), (found.place.name, f"{start}?place={found.place_id}")]


def _editable(viewer: Viewer, pk: int) -> Household:
    found = scopes.households(viewer, EDIT).filter(pk=pk, ends=None).select_related("place", "head").first()
    if found is None:
        raise Http404
    return found


def _page(found: Household, title: str) -> dict[str, Any]:
    here = household_address(found.pk)
    return {"title": title, "trail": [*_trail(found), (found.code, here)], "cancel": here}


@needs(EDIT)
def new_household(request: HttpRequest) -> HttpResponseBase:
    """Make a household."""
    own = list(scopes.places(request.viewer, EDIT).filter(ends=None).values_list("pk", flat=True)[:2])
    form = NewHouseholdForm.of(
        request, initial={"place": request.GET.get("place") or (own[0] if len(own) == 1 else None), "kind": "ordinary"}
    )
    name_picks(form, request.viewer)
    return answer(
        request, form,
        lambda place, kind, address: services.create_household(
            by=request.viewer, place_id=place, kind=kind, address=address, now=request.now
        ),
        then=lambda given: household_address(given["id"]),
        context={"title": _("New household"), "trail": [(_("Households"), reverse("registry:households"))], "cancel": reverse("registry:households")},
    )  # fmt: skip


@needs(EDIT)
def correct_household(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Kind, address, head."""
    found = _editable(request.viewer, pk)
    form = HouseholdForm.of(request, version=found.version, initial=_standing(found)).of_people(
        queries.living_in(request.viewer, found)
    )

    def standing() -> tuple[dict[str, Any], int]:
        fresh = _editable(request.viewer, pk)
        return _standing(fresh), fresh.version

    return answer(
        request, form,
        lambda kind, address, head, why, version=0: services.correct_household(
            pk, by=request.viewer, kind=kind, address=address, head_id=int(head) if head else None, version=version, now=request.now, why=why
        ),
        then=household_address(pk), context=_page(found, _("Household %(code)s") % {"code": found.code}), standing=standing,
    )  # fmt: skip


def _standing(found: Household) -> dict[str, Any]:
    return {"kind": found.kind, "address": found.address, "head": str(found.head_id or "")}


@needs(EDIT)
def split(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Some members found a household of their own."""
    found = _editable(request.viewer, pk)
    form = SplitForm.of(request)
    choices = [(str(one.pk), one.name) for one in queries.living_in(request.viewer, found)]
    form.fields["members"].choices = form.fields["members"].widget.choices = choices
    return answer(
        request, form,
        lambda members, address, why: services.split_household(
            pk, [int(member) for member in members], by=request.viewer, now=request.now, address=address, why=why
        ),
        then=lambda given: household_address(given["id"]), context=_page(found, _("Split household %(code)s") % {"code": found.code}),
    )  # fmt: skip


@needs(EDIT)
def join(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Everybody joins another household of the place; this one ends."""
    found = _editable(request.viewer, pk)
    form = JoinForm.of(request)
    name_picks(form, request.viewer)
    return answer(
        request, form, lambda household, why: services.merge_households(household, pk, by=request.viewer, now=request.now, why=why),
        then=lambda given: household_address(given["id"]), context=_page(found, _("Household %(code)s joins another") % {"code": found.code}),
    )  # fmt: skip


@needs(EDIT)
def move_household(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The household moves to another place."""
    found = _editable(request.viewer, pk)
    form = MoveHouseholdForm.of(request, version=found.version)
    name_picks(form, request.viewer)
    return answer(
        request, form,
        lambda place, address, why, version=0: services.move_household(
            pk, place, by=request.viewer, version=version, now=request.now, address=address, why=why
        ),
        then=household_address(pk), context=_page(found, _("Move household %(code)s") % {"code": found.code}),
        standing=lambda: ({}, _editable(request.viewer, pk).version),
    )  # fmt: skip


@needs(EDIT)
def end_household(request: HttpRequest, pk: int) -> HttpResponseBase:
    """End an empty household."""
    found = _editable(request.viewer, pk)
    form = EndHouseholdForm.of(request, version=found.version)
    return answer(
        request, form, lambda why, version=0: services.end_household(pk, by=request.viewer, version=version, now=request.now, why=why),
        then=household_address(pk), context=_page(found, _("End household %(code)s") % {"code": found.code}),
        standing=lambda: ({}, _editable(request.viewer, pk).version),
    )  # fmt: skip
