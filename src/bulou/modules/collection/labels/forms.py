"""A form's faults, states, questions and mapping as pages show them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bulou.modules.collection.labels.faults import SENTENCES
from bulou.modules.collection.rules.faults import Fault

STATES = {
    "draft": (gettext_lazy("Draft"), "quiet"), "open": (gettext_lazy("Open"), "good"), "closing": (gettext_lazy("Closing"), "late"),
    "closed": (gettext_lazy("Closed"), "quiet"), "retired": (gettext_lazy("Retired"), "quiet"),
}  # fmt: skip
KINDS = {
    "group": gettext_lazy("Group"), "repeat": gettext_lazy("Repeat"), "note": gettext_lazy("Note"), "text": gettext_lazy("Text"),
    "integer": gettext_lazy("Whole number"), "decimal": gettext_lazy("Number"), "date": gettext_lazy("Date"), "time": gettext_lazy("Time of day"),
    "dateTime": gettext_lazy("Date and time"), "select": gettext_lazy("One of a list"), "select_multiple": gettext_lazy("Several of a list"),
    "rank": gettext_lazy("Ranking"), "image": gettext_lazy("Picture"), "audio": gettext_lazy("Sound"), "video": gettext_lazy("Film"),
    "file": gettext_lazy("File"), "geopoint": gettext_lazy("Position"), "geotrace": gettext_lazy("Way"), "geoshape": gettext_lazy("Area"),
    "barcode": gettext_lazy("Barcode"), "range": gettext_lazy("Scale"), "trigger": gettext_lazy("Confirmation"),
    "calculate": gettext_lazy("Computed"), "hidden": gettext_lazy("Hidden"), "meta": gettext_lazy("Noted by itself"),
}  # fmt: skip
SUBJECTS = {
    "person": gettext_lazy("A person"), "household": gettext_lazy("A household"), "place": gettext_lazy("A place"), "unit": gettext_lazy("A unit"),
}  # fmt: skip
ROLES = {
    "subject": gettext_lazy("whom it is about"), "happened": gettext_lazy("when it happened"), "name": gettext_lazy("the name in a list"),
    "place": gettext_lazy("where"),
}  # fmt: skip
ASKED = {
    "kind": gettext_lazy("kind"), "label": gettext_lazy("wording"), "hint": gettext_lazy("hint"), "required": gettext_lazy("required"),
    "relevant": gettext_lazy("when it is asked"), "constraint": gettext_lazy("what is allowed"), "calculate": gettext_lazy("formula"),
    "choices": gettext_lazy("choices"), "itemset": gettext_lazy("list"), "default": gettext_lazy("default"), "fact": gettext_lazy("fact"),
    "subject": gettext_lazy("whom it is about"), "readonly": gettext_lazy("read only"),
}  # fmt: skip


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
