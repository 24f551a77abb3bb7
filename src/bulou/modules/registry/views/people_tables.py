"""The registers of people and of pairs that may be one person, as tables."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bulou.modules.registry.models import Duplicate, Person, Place
from bulou.modules.registry.queries import people as queries
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.queries.people_search import find_people, matching
from bulou.modules.registry.rules import people as rules
from bulou.modules.registry.views import people_labels as labels
from bulou.modules.registry.views.addresses import household_address, person_address, place_address
from bulou.platform.access.viewer import Viewer
from bulou.platform.tables import Choice, Column, Search, Table, Window

STATES = (
    ("gone", _("Gone: died or moved away")),
    ("temporary", _("Under a temporary identity")),
    ("merged", _("Merged into another row")),
)


MOST_OFFERED = 60
_UPPER = ("county", "town")


def place_choice(viewer: Viewer, chosen: str) -> Choice:
    """The filter by a place and all below it. Offered are the townships in reach and the villages of the one chosen, or all when they are few.

    A place out of reach is not among the choices, so it narrows to nothing.
    """
    seen = scopes.places(viewer, "registry.view_person").filter(ends=None).order_by("code")
    if seen.count() > MOST_OFFERED:
        near = (
            Place.objects.filter(pk=int(chosen)).values_list("lineage", flat=True).first() if chosen.isdigit() else None
        )
        seen = seen.filter(Q(level__in=_UPPER) | Q(parent_id__in=near or ()))
    options = [
        (str(pk), name if level in _UPPER else f"　{name}")
        for pk, level, name in seen.values_list("pk", "level", "name")
    ]
    return Choice("place", _("Place"), options, by=_below)


def _below(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(
        place_id__in=list(Place.objects.filter(lineage__contains=[int(value)]).values_list("id", flat=True))
    )


class PeopleTable(Table):
    """Everybody in scope by name, telephone at hand. A page costs the same for a village clerk and for the chief."""

    key = "registry.people"
    title = _("People")
    order = "name"
    looks = "registry.person"
    empty = _("Nobody is registered in your scope yet. Register people one by one, or load a list from Excel.")

    def __init__(self, request: HttpRequest) -> None:
        viewer, self.state = request.viewer, request.GET.get("state", "")  # type: ignore[attr-defined]
        super().__init__(request, queries.with_contacts(queries.people(viewer, self.state)))
        self.words = self.given.get("q", "").strip()
        self.by_place = place_choice(viewer, self.given.get("place", ""))
        self.filters = (
            Search(by=matching, label=_("Name, pinyin, initials, telephone, number or its last four")),
            self.by_place,
            Choice("sex", _("Sex"), labels.SEX, field="sex"),
            Choice("state", pgettext_lazy("person", "Standing"), STATES, by=lambda rows, _state: rows),
        )
        self.columns = COLUMNS

    def page(self, rows: QuerySet[Any], window: Window) -> list[Any]:
        """Found by words: the best first. Only by place: each place's own range. Else the general way."""
        if self.words and not self.state:
            return self._best()
        places = (
            self._places()
            if window.sort == "name_key" and not window.descending and not self.state and "sex" not in self.given
            else None
        )
        if places is None or not 0 < len(places) <= queries.MOST_PLACES:
            return super().page(rows, window)
        ids = queries.page_of_places(places, start=window.start, backwards=window.backwards, limit=window.limit)
        found = {row.pk: row for row in self.all_rows.filter(pk__in=ids)}
        return _sorted_values([found[pk] for pk in (ids[::-1] if window.backwards else ids) if pk in found])

    def count(self, rows: QuerySet[Any]) -> int | None:
        """Of what words found, as many as are shown; a second page of them would say less than one letter more."""
        return len(self._best()) if self.words and not self.state else super().count(rows)

    def _best(self) -> list[Any]:
        if not hasattr(self, "_found"):
            within = self.all_rows
            for one in self.filters[1:]:
                within = one.narrow(within, self.given)
            found = find_people(self.viewer, self.words, limit=self.per_page + 1, within=within)
            self.is_cut = len(found) > self.per_page
            self._found = _sorted_values(found[: self.per_page])
        return self._found

    def _places(self) -> list[int] | None:
        chosen = self.given.get("place", "")
        if chosen and chosen not in dict(self.by_place.options()):
            return None
        return queries.places_of(self.viewer, int(chosen) if chosen else None)


