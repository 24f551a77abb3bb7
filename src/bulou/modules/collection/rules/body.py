"""The body of an XForm: which question stands where, in the groups and repeats it stands in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from bulou.modules.collection.rules.markup import Element
from bulou.modules.collection.rules.model import Model, action_of, place_in
from bulou.modules.collection.rules.xpath import Place

QUESTIONS = {"input", "secret", "select1", "select", "rank", "upload", "trigger", "range", "textarea"}
_INSIDE = {"label", "hint", "value", "item", "itemset", "help", "alert"}


@dataclass(slots=True)
class Control:
    """A question, group or repeat as the body has it. `place` is None where it stands for no node."""

    name: str
    element: Element
    place: Place | None
    label: Element | None
    hint: Element | None
    repeat: Place | None
    children: list[Control] = field(default_factory=list)

    @property
    def line(self) -> int:
        return self.element.line


def body_of(model: Model) -> list[Control]:
    """Gives the body's controls as they are nested. The actions it holds join the model's."""
    return _inside(model, model.body, (model.root.name,), None)


def controls(found: list[Control]) -> Iterator[Control]:
    """All of them, in the order they are met."""
    for control in found:
        yield control
        yield from controls(control.children)


def _inside(model: Model, element: Element, context: Place, repeat: Place | None) -> list[Control]:
    found = []
    for child in element:
        if child.name in QUESTIONS or child.name in ("group", "repeat"):
            found.append(_control(model, child, context, repeat))
        elif child.get("event") or child.get("{http://www.w3.org/2001/xml-events}event"):
            model.actions.append(action_of(child, context, is_in_repeat=repeat is not None, is_in_control=False))
    return found


def _control(model: Model, element: Element, context: Place, repeat: Place | None) -> Control:
    place = _place(model, element, context)
    inner_repeat = (place or repeat) if element.name == "repeat" else repeat
    label, hint = element.first("label"), element.first("hint")
    control = Control(element.name, element, place, label, hint, repeat)
    if element.name in ("group", "repeat"):
        control.children = _inside(model, element, place or context, inner_repeat)
        return control
    for child in element:
        if child.name not in _INSIDE and (child.get("event") or child.get("{http://www.w3.org/2001/xml-events}event")):
            within = place or context
            model.actions.append(action_of(child, within, is_in_repeat=repeat is not None, is_in_control=True))
    return control


def _place(model: Model, element: Element, context: Place) -> Place | None:
    by_id = element.get("bind")
    if by_id:
        return next((bind.place for bind in model.all_binds if bind.get("id") == by_id), None)
    return place_in(model, element.get("nodeset") or element.get("ref"), context, element.line)
