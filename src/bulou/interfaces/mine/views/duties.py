"""My duties on a phone: what I owe now, soonest first; one tap to do it; a form where more is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bulou.interfaces.mine import asking
from bulou.interfaces.mine.forms import Part, facts_of, moment_of, report_form
from bulou.modules.collection.queries.held import waiting
from bulou.modules.ledger import services
from bulou.modules.ledger.queries.asked import asked, known_of
from bulou.modules.ledger.queries.chase import own_absences
from bulou.modules.ledger.queries.duties import OwedNow, duties_of
from bulou.modules.ledger.queries.entry import SheetCount, entry_sheets, entry_windows
from bulou.modules.ledger.queries.excuse_requests import Said, said_of
from bulou.modules.ledger.queries.lists import list_duty
from bulou.modules.ledger.services import Filing
from bulou.modules.ledger.services.lists import file_list
from bulou.platform.access.guard import needs
from bulou.platform.access.permissions import SIGNED_IN
from bulou.platform.pages.forms import Form, answer

WELL = frozenset({"well"})
MOST_SHEETS = 12


class Once(Form):
    """A form of one button."""


@dataclass(slots=True)
class Card:
    """Everything open about one subject: one report answers all of it."""

    kind: str
    subject_id: int
    name: str
    is_about_me: bool
    duties: list[OwedNow] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)

    @property
    def due(self) -> datetime:
        return min(duty.due for duty in self.duties)

    @property
    def is_missing(self) -> bool:
        return any(duty.standing.value == "missing" for duty in self.duties)

    @property
    def asks(self) -> list[str]:
        return asking.in_order(code for duty in self.duties if not duty.is_list for code in duty.asks)

    @property
    def is_one_tap(self) -> bool:
        """Whether nothing is asked but whether one is well: then one tap does it."""
        return set(self.asks) == WELL

    @property
    def lists(self) -> list[OwedNow]:
        """List returns, which name people or say that there is nobody."""
        return [duty for duty in self.duties if duty.is_list]


@needs(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponseBase:
    """What I owe now, what I have done, and the sheets I fill in for others."""
    owed = duties_of(request.viewer, now=request.now)
    cards = _cards([duty for duty in owed if duty.is_open])
    reports = [card for card in cards if card.asks]
    _put_said(cards)
    context = {
        "away": own_absences(request.viewer, now=request.now),
        "cards": cards, "together": len(reports) > 1, "done": [duty for duty in owed if not duty.is_open],
        "held": waiting(request.viewer), "sheets": _sheets(request), "has_person": request.viewer.person_id is not None, "sent": "sent" in request.GET,
    }  # fmt: skip
    return render(request, "mine/duties.html", context)


@needs(SIGNED_IN)
def report_all(request: HttpRequest) -> HttpResponseBase:
    """One form for myself and everybody I answer for."""
    cards = [card for card in _cards(_open(request)) if card.asks]
    return _report(request, cards, _("Report for all"))


@needs(SIGNED_IN)
def report(request: HttpRequest, kind: str, subject_id: int) -> HttpResponseBase:
    """The form about one subject. Somebody who is not mine to answer for does not exist here."""
    card = _card(request, kind, subject_id)
    return _report(request, [card], card.name)


@needs(SIGNED_IN)
@require_POST
def report_well(request: HttpRequest, kind: str, subject_id: int) -> HttpResponseBase:
    """One tap: well."""
    card = _card(request, kind, subject_id, sent_before=True)

    def file(**_values: Any) -> dict[str, Any]:
        filing = Filing(_key(form.once_key, card), card.subject_id, {"well": True}, request.now, subject_kind=kind)
        services.file_record(by=request.viewer, filing=filing, now=request.now)
        return {}

    form = Once.of(request)
    return answer(request, form, file, then=_home(), context={"title": card.name})


@needs(SIGNED_IN)
@require_POST
def report_nobody(request: HttpRequest, window_id: int, kind: str, subject_id: int) -> HttpResponseBase:
    """A zero report: the list of this window is empty, and somebody says so."""
    duty = list_duty(request.viewer, window_id, kind, subject_id, now=request.now)

    def file(**_values: Any) -> dict[str, Any]:
        file_list(
            by=request.viewer, window=duty.window, kind=kind, subject_id=subject_id, lines=(), once=form.once_key, now=request.now
        )  # fmt: skip
        return {}

    form = Once.of(request)
    return answer(request, form, file, then=_home(), context={"title": duty.name})


def _report(request: HttpRequest, cards: Sequence[Card], title: str) -> HttpResponseBase:
    parts = [_part(card, request.now) for card in cards]
    form = report_form(parts).of(request)

    def file(**values: Any) -> dict[str, Any]:
        for part, card in zip(parts, cards, strict=True):
            filing = Filing(
                _key(form.once_key, card),
                part.subject_id,
                facts_of(part, values),
                moment_of(values, request.now),
                part.kind,
            )
            services.file_record(by=request.viewer, filing=filing, now=request.now)
        return {"count": len(parts)}

    context = {"title": title, "submit": _("Report"), "cancel": reverse("mine:duties"), "nothing_open": not parts}
    return answer(request, form, file, then=_home(), template="mine/report.html", context=context)


def _home() -> str:
    return reverse("mine:duties") + "?sent"


def _key(once: UUID, card: Card) -> UUID:
    """The key of one subject's record in a form that reports for several."""
    return uuid5(once, f"{card.kind}:{card.subject_id}")


