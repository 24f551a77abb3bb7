"""Loading a county (a city, a province) from the bundled national list. It can be done again: what the county edited stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from bulou.modules.registry.models import Place, PlaceVersion
from bulou.modules.registry.queries import national
from bulou.modules.registry.queries.national import Listed
from bulou.modules.registry.rules import places as rules
from bulou.modules.registry.services import places_store as store
from bulou.platform import chinese
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal

_PLACE = "id, code, level, kind, name, sort_key, initials, parent_id, lineage, starts, version"
_VERSION = "place_id, number, code, level, kind, name, parent_id, successors, change, why, by_name, starts"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: the root, how many places came in, how many codes were known and left as they are.

    `left_out` = new places of the list under a place the county retired: to be added by hand where they belong now.
    """

    root_id: int
    added: int
    kept: int
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Known:
    place_id: int
    lineage: list[int]
    is_retired: bool = False


@transaction.atomic
def load_county(*, by: Viewer, code: str, now: datetime) -> Loaded:
    """Load a county (6 digits), city (4) or province (2) with everything below it.

    A code the database knows, also as a former code of a place recoded since, is left alone: renamed, merged and retired places
    stay so. Refuses a code that is not in the list.
    """
    by.need("registry.load_county")
    listed = national.subtree(code)
    if not listed:
        words = _("%(given)s is not in the national list: 6 digits for a county, 4 for a city, 2 for a province.")
        raise Refusal("registry.county_unknown", words, field="code", given=code)
    store.lock_tree()
    known = _known([place.code for place in listed] + [code[:2], code[:4]])
    fresh, left_out = _sort_out(listed, known)
    _copy(fresh, known, by, now)
    _adopt(code, listed, known, by, now)
    root = known[code].place_id
    kept = len(listed) - len(fresh) - len(left_out)
    counts = {"added": len(fresh), "kept": kept, "left_out": left_out}
    subjects = [known[place.code].place_id for place in fresh]
    write(
        by=by, action="registry.county_loaded", kind="registry.place", subjects=subjects, place_id=root,
        data={"code": code, **counts}, now=now,
    )  # fmt: skip
    return Loaded(root, len(fresh), kept, tuple(left_out))


def _sort_out(listed: Sequence[Listed], known: dict[str, _Known]) -> tuple[list[Listed], list[str]]:
    """The places that are new, with their ids and lineages put into `known`, and the codes left out."""
    fresh: list[Listed] = []
    left_out: list[str] = []
    ids = iter(_next_ids(sum(place.code not in known for place in listed)))
    for place in listed:
        above = known.get(place.parent)
        if place.code in known:
            continue
        if place.parent in left_out or (above is not None and above.is_retired):
            left_out.append(place.code)
            continue
        place_id = next(ids)
        known[place.code] = _Known(place_id, [*(above.lineage if above else ()), place_id])
        fresh.append(place)
    return fresh, left_out


def _known(codes: Sequence[str]) -> dict[str, _Known]:
    """Places by every code they bear or bore."""
    rows = PlaceVersion.objects.filter(code__in=codes).order_by("number").select_related("place")
    return {row.code: _Known(row.place_id, row.place.lineage, row.place.ends is not None) for row in rows}


def _next_ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        words = "SELECT nextval(pg_get_serial_sequence('registry_place', 'id')) FROM generate_series(1, %s)"
        cursor.execute(words, [count])
        return [row[0] for row in cursor.fetchall()]


def _copy(fresh: Sequence[Listed], known: dict[str, _Known], by: Viewer, now: datetime) -> None:
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY registry_place ({_PLACE}) FROM STDIN") as copy:
            for place in fresh:
                copy.write_row(_place_row(place, known, now))
        with cursor.copy(f"COPY registry_placeversion ({_VERSION}) FROM STDIN") as copy:
            for place in fresh:
                me, above = known[place.code], known.get(place.parent)
                kind = rules.kind_of_code(place.level, place.code)
                parent = above.place_id if above else None
                copy.write_row(
                    (me.place_id, 1, place.code, place.level, kind, place.name, parent, [], "loaded", "", by.name, now)
                )


def _place_row(place: Listed, known: dict[str, _Known], now: datetime) -> tuple[Any, ...]:
    me, above = known[place.code], known.get(place.parent)
    kind = rules.kind_of_code(place.level, place.code)
    keys = chinese.phrase_key(place.name), chinese.phrase_initials(place.name)
    parent = above.place_id if above else None
    return (me.place_id, place.code, place.level, kind, place.name, *keys, parent, me.lineage, now, 1)


def _adopt(code: str, listed: Sequence[Listed], known: dict[str, _Known], by: Viewer, now: datetime) -> None:
    """Hang counties that were loaded before under the city loaded now."""
    orphans = {place.pk: place for place in Place.objects.filter(parent=None, ends=None)}
    for place in listed:
        orphan = orphans.get(known[place.code].place_id) if place.code in known else None
        if orphan is not None and place.code != code and place.parent in known:
            store.hang_below(orphan, Place.objects.get(pk=known[place.parent].place_id))
            store.keep_version(orphan, by=by, change="moved", why="", now=now)
