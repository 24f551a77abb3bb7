"""A form's faults, states, questions and mapping as pages show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from bulou.modules.collection.labels.faults import SENTENCES
from bulou.modules.collection.rules.faults import Fault
from bulou.modules.ledger.queries.asked import Asked

STATES = {
    "draft": (pgettext_lazy("form", "Draft"), "quiet"),
    "open": (pgettext_lazy("form", "Open"), "good"),
    "closing": (pgettext_lazy("form", "Closing"), "late"),
    "closed": (pgettext_lazy("form", "Closed"), "quiet"),
    "retired": (pgettext_lazy("form", "Retired"), "quiet"),
}
KINDS = {
    "group": pgettext_lazy("form", "Group"),
    "repeat": pgettext_lazy("form", "Repeat"),
    "note": pgettext_lazy("form", "Note"),
    "text": pgettext_lazy("form", "Text"),
    "integer": pgettext_lazy("form", "Whole number"),
    "decimal": pgettext_lazy("form", "Number"),
    "date": pgettext_lazy("form", "Date"),
    "time": pgettext_lazy("form", "Time of day"),
    "dateTime": pgettext_lazy("form", "Date and time"),
    "select": pgettext_lazy("form", "One of a list"),
    "select_multiple": pgettext_lazy("form", "Several of a list"),
    "rank": pgettext_lazy("form", "Ranking"),
    "image": pgettext_lazy("form", "Picture"),
    "audio": pgettext_lazy("form", "Sound"),
    "video": pgettext_lazy("form", "Film"),
    "file": pgettext_lazy("form", "File"),
    "geopoint": pgettext_lazy("form", "Position"),
    "geotrace": pgettext_lazy("form", "Way"),
    "geoshape": pgettext_lazy("form", "Area"),
    "barcode": pgettext_lazy("form", "Barcode"),
    "range": pgettext_lazy("form", "Scale"),
    "trigger": pgettext_lazy("form", "Confirmation"),
    "calculate": pgettext_lazy("form", "Computed"),
    "hidden": pgettext_lazy("form", "Hidden"),
    "meta": pgettext_lazy("form", "Noted by itself"),
}
SUBJECTS = {
    "person": pgettext_lazy("form", "A person"),
    "household": pgettext_lazy("form", "A household"),
    "place": pgettext_lazy("form", "A place"),
    "unit": pgettext_lazy("form", "A unit"),
}
ROLES = {
    "subject": pgettext_lazy("form", "whom it is about"),
    "happened": pgettext_lazy("form", "when it happened"),
    "name": pgettext_lazy("form", "the name in a list"),
    "place": pgettext_lazy("form", "where"),
}
ASKED = {
    "kind": pgettext_lazy("form", "kind"),
    "label": pgettext_lazy("form", "wording"),
    "hint": pgettext_lazy("form", "hint"),
    "required": pgettext_lazy("form", "required"),
    "relevant": pgettext_lazy("form", "when it is asked"),
    "constraint": pgettext_lazy("form", "what is allowed"),
    "calculate": pgettext_lazy("form", "formula"),
    "choices": pgettext_lazy("form", "choices"),
    "itemset": pgettext_lazy("form", "list"),
    "default": pgettext_lazy("form", "default"),
    "fact": pgettext_lazy("form", "fact"),
    "subject": pgettext_lazy("form", "whom it is about"),
    "readonly": pgettext_lazy("form", "read only"),
}

FACTS = {
    "well": pgettext_lazy("form", "well or not"),
    "temperature": pgettext_lazy("form", "body temperature"),
    "symptoms": pgettext_lazy("form", "symptoms"),
    "whereabouts": pgettext_lazy("form", "whereabouts"),
    "movements": pgettext_lazy("form", "movements"),
    "back_from": pgettext_lazy("form", "back from where"),
    "back_since": pgettext_lazy("form", "back since"),
    "keeps_isolation": pgettext_lazy("form", "keeps isolation"),
    "contact_with_case": pgettext_lazy("form", "contact with a case"),
    "test_result": pgettext_lazy("form", "test result"),
    "needs": pgettext_lazy("form", "needs"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A fault for a reader: where (“survey, row 5, column type”), what and what to do."""

    where: str
    sentence: str
    code: str


def said(fault: Fault) -> Said:
    """Gives a fault in the language active now."""
    return Said(where(fault), sentence(fault), fault.code)


def sentence(fault: Fault) -> str:
    """What is wrong and what to change; a code without a sentence is shown as it is."""
    found = SENTENCES.get(fault.code)
    if found is None:
        return fault.code
    given: defaultdict[str, Any] = defaultdict(lambda: "?", {**fault.says, "line": str(fault.line)})
    return str(found) % given


def where(fault: Fault) -> str:
    """Where it stands: by sheet, row and column where there are such; else by line of the file, or by question."""
    says = fault.says
    parts = []
    if says.get("sheet") and fault.code not in ("sheet_too_long",):
        parts.append(_("sheet %(sheet)s") % {"sheet": says["sheet"]})
    if says.get("row"):
        parts.append(_("row %(row)s") % {"row": says["row"]})
    if says.get("column"):
        parts.append(_("column %(column)s") % {"column": says["column"]})
    if not parts and fault.line:
        parts.append(_("line %(line)s") % {"line": fault.line})
    return _(", ").join(parts)


def stored(warnings: list[dict[str, Any]]) -> list[Fault]:
    """The warnings kept with a version, as faults again."""
    return [Fault(each["code"], each.get("line", 0), each.get("says", {})) for each in warnings]


def fact_titles(asked: Iterable[Asked]) -> dict[str, str]:
    """Code → what a fact is called: an operation's own by its title, a shipped one by ours."""
    return {one.code: one.title or str(FACTS.get(one.code, one.code)) for one in asked}
