"""What is wrong with a form before anybody fills it: the faults that would stop it on a device, and what is only odd.

Refused is what clients of ODK refuse to open; what they find out only while somebody fills the form (a cast that fails, a function nobody
knows inside a constraint) is a warning. docs/forms.md, "What is refused", lists both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bulou.modules.collection.rules import circles, xpath
from bulou.modules.collection.rules import texts as words
from bulou.modules.collection.rules.body import Control, controls
from bulou.modules.collection.rules.faults import Fault
from bulou.modules.collection.rules.functions import FUNCTIONS
from bulou.modules.collection.rules.markup import Element
from bulou.modules.collection.rules.model import ODK, XFORMS, Action, Bind, Model
from bulou.modules.collection.rules.xpath import Place

EVENTS = {
    "odk-instance-first-load",
    "odk-instance-load",
    "odk-new-repeat",
    "xforms-ready",
    "xforms-value-changed",
    "jr-insert",
    "xforms-revalidate",
}
_ODK_ACTIONS = {"setgeopoint", "recordaudio", "setlocation"}
_ACTIONS = {"setvalue", *_ODK_ACTIONS}
_DECIMAL = re.compile(r"^\s*[+-]?(\d+(\.\d*)?|\.\d+)\s*$")
_CHOOSING = {"select1", "select", "rank"}


def faults_of(model: Model, body: list[Control]) -> tuple[list[Fault], list[Fault]]:
    """Gives (faults, warnings) of a form that could be read, in the order of the document as far as there is one."""
    everything = list(controls(body))
    faults, warnings = list(model.faults), list(model.warnings)
    faults.extend(_questions(model, everything))
    faults.extend(_repeats(model, everything))
    faults.extend(_ids(model))
    faults.extend(_ranges(everything))
    faults.extend(_actions(model))
    for fault, is_fatal in (*_expressions(model, everything), *_wording(model, everything), *_choices(everything)):
        (faults if is_fatal else warnings).append(fault)
    warnings.extend(_oddities(model))
    if found := _circle(model):
        line = model.bind(found[0]).line
        faults.append(Fault("circle", line, {"paths": " → ".join("/" + "/".join(each) for each in (*found, found[0]))}))
    return faults, warnings


def _path(place: Place) -> str:
    return "/" + "/".join(place)


def _questions(model: Model, everything: list[Control]) -> Iterator[Fault]:
    for control in everything:
        if control.place is not None and control.place not in model.spots:
            yield Fault("question_nowhere", control.line, {"path": _path(control.place)})
        elif control.place is None and control.element.get("bind"):
            yield Fault("bind_unknown", control.line, {"bind": control.element.get("bind")})
        elif (
            control.place is None
            and control.name not in ("group", "trigger")
            and not (control.element.get("ref") or control.element.get("nodeset"))
        ):
            yield Fault("question_unbound", control.line, {"control": control.name})


def _repeats(model: Model, everything: list[Control]) -> Iterator[Fault]:
    """A question of a repeat lies in the repeat's node, and in no deeper one that repeats by itself."""
    for control in everything:
        if control.name == "repeat" and control.place == (model.root.name,):
            yield Fault("repeat_is_root", control.line)
        if (
            control.place
            and control.repeat
            and control.place in model.spots
            and control.place[: len(control.repeat)] != control.repeat
        ):
            yield Fault("outside_repeat", control.line, {"path": _path(control.place), "repeat": _path(control.repeat)})


def _ids(model: Model) -> Iterator[Fault]:
    seen: set[str] = set()
    for bind in model.all_binds:
        if (identity := bind.get("id")) and identity in seen:
            yield Fault("bind_id_twice", bind.line, {"bind": identity})
        seen.add(identity)


def _ranges(everything: list[Control]) -> Iterator[Fault]:
    for control in everything:
        for name in ("start", "end", "step") if control.name == "range" else ():
            value = control.element.get(name)
            if value and not _DECIMAL.match(value):
                yield Fault("range_no_number", control.line, {"what": name, "value": value})


def _actions(model: Model) -> Iterator[Fault]:
    for action in model.actions:
        unknown = [event for event in action.events if event not in EVENTS]
        if unknown and action.name in _ACTIONS:
            yield Fault("event_unknown", action.line, {"event": ", ".join(unknown)})
        if "odk-new-repeat" in action.events and not action.is_in_repeat:
            yield Fault("event_outside_repeat", action.line, {"event": "odk-new-repeat"})
        if action.name in _ODK_ACTIONS and action.space != ODK:
            yield Fault("action_namespace", action.line, {"action": action.name, "space": ODK})
        yield from _target(model, action)


def _target(model: Model, action: Action) -> Iterator[Fault]:
    if not action.target.strip():
        return
    try:
        place = xpath.place_of(xpath.parse(action.target.strip()), action.within or (model.root.name,))
    except xpath.BadExpression as why:
        yield Fault("bad_path", action.line, {"path": action.target, "at": str(why.at + 1)})
    except ValueError:
        yield Fault("above_root", action.line, {"path": action.target})
    except xpath.TooDeep:
        return
    else:
        if place is not None and place not in model.spots:
            yield Fault("action_nowhere", action.line, {"path": _path(place)})


