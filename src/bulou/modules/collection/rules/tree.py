"""The tree of a form: what runners show, exports name and pages list. Plain JSON, made from an XForm once, when it is brought.

    {"root": "data", "ns": "", "meta": "orx", "languages": ["zh", "en"], "default": "zh", "title": "…",
     "questions": [node, …], "instances": {"towns": [{…}], "people": {"src": "jr://file-csv/people.csv"}},
     "actions": ["setvalue", …], "unseen": ["g/h"], "files": {"towns.csv": "list", "t.png": "image"}}

`unseen` are groups without a place in the body that are relevant or readonly by an expression.
A node has `path` (relative to the root, "" of a group that is only shown), `name`, `kind`, and what else it has of: preload, label, hint, guidance,
media, required, required_message, relevant, constraint, constraint_message, calculate, readonly, default, appearance, parameters, choices | itemset |
query, count, children, fact, subject, happened, sensitive. Texts are {language: words}, "" as language where the form has none; the words carry the
values they show as expressions (texts.OPEN, CLOSE). Expressions are XPath as in the XForm. docs/forms.md, "The tree".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bulou.modules.collection.rules import texts as words
from bulou.modules.collection.rules.body import Control, controls
from bulou.modules.collection.rules.markup import Element
from bulou.modules.collection.rules.model import JAVAROSA, OPENROSA, OURS, XFORMS, Bind, Model, Spot
from bulou.modules.collection.rules.xpath import Place

Tree = dict[str, Any]
Question = dict[str, Any]

_BY_TYPE = {
    "int": "integer", "integer": "integer", "long": "integer", "decimal": "decimal", "double": "decimal", "float": "decimal", "date": "date",
    "time": "time", "dateTime": "dateTime", "geopoint": "geopoint", "geotrace": "geotrace", "geoshape": "geoshape", "barcode": "barcode",
}  # fmt: skip
_BY_CONTROL = {"select1": "select", "select": "select_multiple", "rank": "rank", "trigger": "trigger", "range": "range"}
_BY_MEDIA = {"image": "image", "audio": "audio", "video": "video"}
_ITEMSET = re.compile(
    r"^\s*(?P<mix>randomize\s*\(\s*)?instance\(\s*(['\"])(?P<instance>[^'\"]+)\2\s*\)/(?P<steps>[\w.\-]+/[\w.\-]+)\s*(?P<rest>.*)$",
    re.DOTALL,
)
_TRUE = {"true()", "true", "1"}
META = "meta"


def tree_of(model: Model, body: list[Control]) -> Tree:
    """Gives the tree of a form that was read."""
    metas = [spot for place, spot in model.spots.items() if len(place) > 1 and place[1] == META]
    languages = model.texts.languages
    found: Tree = {
        "root": model.root.name,
        "ns": "" if model.root.space == XFORMS else model.root.space,
        "meta": "orx" if any(spot.space == OPENROSA for spot in metas) else "plain",
        "languages": languages,
        "default": model.texts.default,
        "title": model.title,
        "questions": [_node(model, control) for control in body],
    }
    _add_unseen(model, found["questions"])
    if instances := {name: _instance(model, name) for name in model.instances}:
        found["instances"] = instances
    if unseen := _unseen_groups(model, found["questions"]):
        found["unseen"] = unseen
    if model.actions:
        found["actions"] = sorted({action.name for action in model.actions})
    if files := _files(model, body):
        found["files"] = files
    return found


def _files(model: Model, body: list[Control]) -> dict[str, str]:
    """The files a form needs beside itself: name → list, image, big-image, audio or video."""
    found = {
        words.file_name(each.source): "list" for each in model.instances.values() if each.source.startswith("jr://file")
    }
    if any(control.element.get("query") for control in controls(body)):
        found["itemsets.csv"] = "list"
    for (_identity, form), said in model.texts.words.items():
        if form in words.MEDIA:
            found |= {words.file_name(address): form for address in said.values() if address.strip("- ")}
    return found


def walk(questions: list[Question]) -> Iterator[Question]:
    """All nodes of a tree's `questions`, each before its children."""
    for node in questions:
        yield node
        yield from walk(node.get("children", []))


