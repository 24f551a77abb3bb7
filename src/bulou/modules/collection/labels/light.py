"""Why a form needs the full engine, in words for its author."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SENTENCES = {
    "kind": gettext_lazy("It asks for something the light page has no part for: %(what)s."),
    "media": gettext_lazy("It shows pictures or plays sounds in its texts."),
    "appearance": gettext_lazy("It asks to be shown in a way the light page does not know: %(what)s."),
    "randomize": gettext_lazy("Its choices are shuffled."),
    "query": gettext_lazy("Its choices are looked up in a way only other programs know."),
    "nested_repeat": gettext_lazy("It is a list within the list %(what)s."),
    "fixed_repeat": gettext_lazy("It is a list of a length that may not be changed."),
    "shape": gettext_lazy("It stands in a group it does not belong to: %(what)s."),
    "list": gettext_lazy("Its choices come from something that is no plain list: %(what)s."),
    "preload": gettext_lazy("It is filled with something only an app knows: %(what)s."),
    "entity": gettext_lazy("It makes or changes entities."),
    "actions": gettext_lazy("Answers are set when something else happens (setvalue and the like)."),
    "expression": gettext_lazy("A formula cannot be read: %(what)s"),
    "too_deep": gettext_lazy("A formula is nested too deeply: %(what)s"),
    "function": gettext_lazy("A formula calls %(what)s."),
    "arguments": gettext_lazy("A formula calls %(what)s with other arguments than it takes."),
    "axis": gettext_lazy("A formula goes through the form by %(what)s."),
    "path": gettext_lazy("A formula has a path of a kind the light page does not follow: %(what)s."),
    "own_repeat": gettext_lazy("A formula in a list names %(what)s from the top instead of from its own line."),
    "pattern": gettext_lazy("A pattern has signs that browsers read otherwise: %(what)s"),
    "random": gettext_lazy("A random value depends on answers: %(what)s."),
}


def sentences(reasons: Iterable[Mapping[str, str]]) -> list[str]:
    """The reasons of rules.light as sentences, each with the question it is about."""
    return [_said(reason) for reason in reasons]


def _said(reason: Mapping[str, str]) -> str:
    sentence = str(SENTENCES[reason["code"]]) % {"what": reason["what"]}
    return (
        _("%(question)s: %(sentence)s") % {"question": reason["path"], "sentence": sentence}
        if reason["path"]
        else sentence
    )
