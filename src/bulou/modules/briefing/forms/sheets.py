"""What the pages of the superior's sheets ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bulou.modules.briefing.queries import wording
from bulou.modules.briefing.queries.sheets import titles
from bulou.modules.briefing.queries.sheets.catalogue import Catalogue
from bulou.modules.briefing.rules import fillers
from bulou.modules.briefing.rules.fillers import Mapped
from bulou.platform.pages.forms import Form
from bulou.platform.spoken import said

_FILE = _("The superior's own form as Excel workbook (.xlsx), at most 5 MB; without password and macros.")
_XLSX = {"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
LEVELS = {"town": _("Towns"), "village": _("Villages"), "unit": _("Units")}
ALERT_CHOICES = {
    "alerts-day": _("Immediate reports of the day"),
    "alerts-day-confirmed": _("Immediate reports of the day, confirmed only"),
    "alerts-whole": _("Immediate reports so far"),
    "alerts-whole-confirmed": _("Immediate reports so far, confirmed only"),
}


class SheetForm(Form):
    """What is known of a form besides the file."""

    name = forms.CharField(
        label=pgettext_lazy("briefing", "Name"), max_length=80, help_text=_("As the superior calls it.")
    )
    wanted_by = forms.CharField(label=_("Wanted by"), max_length=80, help_text=_("The office it goes to."))
    due = forms.CharField(
        label=_("Due"), max_length=80, required=False, help_text=_("In the superior's words: daily before 17:00.")
    )
    fill_at = forms.TimeField(
        label=_("Filled by itself at"),
        required=False,
        help_text=_("Every day as of this hour, and kept. Leave it empty to fill it by hand only."),
    )


class NewSheetForm(SheetForm):
    """A form with its file."""

    file = forms.FileField(label=_("File"), help_text=_FILE, widget=forms.FileInput(attrs=_XLSX), allow_empty_file=True)
    field_order = ("file", "name", "wanted_by", "due", "fill_at")


class FileForm(Form):
    """A newer file of a form."""

    file = forms.FileField(label=_("File"), help_text=_FILE, widget=forms.FileInput(attrs=_XLSX), allow_empty_file=True)


class ClearForm(Form):
    """A cell that nothing fills any more; `version` = the mapping it was seen in."""

    tab = forms.CharField(max_length=80)
    cell = forms.CharField(max_length=12)


class CellForm(Form):
    """What fills a cell; `version` = the mapping it was seen in."""

    tab = forms.CharField(max_length=80, widget=forms.HiddenInput)
    cell = forms.CharField(max_length=12, widget=forms.HiddenInput)
    fill = forms.ChoiceField(label=_("Filled with"))
    regimes = forms.MultipleChoiceField(label=_("Regimes"), required=False, help_text=_("None ticked: all in force."))
    node = forms.ChoiceField(label=_("Of"), required=False)
    window = forms.ChoiceField(label=_("Window"), required=False)
    back = forms.ChoiceField(label=_("Of which day"), choices=list(enumerate(titles.BACK)), initial=0)
    text = forms.CharField(label=_("Words"), max_length=200, required=False)
    is_down = forms.BooleanField(
        label=_("The rows below as well, each for the place or unit it names"),
        required=False,
        help_text=_("Rows whose name is in doubt, and totals, are left as they are."),
    )

    def __init__(self, *args: Any, known: Catalogue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        self.fields["fill"].choices = [("", _("Choose …")), *fill_choices(known)]
        self.fields["regimes"].choices = [(key, said(one) or key) for key, one in known.regimes.items()]
        self.fields["node"].choices = [("", _("The whole operation")), *node_choices(known)]
        self.fields["window"].choices = [("", _("The whole day")), *((one, one) for one in known.windows)]
        if not known.windows:
            del self.fields["window"]

    def clean(self) -> dict[str, Any]:
        """Words must be said where words are to be written, and a place where its name is."""
        found = super().clean() or self.cleaned_data
        if found.get("fill") == fillers.TEXT and not found.get("text"):
            self.add_error("text", _("This is needed."))
        if found.get("fill") == fillers.NODE and not found.get("node"):
            self.add_error("node", _("This is needed."))
        return found

    @property
    def chosen(self) -> Mapped:
        """What was chosen, of a valid form."""
        found = self.cleaned_data
        fill, given = of_choice(found["fill"])
        if fill in (fillers.STANDING, fillers.RATE, fillers.CHANGE):
            given |= {"regimes": found["regimes"], "window": found.get("window", "")} | node_of(found["node"])
        if fill == fillers.FACT:
            given |= {"window": found.get("window", "")} | node_of(found["node"])
        if fill == fillers.ALERTS and found["node"].startswith("place-"):
            given |= {"node": node_of(found["node"])["node"]}
        if fill == fillers.NODE:
            given |= node_of(found["node"])
        if fill == fillers.TEXT:
            given |= {"text": found["text"]}
        if fill in (*fillers.FIGURES, fillers.DAY) and found.get("back") == "1":
            given |= {"back": 1}
        return Mapped(found["tab"], found["cell"], fill, {name: value for name, value in given.items() if value})


def fill_choices(known: Catalogue) -> Iterator[tuple[Any, Any]]:
    """Everything that can fill a cell, by sort, for a choice."""
    reporting = [(f"standing-{one}", titles.standing(one)) for one in fillers.STANDINGS]
    rates = [(f"rate-{one}", wording.label(one)) for one in fillers.RATES]
    yield _("Reporting"), [*reporting, *rates, ("change", titles.FIGURES[fillers.CHANGE])]
    if known.facts:
        yield _("Numbers that reports state"), [_fact_choice(known, regime, code) for regime, code in known.facts]
    if known.lines:
        yield _("Lines of the briefing"), [(f"line-{key}", said(one[0]) or key) for key, one in known.lines.items()]
    if known.stated:
        yield _("Counts of the playbook"), [(f"stated-{one}", wording.label(one)) for one in known.stated]
    yield _("Immediate reports"), list(ALERT_CHOICES.items())
    yield _("Dates and words"), list(titles.WORDS.items())


def _fact_choice(known: Catalogue, regime: str, code: str) -> tuple[str, str]:
    title = titles.fact(known.facts[(regime, code)])
    return f"fact-{regime}:{code}", f"{title}（{said(known.regimes[regime]) or regime}）"


def node_choices(known: Catalogue) -> Iterator[tuple[Any, Any]]:
    """Places and units, by level."""
    for level, title in LEVELS.items():
        some = [
            (one.code, f"{one.name}（{one.parent}）" if level == "village" else one.name)
            for one in known.nodes
            if one.level == level
        ]
        if some:
            yield title, some


def of_choice(choice: str) -> tuple[str, dict[str, Any]]:
    """What a choice fills with, and its limits so far."""
    fill, _dash, what = choice.partition("-")
    names = {fillers.STANDING: "standing", fillers.RATE: "rate", fillers.LINE: "line", fillers.STATED: "name"}
    if fill == fillers.ALERTS:
        which, _dash, kind = what.partition("-")
        return fill, {"is_whole": which == "whole"} | ({"kinds": [kind]} if kind else {})
    if fill == fillers.FACT:
        regime, _colon, code = what.partition(":")
        return fill, {"regimes": [regime], "fact": code}
    return fill, {names[fill]: what} if fill in names else {}


def choice_of(one: Mapped) -> str:
    """The choice a mapped cell came from."""
    given = one.given
    if one.fill == fillers.ALERTS:
        return "-".join([one.fill, "whole" if given.get("is_whole") else "day", *given.get("kinds", ())])
    if one.fill == fillers.FACT:
        return f"{one.fill}-{given['regimes'][0]}:{given['fact']}"
    what = next((given[name] for name in ("standing", "rate", "line", "name") if name in given), "")
    return f"{one.fill}-{what}" if what else one.fill


def node_of(choice: str) -> dict[str, Any]:
    """A chosen place or unit as limits; none where everything was chosen."""
    by, _dash, pk = choice.partition("-")
    return {"by": by, "node": int(pk)} if pk else {}


def initial_of(one: Mapped) -> dict[str, Any]:
    """A mapped cell as its form shows it."""
    given = one.given
    node = f"{given.get('by') or 'place'}-{given['node']}" if given.get("node") else ""
    plain = {name: given[name] for name in ("regimes", "window", "back", "text") if name in given}
    return {"fill": choice_of(one), "node": node, **plain}