def answered(tree: Tree) -> Iterator[tuple[Question, tuple[str, ...]]]:
    """The nodes that hold answers, each with the paths of the repeats around it, the outermost first."""

    def inside(nodes: list[Question], repeats: tuple[str, ...]) -> Iterator[tuple[Question, tuple[str, ...]]]:
        for node in nodes:
            if node["kind"] in ("group", "repeat"):
                around = (*repeats, node["path"]) if node["kind"] == "repeat" else repeats
                yield from inside(node.get("children", []), around)
            elif node["path"]:
                yield node, repeats

    return inside(tree["questions"], ())


def choices_of(tree: Tree, node: Question) -> list[dict[str, Any]]:
    """What may be chosen, as far as the form itself says: [{"name", "label"}]; of a list in a file, nothing."""
    if "choices" in node:
        return list(node["choices"])
    itemset = node.get("itemset") or {}
    rows = (tree.get("instances") or {}).get(itemset.get("instance"), [])
    if not isinstance(rows, list):
        return []
    value, label = itemset.get("value", "name"), itemset.get("label", "label")
    return [{"name": row.get(value, ""), "label": _as_words(row.get(label, ""))} for row in rows]


def sources(tree: Tree) -> dict[str, str]:
    """The files a form takes lists from: file name → the instance's id."""
    found = {}
    for name, each in (tree.get("instances") or {}).items():
        if (
            isinstance(each, dict)
            and (file := words.file_name(each.get("src", "")))
            and each["src"].startswith("jr://file")
        ):
            found[file] = name
    return found


def _as_words(text: Any) -> dict[str, str]:
    return text if isinstance(text, dict) else ({"": text} if text else {})


def _node(model: Model, control: Control) -> Question:
    if control.name == "group":
        return _group(model, control)
    node = _named(model, control.place)
    bind = model.bind(control.place or ())
    node["kind"] = "repeat" if control.name == "repeat" else _kind(model, control, bind)
    _told(model, node, control)
    _bound(model, node, bind)
    if control.name == "repeat":
        _repeated(model, node, control)
    else:
        _asked(model, node, control)
    return node


def _group(model: Model, control: Control) -> Question:
    """A group; one that only holds a repeat of the same node gives that repeat its label and is not shown by itself."""
    if (
        len(control.children) == 1
        and control.children[0].name == "repeat"
        and control.place in (None, control.children[0].place)
    ):
        node = _node(model, control.children[0])
        outer: Question = {}
        _told(model, outer, control)
        return node | {key: value for key, value in outer.items() if key not in node}
    node = _named(model, control.place)
    node["kind"] = "group"
    _told(model, node, control)
    _bound(model, node, model.bind(control.place or ()))
    node["children"] = [_node(model, child) for child in control.children]
    return node


def _repeated(model: Model, node: Question, control: Control) -> None:
    count = control.element.get(f"{{{JAVAROSA}}}count").strip()
    if count:
        node["count"] = count
    if control.element.get(f"{{{JAVAROSA}}}noAddRemove").strip() in _TRUE:
        node["fixed"] = True
    node["children"] = [_node(model, child) for child in control.children]


def _named(model: Model, place: Place | None) -> Question:
    path = "/".join((place or ())[1:])
    return {"path": path, "name": place[-1] if place and path else ""}


def _kind(model: Model, control: Control, bind: Bind) -> str:
    if control.name in _BY_CONTROL:
        return _BY_CONTROL[control.name]
    if control.name == "upload":
        return _BY_MEDIA.get(control.element.get("mediatype").partition("/")[0], "file")
    if control.element.get("query"):
        return "select"
    kind = _BY_TYPE.get(bind.kind, "text")
    is_note = kind == "text" and bind.expressions.get("readonly") in _TRUE and "calculate" not in bind.expressions
    spot = model.spots.get(control.place or ())
    return "note" if is_note and not (spot and spot.text) else kind


