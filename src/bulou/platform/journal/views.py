"""The journal's pages: the register of lines, one line, looks, who looked at me, and the seal."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bulou.platform.access.guard import needs
from bulou.platform.access.permissions import SIGNED_IN
from bulou.platform.journal import queries, titles
from bulou.platform.journal.chain import read_head
from bulou.platform.journal.forms import HeadForm
from bulou.platform.journal.models import Line
from bulou.platform.journal.sealing import head, unsealed
from bulou.platform.journal.tables import LineTable, LookedAtMeTable, LookTable
from bulou.platform.pages.components.panels import Fact
from bulou.platform.pages.components.texts import moment
from bulou.platform.refusals import Refusal

SHOWN = 200


@needs("journal.view_line")
@require_safe
def lines(request: HttpRequest) -> HttpResponseBase:
    """What was done."""
    return LineTable(request, queries.lines(request.viewer)).answer("journal/lines.html")  # type: ignore[attr-defined]


@needs("journal.view_line")
@require_safe
def line(request: HttpRequest, line_id: int) -> HttpResponseBase:
    """One line, and where it is sealed."""
    found = queries.lines(request.viewer).filter(pk=line_id).first()  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    sealed = queries.seal_of(found)
    told = [
        Fact(key, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for key, value in found.data.items()
    ]
    context = {
        "line": found, "kind": titles.kind_title(found.kind), "title": titles.action_title(found.action),
        "facts": _facts(found), "told": told, "sealed": sealed,
        "shown": found.subjects[:SHOWN], "more": max(0, len(found.subjects) - SHOWN), "trail": [(_("Journal"), reverse("journal:lines"))],
    }  # fmt: skip
    return render(request, "journal/line.html", context)


@needs("journal.view_look")
@require_safe
def looks(request: HttpRequest) -> HttpResponseBase:
    """Who looked at whom."""
    return LookTable(request, queries.looks(request.viewer)).answer("journal/looks.html")  # type: ignore[attr-defined]


@needs(SIGNED_IN)
@require_safe
def looked_at_me(request: HttpRequest) -> HttpResponseBase:
    """Who looked at the person the signed-in user is."""
    viewer = request.viewer  # type: ignore[attr-defined]
    return LookedAtMeTable(request, queries.looks_at_me(viewer)).answer(
        "journal/looked_at_me.html", {"is_somebody": viewer.person_id is not None}
    )


@needs("journal.verify")
@require_http_methods(["GET", "POST"])
def seal(request: HttpRequest) -> HttpResponseBase:
    """The end of the chain, and whether a head printed earlier is still in it. Changes nothing: asked by POST to keep it out of logs."""
    form = HeadForm.of(request)
    kept, asked = None, ""
    if request.method == "POST" and form.is_valid():
        try:
            printed = read_head(form.cleaned_data["head"])
            asked = form.cleaned_data["head"]
            kept = queries.holds_head(printed)
        except Refusal as refusal:
            form.refuse(refusal)
    waiting = sum(unsealed().values())
    context = {"form": form, "head": head(), "waiting": waiting, "asked": asked, "kept": kept}
    return render(request, "journal/seal.html", context, status=422 if form.errors else 200)


def _facts(line: Line) -> list[Fact]:
    return [
        Fact(_("When"), moment(line.at)),
        Fact(_("Happened"), moment(line.happened_at)),
        Fact(_("Who"), line.actor_name),
        Fact(_("What"), line.action),
        Fact(_("Why"), line.why or None),
        Fact(_("Place number"), line.place_id),
    ]
