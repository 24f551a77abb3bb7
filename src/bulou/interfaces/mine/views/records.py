"""A record as it was filed, its corrections, and correcting it: a new version with a reason, the old one stays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bulou.interfaces.mine import asking
from bulou.interfaces.mine.forms import Part, facts_of, report_form
from bulou.modules.ledger import services
from bulou.modules.ledger.queries.lists import LineTold
from bulou.modules.ledger.queries.records import RecordPage, Told, record_page
from bulou.platform.access.guard import needs
from bulou.platform.access.permissions import SIGNED_IN
from bulou.platform.journal.services import note_look
from bulou.platform.pages.components.panels import Event
from bulou.platform.pages.forms import Form, answer
from bulou.platform.refusals import Conflict


@needs(SIGNED_IN)
def record(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What a record says now, and what it said before."""
    found = record_page(request.viewer, pk, now=request.now)
    _look(request, found)
    facts = [(asking.title(one), asking.told(one, found.now.facts.get(one.code))) for one in found.asked]
    events = [Event(one.at, _told(found, one), one.who, one.why) for one in found.versions]
    order = asking.in_order(one.code for one in found.line_facts)
    found = replace(found, line_facts=tuple(sorted(found.line_facts, key=lambda one: order.index(one.code))))
    heads, rows = [asking.title(one) for one in found.line_facts], _rows(found)
    return render(
        request, "mine/record.html", {"record": found, "facts": facts, "events": events, "heads": heads, "rows": rows}
    )


@needs(SIGNED_IN)
def correct(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Correct a record. Somebody who corrected it meanwhile is not overwritten unseen."""
    found = record_page(request.viewer, pk, now=request.now)
    if found.forgotten_at is not None:
        raise Http404
    part = Part(found.subject_kind, found.subject_id, found.name, found.asked)
    initial = {
        part.key(one.code): asking.initial_of(one, found.now.facts[one.code])
        for one in found.asked
        if one.code in found.now.facts
    }
    form = _form(part).of(request, version=found.now.number, initial=initial)

    def file(version: int = 0, why: str = "", **values: Any) -> dict[str, Any]:
        if version != found.now.number:
            raise Conflict(
                "mine.corrected_meanwhile",
                _("Somebody corrected this meanwhile. What stands now is shown beside; send again if yours is right."),
            )
        made = services.correct_record(
            by=request.viewer, record_id=pk, facts=facts_of(part, values), why=why, now=request.now, version=version + 1
        )
        return {"version": made.number}

    there = reverse("mine:record", args=[pk])
    context = {
        "title": _("Correct: %(name)s") % {"name": found.name},
        "submit": _("Correct"),
        "cancel": there,
        "nothing_open": found.is_list,
    }
    return answer(
        request,
        form,
        file,
        then=there,
        template="mine/report.html",
        context=context,
        standing=lambda: (initial, found.now.number),
    )


def _form(part: Part) -> type[Form]:
    """The report's form without its moment, which a correction never changes, and with a reason."""
    base = report_form([replace(part, known={})])
    why = forms.CharField(label=gettext_lazy("Reason"), max_length=400)
    return type("CorrectForm", (base,), {"happened_at": None, "why": why, "groups": ()})


def _look(request: HttpRequest, found: RecordPage) -> None:
    about = {f"registry.{found.subject_kind}": [found.subject_id]}
    if people := [one.subject_id for one in found.lines if one.subject_id is not None]:
        about.setdefault("registry.person", []).extend(people)
    for kind, subjects in about.items():
        note_look(by=request.viewer, kind=kind, subjects=subjects, what="record", now=request.now)


def _rows(found: RecordPage) -> list[tuple[LineTold, list[str]]]:
    """The lines of a list, each with its facts in words."""
    return [(one, [asking.told(fact, one.facts.get(fact.code)) for fact in found.line_facts]) for one in found.lines]


def _told(found: RecordPage, one: Told) -> str:
    if found.is_list:
        return (
            ngettext("%(n)s line", "%(n)s lines", one.n_lines) % {"n": one.n_lines}
            if one.n_lines
            else _("Nobody to report")
        )
    return asking.told_all(one.facts, {fact.code: fact for fact in found.asked})