def _told(model: Model, node: Question, control: Control) -> None:
    """Label, hint, guidance, media, appearance."""
    for name, element in (("label", control.label), ("hint", control.hint)):
        said = words.words_in(model.texts, element)
        if said:
            node[name] = said
        identity = words.reference(element.get("ref")) if element is not None else None
        if identity and (guidance := model.texts.of(identity, "guidance")):
            node["guidance"] = guidance
        if identity and (media := words.media_of(model.texts, identity)):
            node["media"] = media
    if appearance := control.element.get("appearance").strip():
        node["appearance"] = appearance


def _bound(model: Model, node: Question, bind: Bind) -> None:
    """What the bind lays down: expressions, messages, preload, and our own attributes."""
    for name, expression in bind.expressions.items():
        if (
            name in ("required", "readonly", "relevant")
            and expression in ("false()", "true()")
            and (expression == "false()") == (name != "relevant")
        ):
            continue
        node[name] = expression
    for name, attribute in (("constraint_message", "constraintMsg"), ("required_message", "requiredMsg")):
        text = bind.get(attribute, JAVAROSA)
        identity = words.reference(text)
        if said := (words.said(model.texts, identity) if identity is not None else ({"": text} if text else {})):
            node[name] = said
    if preload := bind.get("preload", JAVAROSA):
        params = bind.get("preloadParams", JAVAROSA)
        node["preload"] = params if preload in ("timestamp", "date", "property") and params else preload
    for name in ("fact", "subject", "happened"):
        if said_by_author := bind.get(name, OURS).strip():
            node[name] = said_by_author
    if bind.get("sensitive", OURS).strip().lower() in {"yes", "true", "true()", "1"}:
        node["sensitive"] = True


def _asked(model: Model, node: Question, control: Control) -> None:
    """What a question has besides: default, parameters, choices."""
    spot = model.spots.get(control.place or ())
    if spot is not None and spot.text and node["kind"] != "note":
        node["default"] = spot.text
    extras = {
        "rows",
        "start",
        "end",
        "step",
        "accuracyThreshold",
        "unacceptableAccuracyThreshold",
        "mediatype",
        "accept",
        "autoplay",
        "incremental",
    }
    parameters = {
        name.rpartition("}")[2]: value
        for name, value in control.element.attributes.items()
        if name.rpartition("}")[2] in extras
    }
    for name in ("max-pixels", "quality", "actual-size"):
        if value := model.bind(control.place or ()).get(name, OPENROSA) or model.bind(control.place or ()).get(name):
            parameters[name] = value
    if parameters:
        node["parameters"] = parameters
    if query := control.element.get("query"):
        node["query"] = query
    if items := control.element.all("item"):
        node["choices"] = [_choice(model, item) for item in items]
    elif (itemset := control.element.first("itemset")) is not None:
        node["itemset"] = _itemset(itemset)


def _choice(model: Model, item: Element) -> dict[str, Any]:
    value, label = item.first("value"), item.first("label")
    found: dict[str, Any] = {"name": value.text.strip() if value is not None else ""}
    if said := words.words_in(model.texts, label):
        found["label"] = said
    identity = words.reference(label.get("ref")) if label is not None else None
    if identity and (media := words.media_of(model.texts, identity)):
        found["media"] = media
    return found


