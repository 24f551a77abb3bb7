"""Merging places into one and splitting one into several: nobody who lived there falls out of the tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bulou.modules.registry.models import Declaration, Household, Person, Place
from bulou.modules.registry.services import places_store as store
from bulou.platform import clock
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Part:
    """A place that a split makes, and what goes to it: grids or sites directly below, households, people without a household."""

    name: str
    code: str = ""
    kind: str = ""
    child_ids: tuple[int, ...] = ()
    household_ids: tuple[int, ...] = ()
    person_ids: tuple[int, ...] = ()


@transaction.atomic
def merge_places(
    *, by: Viewer, versions: Mapping[int, int], why: str, now: datetime, into_id: int | None = None,
    name: str = "", code: str = "", kind: str = "",
) -> Place:  # fmt: skip
    """Merge two or more places of one level into one of them (`into_id`) or into a new one (`name`).

    `versions` maps each place's id to the version the writer saw. The others retire and name the one as their successor; their
    people, households, units and grids move to it. If each had declared its population, the sum is declared for the one.
    """
    store.lock_tree()
    why = store.check_why(why)
    places = [store.place_to_write(by, place_id, versions[place_id]) for place_id in sorted(versions)]
    _check_alike(places)
    target = next((place for place in places if place.pk == into_id), None)
    if into_id is not None and target is None:
        raise Refusal("registry.merge_into", _("Choose which of the places stays."), field="into")
    declared = [_declared(place) for place in places]
    if target is None:
        parent = places[0].parent
        if parent is None:
            raise Refusal("registry.root_merged", _("Counties are not merged here."), field="into")
        target = store.new_place(
            by=by,
            parent=parent,
            level=places[0].level,
            name=name,
            code=code,
            kind=kind,
            change="formed",
            why=why,
            now=now,
        )
    elif name.strip() and name.strip() != target.name:
        store.describe(target, name=name, kind=kind or target.kind)
        store.keep_version(target, by=by, change="renamed", why=why, now=now)
    sources = [place for place in places if place.pk != target.pk]
    _check_not_inside(target, sources)
    counts = store.move_contents([place.pk for place in sources], target, by=by, why=why, now=now)
    _retire_into(sources, [target.pk], by=by, change="merged", why=why, now=now)
    _declare_sum(target, declared, by=by, now=now)
    _write(by, "places_merged", sources, [target], why, now, **counts)
    return target


@transaction.atomic
def split_place(
    *,
    by: Viewer,
    place_id: int,
    version: int,
    parts: Sequence[Part],
    why: str,
    now: datetime,
    rest_to: int | None = None,
) -> list[Place]:
    """Split a place into new ones of its level beside it. What no part names stays with the old place; with `rest_to` (a position in
    `parts`) it goes there and the old place retires, naming all the new ones as its successors.

    Refuses: no parts, a grid, household or person that is not directly of this place or is given twice.
    """
    store.lock_tree()
    why = store.check_why(why)
    place = store.place_to_write(by, place_id, version)
    if place.parent is None:
        raise Refusal("registry.root_split", _("%(name)s is the root of the tree and stays whole."), name=place.name)
    _check_parts(place, parts, rest_to)
    made = [
        store.new_place(
            by=by, parent=place.parent, level=place.level, name=part.name, code=part.code, kind=part.kind or place.kind,
            change="split_off", why=why, now=now,
        )
        for part in parts
    ]  # fmt: skip
    people = sum(_hand_over(place, part, target, by, why, now) for part, target in zip(parts, made, strict=True))
    ids = [target.pk for target in made]
    if rest_to is None:
        store.keep_version(place, by=by, change="split", why=why, now=now, successors=ids)
    else:
        people += store.move_contents([place.pk], made[rest_to], by=by, why=why, now=now)["people"]
        _retire_into([place], ids, by=by, change="split", why=why, now=now)
    _write(by, "place_split", [place], made, why, now, people=people, is_retired=rest_to is not None)
    return made


def _check_alike(places: Sequence[Place]) -> None:
    if len(places) < 2:
        raise Refusal("registry.merge_few", _("Choose at least two places to merge."), field="places")
    if len({place.level for place in places}) > 1:
        raise Refusal("registry.merge_levels", _("Only places of one level can be merged."), field="places")


def _check_not_inside(target: Place, sources: Sequence[Place]) -> None:
    for source in sources:
        if source.pk in target.lineage or target.pk in source.lineage:
            words = _("%(inner)s is part of %(outer)s; they cannot be merged.")
            outer, inner = (source, target) if source.pk in target.lineage else (target, source)
            raise Refusal("registry.merge_inside", words, field="places", inner=inner.name, outer=outer.name)


def _retire_into(
    sources: Sequence[Place], successors: Sequence[int], *, by: Viewer, change: str, why: str, now: datetime
) -> None:
    for source in sources:
        source.ends = now
        store.keep_version(source, by=by, change=change, why=why, now=now, successors=successors)


def _declared(place: Place) -> Declaration | None:
    return place.declarations.order_by("-as_of", "-id").first()


def _declare_sum(target: Place, declared: Sequence[Declaration | None], *, by: Viewer, now: datetime) -> None:
    """The whole's denominator from its parts'; a part that never declared leaves the whole undeclared: a sum without it would lie."""
    known = [one for one in declared if one is not None]
    if len(known) < len(declared):
        return
    Declaration.objects.create(
        place=target, population=sum(one.population for one in known), households=sum(one.households for one in known),
        as_of=clock.local_day(now), source=str(_("Sum of the places merged")), recorded_at=now, by_name=by.name,
    )  # fmt: skip


def _check_parts(place: Place, parts: Sequence[Part], rest_to: int | None) -> None:
    if not parts or (rest_to is not None and len(parts) < 2):
        raise Refusal("registry.split_few", _("A split needs at least two places in the end."), field="parts")
    if rest_to is not None and not 0 <= rest_to < len(parts):
        raise Refusal("registry.split_rest", _("Say which of the new places takes the rest."), field="rest_to")
    _check_given([child for part in parts for child in part.child_ids], Place.objects.filter(parent=place, ends=None))
    _check_given([one for part in parts for one in part.household_ids], Household.objects.filter(place=place))
    _check_given([one for part in parts for one in part.person_ids], Person.objects.filter(place=place, household=None))


def _check_given(ids: Sequence[int], rows: object) -> None:
    if len(set(ids)) != len(ids):
        raise Refusal("registry.split_twice", _("Something is given to two of the new places."), field="parts")
    if ids and rows.filter(pk__in=ids).count() != len(ids):  # type: ignore[attr-defined]
        words = _("Something given to a new place is not directly part of this one.")
        raise Refusal("registry.split_foreign", words, field="parts")


def _hand_over(place: Place, part: Part, target: Place, by: Viewer, why: str, now: datetime) -> int:
    """Give a part its grids, households and people; the number of people whose place changed (those of grids stay in their grid)."""
    for child in Place.objects.filter(pk__in=part.child_ids).order_by("code"):
        store.hang_below(child, target)
        store.keep_version(child, by=by, change="moved", why=why, now=now)
    Household.objects.filter(pk__in=part.household_ids).update(place=target)
    people = Person.objects.filter(place=place, household__in=part.household_ids).update(place=target)
    return people + Person.objects.filter(place=place, pk__in=part.person_ids).update(place=target)


def _write(
    by: Viewer, verb: str, sources: Sequence[Place], targets: Sequence[Place], why: str, now: datetime, **counts: object
) -> None:
    data = {"from": [place.code for place in sources], "to": [place.code for place in targets], **counts}
    subjects = [place.pk for place in (*sources, *targets)]
    write(
        by=by, action=f"registry.{verb}", kind="registry.place", subjects=subjects, place_id=targets[0].pk, why=why,
        data=data, now=now,
    )  # fmt: skip
