"""Whether the light runner can show a form, and if not, why: what it knows of questions and of XPath, to the letter.

Kinds: KINDS. A repeat holds no other repeat. Lists come inline or as .csv. XPath: all operators of XPath 1.0; the steps `child`, `self::node()` (.),
`parent::node()` (..) and `*`; predicates; the functions of FUNCTIONS with so many arguments. Paths begin at the root, at the node, at `current()` or at
`instance('a list')/root/item`. Everything else is for the full engine. The same subset is spoken by static/field/runner/xpath.js and functions.js; a test
holds the two to each other, and their answers to those of a full XPath.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bulou.modules.collection.rules import texts, xpath
from bulou.modules.collection.rules.xpath import Node, Step

KINDS = frozenset((
    "group", "repeat", "note", "text", "integer", "decimal", "date", "time", "dateTime", "select", "select_multiple", "image", "geopoint",
    "barcode", "trigger", "calculate", "hidden", "meta",
))  # fmt: skip
MANY = 99
FUNCTIONS: dict[str, tuple[int, int]] = {
    "last": (0, 0), "position": (0, 1), "count": (1, 1), "count-non-empty": (1, 1), "sum": (1, 1), "current": (0, 0), "instance": (1, 1),
    "pulldata": (4, 4), "indexed-repeat": (3, 3), "jr:choice-name": (2, 2), "string": (0, 1), "concat": (0, MANY), "join": (1, MANY),
    "starts-with": (2, 2), "ends-with": (2, 2), "contains": (2, 2), "substring-before": (2, 2), "substring-after": (2, 2), "substring": (2, 3),
    "substr": (2, 3), "string-length": (0, 1), "normalize-space": (0, 1), "translate": (3, 3), "regex": (2, 2), "uuid": (0, 0), "selected": (2, 2),
    "selected-at": (2, 2), "count-selected": (1, 1), "boolean": (1, 1), "not": (1, 1), "true": (0, 0), "false": (0, 0), "boolean-from-string": (1, 1),
    "if": (3, 3), "coalesce": (2, 2), "once": (1, 1), "checklist": (2, MANY), "weighted-checklist": (2, MANY), "number": (0, 1), "floor": (1, 1),
    "ceiling": (1, 1), "round": (1, 2), "int": (1, 1), "abs": (1, 1), "pow": (2, 2), "sqrt": (1, 1), "exp": (1, 1), "exp10": (1, 1), "log": (1, 1),
    "log10": (1, 1), "pi": (0, 0), "random": (0, 0), "min": (1, MANY), "max": (1, MANY), "today": (0, 0), "now": (0, 0), "date": (1, 1),
    "date-time": (1, 1), "decimal-date-time": (1, 1), "decimal-time": (1, 1), "format-date": (2, 2), "format-date-time": (2, 2),
}  # fmt: skip
EXPRESSIONS = ("relevant", "required", "readonly", "constraint", "calculate", "count")
TEXTS = ("label", "hint", "required_message", "constraint_message")
HEAVY = frozenset((
    "signature", "draw", "annotate", "map", "placement-map", "image-map", "month-year", "year", "bikram-sambat", "coptic", "ethiopian",
    "islamic", "persian", "myanmar", "buddhist",
))  # fmt: skip
ONCE_ONLY = frozenset(["uuid", "random"])
PRELOADS = frozenset((
    "start", "end", "today", "date", "deviceid", "uid", "username", "phonenumber", "email", "simserial", "subscriberid", "instance",
    "timestamp", "property",
))  # fmt: skip
_REGEX = re.compile(r"\\[pPXiIcC]|\(\?[<#]|\[\[:|[*+?}]\+|&&\[|-\[")
_OUTPUT = re.compile(f"{texts.OPEN}([^{texts.CLOSE}]*){texts.CLOSE}")
_PLAIN = re.compile(r"^[\w.\-]+$")
_FORMATS = re.compile(r"%(.)")

Reason = dict[str, str]


def why_not(tree: Mapping[str, Any]) -> list[Reason]:
    """Why the form needs the full engine: [{"code", "path", "what"}], each once, in the form's order; [] = the light runner shows it.

    Codes: kind, media, appearance, randomize, query, nested_repeat, fixed_repeat, shape, list, preload, entity, actions, expression, too_deep,
    function, arguments, axis, path, own_repeat, pattern, random. `what` is the word concerned.
    """
    found: dict[tuple[str, str, str], Reason] = {}
    for code, path, what in _reasons(tree):
        found.setdefault((code, path, what), {"code": code, "path": path, "what": what})
    return list(found.values())


def _reasons(tree: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    if tree.get("actions"):
        yield "actions", "", ""
    for group in tree.get("unseen", ()):
        yield "shape", group, group
    lists = tree.get("instances") or {}
    for node, repeats, above in _walk(tree["questions"], (), ""):
        path = node["path"]
        yield from ((code, path, what) for code, what in _of_question(node, repeats, above))
        if itemset := node.get("itemset"):
            yield from ((code, path, what) for code, what in _of_itemset(itemset, lists))
        origin = (str(tree["root"]), *(path.split("/") if path else ()))
        inside = [(str(tree["root"]), *each.split("/")) for each in repeats]
        for source, is_fixed_only in _expressions(node):
            yield from (
                (code, path, what) for code, what in why_not_expression(source, origin, inside, lists, is_fixed_only)
            )
    if isinstance(tree.get("title"), dict):
        for source in _outputs(tree["title"]):
            yield from ((code, "", what) for code, what in why_not_expression(source, (str(tree["root"]),), [], lists))


def _walk(
    nodes: list[dict[str, Any]], repeats: tuple[str, ...], above: str
) -> Iterator[tuple[dict[str, Any], tuple[str, ...], str]]:
    for node in nodes:
        yield node, repeats, above
        around = (*repeats, node["path"]) if node["kind"] == "repeat" else repeats
        yield from _walk(node.get("children", []), around, node["path"] or above)


def _of_question(node: Mapping[str, Any], repeats: tuple[str, ...], above: str) -> Iterator[tuple[str, str]]:
    kind, path = node["kind"], node["path"]
    if path.startswith("meta/entity"):
        yield "entity", ""
    if kind not in KINDS:
        yield "kind", kind
    if path and above and not path.startswith(f"{above}/"):
        yield "shape", above
    if kind == "repeat" and repeats:
        yield "nested_repeat", repeats[-1]
    if kind == "repeat" and node.get("fixed") and not node.get("count"):
        yield "fixed_repeat", ""
    if node.get("media") or any(choice.get("media") for choice in node.get("choices", ())):
        yield "media", ""
    if node.get("query"):
        yield "query", ""
    if node.get("preload") and node["preload"].removeprefix("uri:") not in PRELOADS:
        yield "preload", node["preload"]
    for word in str(node.get("appearance", "")).split():
        if word.partition("(")[0].partition(":")[0] in HEAVY | {"ex"}:
            yield "appearance", word


def _of_itemset(itemset: Mapping[str, Any], lists: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if itemset.get("randomize"):
        yield "randomize", ""
    name = itemset.get("instance")
    if not name:
        yield "list", str(itemset.get("nodeset", ""))
    elif not _is_list(name, lists):
        yield "list", str(name)
    for column in (itemset.get("value", "name"), itemset.get("label", "label")):
        if not _PLAIN.match(column):
            yield "list", column


def _is_list(name: str, lists: Mapping[str, Any]) -> bool:
    """Whether the runner has it: inline rows, or a .csv that is downloaded with the form."""
    rows = lists.get(name)
    return isinstance(rows, list) or (isinstance(rows, dict) and str(rows.get("src", "")).lower().endswith(".csv"))


def _expressions(node: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """Every expression of a question, and whether it is worked out again at each change."""
    for name in EXPRESSIONS:
        if source := node.get(name):
            yield str(source), name == "calculate"
    itemset = node.get("itemset") or {}
    if source := itemset.get("filter"):
        yield f"instance('{itemset.get('instance', '')}')/root/item[{source}]", False
    told = [node.get(name) for name in TEXTS] + [choice.get("label") for choice in node.get("choices", ())]
    for text in told:
        for source in _outputs(text):
            yield source, False


def _outputs(text: Any) -> Iterator[str]:
    for words in text.values() if isinstance(text, dict) else [text or ""]:
        yield from _OUTPUT.findall(str(words))


def why_not_expression(
    source: str, origin: xpath.Place = (), repeats: list[xpath.Place] | None = None, lists: Mapping[str, Any] | None = None, is_calculated: bool = False
) -> Iterator[tuple[str, str]]:  # fmt: skip
    """What in an expression is beyond the light runner: (code, what). `repeats` = the places of the repeats around `origin`."""
    try:
        tree = xpath.parse(source)
    except xpath.BadExpression:
        yield "expression", source[:80]
        return
    except xpath.TooDeep:
        yield "too_deep", source[:80]
        return
    for node in xpath.nodes(tree):
        if node.kind == "variable":
            yield "path", f"${node.value}"
        elif node.kind == "call":
            yield from _of_call(node, lists or {})
        elif node.kind == "path":
            yield from _of_path(node, origin, repeats or [])
    if is_calculated:
        yield from _of_chance(tree)


def _of_call(node: Node, lists: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    limits = FUNCTIONS.get(node.value)
    if limits is None:
        yield "function", f"{node.value}()"
        return
    if not limits[0] <= len(node.parts) <= limits[1]:
        yield "arguments", f"{node.value}()"
        return
    if node.value in ("instance", "pulldata") and (
        node.parts[0].kind != "text" or not _is_list(node.parts[0].value, lists)
    ):
        yield "list", node.parts[0].value
    if node.value == "regex" and (node.parts[1].kind != "text" or _REGEX.search(node.parts[1].value)):
        yield "pattern", node.parts[1].value
    if node.value in ("format-date", "format-date-time"):
        pattern = node.parts[1]
        if pattern.kind != "text" or set(_FORMATS.findall(pattern.value)) - set("YymndeHhMS3%"):
            yield "pattern", pattern.value
    if node.value == "jr:choice-name" and node.parts[1].kind != "text":
        yield "arguments", node.value


def _of_path(node: Node, origin: xpath.Place, repeats: list[xpath.Place]) -> Iterator[tuple[str, str]]:
    if node.is_absolute and not node.steps:
        yield "path", "/"
    if node.head is not None and node.head.kind not in ("call", "path") and node.head.value != "|":
        yield "path", "(…)"
    for step in node.steps:
        if _is_beyond(step):
            yield "axis", f"{step.axis}::{step.test}" if step.test else step.axis
    if node.head is not None and node.head.kind == "call" and node.head.value == "instance":
        names = [step.test for step in node.steps[:2]]
        if names != ["root", "item"]:
            yield "path", "instance(…)/" + "/".join(names)
    elif node.is_absolute:
        place = tuple(step.test.rpartition(":")[2] for step in node.steps)
        if any(len(place) > len(each) and place[: len(each)] == each for each in repeats):
            yield "own_repeat", "/" + "/".join(place)


def _is_beyond(step: Step) -> bool:
    if step.axis in (".", ".."):
        return False
    if step.axis in ("self", "parent"):
        return step.test != "node()" or bool(step.predicates)
    return step.axis != "child" or "(" in step.test or (":" in step.test and step.test.endswith("*"))


def _of_chance(tree: Node) -> Iterator[tuple[str, str]]:
    """A random value that depends on answers would be drawn anew at each of them; Collect draws it once, unless what it depends on changes."""
    calls = xpath.functions(tree)
    if calls & ONCE_ONLY and "once" not in calls and any(node.kind == "path" for node in xpath.nodes(tree)):
        yield "random", "()".join(sorted(calls & ONCE_ONLY)) + "()"