def _itemset(element: Element) -> dict[str, Any]:
    nodeset = element.get("nodeset").strip()
    value, label = element.first("value"), element.first("label")
    found: dict[str, Any] = {"nodeset": nodeset}
    match = _ITEMSET.match(nodeset)
    if match is not None:
        found["instance"] = match["instance"]
        rest = match["rest"].strip()
        if match["mix"]:
            found["randomize"] = True
            rest = rest.rpartition("]")[0] + "]" if "]" in rest else ""
        if rest.startswith("[") and rest.endswith("]"):
            found["filter"] = rest[1:-1].strip()
    found["value"] = value.get("ref").strip() if value is not None else "name"
    if label is not None:
        reference = label.get("ref").strip()
        found["label"] = _localised(reference) or reference
    return found


def _localised(reference: str) -> str:
    """The column of jr:itext(column), "" where it is none."""
    match = re.match(r"^jr:itext\(\s*([\w.\-]+)\s*\)$", reference)
    return match[1] if match else ""


def _instance(model: Model, name: str) -> Any:
    instance = model.instances[name]
    if instance.source:
        return {"src": instance.source}
    return [{column: _cell(model, column, text) for column, text in row.items()} for row in instance.rows]


def _cell(model: Model, column: str, text: str) -> Any:
    """A cell; where it holds the id of a text, as pyxform writes `itextId`, the words themselves."""
    return words.said(model.texts, text) or text if column == "itextId" else text


def _add_unseen(model: Model, questions: list[Question]) -> None:
    """Put what is asked of nobody (calculations, metadata) where the instance has it: behind what stands before it there."""
    holders = {"": questions} | {
        node["path"]: node["children"]
        for node in walk(questions)
        if node["kind"] in ("group", "repeat") and node["path"]
    }
    standing = {path: _standing(nodes) for path, nodes in holders.items()}
    shown = standing[""]
    last: dict[str, int] = {}
    behind: dict[tuple[str, int], list[Question]] = {}
    for place, spot in model.spots.items():
        path = "/".join(place[1:])
        around = [
            above for above in ("/".join(place[1:end]) for end in range(len(place) - 1, 0, -1)) if above in holders
        ]
        if path in shown:
            last.update((holder, standing[holder][path]) for holder in around if path in standing[holder])
        elif spot.is_leaf and path:
            behind.setdefault((around[0], last.get(around[0], 0)), []).append(_hidden(model, spot))
    for holder, nodes in holders.items():
        rebuilt = list(behind.get((holder, 0), []))
        for node in nodes:
            rebuilt.append(node)
            rebuilt.extend(behind.get((holder, id(node)), []))
        nodes[:] = rebuilt


def _unseen_groups(model: Model, questions: list[Question]) -> list[str]:
    """The groups that nothing shows and that still decide whether what is in them is asked, or may be changed."""
    shown = {node["path"] for node in walk(questions) if node["kind"] in ("group", "repeat")}
    deciding = (place for place, bind in model.binds.items() if {"relevant", "readonly"} & bind.expressions.keys())
    paths = (
        "/".join(place[1:]) for place in deciding if (spot := model.spots.get(place)) is not None and not spot.is_leaf
    )
    return sorted(path for path in paths if path and path not in shown)


def _standing(nodes: list[Question]) -> dict[str, int]:
    """Path → the node of this list (its id) that has it, in itself or below."""
    return {
        each["path"]: id(node) for node in nodes for each in (node, *walk(node.get("children", []))) if each["path"]
    }


def _hidden(model: Model, spot: Spot) -> Question:
    node = _named(model, spot.place)
    bind = model.bind(spot.place)
    is_meta = spot.place[1:2] == (META,)
    preload = bind.get("preload", JAVAROSA)
    node["kind"] = "meta" if is_meta or preload else ("calculate" if "calculate" in bind.expressions else "hidden")
    if bind.kind:
        node["type"] = bind.kind
    if spot.text:
        node["default"] = spot.text
    _bound(model, node, bind)
    return node


def facts_of(tree: Tree) -> Mapping[str, str]:
    """The facts the form's own columns state: path → code."""
    return {node["path"]: node["fact"] for node in walk(tree["questions"]) if node.get("fact") and node["path"]}
