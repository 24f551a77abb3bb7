"""Members of units from Excel: people who are registered already, put into units with their part, post and terms."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bulou.modules.registry.models import Membership, Person
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.rules import people as people_rules
from bulou.modules.registry.services.importing.naming import Units, people_by_number
from bulou.modules.registry.services.importing.written import HEADINGS, OFFERED, PARTS, TERMS
from bulou.modules.registry.services.unit_members import Terms, add_member
from bulou.platform.access.viewer import Viewer
from bulou.platform.refusals import Refusal
from bulou.platform.sheets.fields import Field, Reason, Row, choice, text
from bulou.platform.sheets.spec import NEW, SAME, ImportSpec

EDIT = "registry.edit_unit"
FIELDS = (
    Field("unit", _("Unit"), text(120), HEADINGS["unit"], True, _("Name or code")),
    Field("name", _("Name"), text(80), HEADINGS["name"], True),
    Field("number", _("Identity number"), text(30), HEADINGS["number"]),
    Field("phone", _("Telephone"), text(32), HEADINGS["phone"]),
    Field("part", _("Part"), choice(PARTS), HEADINGS["part"], choices=OFFERED["part"]),
    Field("post", _("Post"), text(60), HEADINGS["post"]),
    Field("terms", _("Terms of employment"), choice(TERMS), HEADINGS["terms"], choices=OFFERED["terms"]),
    Field(
        "seconded_from",
        _("Lent by"),
        text(120),
        HEADINGS["seconded_from"],
        hint=_("Name or code of the unit that lends the member"),
    ),
)


def judge(rows: list[Row], viewer: Viewer, now: datetime) -> None:
    """New where the person joins, same where already a member with that part and post. Somebody not registered is a reason, not a row."""
    units, lenders = Units(viewer, EDIT), Units(viewer, "registry.view_unit")
    numbers = {row.values["number"] for row in rows if row.values.get("number")}
    found = _Candidates(viewer, {row.values["name"] for row in rows}, numbers)
    for row in rows:
        try:
            row.values["person_id"] = found.one(row.values)
            row.values["unit_id"] = units.find(row.values["unit"]).pk
            lent = row.values.get("seconded_from")
            row.values["from_id"] = lenders.find(lent, "seconded_from").pk if lent else None
        except Refusal as refusal:
            row.reasons.append(Reason(refusal.field or "", refusal.code, refusal.sentence))
    good = [row for row in rows if row.is_good]
    there = _memberships(good, now)
    for row in good:
        row.verdict = SAME if _signature(row) in there else NEW
        there.add(_signature(row))


class _Candidates:
    """Registered people in reach, by number, and by name with a telephone where one was given."""

    def __init__(self, viewer: Viewer, names: set[str], numbers: set[str]) -> None:
        self._by_number = people_by_number(viewer, numbers, "registry.view_person")
        self._by_name: dict[str, list[Person]] = defaultdict(list)
        rows = scopes.people(viewer).filter(name__in=names, ends=None, merged_into=None, forgotten_at=None)
        for person in rows.prefetch_related("phones"):
            self._by_name[person.name].append(person)

    def one(self, said: dict[str, Any]) -> int:
        """The id of the one person meant."""
        if number := said.get("number"):
            person = self._by_number.get(number)
            if person is None:
                raise Refusal(
                    "registry.person_unknown",
                    _("Nobody with this identity number is registered among yours."),
                    field="number",
                )
            return person.pk
        found = self._by_name.get(said["name"], [])
        if phone := people_rules.tidy_phone(said.get("phone") or ""):
            found = [person for person in found if any(one.number == phone for one in person.phones.all())]
        if not found:
            raise Refusal(
                "registry.person_unknown",
                _("Nobody called %(name)s is registered among yours."),
                field="name",
                name=said["name"],
            )
        if len(found) > 1:
            words = _("%(count)s people are called %(name)s: give the identity number or the telephone.")
            raise Refusal("registry.person_ambiguous", words, field="name", count=len(found), name=said["name"])
        return found[0].pk


def _memberships(rows: list[Row], now: datetime) -> set[tuple[Any, ...]]:
    ids = {row.values["person_id"] for row in rows}
    standing = Membership.objects.filter(Q(ends=None) | Q(ends__gt=now), person_id__in=ids)
    return set(standing.values_list("person_id", "unit_id", "part", "post"))


def _signature(row: Row) -> tuple[Any, ...]:
    said = row.values
    return said["person_id"], said["unit_id"], said.get("part") or "member", said.get("post") or ""


def load(rows: list[Row], by: Viewer, now: datetime, why: str) -> int:
    """Take everybody in from now; how many. The caller holds the transaction."""
    for row in rows:
        said = row.values
        terms = Terms(
            said.get("part") or "member", said.get("post") or "", said.get("terms") or "", said.get("from_id")
        )
        add_member(
            by=by, unit_id=said["unit_id"], person_id=said["person_id"], terms=terms, starts=now, now=now, why=why
        )
    return len(rows)


MEMBERS = ImportSpec(
    key="registry.members",
    title=_("Members of units"),
    permission=EDIT,
    fields=FIELDS,
    judge=judge,
    load=load,
    hint=_("One row a membership. People are registered first; several memberships of one person are normal."),
    then="registry:units",
)
