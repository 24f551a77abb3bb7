"""The people and households that go down to a worker's phone: those of their own grid, without identity numbers, without telephones.

Whoever owes or answers for somebody gets exactly those (and who lives in their households and places); whoever owes for nobody, what the own
grants show by name. A resident's link gets that resident. Never more than MOST: a phone is no copy of the county.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import md5
from itertools import islice
from typing import Any, Protocol

from django.db.models import Count, Q, QuerySet

from bulou.modules.ledger.queries.duties import subjects_of
from bulou.modules.registry.queries import scopes
from bulou.platform.access.viewer import Viewer, system

MOST = 20_000
NAMES = "registry.view_name"
PEOPLE, HOUSEHOLDS, PLACES, UNITS = "people", "households", "places", "units"
COLUMNS = {
    PEOPLE: ("name", "label", "__version", "code", "place", "place_code", "household", "sex", "born"),
    HOUSEHOLDS: ("name", "label", "__version", "head", "place", "place_code", "address", "people"),
    PLACES: ("name", "label", "__version", "level"),
    UNITS: ("name", "label", "__version", "kind"),
}
CURRENT = Q(ends=None, merged_into=None, forgotten_at=None)
_OUR = system("entities")


class Asker(Protocol):
    """Whoever holds the token that asks (queries.senders.Sender)."""

    @property
    def kind(self) -> str: ...
    @property
    def viewer(self) -> Viewer: ...
    @property
    def person_id(self) -> int | None: ...
    @property
    def operation_id(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as it goes to the phone: the CSV (UTF-8), the MD5 of its bytes for the manifest, an ETag, whose rows it holds, whether it was cut."""

    body: bytes
    digest: str
    ids: tuple[int, ...]
    is_cut: bool

    @property
    def hash(self) -> str:
        """As OpenRosa's manifest writes it."""
        return f"md5:{self.digest}"

    @property
    def etag(self) -> str:
        """As HTTP writes it."""
        return f'"{self.digest}"'


def listing(sender: Asker, kind: str, now: datetime) -> Listing:
    """The list of a kind (`people`, `households`, `places`, `units`) for a sender, in the shape of ODK's entities 2024.1: name, label, __version, properties.

    Whoever sends it logs the look (services.entities). KeyError on another kind.
    """
    columns, out = COLUMNS[kind], io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    ids: list[int] = []
    rows = _ROWS[kind](sender, now)
    for pk, *row in islice(rows, MOST):
        ids.append(pk)
        writer.writerow(row)
    body = out.getvalue().encode()
    return Listing(body, md5(body, usedforsecurity=False).hexdigest(), tuple(ids), next(rows, None) is not None)


def known_names(sender: Asker, kind: str, names: list[str], now: datetime) -> set[str]:
    """Which of these names (column `name`) are still on the sender's list: the phone asks before it drops one."""
    wanted = names[:MOST]
    if kind in (PLACES, UNITS):
        rows = places_for(sender, now) if kind == PLACES else units_for(sender, now)
        return set(rows.filter(code__in=wanted).values_list("code", flat=True))
    if kind == HOUSEHOLDS:
        return set(households_for(sender, now).filter(code__in=wanted).values_list("code", flat=True))
    uuids = [name for name in wanted if len(name) == 36]
    return {str(one) for one in people_for(sender, now).filter(uuid__in=uuids).values_list("uuid", flat=True)}


def people_for(sender: Asker, now: datetime) -> QuerySet[Any]:
    """The people of the sender's list, current ones."""
    everybody = scopes.people(_OUR).filter(CURRENT)
    if sender.kind == "personal":
        return everybody.filter(pk=sender.person_id or 0)
    mine = _mine(sender, now)
    if not mine:
        return scopes.people(sender.viewer, NAMES).filter(CURRENT)
    wanted = Q(pk__in=mine.get("person", ()))
    wanted |= Q(household__in=mine.get("household", ()))
    wanted |= Q(place__in=mine.get("place", ()))
    return everybody.filter(wanted)


