"""List returns: the list a place or unit owes in a window, its lines as they stand, the list before it, and who may stand on it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from bulou.core.facts import Catalogue, Kind
from bulou.modules.ledger.models import Enrolment, Record, RecordVersion, Window
from bulou.modules.ledger.queries import asked
from bulou.modules.ledger.queries.answering import FILE, may_file, stood_in_for, subjects_answered_by, subjects_within
from bulou.modules.ledger.queries.names import named
from bulou.modules.ledger.rules.copying import copied
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.queries.cards import cards
from bulou.platform import vault
from bulou.platform.access.viewer import Viewer, system

PURPOSE = "ledger.record"
ZERO = ["*"]
LOOKS_BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class LineTold:
    """A line of a list: its number (first = 1), the person if the registry knows them, a name, their household, and all facts, opened."""

    number: int
    subject_id: int | None
    name: str
    household: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ListDuty:
    """A list that a subject owes in a window. `record` and `version` are what has been filed (None, 0 = nothing), by whom and when."""

    window: Window
    kind: str
    subject_id: int
    name: str
    record: Record | None = None
    version: int = 0
    filed_at: datetime | None = None
    filed_by: str = ""
    lines: tuple[LineTold, ...] = ()

    @property
    def is_late(self) -> bool:
        """Whether what was filed came after the due time."""
        return self.record is not None and self.record.received_at > self.window.due


def list_duty(viewer: Viewer, window_id: int, kind: str, subject_id: int, *, now: datetime) -> ListDuty:
    """The list, for whoever may file about its subject; Http404 for others, for what is no list, owed by nobody, not open
    yet, or forgotten."""
    window = (
        Window.objects.select_related("regime", "regime__operation")
        .filter(pk=window_id, is_list=True, opens__lte=now)
        .first()
    )
    if window is None or not is_owed(window, kind, subject_id) or not may_file(viewer, kind, subject_id, now=now):
        raise Http404
    name = named(system("lists"), kind, [subject_id]).get(subject_id, ("", ""))[0]
    record = list_of(window, kind, subject_id)
    if record is None:
        return ListDuty(window, kind, subject_id, name)
    newest = newest_of(record)
    if newest.lines is None:
        raise Http404  # forgotten: it is not there to be corrected
    lines = lines_of(record, newest, catalogue_of(window, newest))
    number = newest.number if isinstance(newest, RecordVersion) else 1
    return ListDuty(
        window, kind, subject_id, name, record, number, newest.received_at, newest.filed_by_name, tuple(lines)
    )


def lists_of_window(viewer: Viewer, window: Window, *, below: tuple[str, int]) -> list[tuple[str, int, str]]:
    """(kind, id, name) of every subject that owes a list in this window and counts at or below a place or unit, where the viewer files."""
    wanted = Q(seats__cell__place__lineage__contains=[below[1]])
    if below[0] == "unit":
        wanted = Q(seats__cell__unit__lineage__contains=[below[1]])
    found: list[tuple[str, int, str]] = []
    for kind in ("place", "unit", "household", "person"):
        ids = set(_owing(window).filter(wanted, subject_kind=kind).values_list("subject_id", flat=True))
        mine = ids if viewer.is_system else subjects_within(viewer, FILE, kind, ids) if ids else ids
        found += [(kind, pk, name) for pk, (name, _phone) in named(system("lists"), kind, mine).items()]
    return sorted(found, key=lambda one: (one[2], one[1]))


def is_owed(window: Window, kind: str, subject_id: int) -> bool:
    """Whether a subject owes a list in this window, as far as enrolments say."""
    return _owing(window).filter(subject_kind=kind, subject_id=subject_id).exists()


def list_of(window: Window, kind: str, subject_id: int) -> Record | None:
    """The list filed for a window by a subject: the one done last that answers what it asks; None = silence."""
    rows = _lists(kind, subject_id).filter(done_at__gte=window.opens, done_at__lt=window.closes)
    return next((row for row in rows if _answers(window, row) or _answers(window, newest_of(row))), None)


def window_of(record: Record) -> Window | None:
    """The list window a list was filed for."""
    regimes = Enrolment.objects.filter(subject_kind=record.subject_kind, subject_id=record.subject_id)
    found = Window.objects.filter(regime_id__in=regimes.values("regime_id"), is_list=True).order_by("opens", "pk")
    fits = found.filter(opens__lte=record.done_at, closes__gt=record.done_at).select_related("regime")
    return next((one for one in fits if _answers(one, newest_of(record)) or _answers(one, record)), None)


def newest_of(record: Record) -> Record | RecordVersion:
    """The version that holds."""
    return record.versions.order_by("-number").first() or record


def lines_of(
    record: Record, version: Record | RecordVersion, facts: Catalogue, *, names_for: Viewer | None = None
) -> list[LineTold]:
    """The lines of one version in their order; without any if it is a zero report, or forgotten. `names_for` a viewer who may have to see
    them masked, else in clear.
    """
    rows = version.lines or []
    hidden = json.loads(vault.unseal(version.sealed, purpose=PURPOSE, about=record.uuid)) if version.sealed else {}
    ids = {row["subject"] for row in rows if row["subject"] is not None}
    known = cards("person", ids)
    shown = named(names_for or system("lists"), "person", ids)
    found = []
    for number, row in enumerate(rows, start=1):
        own = {code.partition(":")[2]: value for code, value in hidden.items() if code.startswith(f"{number}:")}
        said = {code: value_of(facts, code, value) for code, value in {**row["facts"], **own}.items()}
        subject = row["subject"]
        name = shown.get(subject, ("", ""))[0] if subject is not None else row["name"]
        household = known[subject].household if subject in known else ""
        found.append(LineTold(number, subject, name, household, said))
    return found


def catalogue_of(window: Window, *versions: Record | RecordVersion) -> Catalogue:
    """The facts a window's list may speak of: what it asks, and what these versions state."""
    stated = {code for one in versions for line in one.lines or [] for code in line["facts"]}
    return asked.catalogue(window.regime.operation_id, [*window.asks, *sorted(stated)])


