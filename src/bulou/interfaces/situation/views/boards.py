"""The board, and its trend."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from bulou.interfaces.situation import assembly, households
from bulou.interfaces.situation.asked import PLACE, UNIT, Asked, asked
from bulou.interfaces.situation.labels import nobody, title_of
from bulou.modules.ledger.queries import standings, trees
from bulou.modules.operations.queries.operations import operations
from bulou.platform.access.guard import needs
from bulou.platform.journal.services import note_look
from bulou.platform.pages.components.drawings import Bar
from bulou.platform.pages.components.panels import Tab
from bulou.platform.pages.components.texts import number, percent

VIEW = "ledger.view_standing"
CALL = "ledger.chase"
DAYS = 14
PEOPLE = 40


@needs(VIEW)
def board(request: HttpRequest) -> HttpResponseBase:
    """How the operation stands; asked again by the page itself (htmx) it gives the part that moves."""
    question = asked(request)
    if question is None:
        return render(request, "situation/no_operation.html")
    given = assembly.board(question)
    context = {
        "board": given,
        "asked": question,
        **_people(request, question, given),
        "homes": _homes(request, question, given),
        **parts(given),
        "may_call": question.viewer.may(CALL),
    }
    if request.htmx:
        return render(request, "situation/live.html", context)
    return render(request, "situation/board.html", context | choices(request, question))


@needs(VIEW)
def trend(request: HttpRequest) -> HttpResponseBase:
    """The last 14 days of the node, reported and reported in time, for the panel under the board."""
    question = asked(request)
    if question is None:
        return render(request, "situation/trend.html", {"days": []})
    question.need_node(set())
    node = None if question.node in (None, 0) else question.node
    days = trees.trend(
        question.viewer, question.operation.pk, now=question.now, days=DAYS, node_id=node, regime_id=question.regime_id, by=question.by
    )  # fmt: skip
    shown = [
        Bar(
            day.strftime("%d"), None if not figures.expected else round(100 * float(figures.reporting_rate or 0), 1),
            href=question.to(day=day, window_id=None, as_of=None).url("board"), tone=_tone(figures),
            note=_("%(missing)s missing of %(expected)s") % {"missing": figures.missing, "expected": figures.expected},
        )
        for day, figures in days
    ]  # fmt: skip
    return render(request, "situation/trend.html", {"days": shown, "table": days, "asked": question})


def _tone(figures: Any) -> str:
    share = assembly.rate(figures)
    return "" if share is None else "good" if share >= 0.95 else "late" if share >= 0.8 else "bad"


def _homes(request: HttpRequest, question: Asked, given: assembly.Board) -> households.Households | None:
    """At a village: its households, those that lack most first."""
    if not given.is_leaf or not question.windows:
        return None
    found = households.households(question, limit=None if request.GET.get("all") else households.SHOWN)
    _look(request, question, set(found.heads), "board")
    return found


def _people(request: HttpRequest, question: Asked, given: assembly.Board) -> dict[str, Any]:
    """At a leaf: those who owe there, as far as one page holds them; where there are more, those who lack."""
    if not given.is_leaf or not question.windows:
        return {}
    f = given.figures
    standing = "all" if f.opened <= PEOPLE else "missing" if f.missing else "pending"
    page = standings.standing_page(
        question.viewer, question.operation.pk, question.windows, now=question.now, standing=standing, node_id=question.node, by=question.by,
        duties=question.duties, as_of=question.as_of, limit=PEOPLE, enrolments=question.enrolments,
    )  # fmt: skip
    look(request, question, page.rows, "board")
    return {
        "people": page,
        "people_title": title_of(standing),
        "people_more": given.line.rows(standing),
        "nobody": nobody(standing),
    }


def look(request: HttpRequest, question: Asked, rows: Any, what: str) -> None:
    """Log whom the page showed. A page that refreshes itself says so once: it shows the same again."""
    _look(request, question, {row.subject_id for row in rows if row.subject_kind == "person"}, what)


def _look(request: HttpRequest, question: Asked, people: set[int], what: str) -> None:
    if people and not request.htmx:
        note_look(
            by=question.viewer,
            kind="registry.person",
            subjects=sorted(people),
            what="list",
            now=question.now,
            why=f"situation.{what}",
        )


def parts(given: assembly.Board) -> dict[str, Any]:
    """The standings of the node as parts of one bar."""
    f, line = given.figures, given.line
    rates = {"reported": percent(line.reported), "in_time": percent(line.in_time)}
    return {
        "rate_note": _("Reported %(reported)s of what is expected, %(in_time)s on time") % rates,
        "due_words": _due_words(f),
        "day_words": _("The whole day: %(actual)s of %(expected)s reported (%(rate)s).")
        % {"actual": number(f.actual), "expected": number(f.expected), "rate": percent(line.reported)},
        "late_note": _("done in time, arrived late: %(n)s") % {"n": number(f.arrived_late)} if f.late else "",
        "parts": [
            Bar(_("On time"), f.on_time, href=line.on_time, tone="good"),
            Bar(_("Late"), f.late, href=line.late, tone="late"),
            Bar(_("Missing"), f.missing, href=line.missing, tone="bad"),
            Bar(_("Pending"), f.pending, href=line.pending, tone="open"),
            Bar(_("Excused"), f.excused, href=line.excused, tone="quiet"),
        ],
    }


def _due_words(figures: Any) -> str:
    """What has fallen due and how much of it has been answered, apart from what the rest of the day will bring."""
    if not figures.due_so_far:
        return _("Nothing has fallen due yet.")
    answered, due = figures.due_so_far - figures.missing, figures.due_so_far
    return _("Due so far: %(answered)s of %(due)s reported (%(rate)s).") % {
        "answered": number(answered), "due": number(due), "rate": percent(assembly.rate_of_due(figures)),
    }  # fmt: skip


def choices(request: HttpRequest, question: Asked) -> dict[str, Any]:
    """What the controls above the board offer."""
    day = question.day
    return {
        "operations": list(operations(question.viewer)[:20]),
        "trees": [
            Tab(PLACE, _("By place"), question.to(by=PLACE, node=None).url("board")),
            Tab(UNIT, _("By unit"), question.to(by=UNIT, node=None).url("board")),
        ],
        "day_before": question.to(day=day - timedelta(days=1), window_id=None, as_of=None).url("board"),
        "day_after": question.to(day=day + timedelta(days=1), window_id=None, as_of=None).url("board")
        if day < question.today
        else "",
        "several": len(question.day_windows) > 1,
    }