class DuplicatesTable(Table):
    """Pairs of rows that may be one person, for a lead to decide."""

    key = "registry.duplicates"
    title = _("Possible duplicates")
    order = "since"
    empty = _("No two rows look like one person.")
    exports = False

    def __init__(self, request: HttpRequest) -> None:
        state = "different" if request.GET.get("state") == "different" else "proposed"
        super().__init__(request, queries.duplicates(request.viewer, state))  # type: ignore[attr-defined]
        self.filters = (Choice("state", _("Decided"), (("different", _("Two people")),), by=lambda rows, _state: rows),)
        self.columns = (
            Column(
                "first", _("One"), value="first.name", link=lambda row: reverse("registry:duplicate", args=[row.pk])
            ),
            Column("second", _("The other"), value="second.name"),
            Column("reasons", _("Why"), value=_reasons, width=40),
            Column("places", _("Place"), value=_places_of_pair),
            Column("since", _("Proposed"), kind="day", value="proposed_at", sort="proposed_at"),
        )


def shown_name(row: Person) -> str:
    """A person's name as this viewer may see it."""
    if row.forgotten_at:
        return str(_("(forgotten)"))
    return rules.masked_name(row.name) if getattr(row, "is_masked", False) else row.name


def _sorted_values(rows: list[Any]) -> list[Any]:
    for row in rows:
        row.sort_value = row.name_key
    return rows


def _phone(row: Person) -> str:
    phones = list(row.phones.all())
    if not phones:
        return ""
    return rules.masked_phone(phones[0].number) if row.is_masked else phones[0].number  # type: ignore[attr-defined]


def _call(row: Person) -> str:
    phone = _phone(row)
    return f"tel:{phone}" if phone and "*" not in phone else ""


def _document(row: Person) -> str:
    documents = list(row.documents.all())
    return documents[0].masked if documents else labels.said("no_document", row.no_document)


def _reasons(row: Duplicate) -> str:
    titles = dict(labels.REASON)
    return "；".join(str(titles.get(reason, reason)) for reason in row.reasons)


def _places_of_pair(row: Duplicate) -> str:
    return "、".join(dict.fromkeys((row.first.place.name, row.second.place.name)))


COLUMNS = (
    Column("name", _("Name"), value=shown_name, sort="name_key", link=lambda row: person_address(row.pk), width=18),
    Column(
        "other_name", _("Name in own script"), value=lambda row: "" if row.is_masked else row.other_name, hidden=True
    ),
    Column("phone", _("Telephone"), kind="code", value=_phone, link=_call),
    Column("place", _("Place"), value="place.name", link=lambda row: place_address(row.place_id)),
    Column("born_on", _("Birth date"), kind="day"),
    Column("sex", _("Sex"), value=lambda row: labels.said("sex", row.sex), width=8),
    Column(
        "household",
        _("Household"),
        value="household.code",
        kind="code",
        link=lambda row: household_address(row.household_id) if row.household_id else "",
        width=20,
    ),
    Column("relation", _("Relation to the head"), value=lambda row: labels.said("relation", row.relation)),
    Column("document", _("Document"), kind="code", value=_document, width=22),
    Column("code", _("Person's code"), kind="code", hidden=True, width=14),
    Column("employer", _("Employer or school"), hidden=True, width=24),
    Column(
        "address",
        _("Address"),
        value=lambda row: row.address or (row.household.address if row.household else ""),
        hidden=True,
        width=30,
    ),
    Column("languages", _("Languages"), value=lambda row: labels.said("languages", row.languages), hidden=True),
    Column("qualifications", _("Qualifications"), kind="list", hidden=True),
    Column("is_temporary", _("Temporary"), kind="yes_no", hidden=True, width=8),
    Column("ends", _("Ended on"), kind="day", hidden=True),
    Column("end_kind", _("Kind of end"), value=lambda row: labels.said("end_kind", row.end_kind), hidden=True),
)