def value_of(facts: Catalogue, code: str, value: Any) -> Any:
    """A value as kept in JSON, as the catalogue has it."""
    kind = facts.by_code[code].kind if code in facts.by_code else None
    if kind is Kind.MOMENT and isinstance(value, str):
        return datetime.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value


def list_before(duty: ListDuty, *, now: datetime) -> tuple[datetime, list[LineTold]] | None:
    """The last list with lines before this window, and when it was done: its lines as a new one may begin with (rules.copying). None = there
    is none of the last thirty days.
    """
    opens = duty.window.opens
    for record in _lists(duty.kind, duty.subject_id).filter(done_at__lt=opens, done_at__gt=opens - LOOKS_BACK)[:20]:
        newest = newest_of(record)
        if newest.lines and set(newest.lines_stated or ()) & set(duty.window.asks):
            facts = catalogue_of(duty.window, newest)
            lines = lines_of(record, newest, facts)
            return record.done_at, [_carried(one, facts, record.done_at, now) for one in lines if one.name]
    return None


def may_list(viewer: Viewer, ids: Collection[int], kind: str, subject_id: int, *, now: datetime) -> set[int]:
    """Which of these people the viewer may put on a subject's list: within the scope they file for, theirs to answer for, or listed there
    before. Who is merged or forgotten is nobody.
    """
    wanted = set(ids)
    current = {"merged_into": None, "forgotten_at": None}
    everybody = scopes.people(viewer, FILE)
    found = set(everybody.filter(pk__in=wanted, **current).values_list("pk", flat=True))
    if rest := wanted - found:
        people = [] if viewer.person_id is None else [viewer.person_id, *stood_in_for(viewer.person_id, now)]
        mine = {pk for person in people for pk in subjects_answered_by(person, "person", rest)}
        found |= mine | (rest & _listed_before(kind, subject_id, now))
    return found


def people_of(viewer: Viewer, duty: ListDuty) -> list[tuple[int, str, str]]:
    """(id, name, household) of those a pasted list is held against: who lives at the list's place or belongs to its unit, in the viewer's scope,
    and who stood on the list before. At most 20,000.
    """
    people = scopes.people(viewer, FILE).filter(ends=None, merged_into=None, forgotten_at=None)
    if duty.kind == "unit":
        people = people.filter(memberships__unit__lineage__contains=[duty.subject_id], memberships__ends=None)
    elif duty.kind == "place":
        people = people.filter(place__lineage__contains=[duty.subject_id])
    ids = set(people.values_list("pk", flat=True)[:20_000])
    ids |= _listed_before(duty.kind, duty.subject_id, duty.window.closes)
    return [(pk, card.name, card.household) for pk, card in cards("person", ids).items() if card.name]


def _owing(window: Window) -> QuerySet[Enrolment]:
    rows = Enrolment.objects.filter(regime_id=window.regime_id, starts__lte=window.opens)
    return rows.filter(Q(ends=None) | Q(ends__gte=window.due))


def _lists(kind: str, subject_id: int) -> QuerySet[Record]:
    rows = Record.objects.filter(subject_kind=kind, subject_id=subject_id).exclude(lines_stated=None)
    return rows.order_by("-done_at", "-pk")


def _answers(window: Window, row: Record | RecordVersion) -> bool:
    stated = row.lines_stated
    return stated is not None and (stated == ZERO or set(window.asks) <= set(stated))


def _listed_before(kind: str, subject_id: int, now: datetime) -> set[int]:
    rows: Iterable[Any] = (
        _lists(kind, subject_id).filter(done_at__gt=now - LOOKS_BACK).prefetch_related("versions")[:60]
    )
    contents: list[Sequence[Mapping[str, Any]]] = [
        one.lines or [] for row in rows for one in (row, *row.versions.all())
    ]
    return {line["subject"] for lines in contents for line in lines if line["subject"] is not None}


def _carried(one: LineTold, facts: Catalogue, stated_at: datetime, now: datetime) -> LineTold:
    kept = copied(one.facts, facts, stated_at=stated_at, at=now)
    return LineTold(one.number, one.subject_id, one.name, one.household, kept)
