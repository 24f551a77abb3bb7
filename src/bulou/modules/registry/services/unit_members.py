"""Who belongs to a unit: add, change, end. A change ends the old membership and begins another, so that the past stays readable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bulou.modules.registry.models import Membership, Person, Unit
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.rules import units as rules
from bulou.modules.registry.rules.units import Service, Span
from bulou.modules.registry.services import units_store as store
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Conflict, Refusal

_FAULTS = {
    "ends_before_starts": _("The end lies before the start."),
    "unit_ended": _("%(unit)s does not stand for all of that time."),
    "twin": _("%(person)s holds this part in %(unit)s at that time already."),
    "second_leader": _("%(unit)s has a leader at that time: %(leader)s. End that first; deputies may be several."),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What somebody is in a unit: part, post, terms of employment (rules.units.TERMS or ""), and the body that lent them."""

    part: str = "member"
    post: str = ""
    terms: str = ""
    seconded_from_id: int | None = None


@transaction.atomic
def add_member(
    *, by: Viewer, unit_id: int, person_id: int, terms: Terms, starts: datetime, now: datetime,
    ends: datetime | None = None, why: str = "",
) -> Membership:  # fmt: skip
    """Take a person into a unit for [starts, ends). Refuses a second leader, the same part twice at once, an ended unit."""
    unit = store.unit_to_write(by, unit_id)
    person = scopes.people(by).filter(pk=person_id, merged_into=None).first()
    if person is None:
        raise Refusal("registry.person_unknown", _("There is no such person."), field="person", status=404)
    made = _join(by, unit, person, terms, Span(starts, ends))
    _write(by, "member_added", made, why, now, starts=starts.isoformat(), ends=ends and ends.isoformat())
    return made


@transaction.atomic
def add_members(
    *, by: Viewer, unit_id: int, person_ids: Iterable[int], terms: Terms, starts: datetime, now: datetime, why: str = ""
) -> int:
    """Take many people into a unit at once, all on the same terms; all or none. One journal line."""
    unit = store.unit_to_write(by, unit_id)
    wanted = list(dict.fromkeys(person_ids))
    people = {person.pk: person for person in scopes.people(by).filter(pk__in=wanted, merged_into=None)}
    if len(people) != len(wanted):
        raise Refusal("registry.person_unknown", _("There is no such person."), field="person", status=404)
    for person_id in wanted:
        _join(by, unit, people[person_id], terms, Span(starts))
    write(
        by=by, action="registry.members_added", kind="registry.person", subjects=wanted, place_id=unit.place_id,
        why=why.strip(), data={"unit": unit.pk, "part": terms.part, "starts": starts.isoformat()}, now=now,
    )  # fmt: skip
    return len(wanted)


@transaction.atomic
def change_member(
    *, by: Viewer, membership_id: int, version: int, terms: Terms, now: datetime, why: str = ""
) -> Membership:
    """Give a member another part, post or terms from `now` on. One that has not begun yet is changed as it stands."""
    old = _membership(by, membership_id, version)
    if terms == Terms(old.part, old.post, old.terms, old.seconded_from_id):
        return old
    _end(old, max(now, old.starts))
    made = _join(by, old.unit, old.person, terms, Span(max(now, old.starts), _former_end(old)))
    _write(
        by,
        "member_changed",
        made,
        why,
        now,
        before=[old.part, old.post, old.terms],
        after=[made.part, made.post, made.terms],
    )
    return made


@transaction.atomic
def end_member(
    *, by: Viewer, membership_id: int, version: int, ends: datetime, now: datetime, why: str = ""
) -> Membership:
    """End a membership at `ends`, which may lie in the future or the past, not before its start."""
    old = _membership(by, membership_id, version)
    if old.ends is None and rules.why_not_end(Span(old.starts, None), ends):
        raise Refusal("registry.ends_before_starts", _FAULTS["ends_before_starts"], field="ends")
    _end(old, ends)
    _write(by, "member_ended", old, why, now, ends=ends.isoformat())
    return old


def _membership(by: Viewer, membership_id: int, version: int) -> Membership:
    found = Membership.objects.filter(pk=membership_id).first()
    if found is None:
        raise Refusal("registry.membership_unknown", _("There is no such membership."), status=404)
    store.unit_to_write(by, found.unit_id)
    found = Membership.objects.select_for_update(of=("self",)).select_related("unit", "person").get(pk=membership_id)
    if found.version != version:
        words = _("This membership was changed meanwhile. What you typed is kept below: compare, and save again.")
        raise Conflict("registry.membership_changed", words)
    return found


def _end(membership: Membership, ends: datetime) -> None:
    membership.was_to_end = membership.ends  # type: ignore[attr-defined]
    membership.ends = ends
    membership.version += 1
    membership.save(update_fields=["ends", "version"])


def _former_end(membership: Membership) -> datetime | None:
    return membership.was_to_end  # type: ignore[attr-defined]


def _join(by: Viewer, unit: Unit, person: Person, terms: Terms, span: Span) -> Membership:
    """Check and store one membership; the caller holds the unit's lock."""
    _check_terms(by, terms)
    there = [
        Service(other.person_id, other.part, other.post, Span(other.starts, other.ends))
        for other in unit.memberships.filter(Q(person=person) | Q(part="leader"))
    ]
    wanted = Service(person.pk, terms.part, terms.post.strip(), span)
    if fault := rules.why_not_join(wanted, Span(unit.starts, unit.ends), there):
        leader = _leader(unit, span) if fault == "second_leader" else ""
        field = "ends" if fault == "ends_before_starts" else "part"
        raise Refusal(
            f"registry.member_{fault}", _FAULTS[fault], field=field, unit=unit.name, person=person.name, leader=leader
        )
    return Membership.objects.create(
        person=person, unit=unit, part=terms.part, post=terms.post.strip(), terms=terms.terms,
        seconded_from_id=terms.seconded_from_id, starts=span.starts, ends=span.ends,
    )  # fmt: skip


def _check_terms(by: Viewer, terms: Terms) -> None:
    if terms.part not in rules.PARTS:
        raise Refusal("registry.part_unknown", _("Choose the part the person has."), field="part")
    if terms.terms and terms.terms not in rules.TERMS:
        raise Refusal("registry.terms_unknown", _("Choose the terms of employment."), field="terms")
    if len(terms.post) > 60:
        raise Refusal("registry.post_long", _("The post is longer than %(most)s characters."), field="post", most=60)
    lender = terms.seconded_from_id
    if lender is not None and not scopes.units(by).filter(pk=lender).exists():
        raise Refusal("registry.unit_unknown", _("There is no such unit."), field="seconded_from")


def _leader(unit: Unit, span: Span) -> str:
    leaders = unit.memberships.filter(part="leader").select_related("person")
    return next((str(other.person) for other in leaders if Span(other.starts, other.ends).overlaps(span)), "")


def _write(by: Viewer, verb: str, membership: Membership, why: str, now: datetime, **data: object) -> None:
    unit = membership.unit
    write(
        by=by, action=f"registry.{verb}", kind="registry.person", subjects=[membership.person_id], place_id=unit.place_id,
        why=why.strip(), data={"unit": unit.pk, "part": membership.part, **data}, now=now,
    )  # fmt: skip
