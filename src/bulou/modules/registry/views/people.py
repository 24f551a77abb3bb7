"""Pages of people: the register, one person, what is found while typing."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bulou.modules.registry.models import Household, Person, PersonVersion, Place
from bulou.modules.registry.queries import households as household_queries
from bulou.modules.registry.queries import people as queries
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.queries.people_search import find_people
from bulou.modules.registry.queries.places import found_by as places_found_by
from bulou.modules.registry.rules import people as rules
from bulou.modules.registry.views import people_labels as labels
from bulou.modules.registry.views.addresses import household_address, person_address, place_address
from bulou.modules.registry.views.people_tables import PeopleTable, shown_name
from bulou.platform.access.guard import needs
from bulou.platform.access.viewer import Viewer
from bulou.platform.clock import local_day
from bulou.platform.journal.services import note_look
from bulou.platform.pages.components.panels import Event, Fact
from bulou.platform.pages.forms import picked

VIEW = "registry.view_person"
EDIT = "registry.edit_person"
OFFERED = 12


@needs(VIEW)
def people(request: HttpRequest) -> HttpResponseBase:
    """The register of people in scope; typing in its search finds at once."""
    return PeopleTable(request).answer("registry/people/register.html", {"may_edit": request.viewer.may(EDIT)})


@needs(VIEW)
def find(request: HttpRequest) -> HttpResponseBase:
    """The best few people for what was typed, as a part of any page."""
    found = find_people(request.viewer, request.GET.get("q", ""), limit=OFFERED)
    rows = queries.with_contacts(queries.people(request.viewer).filter(pk__in=[one.pk for one in found]))
    by_id = {row.pk: row for row in rows}
    shown = [by_id[one.pk] for one in found if one.pk in by_id]
    if shown:
        note_look(
            by=request.viewer,
            kind="registry.person",
            subjects=[row.pk for row in shown],
            what="list",
            now=request.now,
            why="registry.find",
        )
    lines = [{"href": person_address(row.pk), "name": shown_name(row), "row": row} for row in shown]
    return render(request, "registry/people/found.html", {"lines": lines, "q": request.GET.get("q", "")})


@needs(EDIT)
def find_person(request: HttpRequest) -> HttpResponseBase:
    """People to pick, within what the viewer may edit."""
    reach = scopes.people(request.viewer, EDIT).select_related("place")
    return picked(
        request,
        lambda letters: [
            (one.pk, spoken(one)) for one in find_people(request.viewer, letters, limit=OFFERED, within=reach)
        ],
    )


@needs(EDIT)
def find_home(request: HttpRequest) -> HttpResponseBase:
    """Places to live in, within what the viewer may edit."""
    reach = scopes.places(request.viewer, EDIT).filter(ends=None).select_related("parent")
    return picked(request, lambda letters: [(one.pk, home(one)) for one in places_found_by(reach, letters)[:OFFERED]])


@needs(EDIT)
def find_household(request: HttpRequest) -> HttpResponseBase:
    """Households to pick, by code, head or anybody who lives there."""
    return picked(
        request, lambda letters: [(one.pk, house(one)) for one in household_queries.found(request.viewer, letters)]
    )


@needs(VIEW)
def person(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One person: facts, documents masked, telephones, household, relatives, units, history, who looked."""
    found = queries.person(request.viewer, pk)
    note_look(by=request.viewer, kind="registry.person", subjects=[found.pk], what="page", now=request.now)
    return render(request, "registry/people/person.html", person_context(request, found))


def person_context(request: HttpRequest, found: Person) -> dict[str, Any]:
    """What the person's page shows to this viewer."""
    viewer = request.viewer
    may_edit = editable_now(viewer, found)
    return {
        "person": found, "name": shown_name(found), "trail": trail(found), "facts": facts_of(request, found), "phones": phones_of(found),
        "documents": list(found.documents.all()), "document_titles": dict(labels.DOCUMENT), "housemates": housemates(viewer, found),
        "kin": [(one, labels.said_kin(one.kind)) for one in queries.kin(viewer, found)], "memberships": list(queries.memberships(viewer, found)),
        "events": events_of(found), "looks": queries.looks(viewer, found), "merges": queries.merges(found),
        "duplicates": queries.duplicates_of(viewer, found), "may_edit": may_edit,
        "no_document": labels.said("no_document", found.no_document),
        "may_identify": viewer.may("registry.view_identity") and not found.forgotten_at,
        "may_merge": viewer.may("registry.merge_person") and not found.forgotten_at,
    }  # fmt: skip


def editable_now(viewer: Viewer, found: Person) -> bool:
    """Whether the page offers its verbs: within what may be edited, and the row stands for itself."""
    if found.merged_into_id or found.forgotten_at or not viewer.may(EDIT):
        return False
    return scopes.people(viewer, EDIT).filter(pk=found.pk).exists()


