"""List returns from Excel: one row a line. Rows join the list that stands in the open window, in place of those about the same people; a file of a
whole township names the village in a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as now_said
from django.utils.translation import gettext_lazy as _

from bulou.core.facts import Kind
from bulou.interfaces.mine import asking
from bulou.interfaces.mine.cells import ALIASES, key_of, parser
from bulou.modules.ledger.queries import entry
from bulou.modules.ledger.queries import lists as reads
from bulou.modules.ledger.queries.asked import Asked, asked
from bulou.modules.ledger.services.content import ListLine
from bulou.modules.ledger.services.lists import add_lines, needs_name
from bulou.modules.registry.services.importing.naming import bare, people_by_number
from bulou.platform.access.viewer import Viewer
from bulou.platform.refusals import Refusal
from bulou.platform.sheets.fields import Field, Reason, Row, text
from bulou.platform.sheets.spec import CHANGE, NEW, SAME, ImportSpec

FILE = "ledger.file_record"
SPACE = UUID("0d2a2e0f-6a56-4a77-8f43-64b2f1a3fd19")


def spec_of(window: Any) -> ImportSpec:
    """The import of one list window: the person, the village or unit where one sends several lists, and a column for each fact of a line."""
    facts = asked(window.regime.operation_id, asking.in_order(window.asks))
    who = (
        Field("name", _("Name"), text(80), ALIASES["name"], needs_name(window.asks)),
        Field("number", _("Identity number"), text(30), ALIASES["number"], hint=_("Needed only where two have one name")),
        Field("place", _("Village or unit"), text(80), ALIASES["place"], hint=_("Needed only where you send several lists")),
    )  # fmt: skip
    columns = tuple(
        Field(one.code, asking.title(one), parser(one), ALIASES.get(one.code, ()), one.fact.kind is not Kind.CHOICES)
        for one in facts
    )
    judge = _Judge(window.regime_id, tuple(facts))
    return ImportSpec(
        key_of(window.regime_id), window.regime.title, FILE, (*who, *columns), judge.judge, judge.load,
        _("Lines of a list from Excel: one row a person. They join what has been filed in this window; the rest of the list stays."), "mine:sheets",
    )  # fmt: skip


@dataclass(slots=True)
class _Sent:
    """One list of the file: who may be meant, what stands, and whom a row has named already."""

    duty: reads.ListDuty
    by_name: dict[str, list[int]] = field(default_factory=dict)
    standing: dict[tuple[int | None, str], Mapping[str, Any]] = field(default_factory=dict)
    seen: set[tuple[int | None, str]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Judge:
    """Holds rows against the lists the sender files in the window that is open then."""

    regime_id: int
    facts: tuple[Asked, ...]

    def judge(self, rows: list[Row], viewer: Viewer, now: datetime) -> None:
        """New, changed or the same as the list that stands says; whom the register does not know is told and kept as new. Writes nothing."""
        window = next(iter(entry.open_regimes(now, self.regime_id, is_list=True)), None)
        lists = (
            reads.lists_of_window(viewer, window, below=("place", window.regime.operation.root_id)) if window else []
        )
        numbers = people_by_number(viewer, {row.values["number"] for row in rows if row.values.get("number")}, FILE)
        sent: dict[tuple[str, int], _Sent] = {}
        for row in rows:
            try:
                kind, pk = _list_of(row.values.get("place"), lists)
                if (kind, pk) not in sent:
                    sent[kind, pk] = _sent(viewer, window, kind, pk, now)
                self._judge_row(row, sent[kind, pk], numbers)
            except Refusal as refusal:
                row.reasons.append(Reason(refusal.field or "", refusal.code, refusal.sentence))

    def _judge_row(self, row: Row, sent: _Sent, numbers: Mapping[str, Any]) -> None:
        person = _person(row.values, sent, numbers)
        key = (person, "" if person is not None else row.values.get("name") or "")
        if key in sent.seen and key != (None, ""):
            words = _("This person stands in the list twice: the first row counts.")
            raise Refusal("mine.twice", words, field="name")
        sent.seen.add(key)
        if person is None and key[1]:
            told = now_said("Not in the register among your people: entered as somebody new.")
            row.reasons.append(Reason("name", "mine.new_name", told, is_fatal=False))
        row.values |= {"person_id": person, "list": (sent.duty.kind, sent.duty.subject_id)}
        before = sent.standing.get(key)
        said = {one.code: _stated(row, one) for one in self.facts}
        row.verdict = NEW if before is None else SAME if {c: before.get(c) for c in said} == said else CHANGE

    def load(self, rows: list[Row], by: Viewer, now: datetime, why: str) -> int:
        """File the new and changed lines, list by list, received now."""
        window = next(iter(entry.open_regimes(now, self.regime_id, is_list=True)), None)
        if window is None:
            raise Refusal("mine.window_closed", _("Its window has closed meanwhile: nothing was filed."), status=409)
        wanted = [row for row in rows if row.verdict in (NEW, CHANGE)]
        by_list: dict[tuple[str, int], list[Row]] = {}
        for row in wanted:
            by_list.setdefault(row.values["list"], []).append(row)
        with transaction.atomic():
            for (kind, pk), some in by_list.items():
                lines = [self._line(row) for row in some]
                once = uuid5(
                    SPACE, f"{window.pk}:{kind}:{pk}:{now.isoformat()}:{[(one.subject_id, one.name) for one in lines]}"
                )
                add_lines(
                    by=by, window=window, kind=kind, subject_id=pk, lines=lines, once=once, now=now, why=why or now_said("Lines from Excel")
                )  # fmt: skip
        return len(wanted)

    def _line(self, row: Row) -> ListLine:
        facts = {one.code: _stated(row, one) for one in self.facts}
        person = row.values["person_id"]
        return ListLine(person, facts, "" if person is not None else row.values.get("name") or "")


def _list_of(said: str | None, lists: Sequence[tuple[str, int, str]]) -> tuple[str, int]:
    """Which list a row belongs to: the one it names, else the only one the sender has."""
    found = [one for one in lists if not said or said == one[2] or bare(said) == bare(one[2])]
    if len(found) == 1:
        return found[0][:2]
    if not found:
        raise Refusal("mine.no_list", _("No list of yours is open there."), field="place")
    raise Refusal("mine.which_list", _("You send several lists: name the village or unit in a column."), field="place")


def _sent(viewer: Viewer, window: Any, kind: str, pk: int, now: datetime) -> _Sent:
    made = _Sent(reads.list_duty(viewer, window.pk, kind, pk, now=now))
    for person, name, _household in reads.people_of(viewer, made.duty):
        made.by_name.setdefault(name, []).append(person)
    for one in made.duty.lines:
        made.standing[one.subject_id, "" if one.subject_id is not None else one.name] = one.facts
    return made


def _person(said: Mapping[str, Any], sent: _Sent, numbers: Mapping[str, Any]) -> int | None:
    """The person of a row; None = somebody new. A number nobody in reach has, and a name several have, are asked about."""
    if number := said.get("number"):
        if number not in numbers:
            raise Refusal("mine.nobody_numbered", _("Nobody of this number is among your people."), field="number")
        return int(numbers[number].pk)
    found = sent.by_name.get(said.get("name") or "", [])
    if len(found) > 1:
        words = _("%(n)s people of this name may be meant: give the identity number.")
        raise Refusal("mine.several", words, field="name", n=len(found))
    return found[0] if found else None


def _stated(row: Row, one: Asked) -> Any:
    value = row.values.get(one.code)
    return tuple(value or ()) if one.fact.kind is Kind.CHOICES else value
