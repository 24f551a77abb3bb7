"""What a worker's phone carries for a day or three: what is owed, whom about, who lives where and how they stand, which forms are open.

Least data: names, house codes, addresses and how things stand; no identity number, no telephone, nothing that was reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from bulou.modules.collection.queries.entities import households_for, people_for, units_for
from bulou.modules.collection.queries.fillable import Fillable, fillable
from bulou.modules.collection.queries.senders import Sender
from bulou.modules.ledger.queries.duties import OwedNow, duties_of
from bulou.modules.ledger.queries.visits import Visit, last_heard, visits
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.queries.cards import handles
from bulou.platform.spoken import said

MOST_PEOPLE = 3_000
FILE, NAMES, REGISTER = "ledger.file_record", "registry.view_name", "registry.register_newcomer"
WELL = frozenset({"well"})
_PERSON = ("pk", "uuid", "name", "initials", "name_key", "code", "household__code", "place__code", "is_temporary")
_HOUSEHOLD = ("pk", "code", "address", "head__name", "head__initials", "head__name_key", "place__code")


class Day:
    """The lists of one sender at `now`; `as_json()` gives them, `people_ids` and `household_ids` say whom the look was at."""

    def __init__(self, sender: Sender, now: datetime) -> None:
        self.sender, self.viewer, self.now = sender, sender.viewer, now
        self.forms = fillable(sender, now)
        self.duties = [one for one in duties_of(self.viewer, now=now) if self._is_of_operation(one)]
        self.is_cut = False
        self.people = self._people()
        self.households = self._households()
        self.people_ids = [row["pk"] for row in self.people]
        self.household_ids = [row["pk"] for row in self.households]

    def as_json(self) -> dict[str, Any]:
        """Everything but the moment it was made, so that the same lists have the same digest."""
        people = self._standings("person", self.people_ids)
        homes = self._standings("household", self.household_ids)
        return {
            "who": {"name": self.viewer.name, "person": self._own_uuid()},
            "operations": self._operations(),
            "languages": sorted({language for form in self.forms for language in form.languages}),
            "hours": settings.FIELD_LIST_HOURS,
            "duties": self._duties(),
            "forms": [_form(one) for one in self.forms],
            "places": self._places(),
            "units": self._units(),
            "people": [_person(row, people.get(row["pk"], Visit()), self._well) for row in self.people],
            "households": [_household(row, self._of_home(row, people, homes)) for row in self.households],
            "left_out": self.is_cut,
        }

    def _units(self) -> list[dict[str, str]]:
        """The units the sender may report for."""
        rows = units_for(self.sender, self.now).filter(ends=None).order_by("code")
        return [{"code": code, "name": name} for code, name in rows.values_list("code", "name")[:MOST_PEOPLE]]

    def _is_of_operation(self, duty: OwedNow) -> bool:
        return self.sender.operation_id in (None, duty.regime.operation_id)

    def _people(self) -> list[dict[str, Any]]:
        """Those on the sender's list, those owed about, and, where they are no more than a phone carries, those filed for."""
        owed = {one.subject_id for one in self.duties if one.subject_kind == "person"}
        listed = people_for(self.sender, self.now)
        sets = [listed.model.objects.filter(pk__in=owed), listed]
        if self.viewer.may(NAMES):
            sets.append(scopes.people(self.viewer, FILE).filter(ends=None, merged_into=None, forgotten_at=None))
        found: dict[int, dict[str, Any]] = {}
        for rows in sets:
            if rows[MOST_PEOPLE : MOST_PEOPLE + 1].exists():
                self.is_cut = True
            else:
                found |= {row["pk"]: row for row in rows.order_by("name_key", "id").values(*_PERSON)}
        return list(found.values())[:MOST_PEOPLE]

    def _households(self) -> list[dict[str, Any]]:
        listed = households_for(self.sender, self.now)
        codes = {row["household__code"] for row in self.people if row["household__code"]}
        if not listed[MOST_PEOPLE : MOST_PEOPLE + 1].exists():
            codes |= set(listed.values_list("code", flat=True))
        rows = listed.model.objects.filter(code__in=codes, ends=None)
        return list(rows.order_by("code").values(*_HOUSEHOLD))

    def _standings(self, kind: str, ids: Sequence[int]) -> dict[int, Visit]:
        """How each stands: as counted for what the sender files for, else as the sender's own duties say."""
        found = visits(self.viewer, kind, ids, now=self.now)
        for duty in self.duties:
            visit = found.get(duty.subject_id)
            if duty.subject_kind == kind and (visit is None or not visit.owed):
                found[duty.subject_id] = self._own_standing(kind, duty.subject_id)
        return found

    def _own_standing(self, kind: str, subject_id: int) -> Visit:
        mine = [one for one in self.duties if (one.subject_kind, one.subject_id) == (kind, subject_id)]
        left = [one for one in mine if one.is_open]
        return Visit(
            len(mine), len(mine) - len(left), min((one.due for one in left), default=None),
            last_heard(kind, [subject_id], now=self.now).get(subject_id), frozenset(code for one in left for code in one.asks),
        )  # fmt: skip

    def _of_home(self, row: Mapping[str, Any], people: Mapping[int, Visit], homes: Mapping[int, Visit]) -> Visit:
        """A household's own reports and those about whoever lives there, together."""
        members = self._living.get(row["code"], ())
        parts = [visit for visit in (homes.get(row["pk"]), *(people.get(pk) for pk in members)) if visit is not None]
        return Visit(
            sum(one.owed for one in parts),
            sum(one.done for one in parts),
            min((one.due for one in parts if one.due is not None), default=None),
            max((one.last for one in parts if one.last is not None), default=None),
        )

    @property
    def _living(self) -> dict[str, list[int]]:
        if not hasattr(self, "_members"):
            self._members: dict[str, list[int]] = {}
            for row in self.people:
                self._members.setdefault(row["household__code"] or "", []).append(row["pk"])
        return self._members

    def _well(self, asks: Iterable[str]) -> str:
        """The form with which one tap says that somebody is well; "" where more is asked, or no form is that simple."""
        if frozenset(asks) != WELL:
            return ""
        return next((one.key for one in self.forms if one.subject == "person" and one.well), "")

    def _duties(self) -> list[dict[str, Any]]:
        names = self._subjects()
        return [
            {
                "id": f"w{one.window_id}" if one.window_id else f"d{one.duty_id}",
                "title": one.regime.title,
                "slot": one.title,
                "subject": f"{one.subject_kind}:{names.get((one.subject_kind, one.subject_id), one.subject_id)}",
                "name": one.name,
                "me": one.is_about_me,
                "opens": one.opens.isoformat(),
                "due": one.due.isoformat(),
                "closes": one.closes.isoformat(),
                "standing": one.standing.value,
                "list": one.is_list,
                "forms": [form.key for form in self.forms if form.answers(one.subject_kind, one.asks)],
                "well": self._well(one.asks) if one.subject_kind == "person" and not one.is_list else "",
            }
            for one in self.duties
        ]

    def _subjects(self) -> dict[tuple[str, int], str]:
        """How a form names each subject: a person's uuid, a household's, place's or unit's code."""
        found: dict[tuple[str, int], str] = {}
        for kind in {one.subject_kind for one in self.duties}:
            ids = [one.subject_id for one in self.duties if one.subject_kind == kind]
            found |= {(kind, pk): text for pk, text in handles(kind, ids).items()}
        return found

    def _own_uuid(self) -> str:
        if self.viewer.person_id is None:
            return ""
        return handles("person", [self.viewer.person_id]).get(self.viewer.person_id, "")

    def _operations(self) -> list[dict[str, Any]]:
        known = {form.operation.pk: form.operation for form in self.forms} | {
            one.regime.operation_id: one.regime.operation for one in self.duties
        }
        return [{"id": pk, "title": said(one.titles)} for pk, one in sorted(known.items())]

    def _places(self) -> list[dict[str, str]]:
        """Where the sender may register somebody: the smallest places of the grants first."""
        if not self.viewer.may(REGISTER):
            return []
        rows = scopes.places(self.viewer, REGISTER).filter(ends=None, level__in=("village", "grid", "site", "town"))
        if not rows.exists():
            rows = scopes.places(self.viewer, REGISTER).filter(ends=None)
        found = sorted(rows[:200], key=lambda place: (-len(place.lineage), place.code))
        return [{"code": place.code, "name": place.name} for place in found]


