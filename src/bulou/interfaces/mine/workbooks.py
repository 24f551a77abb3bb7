"""Reports from Excel: for every regime with an open window an import of its own, its columns made from what it asks. The import kit reads, shows
the verdict and loads; here a row is held against whoever owes the window within the sender's reach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bulou.core.facts import Kind
from bulou.interfaces.mine import asking, list_workbooks
from bulou.interfaces.mine.cells import ALIASES, key_of, parser
from bulou.modules.ledger.queries import entry
from bulou.modules.ledger.queries.asked import Asked, asked
from bulou.modules.ledger.services import Filing, file_many
from bulou.modules.registry.queries.cards import people_called
from bulou.modules.registry.services.importing.naming import people_by_number
from bulou.platform import clock
from bulou.platform.access.viewer import Viewer
from bulou.platform.refusals import Refusal
from bulou.platform.sheets.fields import Field, Reason, Row, text
from bulou.platform.sheets.spec import NEW, SAME, ImportSpec

FILE = "ledger.file_record"
SPACE = UUID("5c5b3ff0-6c1f-4b53-a4f7-3c4ab1a4a1d5")


class Workbooks:
    """The imports of what is open now; asked anew each time, as regimes come and go."""

    def __iter__(self) -> Iterator[ImportSpec]:
        for window in entry.open_regimes(clock.now()):
            yield spec_of(window)
        for window in entry.open_regimes(clock.now(), is_list=True):
            yield list_workbooks.spec_of(window)


def spec_of(window: Any) -> ImportSpec:
    """The import of one window's regime: a name or an identity number, and a column for each fact."""
    facts = asked(window.regime.operation_id, asking.in_order(window.asks))
    named = (
        Field("name", _("Name"), text(80), ALIASES["name"], True),
        Field(
            "number", _("Identity number"), text(30), ALIASES["number"], hint=_("Needed only where two have one name")
        ),
    )
    columns = tuple(
        Field(one.code, asking.title(one), parser(one), ALIASES.get(one.code, ()), one.fact.kind is not Kind.CHOICES)
        for one in facts
    )
    judge = _Judge(window.regime_id, tuple(facts))
    return ImportSpec(
        key_of(window.regime_id), window.regime.title, FILE, (*named, *columns), judge.judge, judge.load,
        _("Reports of one window from Excel: one row a person; only those who owe it and whom you file for."), "mine:sheets",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Judge:
    """Holds rows against who owes the regime's window that is open then."""

    regime_id: int
    facts: tuple[Asked, ...]

    def judge(self, rows: list[Row], viewer: Viewer, now: datetime) -> None:
        """New where a report is wanted, same where one has come; nobody, or several of one name, is a reason. Writes nothing."""
        window = next(iter(entry.open_regimes(now, self.regime_id)), None)
        numbers = people_by_number(viewer, {row.values["number"] for row in rows if row.values.get("number")}, FILE)
        called = people_called({row.values["name"] for row in rows if row.values.get("name")})
        ids = {pk for some in called.values() for pk in some} | {person.pk for person in numbers.values()}
        owing = {row.subject_id: row for row in entry.entry_rows_of(viewer, window, sorted(ids))} if window else {}
        seen: set[int] = set()
        for row in rows:
            try:
                row.values["person_id"] = pk = _one(row.values, numbers, called, owing)
                if pk in seen:
                    raise Refusal(
                        "mine.twice", _("This person stands in the list twice: the first row counts."), field="name"
                    )
                seen.add(pk)
                row.verdict = NEW if owing[pk].is_open else SAME
            except Refusal as refusal:
                row.reasons.append(Reason(refusal.field or "", refusal.code, refusal.sentence))

    def load(self, rows: list[Row], by: Viewer, now: datetime, why: str) -> int:
        """File the new ones, received now. The same report of the same person in the same window is filed once, whatever file it comes in."""
        window = next(iter(entry.open_regimes(now, self.regime_id)), None)
        if window is None:
            raise Refusal("mine.window_closed", _("Its window has closed meanwhile: nothing was filed."), status=409)
        wanted = [row for row in rows if row.verdict == NEW]
        filings = [_filing(window.pk, row, {one.code: _stated(row, one) for one in self.facts}) for row in wanted]
        return _load(by, filings, now, why)


@transaction.atomic
def _load(by: Viewer, filings: Sequence[Filing], now: datetime, why: str) -> int:
    return file_many(by=by, filings=list(filings), now=now, why=why) if filings else 0


def _one(said: dict[str, Any], numbers: dict[str, Any], called: dict[str, list[int]], owing: dict[int, Any]) -> int:
    """The one person of a row who owes the window."""
    if number := said.get("number"):
        found = [numbers[number].pk] if number in numbers and numbers[number].pk in owing else []
    else:
        found = [pk for pk in called.get(said["name"], []) if pk in owing]
    if len(found) > 1:
        words = _("%(n)s people of this name owe it: give the identity number.")
        raise Refusal("mine.several", words, field="name", n=len(found))
    if not found:
        raise Refusal("mine.nobody", _("Nobody of this name or number owes it among those you file for."), field="name")
    return found[0]


def _filing(window_id: int, row: Row, facts: dict[str, Any]) -> Filing:
    pk = row.values["person_id"]
    key = uuid5(SPACE, f"{window_id}:{pk}:{sorted((code, str(value)) for code, value in facts.items())}")
    return Filing(key, pk, facts, source="excel")


def _stated(row: Row, one: Asked) -> Any:
    value = row.values.get(one.code)
    return value or () if one.fact.kind is Kind.CHOICES else value