def _part(card: Card, now: datetime) -> Part:
    operation_id = card.duties[0].regime.operation_id
    facts = asked(operation_id, card.asks)
    known = known_of(card.kind, [card.subject_id], card.asks, operation_id=operation_id, at=now)
    return Part(card.kind, card.subject_id, card.name, facts, known.get(card.subject_id, {}))


def _open(request: HttpRequest) -> list[OwedNow]:
    return [duty for duty in duties_of(request.viewer, now=request.now) if duty.is_open]


def _card(request: HttpRequest, kind: str, subject_id: int, *, sent_before: bool = False) -> Card:
    """The open card of a subject; with `sent_before` a done one too, so that a tap sent twice ends where the first did."""
    owed = duties_of(request.viewer, now=request.now)
    cards = _cards([duty for duty in owed if duty.is_open]) + (
        _cards(owed) if sent_before or request.method == "POST" else []
    )
    found = next((card for card in cards if (card.kind, card.subject_id) == (kind, subject_id) and card.asks), None)
    if found is None:
        raise Http404
    return found


def _cards(duties: Sequence[OwedNow]) -> list[Card]:
    found: dict[tuple[str, int], Card] = {}
    for duty in duties:
        key = (duty.subject_kind, duty.subject_id)
        card = found.setdefault(key, Card(*key, duty.name, duty.is_about_me))
        card.duties.append(duty)
    return list(found.values())


def _put_said(cards: Sequence[Card]) -> None:
    """What was said about being late, and what was asked, beside what is open."""
    if duties := [duty for card in cards for duty in card.duties]:
        said = said_of({duty.enrolment_id for duty in duties}, since=min(duty.due for duty in duties))
        for card in cards:
            card.said = [said[duty.enrolment_id] for duty in card.duties if duty.enrolment_id in said]


def _sheets(request: HttpRequest) -> list[tuple[Any, list[SheetCount]]]:
    """The sheets not finished yet, for whoever files for others; few, as this is a phone."""
    if not request.viewer.may("ledger.file_record"):
        return []
    windows = entry_windows(request.viewer, now=request.now)
    wanted = "unit" if any(grant.unit_id for grant in request.viewer.scopes("ledger.file_record")) else "place"
    counts = [one for one in entry_sheets(request.viewer, windows, wanted) if one.left][:MOST_SHEETS]
    by_window = {window.pk: window for window in windows}
    found: dict[int, list[SheetCount]] = {}
    for one in counts:
        found.setdefault(one.window_id, []).append(one)
    return [(by_window[pk], rows) for pk, rows in found.items()]
