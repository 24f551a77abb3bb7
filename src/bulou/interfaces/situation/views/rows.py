"""The rows behind the figures: page by page, as a sheet, as text for a chat group; and one subject over fourteen days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from bulou.interfaces.situation import assembly, exports
from bulou.interfaces.situation import chat as chats
from bulou.interfaces.situation.asked import Asked, asked
from bulou.interfaces.situation.labels import nobody, title_of
from bulou.interfaces.situation.views.boards import CALL, VIEW, choices, look
from bulou.modules.ledger.queries import standings, subjects
from bulou.modules.ledger.queries.excuse_requests import said_of
from bulou.modules.ledger.queries.records import put_records
from bulou.platform.access.guard import needs
from bulou.platform.house.queries import is_exercise
from bulou.platform.pages.components.panels import Tab

NAMES = "ledger.view_names"
PAGE = 50
MOST_IN_A_MESSAGE = 2000
TABS = ("missing", "pending", "late", "excused", "returned", "on_time", "all")


@needs(VIEW)
def rows(request: HttpRequest) -> HttpResponseBase:
    """Who has a standing, with names and telephones: by tab, page by page."""
    question = asked(request)
    if question is None:
        return render(request, "situation/no_operation.html")
    standing = _standing(request)
    given = assembly.board(question)
    page = _page(request, question, standing, _after(request.GET.get("after", "")), PAGE)
    look(request, question, page.rows, "rows")
    put_records(question.viewer, page.rows)
    _put_said(page.rows)
    own = request.GET.get("own") or None
    context = {
        "asked": question, "board": given, "page": page, "standing": standing, "tabs": _tabs(question, given, own), "title": title_of(standing),
        "next": question.url("rows", standing=standing, own=own, after=_written(page.after)) if page.after else "",
        "first": question.url("rows", standing=standing, own=own) if request.GET.get("after") else "",
        "sheet": question.url("sheet", standing=standing, own=own), "chat": question.url("chat"), "may_copy": question.viewer.may(NAMES),
        "may_call": question.viewer.may(CALL), "may_excuse": question.viewer.may("ledger.excuse"),
        "nobody": nobody(standing),
    }  # fmt: skip
    return render(request, "situation/rows.html", context | choices(request, question))


@needs(VIEW)
def sheet(request: HttpRequest) -> HttpResponseBase:
    """The same list, whole, as an .xlsx."""
    question = asked(request)
    if question is None:
        raise Http404
    standing = _standing(request)
    given = assembly.board(question)
    return exports.sheet(question, given.name, title_of(standing), _all(request, question, standing))


@needs(NAMES)
def chat(request: HttpRequest) -> HttpResponseBase:
    """Those who have not reported as plain text: for the whole node, and for each place or unit alone."""
    question = asked(request)
    if question is None:
        return render(request, "situation/no_operation.html")
    given = assembly.board(question)
    found: list[standings.Row] = []
    for standing in ("missing", "pending"):
        found += (
            _page(request, question, standing, None, MOST_IN_A_MESSAGE - len(found)).rows
            if len(found) < MOST_IN_A_MESSAGE
            else []
        )
    look(request, question, found, "chat")
    grouped = chats.groups(found, question.by)
    open_ = given.figures.missing + given.figures.pending
    title = question.regime.title if question.regime else question.operation.title
    banner = _("Exercise") if is_exercise() else ""
    text = chats.message(
        title, given.name, question.at, question.zone, grouped, given.figures, exercise=banner,
        left_out=max(open_ - len(found), 0) if len(found) >= MOST_IN_A_MESSAGE else 0,
        numbers=[(line.name, line.figures.missing + line.figures.pending) for line in given.lines],
    )  # fmt: skip
    figures = {line.name: line.figures for line in given.lines if not line.is_own}
    each = (
        chats.texts_by_group(title, question.at, question.zone, grouped, figures, exercise=banner)
        if len(grouped) > 1
        else []
    )
    context = {"asked": question, "board": given, "text": text, "each": each, "trail": _trail(given)}
    return render(request, "situation/chat.html", context | choices(request, question))


@needs(VIEW)
def subject(request: HttpRequest, kind: str, pk: int) -> HttpResponseBase:
    """One person, household, place or unit: what it owed over fourteen days and how each stood."""
    question = asked(request)
    if question is None:
        raise Http404
    end = datetime.combine(question.day + timedelta(days=1), time(), question.zone).astimezone(UTC)
    found = subjects.subject(
        question.viewer,
        question.operation.pk,
        kind,
        pk,
        start=end - timedelta(days=14),
        end=end,
        now=question.now,
        as_of=question.as_of,
    )
    if found is None:
        raise Http404
    look(request, question, [found], "subject")
    return render(
        request,
        "situation/subject.html",
        {"asked": question, "found": found, "trail": [(_("Situation room"), question.url("board"))]},
    )


def _page(
    request: HttpRequest, question: Asked, standing: str, after: standings.Key | None, limit: int
) -> standings.Page:
    return standings.standing_page(
        question.viewer, question.operation.pk, question.windows, now=question.now, standing=standing, node_id=question.node, by=question.by,
        is_own=bool(request.GET.get("own")) and question.node is not None, duties=question.duties, as_of=question.as_of, after=after,
        limit=limit, enrolments=question.enrolments,
    )  # fmt: skip


def _all(request: HttpRequest, question: Asked, standing: str) -> Iterator[standings.Row]:
    """Every row, read in pages, each page's look logged as it is read."""
    after = None
    while True:
        page = _page(request, question, standing, after, 1000)
        look(request, question, page.rows, "sheet")
        yield from page.rows
        if page.after is None:
            return
        after = page.after


def _put_said(rows: list[standings.Row]) -> None:
    """What people said about being late, and what they asked, beside what was done about it."""
    if rows:
        said = said_of({row.enrolment_id for row in rows}, since=min(row.due for row in rows))
        for row in rows:
            row.said = said.get(row.enrolment_id)


def _standing(request: HttpRequest) -> str:
    given = request.GET.get("standing", "missing")
    return given if given in standings.STANDINGS else "missing"


def _tabs(question: Asked, given: assembly.Board, own: str | None) -> list[Tab]:
    f = given.figures
    counts = {
        "missing": f.missing,
        "pending": f.pending,
        "late": f.late,
        "excused": f.excused,
        "on_time": f.on_time,
        "all": f.opened,
    }
    return [
        Tab(one, title_of(one), question.url("rows", standing=one, own=own), None if own else counts.get(one))
        for one in TABS
    ]


def _trail(given: assembly.Board) -> list[tuple[str, str]]:
    return [*given.trail, (given.name, given.line.asked.url("board"))]


def _written(key: standings.Key | None) -> str:
    """Where a page goes on, for an address."""
    return "" if key is None else f"{key[0]}-{'.'.join(map(str, key[1]))}-{key[2]}-{key[3]}"


def _after(text: str) -> standings.Key | None:
    """Read back; what cannot be read begins at the beginning."""
    parts = text.split("-")
    numbers = [parts[0], *parts[1].split("."), *parts[2:]] if len(parts) == 4 else [""]
    if not all(one.isascii() and one.isdecimal() and len(one) < 18 for one in numbers):
        return None
    window, *lineage, cell, place = map(int, numbers)
    return window, tuple(lineage), cell, min(place, 2_000_000_000)