def editable(viewer: Viewer, pk: int) -> Person:
    """A person the viewer may write to; else Http404."""
    found = queries.person(viewer, pk)
    if not editable_now(viewer, found):
        raise Http404
    return found


def facts_of(request: HttpRequest, found: Person) -> list[Fact]:
    """The facts panel, what is unknown as a dash."""
    years = rules.age(found.born_on, local_day(request.now)) if found.born_on and not found.ends else None
    facts = [
        Fact(_("Sex"), labels.said("sex", found.sex)),
        Fact(
            _("Birth date"),
            found.born_on,
            note=ngettext("%(n)s year", "%(n)s years", years) % {"n": years} if years is not None else "",
        ),
        Fact(_("Lives in"), found.place.name, place_address(found.place_id)),
        Fact(_("Address"), found.address or (found.household.address if found.household else "")),
        Fact(
            _("Household"),
            found.household.code if found.household else "",
            household_address(found.household_id) if found.household_id else "",
        ),
        Fact(_("Relation to the head"), labels.said("relation", found.relation)),
        Fact(_("Person's code"), found.code or ""),
        Fact(_("Employer or school"), found.employer),
        Fact(_("Languages"), labels.said("languages", found.languages)),
        Fact(_("Qualifications"), "、".join(found.qualifications)),
    ]
    if found.other_name and not found.is_masked:
        facts.insert(0, Fact(_("Name in own script"), found.other_name))
    if found.keep_until:
        facts.append(Fact(_("Kept until"), found.keep_until))
    return facts


def phones_of(found: Person) -> list[tuple[str, str]]:
    """(number as shown, address to call it or '') in the order to call."""
    numbers = [phone.number for phone in found.phones.all()]
    return [(rules.masked_phone(n), "") if found.is_masked else (n, f"tel:{n}") for n in numbers]


def housemates(viewer: Viewer, found: Person) -> list[tuple[Person, str, str]]:
    """(person, name as shown, relation) of everybody else in the household."""
    if not found.household:
        return []
    living = household_queries.living_in(viewer, found.household)
    return [(one, shown_name(one), labels.said("relation", one.relation)) for one in living if one.pk != found.pk]


def events_of(found: Person) -> list[Event]:
    """The history: every version's change in words, by whom and why; the first registration last."""
    versions = queries.versions(found)
    named = _Named(versions)
    titles = dict(labels.CHANGE)
    events = []
    for version in versions:
        changes = (
            "；".join(named.change(field, version) for field in {**version.before, **version.after})
            if not found.is_masked
            else ""
        )
        note = "。".join(part for part in (changes, version.why) if part)
        events.append(Event(version.at, titles.get(version.change, version.change), version.actor_name, note))
    return [*events, Event(found.starts, _("Registered"))]


class _Named:
    """Turns ids in versions into names, asked for all at once."""

    KINDS = (
        ("place_id", Place),
        ("home_place_id", Place),
        ("household_id", Household),
        ("absorbed", Person),
        ("merged_into", Person),
    )

    def __init__(self, versions: list[PersonVersion]) -> None:
        self.names: dict[str, dict[int, str]] = {}
        for field, kind in self.KINDS:
            ids = {
                values[field] for version in versions for values in (version.before, version.after) if values.get(field)
            }
            self.names[field] = queries.names_of(ids, kind) if ids else {}

    def change(self, field: str, version: PersonVersion) -> str:
        """One field's change in words: "Employer: school → hospital"."""
        before, after = self._said(field, version.before.get(field)), self._said(field, version.after.get(field))
        return f"{labels.FIELD.get(field, field)}：{before or '—'} → {after or '—'}"

    def _said(self, field: str, value: Any) -> str:
        if isinstance(value, int) and not isinstance(value, bool) and field in self.names:
            return self.names[field].get(value, str(value))
        if field == "ends" and value:
            return str(value)[:10]
        return labels.said(field, value)


def trail(found: Person) -> list[tuple[object, str]]:
    """The way down to a person."""
    return [
        (_("People"), reverse("registry:people")),
        (found.place.name, f"{reverse('registry:people')}?place={found.place_id}"),
    ]


def spoken(one: Person) -> str:
    """A person as a list to pick from says it: name, birth year, place."""
    return " · ".join(part for part in (one.name, str(one.born_on.year) if one.born_on else "", one.place.name) if part)


def home(place: Place) -> str:
    """A place as a list to pick from says it."""
    return f"{place.parent.name} {place.name}" if place.parent else place.name


def house(one: Household) -> str:
    """A household as a list to pick from says it: code, head, address."""
    return " · ".join(
        part for part in (one.code, one.head.name if one.head else "", one.address or one.place.name) if part
    )
