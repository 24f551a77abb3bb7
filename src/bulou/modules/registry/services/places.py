"""The county's own hand on its places, one at a time: load, add, change, move, retire, reinstate, declare.

Merging and splitting are in places_reshape, the load from the national list in places_load. Every change carries a reason, makes a
version and writes a journal line, in one transaction.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bulou.modules.registry.models import Declaration, Household, Person, Place, Unit
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.rules import places as rules
from bulou.modules.registry.services import places_store as store
from bulou.platform import clock
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal

DECLARE = "registry.declare_population"

DECLARATION_FAULTS = {
    "negative": _("People and households are counted from 0."),
    "more_households": _("There cannot be more households than people."),
    "future": _("The day of the figures lies in the future."),
}


@transaction.atomic
def add_place(
    *, by: Viewer, parent_id: int, level: str, name: str, why: str, now: datetime, code: str = "", kind: str = ""
) -> Place:
    """Add a town, village, grid or site under a place. Without `code` it gets the next of the county's own.

    Refuses: a level that may not stand there, a code ever used before, a retired parent, no reason.
    """
    store.lock_tree()
    parent = store.place_to_write(by, parent_id)
    if level not in rules.OWN:
        raise Refusal("registry.level_wrong", _("The county adds towns, villages, grids and sites."), field="level")
    place = store.new_place(
        by=by,
        parent=parent,
        level=level,
        name=name,
        code=code,
        kind=kind,
        change="added",
        why=store.check_why(why),
        now=now,
    )
    _write(by, "place_added", place, why, now, code=place.code, name=place.name, parent=parent.code)
    return place


@transaction.atomic
def change_place(
    *,
    by: Viewer,
    place_id: int,
    version: int,
    name: str,
    why: str,
    now: datetime,
    kind: str | None = None,
    code: str = "",
) -> Place:
    """Rename a place, or give it another kind or code. What changes nothing makes no version.

    An empty `code` leaves it as it is; `kind` None leaves it, "" makes it the one the code tells.
    """
    store.lock_tree()
    place = store.place_to_write(by, place_id, version)
    before = (place.name, place.kind, place.code)
    if code.strip().upper() not in ("", place.code):
        if place.parent is None:
            raise Refusal(
                "registry.root_code", _("The code of %(name)s is the national one."), field="code", name=place.name
            )
        place.code = store.code_for(place.level, place.parent, code)
    told = place.kind if kind is None else kind or rules.kind_of_code(place.level, place.code)
    store.describe(place, name=name, kind=told)
    if before == (place.name, place.kind, place.code):
        return place
    change = "recoded" if place.code != before[2] else "renamed" if place.name != before[0] else "kind_changed"
    store.keep_version(place, by=by, change=change, why=store.check_why(why), now=now)
    _write(by, f"place_{change}", place, why, now, before=list(before), after=[place.name, place.kind, place.code])
    return place


@transaction.atomic
def move_place(*, by: Viewer, place_id: int, version: int, parent_id: int, why: str, now: datetime) -> Place:
    """Move a place, with all below it, under another parent. Its code stays. Refuses a circle and a level that may not stand there."""
    store.lock_tree()
    place = store.place_to_write(by, place_id, version)
    parent = store.place_to_write(by, parent_id)
    if place.parent is None:
        raise Refusal("registry.root_moved", _("%(name)s is the root of the tree and stays there."), name=place.name)
    if rules.would_circle(place.pk, parent.lineage):
        words = _("%(parent)s lies inside %(name)s: a place cannot be part of itself.")
        raise Refusal("registry.place_circle", words, field="parent", name=place.name, parent=parent.name)
    store.check_parent(place.level, parent)
    if place.parent_id == parent.pk:
        return place
    former = place.parent.code
    store.hang_below(place, parent)
    store.keep_version(place, by=by, change="moved", why=store.check_why(why), now=now)
    _write(by, "place_moved", place, why, now, before=former, after=parent.code)
    return place


@transaction.atomic
def retire_place(*, by: Viewer, place_id: int, version: int, why: str, now: datetime) -> Place:
    """Retire a place that holds nothing any more. One that does is merged or split instead, so that nobody falls out of the tree."""
    store.lock_tree()
    place = store.place_to_write(by, place_id, version)
    held: dict[str, Any] = {
        "places": Place.objects.filter(parent=place, ends=None).count(),
        "people": Person.objects.filter(place=place, ends=None, merged_into=None).count(),
        "households": Household.objects.filter(place=place, ends=None).count(),
        "units": Unit.objects.filter(place=place, ends=None).count(),
    }
    if any(held.values()):
        words = _(
            "%(name)s still holds %(places)s places, %(people)s people, %(households)s households and %(units)s units. "
            "Merge it into another place, or move them first."
        )
        raise Refusal("registry.place_not_empty", words, name=place.name, **held)
    place.ends = now
    store.keep_version(place, by=by, change="retired", why=store.check_why(why), now=now)
    _write(by, "place_retired", place, why, now)
    return place


@transaction.atomic
def reinstate_place(*, by: Viewer, place_id: int, version: int, why: str, now: datetime) -> Place:
    """Let a retired place stand again, empty, under its last parent. People a merger moved do not come back by themselves."""
    store.lock_tree()
    place = store.place_to_write(by, place_id, version, is_ended=True)
    if place.parent is not None and place.parent.ends is not None:
        raise Refusal("registry.parent_retired", _("%(name)s is retired."), field="parent", name=place.parent.name)
    place.ends = None
    store.keep_version(place, by=by, change="reinstated", why=store.check_why(why), now=now)
    _write(by, "place_reinstated", place, why, now)
    return place


@transaction.atomic
def declare_population(
    *, by: Viewer, place_id: int, population: int, households: int, as_of: date, source: str, now: datetime
) -> Declaration:
    """Note how many people and households a place declares, as of a day and from a source. A correction is a new row."""
    by.need(DECLARE)
    place = scopes.places(by, DECLARE).filter(pk=place_id).first()
    if place is None:
        raise Refusal("registry.place_unknown", _("There is no such place."), status=404)
    if fault := rules.why_not_declare(population, households, as_of, clock.local_day(now)):
        field = "as_of" if fault == "future" else "households" if fault == "more_households" else "population"
        raise Refusal(f"registry.declared_{fault}", DECLARATION_FAULTS[fault], field=field)
    if not source.strip():
        raise Refusal("registry.source_needed", _("Say where the figures come from."), field="source")
    made = Declaration.objects.create(
        place=place, population=population, households=households, as_of=as_of,
        source=source.strip()[:120], recorded_at=now, by_name=by.name,
    )  # fmt: skip
    data = {"population": population, "households": households, "as_of": as_of.isoformat(), "source": made.source}
    _write(by, "population_declared", place, "", now, **data)
    return made


def _write(by: Viewer, verb: str, place: Place, why: str, now: datetime, **data: object) -> None:
    write(
        by=by, action=f"registry.{verb}", kind="registry.place", subjects=[place.pk], place_id=place.pk, why=why.strip(),
        data=data, now=now,
    )  # fmt: skip