def households_for(sender: Asker, now: datetime) -> QuerySet[Any]:
    """The households of the sender's list, current ones."""
    everywhere = scopes.households(_OUR).filter(ends=None)
    if sender.kind == "personal":
        return everywhere.filter(people=sender.person_id or 0)
    mine = _mine(sender, now)
    if not mine:
        return scopes.households(sender.viewer, NAMES).filter(ends=None)
    living = scopes.people(_OUR).filter(CURRENT, pk__in=mine.get("person", ())).values("household_id")
    wanted = Q(pk__in=mine.get("household", ())) | Q(place__in=mine.get("place", ())) | Q(pk__in=living)
    return everywhere.filter(wanted)


def places_for(sender: Asker, now: datetime) -> QuerySet[Any]:
    """The places the sender owes lists for; who owes for none gets those of the own grants, down to the village."""
    if sender.kind == "personal":
        return scopes.places(_OUR).none()
    mine = _mine(sender, now).get("place", ())
    return scopes.places(_OUR).filter(pk__in=mine) if mine else scopes.places(sender.viewer)


def units_for(sender: Asker, now: datetime) -> QuerySet[Any]:
    """The units the sender owes for; who owes for none gets those of the own grants."""
    if sender.kind == "personal":
        return scopes.units(_OUR).none()
    mine = _mine(sender, now).get("unit", ())
    return scopes.units(_OUR).filter(pk__in=mine) if mine else scopes.units(sender.viewer)


def _mine(sender: Asker, now: datetime) -> dict[str, set[int]]:
    if sender.person_id is None:
        return {}
    return subjects_of(sender.person_id, now=now, operation_id=sender.operation_id)


def _people(sender: Asker, now: datetime) -> Iterator[tuple[Any, ...]]:
    rows = people_for(sender, now).order_by("place__code", "name_key", "id")
    for pk, uuid, name, other, version, code, place, place_code, household, sex, born in rows.values_list(
        "pk", "uuid", "name", "other_name", "version", "code", "place__name", "place__code", "household__code", "sex", "born_on"
    )[: MOST + 1].iterator(chunk_size=2000):  # fmt: skip
        label = " · ".join(part for part in (name, other, place) if part)
        yield pk, uuid, label, version, code or "", place, place_code, household or "", sex, born.year if born else ""


def _households(sender: Asker, now: datetime) -> Iterator[tuple[Any, ...]]:
    living = Count("people", filter=Q(people__ends=None, people__merged_into=None))
    rows = households_for(sender, now).annotate(people_now=living).order_by("place__code", "code")
    for pk, code, version, head, place, place_code, address, people in rows.values_list(
        "pk", "code", "version", "head__name", "place__name", "place__code", "address", "people_now"
    )[: MOST + 1].iterator(chunk_size=2000):  # fmt: skip
        label = " · ".join(part for part in (head or code, address, place) if part)
        yield pk, code, label, version, head or "", place, place_code, address, people


def _places(sender: Asker, now: datetime) -> Iterator[tuple[Any, ...]]:
    rows = places_for(sender, now).order_by("code").values_list("pk", "code", "name", "level")
    for pk, code, name, level in rows[: MOST + 1].iterator(chunk_size=2000):
        yield pk, code, name, 1, level


def _units(sender: Asker, now: datetime) -> Iterator[tuple[Any, ...]]:
    rows = units_for(sender, now).filter(ends=None).order_by("code").values_list("pk", "code", "name", "kind")
    for pk, code, name, kind in rows[: MOST + 1].iterator(chunk_size=2000):
        yield pk, code, name, 1, kind


_ROWS: dict[str, Callable[[Asker, datetime], Iterator[tuple[Any, ...]]]] = {
    PEOPLE: _people,
    HOUSEHOLDS: _households,
    PLACES: _places,
    UNITS: _units,
}