def _form(one: Fillable) -> dict[str, Any]:
    return {
        "id": one.key, "version": one.version, "hash": one.digest, "runner": one.runner, "title": one.title,
        "subject": one.subject, "path": one.path, "well": one.well,
    }  # fmt: skip


def _person(row: Mapping[str, Any], visit: Visit, well: Any) -> dict[str, Any]:
    found = {
        "id": str(row["uuid"]), "name": row["name"], "key": row["initials"], "pinyin": row["name_key"], "code": row["code"] or "",
        "home": row["household__code"] or "", **_standing(visit), "well": well(visit.asks),
    }  # fmt: skip
    return found | ({"temporary": True} if row["is_temporary"] else {})


def _household(row: Mapping[str, Any], visit: Visit) -> dict[str, Any]:
    return {
        "code": row["code"], "name": row["head__name"] or row["code"], "key": row["head__initials"] or "", "pinyin": row["head__name_key"] or "",
        "address": row["address"], "place": row["place__code"], **_standing(visit),
    }  # fmt: skip


def _standing(visit: Visit) -> dict[str, Any]:
    return {
        "owed": visit.owed,
        "done": visit.done,
        "due": visit.due.isoformat() if visit.due else None,
        "last": visit.last.isoformat() if visit.last else None,
    }
