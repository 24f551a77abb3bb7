"""A whole village or unit on one page: all well except …, by keyboard; drafts are kept in the browser, sending twice changes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bulou.interfaces.mine import asking
from bulou.interfaces.mine.cells import key_of
from bulou.interfaces.mine.forms import sheet_form
from bulou.interfaces.mine.views import lists
from bulou.interfaces.mine.views.lists import title_of
from bulou.modules.ledger.queries import entry
from bulou.modules.ledger.queries.asked import Asked, asked
from bulou.modules.ledger.services.sheets import Sheet, file_sheet
from bulou.platform.access.guard import needs
from bulou.platform.journal.services import note_look
from bulou.platform.once.services import run_once
from bulou.platform.pages.components.panels import Tab
from bulou.platform.refusals import Refusal

FILE = "ledger.file_record"


@needs(FILE)
def home(request: HttpRequest) -> HttpResponseBase:
    """Every sheet of what is open now: choose a regime, then a village or a unit."""
    windows = entry.entry_windows(request.viewer, now=request.now)
    wanted = next((w for w in windows if str(w.pk) == request.GET.get("window")), windows[0] if windows else None)
    kind = "unit" if request.GET.get("by") == "unit" or (wanted and _is_of_units(request)) else "place"
    sheets = entry.entry_sheets(request.viewer, [wanted], kind) if wanted else []
    tabs = [Tab(str(w.pk), title_of(w), f"?window={w.pk}", None) for w in windows]
    return render(request, "mine/sheets.html", {"tabs": tabs, "window": wanted, "sheets": sheets, "kind": kind})


@needs(FILE)
def sheet(request: HttpRequest, window_id: int, kind: str, node_id: int) -> HttpResponseBase:
    """The sheet of one window at one node; of a list return, the lists owed there."""
    window = entry.entry_window(request.viewer, window_id)
    if window.is_list:
        entry.entry_node(request.viewer, window, kind, node_id)
        return lists.of_window(request, window, kind, node_id)
    window, node, facts = _of(request, window_id, kind, node_id)
    rows = entry.entry_sheet(request.viewer, window, kind, node_id)
    note_look(
        by=request.viewer,
        kind=f"registry.{rows[0].subject_kind}",
        subjects=[row.subject_id for row in rows],
        what="sheet",
        now=request.now,
    )
    own = _with_further(window, facts)
    context = {
        "window": window, "node": node, "title": title_of(window), "rows": _drawn(rows), "count": len(rows), "arguments": (window_id, kind, node_id),
        "usual": sheet_form(facts, "usual"), "own": sheet_form(own, "own"), "kinds": json.dumps({one.code: one.fact.kind for one in own}),
        "asks": json.dumps([one.code for one in facts]), "draft": f"bulou.entry.{request.viewer.user_id}.{window_id}.{kind}.{node_id}",
        "trail": [(_("Entry"), reverse("mine:sheets"))], "is_past": request.now >= window.closes,
        "workbook": key_of(window.regime_id) if request.now < window.closes and not window.is_list else "",
    }  # fmt: skip
    return render(request, "mine/sheet.html", context)


@needs(FILE)
@require_POST
def send(request: HttpRequest, window_id: int, kind: str, node_id: int) -> HttpResponseBase:
    """File the sheet: one request, all or nothing; the same key again answers the same."""
    window, _node, _facts = _of(request, window_id, kind, node_id)
    try:
        once, key, sheet = _read(request.body)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refusal(
            "mine.not_a_sheet",
            _("The page sent something that cannot be read. Load it again: what you marked is kept."),
        ) from None

    def file() -> dict[str, Any]:
        done = file_sheet(
            by=request.viewer, window=window, node_kind=kind, node_id=node_id, sheet=sheet, once=key, now=request.now
        )
        return {"filed": done.filed, "already": done.already, "left": done.left, "corrected": done.corrected}

    try:
        given, _ran = run_once(once, "mine:send_sheet", file, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return JsonResponse(
            {"code": refusal.code, "sentence": refusal.sentence, "field": refusal.field}, status=refusal.status
        )
    return JsonResponse(given | {"sentence": _said(given)})


@needs(FILE)
def state(request: HttpRequest, window_id: int, kind: str, node_id: int) -> HttpResponseBase:
    """What has been answered so far, for a page that stays open while others file too."""
    window, _node, _facts = _of(request, window_id, kind, node_id)
    done = entry.entry_states(request.viewer, window, kind, node_id)
    return JsonResponse({"done": {enrolment: asking.clock_time(at) for enrolment, at in done}})


def _of(request: HttpRequest, window_id: int, kind: str, node_id: int) -> tuple[Any, str, list[Asked]]:
    window = entry.entry_window(request.viewer, window_id)
    if window.is_list:
        raise Http404  # a list is no sheet: it is filed line by line (views.lists)
    node = entry.entry_node(request.viewer, window, kind, node_id)
    return window, node, asked(window.regime.operation_id, asking.in_order(window.asks))


def _is_of_units(request: HttpRequest) -> bool:
    """Whether the viewer files for units only."""
    scopes = request.viewer.scopes(FILE)
    return bool(scopes) and all(grant.unit_id is not None for grant in scopes)


def _with_further(window: Any, facts: Sequence[Asked]) -> list[Asked]:
    """The facts asked, and those one may add about an exception."""
    there = {one.code for one in facts}
    further = [code for one in facts for code in asking.FURTHER.get(one.code, ()) if code not in there]
    return [*facts, *asked(window.regime.operation_id, further)]


def _drawn(rows: Sequence[entry.SheetRow]) -> SafeString:
    """The rows, written out plainly: a template tag per cell would cost a second on 1,377 of them."""
    lines = []
    for number, row in enumerate(rows, start=1):
        state = "excused" if row.is_excused else "filed" if row.received_at else ""
        words = _("Excused") if row.is_excused else asking.clock_time(row.received_at) if row.received_at else ""
        mark = f' class="{state}"' if state else ""
        lines.append(
            f'<tr id="e{row.enrolment_id}" data-k="{escape(row.initials)}"{mark}><th scope="row">{number}</th><td>{escape(row.name)}</td>'
            f"<td>{escape(row.household)}</td><td>{escape(words)}</td></tr>"
        )
    return mark_safe("".join(lines))


def _read(body: bytes) -> tuple[UUID, UUID, Sheet]:
    """The sheet as the page sends it: {once, key, usual: {code: value}, own: {enrolment: {code: value}}, out: [enrolment], why}.

    `once` names the request, `key` the records: a page whose line broke and that was changed before it sent again has a new `once`.
    """
    sent = json.loads(body)
    own = {int(key): _plain(facts) for key, facts in sent.get("own", {}).items()}
    return (
        UUID(sent["once"]),
        UUID(sent["key"]),
        Sheet(
            _plain(sent.get("usual", {})),
            own,
            frozenset(int(one) for one in sent.get("out", [])),
            str(sent.get("why") or ""),
        ),
    )


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {str(code): value for code, value in facts.items() if isinstance(value, str | int | float | bool | list)}


def _said(given: Mapping[str, int]) -> str:
    parts = [_("Filed: %(n)s.") % {"n": given["filed"]}]
    if given.get("corrected"):
        parts.append(_("Corrected: %(n)s.") % {"n": given["corrected"]})
    if given["already"]:
        parts.append(_("Answered before or excused: %(n)s.") % {"n": given["already"]})
    if given["left"]:
        parts.append(_("Not reported yet: %(n)s.") % {"n": given["left"]})
    return " ".join(parts)
