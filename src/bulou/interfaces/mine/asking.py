"""Words and form fields for the facts a regime asks: the catalogue has codes, a page has words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bulou.core.facts import Kind
from bulou.modules.ledger.queries.asked import Asked
from bulou.platform import clock
from bulou.platform.pages.components.texts import NONE, listed, plain_moment

TITLES: dict[str, str | Promise] = {
    "well": _("Health"),
    "temperature": _("Temperature"),
    "symptoms": _("Symptoms"),
    "whereabouts": _("Where now"),
    "movements": _("Movements"),
    "back_from": _("Back from"),
    "back_since": _("Back since"),
    "keeps_isolation": _("Keeps to isolation"),
    "contact_with_case": _("Contact with a case"),
    "test_result": _("Test result"),
    "needs": _("Needs"),
}
CHOICES: dict[str, str | Promise] = {
    "fever": _("Fever"),
    "cough": _("Cough"),
    "tired": _("Tired"),
    "sore_throat": _("Sore throat"),
    "short_of_breath": _("Short of breath"),
    "diarrhoea": _("Diarrhoea"),
    "other": _("Other"),
    "negative": _("Negative"),
    "positive": _("Positive"),
    "waiting": _("Result awaited"),
}
YES_NO: dict[str, tuple[str | Promise, str | Promise]] = {"well": (_("Well"), _("Unwell"))}
UNITS = {"Cel": "℃"}
# What a thermometer on a living person can show: outside it somebody mistyped.
LIMITS = {"temperature": (34.0, 43.0)}
# What a clerk may add about somebody who is not well, though the regime asks only whether they are.
FURTHER = {"well": ("temperature", "symptoms")}


def title(one: Asked) -> str:
    """What a fact is called."""
    return one.title or str(TITLES.get(one.code, one.code))


def unit(one: Asked) -> str:
    """Its unit as written."""
    return UNITS.get(one.fact.unit, one.fact.unit)


def options(one: Asked) -> list[tuple[str, str]]:
    """The answers there are to a choice or a yes-or-no."""
    if one.fact.kind is Kind.YES_NO:
        yes, no = YES_NO.get(one.code, (gettext("Yes"), gettext("No")))
        return [("yes", str(yes)), ("no", str(no))]
    return [(code, text or str(CHOICES.get(code, code))) for code, text in one.choices]


def field(one: Asked, *, is_needed: bool, hint: str = "") -> forms.Field:
    """A form field for a fact: choices as buttons, a number with its unit and its limits."""
    how: dict[str, Any] = {"label": _label(one), "required": is_needed, "help_text": hint}
    kind = one.fact.kind
    if kind is Kind.YES_NO:
        return forms.TypedChoiceField(
            choices=options(one), coerce=lambda text: text == "yes", empty_value=None, widget=forms.RadioSelect, **how
        )
    if kind is Kind.CHOICE:
        return forms.ChoiceField(choices=options(one), widget=forms.RadioSelect, **how)
    if kind is Kind.CHOICES:
        # Nothing ticked says that there is none of it: that is an answer.
        return forms.MultipleChoiceField(
            choices=options(one), widget=forms.CheckboxSelectMultiple, **(how | {"required": False})
        )
    if kind is Kind.NUMBER:
        low, high = LIMITS.get(one.code, (None, None))
        widget = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"})
        return forms.FloatField(min_value=low, max_value=high, widget=widget, **how)
    if kind is Kind.MOMENT:
        return forms.DateTimeField(**how)
    return forms.CharField(max_length=400, **how)


def value_of(one: Asked, cleaned: Any) -> Any:
    """A cleaned form value as a fact, None where nothing was said."""
    if one.fact.kind is Kind.CHOICES:
        return tuple(cleaned)
    return None if cleaned in ("", None) else cleaned


def in_order(codes: Iterable[str]) -> list[str]:
    """Codes in the order one asks: how somebody is first, then the rest; a playbook's own facts last."""
    places = {code: place for place, code in enumerate(TITLES)}
    return sorted(set(codes), key=lambda code: (places.get(code, len(places)), code))


def initial_of(one: Asked, value: Any) -> Any:
    """A fact as the form shows it."""
    if one.fact.kind is Kind.YES_NO:
        return "yes" if value else "no"
    return list(value) if isinstance(value, tuple) else value


def told(one: Asked, value: Any) -> str:
    """A fact in words."""
    if value in (None, "", (), []):
        return NONE
    if one.fact.kind in (Kind.YES_NO, Kind.CHOICE, Kind.CHOICES):
        names = dict(options(one))
        wanted = [initial_of(one, value)] if one.fact.kind is not Kind.CHOICES else value
        return listed([names.get(code, code) for code in wanted])
    if isinstance(value, datetime):
        return plain_moment(value)
    return f"{value} {unit(one)}".strip()


def told_all(facts: Mapping[str, Any], known: Mapping[str, Asked]) -> str:
    """Several facts in words, in the order of the form."""
    return listed([told(one, facts[code]) for code, one in known.items() if code in facts])


def clock_time(at: datetime) -> str:
    """The time of a day as the county's clocks show it."""
    return f"{at.astimezone(clock.COUNTY_ZONE):%H:%M}"


def _label(one: Asked) -> str:
    return f"{title(one)} ({unit(one)})" if one.fact.unit else title(one)