def _expressions(model: Model, everything: list[Control]) -> Iterator[tuple[Fault, bool]]:
    """XPath that is none is refused everywhere; a function nobody knows where the form computes it before any answer."""
    repeats = [control.place for control in everything if control.name == "repeat" and control.place]
    for bind in model.all_binds:
        is_at_once = _is_computed_at_once(model, bind, repeats)
        for what, text in bind.expressions.items():
            yield from _expression(
                model, text, what, bind.line, _where(bind), is_at_once=is_at_once and what == "calculate"
            )
    for control in everything:
        count = control.element.get("{http://openrosa.org/javarosa}count")
        itemset = control.element.first("itemset")
        for what, text in (("count", count), ("itemset", itemset.get("nodeset") if itemset is not None else "")):
            if text.strip():
                yield from _expression(
                    model, text.strip(), what, control.line, _path(control.place or ()), is_at_once=False
                )
    for text, line in model.texts.outputs:
        if text:
            yield from _expression(model, text, "output", line, "", is_at_once=False)
    for action in model.actions:
        if action.value:
            yield from _expression(model, action.value, "value", action.line, action.target, is_at_once=False)


def _is_computed_at_once(model: Model, bind: Bind, repeats: list[Place]) -> bool:
    """Whether a calculation runs as soon as the form is opened, whatever is answered: outside repeats, under no condition."""
    place = bind.place or ()
    above = [place[:end] for end in range(1, len(place) + 1)]
    return not any(each in repeats or "relevant" in model.bind(each).expressions for each in above)


def _where(bind: Bind) -> str:
    return _path(bind.place) if bind.place else bind.get("nodeset")


def _expression(
    model: Model, text: str, what: str, line: int, where: str, *, is_at_once: bool
) -> Iterator[tuple[Fault, bool]]:
    says = {"what": what, "path": where, "expression": text[:300]}
    try:
        tree = xpath.parse(text)
    except xpath.BadExpression as why:
        yield Fault("bad_expression", line, says | {"at": str(why.at + 1)}), True
        return
    except xpath.TooDeep:
        yield Fault("not_looked_into", line, says), False
        return
    certain = xpath.functions(tree, is_certain=True)
    for name in sorted(xpath.functions(tree)):
        if name.lower() not in FUNCTIONS:
            yield (
                Fault("function_unknown", line, says | {"function": name}),
                is_at_once and ":" not in name and name in certain,
            )
    for node in xpath.nodes(tree):
        if node.kind == "call" and node.value == "instance" and node.parts and node.parts[0].kind == "text":
            name = node.parts[0].value
            if name not in model.instances:
                yield Fault("instance_unknown", line, says | {"instance": name}), is_at_once and "instance" in certain


def _wording(model: Model, everything: list[Control]) -> Iterator[tuple[Fault, bool]]:
    """A text that is referred to and missing: fatal in the default language, a gap in the others."""
    for control in everything:
        for element in (control.label, control.hint, *(item.first("label") for item in control.element.all("item"))):
            if element is not None:
                yield from _text(model, element, _path(control.place or ()))


def _text(model: Model, element: Element, path: str) -> Iterator[tuple[Fault, bool]]:
    identity = words.reference(element.get("ref"))
    if identity is None:
        return
    missing = [language for language in model.texts.languages if not model.texts.has(identity, language)]
    if not model.texts.languages or model.texts.default in missing:
        yield (
            Fault("text_missing", element.line, {"text": identity, "path": path, "language": model.texts.default}),
            True,
        )
    elif missing:
        yield (
            Fault("text_untranslated", element.line, {"text": identity, "path": path, "language": ", ".join(missing)}),
            False,
        )


def _choices(everything: list[Control]) -> Iterator[tuple[Fault, bool]]:
    for control in everything:
        if control.name not in _CHOOSING:
            continue
        items = control.element.all("item")
        if not items and control.element.first("itemset") is None:
            yield Fault("no_choices", control.line, {"path": _path(control.place or ())}), True
        for item in items:
            value = item.first("value")
            if value is None:
                yield Fault("choice_no_value", item.line, {"path": _path(control.place or ())}), True
            elif " " in value.text.strip() and control.name != "select1":
                yield (
                    Fault(
                        "choice_spaces", item.line, {"path": _path(control.place or ()), "value": value.text.strip()}
                    ),
                    False,
                )


def _oddities(model: Model) -> Iterator[Fault]:
    if not model.root.get("id"):
        yield Fault("no_id", model.root.line, {"key": model.key})
    if foreign := sorted({name for place in model.spots for name in place if not name.isascii()}):
        yield Fault("name_not_latin", model.root.line, {"names": ", ".join(foreign[:5])})
    if (model.root.name, "meta", "instanceID") not in model.spots:
        yield Fault("no_instance_id", model.root.line)
    for action in model.actions:
        if action.space not in (XFORMS, ODK, "http://openrosa.org/xforms", "") and action.name not in _ODK_ACTIONS:
            yield Fault("action_unknown", action.line, {"action": action.name})


def _circle(model: Model) -> list[Place]:
    below: dict[Place, list[Place]] = {}
    for place in model.spots:
        for end in range(1, len(place)):
            below.setdefault(place[:end], []).append(place)
    driving = (
        (bind.place, what, text)
        for bind in model.binds.values()
        for what, text in bind.expressions.items()
        if bind.place in model.spots and what in circles.DRIVING
    )
    return circles.circle(circles.read_by(driving), below)
