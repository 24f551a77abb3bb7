"""The model of an XForm: its instances, its binds, its actions, as they are written. What they mean together is for `checks` and `tree`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from bulou.modules.collection.rules import xpath
from bulou.modules.collection.rules.faults import Fault, Refused
from bulou.modules.collection.rules.markup import Element
from bulou.modules.collection.rules.texts import Texts, texts_of
from bulou.modules.collection.rules.xpath import Place

XFORMS = "http://www.w3.org/2002/xforms"
JAVAROSA = "http://openrosa.org/javarosa"
OPENROSA = "http://openrosa.org/xforms"
ODK = "http://www.opendatakit.org/xforms"
OURS = "https://bulou/xforms"
EXPRESSIONS = ("calculate", "relevant", "constraint", "required", "readonly")
MOST_ROWS = 100_000


@dataclass(slots=True)
class Spot:
    """A node of the main instance. `text` is its default, `is_leaf` whether it holds answers itself."""

    place: Place
    is_leaf: bool
    text: str = ""
    is_template: bool = False
    space: str = ""


@dataclass(slots=True)
class Bind:
    """What is laid down for a node: type without prefix, expressions by name, the rest of the attributes as they stand."""

    place: Place | None
    line: int
    kind: str
    expressions: dict[str, str]
    attributes: dict[str, str]

    def get(self, name: str, space: str = "") -> str:
        return self.attributes.get(f"{{{space}}}{name}" if space else name, "")


@dataclass(slots=True)
class Instance:
    """A secondary instance: its rows (name → text, first level) or, of an external one, `source`."""

    name: str
    line: int
    source: str = ""
    rows: list[dict[str, str]] = field(default_factory=list)
    is_flat: bool = True


@dataclass(slots=True)
class Action:
    """A setvalue, setgeopoint and the like: its target, its value, the events that set it off, the repeat around it."""

    name: str
    space: str
    line: int
    target: str
    value: str
    events: tuple[str, ...]
    within: Place | None = None
    is_in_repeat: bool = False
    is_in_control: bool = False


@dataclass(slots=True)
class Model:
    """Everything outside the body. `spots` in document order, `binds` by place."""

    title: str
    root: Element
    key: str
    version: str
    texts: Texts
    body: Element
    spots: dict[Place, Spot] = field(default_factory=dict)
    binds: dict[Place, Bind] = field(default_factory=dict)
    all_binds: list[Bind] = field(default_factory=list)
    instances: dict[str, Instance] = field(default_factory=dict)
    actions: list[Action] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def bind(self, place: Place) -> Bind:
        return self.binds.get(place) or Bind(place, 0, "", {}, {})


def model_of(document: Element) -> Model:
    """Gives the model of an XForm's document. Refuses (Refused) what is no XForm at all: no head, model, main instance or body."""
    head, body = document.first("head"), document.first("body")
    model = head.first("model") if head is not None else None
    if document.name != "html" or head is None or model is None:
        raise Refused("no_form", document.line, name=document.name)
    instances = model.all("instance")
    root = next(iter(instances[0]), None) if instances else None
    if root is None:
        raise Refused("no_instance", model.line)
    if body is None:
        raise Refused("no_body", document.line)
    if body.line < model.line or next((e.name for e in document if e.name in ("head", "body")), "") == "body":
        raise Refused("body_first", body.line)
    title = head.first("title")
    found = Model(
        (title.text.strip() if title is not None else ""), root, key_of(root), version_of(root), texts_of(model), body
    )
    found.faults.extend(found.texts.faults)
    if len(head.all("model")) > 1:
        found.warnings.append(Fault("models_many", head.all("model")[1].line))
    for place, element in _walk(root, (root.name,)):
        _spot(found, place, element)
    for each in instances[1:]:
        _instance(found, each)
    for each in model.all("bind"):
        _bind(found, each)
    found.actions.extend(
        _action(each) for each in model if each.get("event") or each.get("{http://www.w3.org/2001/xml-events}event")
    )
    return found


