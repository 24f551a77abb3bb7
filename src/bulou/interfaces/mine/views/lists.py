"""A list return on one page: lines by keyboard, from a chat, from rows of Excel, from the last list; nobody to report; and correcting it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from bulou.interfaces.mine import asking, pasted
from bulou.interfaces.mine.cells import key_of
from bulou.interfaces.mine.chain import Found
from bulou.interfaces.mine.forms import sheet_form
from bulou.modules.ledger.queries import lists as reads
from bulou.modules.ledger.queries.asked import Asked, asked
from bulou.modules.ledger.queries.lists import LineTold, ListDuty, list_duty
from bulou.modules.ledger.services.content import ListLine
from bulou.modules.ledger.services.lists import LinesRefused, file_list, needs_name
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.queries.cards import cards
from bulou.modules.registry.queries.people_search import find_people
from bulou.modules.registry.services.importing.naming import people_by_number
from bulou.platform.access.guard import needs
from bulou.platform.access.permissions import SIGNED_IN
from bulou.platform.journal.services import note_look
from bulou.platform.once.services import run_once
from bulou.platform.pages.components.texts import plain_moment
from bulou.platform.refusals import Refusal

FILE = "ledger.file_record"
OFFERED = 12
LETTERS = 60


@needs(SIGNED_IN)
@require_GET
def page(request: HttpRequest, window_id: int, kind: str, subject_id: int) -> HttpResponseBase:
    """The list of one subject in one window: empty, as filed, or begun from the last one (`?begin=last`)."""
    duty, facts = _of(request, window_id, kind, subject_id)
    before = reads.list_before(duty, now=request.now) if duty.record is None else None
    begun = before[1] if before is not None and "begin" in request.GET else list(duty.lines)
    _look(request, begun)
    asks = [one.code for one in facts]
    context = {
        "duty": duty, "title": title_of(duty.window), "arguments": (window_id, kind, subject_id),
        "lines": json.dumps([_written(one) for one in begun], ensure_ascii=False),
        "is_begun": bool(before is not None and "begin" in request.GET), "before": before, "version": duty.version,
        "usual": sheet_form(facts, "usual"), "own": sheet_form(facts, "own"), "heads": [asking.title(one) for one in facts],
        "kinds": json.dumps({one.code: one.fact.kind for one in facts}), "asks": json.dumps(asks),
        "titles": json.dumps({one.code: asking.title(one) for one in facts}, ensure_ascii=False), "needs_name": needs_name(asks),
        "draft": f"bulou.entry.{request.viewer.user_id}.list.{window_id}.{kind}.{subject_id}.{duty.version}",
        "is_past": request.now >= duty.window.closes, "filed": filed_words(duty),
        "workbook": key_of(duty.window.regime_id) if _has_workbook(request, duty) else "",
    }  # fmt: skip
    return render(request, "mine/list.html", context)


@needs(SIGNED_IN)
@require_POST
def send(request: HttpRequest, window_id: int, kind: str, subject_id: int) -> HttpResponseBase:
    """File the list, or a correction of it: one request, all or nothing; the same key again answers the same."""
    duty, facts = _of(request, window_id, kind, subject_id)
    try:
        sent = json.loads(request.body)
        once, version, why = UUID(sent["once"]), int(sent["version"]), str(sent.get("why") or "")
        lines = [_line(one) for one in sent["lines"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _unreadable() from None

    def file() -> dict[str, Any]:
        done = file_list(
            by=request.viewer, window=duty.window, kind=kind, subject_id=subject_id, lines=lines, once=once, now=request.now, version=version, why=why,
        )  # fmt: skip
        return {"record": done.record_id, "version": done.version, "lines": done.lines}

    try:
        _why_not_value(facts, lines)
        given, _ran = run_once(once, "mine:send_list", file, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return _refused(refusal)
    there = reverse("mine:list", args=[window_id, kind, subject_id]) + f"?filed={given['lines']}"
    return JsonResponse(given | {"then": there})


@needs(SIGNED_IN)
@require_POST
def read(request: HttpRequest, window_id: int, kind: str, subject_id: int) -> HttpResponseBase:
    """What was pasted, line by line, matched to people; nothing is filed."""
    duty, facts = _of(request, window_id, kind, subject_id)
    try:
        text = str(json.loads(request.body)["text"])[:400_000]
    except (ValueError, KeyError, TypeError):
        raise _unreadable() from None
    people = reads.people_of(request.viewer, duty)
    labels = {pk: (name, household) for pk, name, household in people}
    numbers = {
        number: person.pk for number, person in people_by_number(request.viewer, pasted.numbers_in(text), FILE).items()
    }
    labels |= _labels(set(numbers.values()) - labels.keys())
    found = pasted.read(text, facts, [(pk, name) for pk, name, _household in people], numbers)
    _look_at(request, {pk for one in found for pk in one.ids})
    return JsonResponse({"lines": [_matched(one, labels) for one in found]})


@needs(SIGNED_IN)
@require_GET
def find(request: HttpRequest, window_id: int, kind: str, subject_id: int) -> HttpResponseBase:
    """People for a line: by name, pinyin, the last four of a number, a telephone; in the viewer's scope, or listed here before."""
    duty, _facts = _of(request, window_id, kind, subject_id)
    letters = request.GET.get("q", "")[:LETTERS].strip()
    if not letters:
        return JsonResponse({"people": []})
    within = scopes.people(request.viewer, FILE)
    found = [one.pk for one in find_people(request.viewer, letters, limit=OFFERED, within=within)]
    if len(found) < OFFERED and (before := reads.list_before(duty, now=request.now)):
        here = [one.subject_id for one in before[1] if one.subject_id and letters in one.name]
        found = list(dict.fromkeys([*found, *here]))[:OFFERED]
    labels = _labels(set(found))
    _look_at(request, labels)
    return JsonResponse({"people": [[pk, *labels[pk]] for pk in found if pk in labels]})


