"""What steps, outcomes, offices and facts are called, and the questions of the telephone form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as now_said
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bulou.core.facts import Kind
from bulou.modules.ledger.queries.asked import Asked
from bulou.modules.ledger.views.days import near
from bulou.platform.pages.forms import Form

TO = {
    "owing": _("The one who owes"),
    "answerable": _("The answerable"),
    "lead": _("Unit's lead"),
    "township": _("Township"),
    "headquarters": _("Headquarters"),
}
STEP_OUTCOMES = {
    "sent": (pgettext_lazy("chase", "Sent"), "good"),
    "nobody": (_("Nobody to write to"), "warn"),
    "skipped": (_("Left out"), "quiet"),
}
CALL_OUTCOMES = {
    "will_report": (_("Reached, will report"), "good"),
    "reported": (_("Reported by telephone"), "good"),
    "no_answer": (_("No answer"), "late"),
    "wrong_number": (_("Wrong number"), "warn"),
    "refused": (_("Refused"), "bad"),
    "away": (pgettext_lazy("person", "Away"), "info"),
}
FACTS = {
    "well": _("Well"),
    "temperature": _("Temperature (°C)"),
    "symptoms": _("Symptoms"),
    "whereabouts": _("Whereabouts"),
    "movements": _("Movements"),
    "back_from": _("Back from"),
    "back_since": _("Back since"),
    "keeps_isolation": _("Keeps isolation"),
    "contact_with_case": _("Contact with a case"),
    "test_result": _("Test result"),
    "needs": _("Needs"),
}
CHOICES = {
    "fever": _("Fever"), "cough": _("Cough"), "tired": _("Tired"), "sore_throat": _("Sore throat"), "short_of_breath": _("Short of breath"),
    "diarrhoea": _("Diarrhoea"), "other": _("Other"), "negative": _("Negative"), "positive": _("Positive"), "waiting": _("Waiting"),
}  # fmt: skip
YES_NO = (("yes", _("Yes")), ("no", _("No")))


def fact_title(one: Asked) -> str:
    """What a fact is called: as the playbook says it, else in our words, else its code."""
    return one.title or str(FACTS.get(one.code, one.code))


class NoteForm(Form):
    """Refused, or away: why, and how long."""

    note = forms.CharField(label=_("What was said"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


class AwayForm(NoteForm):
    """Away, and until when: proposes an excuse."""

    until = forms.DateField(
        label=_("Away through"), required=False, validators=[near],
        help_text=_("With a last day an excuse is proposed to whoever may grant it."),
    )  # fmt: skip


class ReportForm(Form):
    """The facts asked, as told on the telephone. Numbers, yes or no, choices and texts; all asked are needed."""

    def ask(self, asked: Sequence[Asked]) -> ReportForm:
        for one in asked:
            self.fields[one.code] = _question(one)
        return self

    def facts(self, asked: Sequence[Asked]) -> dict[str, Any]:
        """The values as facts."""
        return {one.code: _value(one, self.cleaned_data.get(one.code)) for one in asked}


def _question(one: Asked) -> forms.Field:
    label, kind = fact_title(one), one.fact.kind
    if kind is Kind.NUMBER:
        return forms.DecimalField(label=label, max_digits=6, decimal_places=1, localize=False)
    if kind is Kind.MOMENT:
        return forms.DateTimeField(label=label)
    choices = [(code, title or str(CHOICES.get(code, code))) for code, title in one.choices]
    if kind is Kind.YES_NO:
        return forms.ChoiceField(label=label, choices=YES_NO, widget=forms.RadioSelect)
    if kind is Kind.CHOICE:
        return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)
    if kind is Kind.CHOICES:
        return forms.MultipleChoiceField(
            label=label, choices=choices, widget=forms.CheckboxSelectMultiple, required=False
        )
    return forms.CharField(label=label, max_length=400)


def _value(one: Asked, value: Any) -> Any:
    kind = one.fact.kind
    if kind is Kind.NUMBER:
        return float(value)
    if kind is Kind.YES_NO:
        return value == "yes"
    return tuple(value or ()) if kind is Kind.CHOICES else value


def default_script(house: str, by: str, regime: str, due: str) -> str:
    """What to say where the playbook gives nothing."""
    words = now_said("Hello, this is %(by)s of %(house)s. Your report “%(regime)s”, due at %(due)s, has not reached us. Are you well? "
                     "Can you report now, or may I write it down for you?")  # fmt: skip
    return words % {"house": house, "by": by, "regime": regime, "due": due}