def key_of(root: Element) -> str:
    """OpenRosa's formID: the attribute id of the main instance's root; else its own namespace; else its name."""
    return root.get("id").strip() or (root.space if root.space not in ("", XFORMS) else root.name)


def version_of(root: Element) -> str:
    """The attribute version, as the author wrote it, with or without OpenRosa's namespace; "" where there is none."""
    return (root.get("version") or root.get(f"{{{OPENROSA}}}version")).strip()


def _walk(element: Element, place: Place) -> Iterator[tuple[Place, Element]]:
    waiting = [(place, element)]
    while waiting:
        here, at = waiting.pop()
        yield here, at
        waiting.extend(((*here, child.name), child) for child in reversed(list(at)))


def _spot(model: Model, place: Place, element: Element) -> None:
    known = model.spots.get(place)
    is_leaf = next(iter(element), None) is None
    if known is None:
        text = element.text.strip() if is_leaf else ""
        model.spots[place] = Spot(place, is_leaf, text, f"{{{JAVAROSA}}}template" in element.attributes, element.space)
        return
    known.is_leaf = known.is_leaf and is_leaf
    known.is_template = known.is_template or f"{{{JAVAROSA}}}template" in element.attributes


def _instance(model: Model, element: Element) -> None:
    name = element.get("id")
    found = Instance(name, element.line, element.get("src"))
    if name in model.instances:
        model.warnings.append(Fault("instance_twice", element.line, {"instance": name}))
    root = next(iter(element), None)
    for row in root if root is not None and not found.source else ():
        if len(found.rows) >= MOST_ROWS:
            raise Refused("list_too_long", row.line, instance=name, most=str(MOST_ROWS))
        found.is_flat = found.is_flat and all(next(iter(cell), None) is None for cell in row)
        found.rows.append({cell.name: cell.text.strip() for cell in row})
    model.instances[name] = found


def _bind(model: Model, element: Element) -> None:
    kind = element.get("type").rpartition(":")[2].strip()
    expressions = {name: element.get(name).strip() for name in EXPRESSIONS if element.get(name).strip()}
    found = Bind(None, element.line, kind, expressions, element.attributes)
    found.place = place_in(model, element.get("nodeset") or element.get("ref"), (model.root.name,), element.line)
    model.all_binds.append(found)
    if found.place is None:
        return
    if found.place not in model.spots:
        model.warnings.append(Fault("bind_nowhere", element.line, {"path": "/" + "/".join(found.place)}))
    elif (first := model.binds.get(found.place)) is not None:
        model.warnings.append(Fault("bind_twice", element.line, {"path": "/" + "/".join(found.place)}))
        found.kind = found.kind or first.kind
        found.expressions = {**first.expressions, **found.expressions}
        found.attributes = {**first.attributes, **found.attributes}
    model.binds[found.place] = found


def place_in(model: Model, written: str, context: Place, line: int) -> Place | None:
    """Where a nodeset or ref leads. None, with a fault in the model where it is no path, where it cannot be told."""
    text = written.strip()
    if not text:
        return None
    try:
        return xpath.place_of(xpath.parse(text), context)
    except xpath.BadExpression as why:
        model.faults.append(Fault("bad_path", line, {"path": text, "at": str(why.at + 1)}))
    except ValueError:
        model.faults.append(Fault("above_root", line, {"path": text}))
    except xpath.TooDeep:
        model.warnings.append(Fault("not_looked_into", line, {"expression": text[:200]}))
    return None


def _action(element: Element) -> Action:
    return action_of(element, None, is_in_repeat=False, is_in_control=False)


def action_of(element: Element, within: Place | None, *, is_in_repeat: bool, is_in_control: bool) -> Action:
    """Gives the action an element describes."""
    events = (element.get("event") or element.get("{http://www.w3.org/2001/xml-events}event")).split()
    value = element.get("value").strip()
    return Action(
        element.name, element.space, element.line, element.get("ref") or element.get("target"), value, tuple(events),
        within, is_in_repeat, is_in_control,
    )  # fmt: skip
