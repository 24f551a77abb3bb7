"""A list pasted from a chat group: read, matched, shown with its doubts, then filed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bulou.interfaces.mine import asking, chain
from bulou.interfaces.mine.chain import Found, Match
from bulou.interfaces.mine.views import sheets
from bulou.modules.ledger.queries import entry
from bulou.modules.ledger.queries.asked import Asked, asked
from bulou.modules.ledger.services.sheets import Sheet, SheetFiled, file_sheet
from bulou.platform.access.guard import needs
from bulou.platform.pages.forms import Form, answer

READ = ("well", "temperature", "symptoms", "whereabouts")
WORDS = {
    Found.SURE: ("good", gettext_lazy("Found")),
    Found.HOMOPHONE: ("warn", gettext_lazy("Sounds the same: who is meant?")),
    Found.SEVERAL: ("warn", gettext_lazy("Several of this name: who is meant?")),
    Found.ALIKE: ("warn", gettext_lazy("Written nearly so: who is meant?")),
    Found.NOBODY: ("bad", gettext_lazy("Nobody of this name is on the sheet.")),
}


class PasteForm(Form):
    """The list as copied."""

    text = forms.CharField(
        label=gettext_lazy("The list, as copied from the group"), max_length=200_000, strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "placeholder": gettext_lazy("1. Zhang San well 36.5")}),
    )  # fmt: skip


@dataclass(slots=True)
class Verdict:
    """One line as the page shows it: what was read, whom it may mean, and what is asked back."""

    match: Match
    options: list[tuple[int, str]]
    told: str
    is_well_asked: bool
    lacks: str
    repeats: bool = False

    @property
    def number(self) -> int:
        return self.match.line.number

    @property
    def tone(self) -> str:
        return WORDS[self.match.found][0]

    @property
    def word(self) -> str:
        return str(WORDS[self.match.found][1])

    @property
    def is_asked(self) -> bool:
        """Whether somebody has to choose who is meant."""
        return self.match.found in (Found.HOMOPHONE, Found.SEVERAL, Found.ALIKE)


@needs(sheets.FILE)
def paste(request: HttpRequest, window_id: int, kind: str, node_id: int) -> HttpResponseBase:
    """First the list, then the verdict on every line; nothing is filed before somebody has seen it."""
    window = entry.entry_window(request.viewer, window_id)
    if window.is_list:
        raise Http404
    node = entry.entry_node(request.viewer, window, kind, node_id)
    form = PasteForm.of(request)
    there = reverse("mine:sheet", args=[window_id, kind, node_id])
    trail = [(_("Entry"), reverse("mine:sheets")), (node, there)]
    context = {"node": node, "window": window, "title": sheets.title_of(window), "cancel": there, "trail": trail}
    if request.method != "POST" or not form.is_valid():
        return render(request, "mine/paste.html", context | {"form": form}, status=422 if form.errors else 200)
    facts = {one.code: one for one in asked(window.regime.operation_id, dict.fromkeys([*window.asks, *READ]))}
    people = entry.entry_sheet(request.viewer, window, kind, node_id)
    verdicts = _verdicts(
        chain.match(chain.read(form.cleaned_data["text"]), [(row.enrolment_id, row.name) for row in people]),
        people,
        window.asks,
        facts,
    )
    if "file" not in request.POST:
        return render(
            request, "mine/verdict.html", context | {"form": form, "verdicts": verdicts, "sure": _sure(verdicts)}
        )

    def file(**_values: Any) -> dict[str, Any]:
        own = _own(verdicts, request.POST)
        sheet = Sheet(own=own, why=_("From a list out of the chat group"))
        done: SheetFiled = file_sheet(
            by=request.viewer, window=window, node_kind=kind, node_id=node_id, sheet=sheet, once=form.once_key, now=request.now, source="list"
        )  # fmt: skip
        return {"filed": done.filed + done.corrected}

    return answer(
        request,
        form,
        file,
        then=lambda given: f"{there}?filed={given['filed']}",
        template="mine/paste.html",
        context=context,
    )


def _verdicts(
    matches: Sequence[Match], people: Sequence[entry.SheetRow], asks: Sequence[str], facts: Mapping[str, Asked]
) -> list[Verdict]:
    named = {row.enrolment_id: f"{row.name} · {row.household}" if row.household else row.name for row in people}
    last = {one.ids[0]: one.line.number for one in matches if one.found is Found.SURE}
    found = []
    for one in matches:
        said = one.line.facts
        lacking = [code for code in asks if code not in said and code != "well"]
        is_asked = "well" in asks and ("well" not in said or one.line.is_contradictory)
        repeats = one.found is Found.SURE and last[one.ids[0]] != one.line.number
        words = ", ".join(asking.title(facts[code]) for code in lacking)
        found.append(
            Verdict(one, [(pk, named[pk]) for pk in one.ids], asking.told_all(said, facts), is_asked, words, repeats)
        )
    return found


def _sure(verdicts: Sequence[Verdict]) -> int:
    """How many lines need no answer."""
    return sum(
        one.match.found is Found.SURE and not (one.is_well_asked or one.lacks or one.repeats) for one in verdicts
    )


def _own(verdicts: Sequence[Verdict], posted: Mapping[str, str]) -> dict[int, dict[str, Any]]:
    """The facts to file, by enrolment. Whoever was not chosen, and whoever's line still lacks a fact, is left as they are."""
    own: dict[int, dict[str, Any]] = {}
    for one in verdicts:
        chosen = str(one.match.ids[0]) if one.match.found is Found.SURE else posted.get(f"who_{one.number}", "")
        allowed = {str(pk) for pk, _name in one.options}
        facts = dict(one.match.line.facts)
        if one.is_well_asked:
            facts.pop("well", None)
            said = posted.get(f"well_{one.number}", "")
            facts |= {"well": said == "yes"} if said in ("yes", "no") else {}
        if chosen in allowed and not one.lacks and (not one.is_well_asked or "well" in facts):
            own[int(chosen)] = facts
    return own