def of_window(request: HttpRequest, window: Any, kind: str, node_id: int) -> HttpResponseBase:
    """The lists owed at or below a place or unit in a list window; a single one opens at once."""
    found = reads.lists_of_window(request.viewer, window, below=(kind, node_id))
    if len(found) == 1:
        return redirect("mine:list", window.pk, *found[0][:2])
    return render(
        request,
        "mine/lists.html",
        {"window": window, "title": title_of(window), "lists": found, "trail": [(_("Entry"), reverse("mine:sheets"))]},
    )


def title_of(window: Any) -> str:
    """A window's regime, and its slot where it has a name."""
    return f"{window.regime.title} · {window.name}" if window.name else window.regime.title


def _of(request: HttpRequest, window_id: int, kind: str, subject_id: int) -> tuple[ListDuty, list[Asked]]:
    duty = list_duty(request.viewer, window_id, kind, subject_id, now=request.now)
    return duty, asked(duty.window.regime.operation_id, asking.in_order(duty.window.asks))


def _has_workbook(request: HttpRequest, duty: ListDuty) -> bool:
    return request.viewer.may(FILE) and request.now < duty.window.closes


def _line(sent: Mapping[str, Any]) -> ListLine:
    subject = sent.get("id")
    facts = {
        str(code): value for code, value in sent["facts"].items() if isinstance(value, str | int | float | bool | list)
    }
    return ListLine(int(subject) if subject else None, facts, "" if subject else str(sent.get("name") or "")[:200])


def _why_not_value(facts: Sequence[Asked], lines: Sequence[ListLine]) -> None:
    """Refuse a number that cannot be (a temperature of 365), as the forms do."""
    for number, line in enumerate(lines, start=1):
        for one in facts:
            low, high = asking.LIMITS.get(one.code, (None, None))
            value = line.facts.get(one.code)
            if low is not None and high is not None and isinstance(value, int | float) and not low <= value <= high:
                words = _("Line %(n)s: %(value)s cannot be.")
                raise Refusal("mine.no_such_number", words, field=str(number), n=number, value=value)


def _refused(refusal: Refusal) -> JsonResponse:
    faults = refusal.faults if isinstance(refusal, LinesRefused) else ()
    told = [{"line": one.number, "field": one.field, "sentence": one.sentence} for one in faults[:200]]
    given = {"code": refusal.code, "sentence": refusal.sentence, "field": refusal.field, "faults": told}
    return JsonResponse(given, status=refusal.status)


def _unreadable() -> Refusal:
    return Refusal(
        "mine.not_a_sheet",
        _("The page sent something that cannot be read. Load it again: what you marked is kept."),
    )


def _written(one: LineTold) -> dict[str, Any]:
    """A line as the page's script reads it."""
    return {
        "id": one.subject_id,
        "name": one.name,
        "note": one.household,
        "facts": {code: _json(value) for code, value in one.facts.items()},
    }


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _matched(one: pasted.Read, labels: Mapping[int, tuple[str, str]]) -> dict[str, Any]:
    """A pasted line: sure of whom it means, or whom it may mean; or somebody new, by the name as written."""
    sure = one.ids[0] if one.found is Found.SURE else None
    name, note = labels.get(sure, (one.name, "")) if sure is not None else (one.name, "")
    options = [] if sure is not None else [[pk, *labels[pk]] for pk in one.ids if pk in labels]
    facts = {code: _json(value) for code, value in one.facts.items()}
    return {
        "id": sure,
        "name": name,
        "note": note,
        "facts": facts,
        "raw": one.raw,
        "options": options,
        "faults": dict(one.faults),
    }


def _labels(ids: set[int]) -> dict[int, tuple[str, str]]:
    """Name and household of people who are in reach already."""
    return {pk: (card.name, card.household) for pk, card in cards("person", ids).items()}


def _look(request: HttpRequest, lines: Sequence[LineTold]) -> None:
    _look_at(request, {one.subject_id for one in lines if one.subject_id is not None})


def _look_at(request: HttpRequest, ids: Iterable[int]) -> None:
    if people := sorted(ids):
        note_look(by=request.viewer, kind="registry.person", subjects=people, what="list", now=request.now)


def filed_words(duty: ListDuty) -> str:
    """When and by whom the list was filed, how many lines it has."""
    if duty.filed_at is None:
        return ""
    words = (
        _("Filed %(at)s by %(who)s: %(n)s lines.") if duty.lines else _("Filed %(at)s by %(who)s: nobody to report.")
    )
    return words % {"at": plain_moment(duty.filed_at), "who": duty.filed_by or "—", "n": len(duty.lines)}
