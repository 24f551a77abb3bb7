"""YAML with the line of every value, and JSON Schema faults as sentences a person can act on.

Only plain data is read: mappings, lists, text, numbers, booleans, dates. Aliases, tags, doubled keys and endless nesting are refused.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from bulou.platform.playbooks import Problem

MAX_BYTES = 1_000_000
MAX_DEPTH = 30
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """Parsed data, the line (from 1) of every path in it, and what kept it from being parsed."""

    data: Any
    lines: Mapping[Path, int]
    problems: tuple[Problem, ...] = ()

    def line_of(self, path: Path) -> int:
        """The line of a path, or of the nearest thing above it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class _Refused(Exception):
    def __init__(self, sentence: str, line: int) -> None:
        super().__init__(sentence)
        self.sentence, self.line = sentence, line


def load(text: str) -> Marked:
    """Parse a YAML text. A text that is no YAML gives one problem with its line, and no data."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        return _broken(_("The file is larger than 1 MB. A playbook is not."), 1)
    lines: dict[Path, int] = {}
    try:
        node = yaml.compose(text, Loader=_Plain)
        data = _value(node, (), lines, set()) if node is not None else None
    except _Refused as refused:
        return _broken(refused.sentence, refused.line)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        words = _("This line is not YAML: check its indentation, colons and quotes (%(fault)s).") % {
            "fault": fault.problem or fault.context or ""
        }
        return _broken(words, mark.line + 1 if mark else 1)
    except (yaml.YAMLError, RecursionError, ValueError):
        return _broken(_("This is not YAML."), 1)
    return Marked(data, lines)


class _Plain(yaml.SafeLoader):
    """Safe, and without `yes`/`no`/`on`/`off` as booleans: a level's key may be called on."""


_Plain.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag != "tag:yaml.org,2002:bool" and tag != "tag:yaml.org,2002:int"
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Plain.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Plain.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(?:0|-?[1-9][0-9]{0,14})$"), list("-0123456789"))


def _broken(sentence: str, line: int) -> Marked:
    return Marked(None, {}, (Problem((), sentence, line=line),))


def _value(node: yaml.Node, path: Path, lines: dict[Path, int], seen: set[int]) -> Any:
    line = node.start_mark.line + 1
    lines.setdefault(path, line)
    if len(path) > MAX_DEPTH:
        raise _Refused(_("This is nested too deeply."), line)
    if id(node) in seen:
        raise _Refused(_("Aliases (&name, *name) are not used here: write the value out."), line)
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines, seen)
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*path, number), lines, seen) for number, child in enumerate(node.value)]
    return _scalar(node, line)


def _mapping(node: yaml.MappingNode, path: Path, lines: dict[Path, int], seen: set[int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, child in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise _Refused(_("A key must be a word."), line)
        key = str(key_node.value)
        if key in found:
            raise _Refused(_("“%(key)s” stands here twice: keep one.") % {"key": key}, line)
        lines[(*path, key)] = line
        found[key] = _value(child, (*path, key), lines, seen)
    return found


def _scalar(node: yaml.Node, line: int) -> Any:
    kinds = {"str": str, "null": lambda _text: None, "bool": lambda text: text == "true", "int": int, "float": float}
    kind = str(node.tag).rsplit(":", 1)[-1]
    if kind == "timestamp":
        return str(node.value)
    if kind not in kinds:
        raise _Refused(_("Only plain values are read here: text, numbers, true, false, dates."), line)
    try:
        return kinds[kind](node.value)  # type: ignore[operator]
    except ValueError:
        raise _Refused(_("“%(value)s” is not a number.") % {"value": node.value}, line) from None


def faults(marked: Marked, schema: Mapping[str, Any]) -> list[Problem]:
    """Every place where the data does not fit the schema (draft 2020-12), in the order of the lines, each with what to write instead."""
    found = [problem for error in Draft202012Validator(schema).iter_errors(marked.data) for problem in _told(error)]
    placed = [Problem(p.path, p.sentence, p.instead, marked.line_of(p.path)) for p in found]
    return sorted(placed, key=lambda problem: (problem.line, str(problem.path)))


def _told(error: ValidationError) -> Iterator[Problem]:
    path, rule = tuple(error.absolute_path), str(error.validator)
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    instead = _example(schema)
    if rule == "required":
        for key in [key for key in error.validator_value if key not in error.instance]:
            inner = schema.get("properties", {}).get(key, {})
            shown = _example(inner)
            yield Problem(
                path, _("“%(key)s” is missing here.") % {"key": key}, f"{key}: {shown}" if shown else f"{key}: …"
            )
    elif rule == "additionalProperties":
        known = list(schema.get("properties", {}))
        for key in [key for key in error.instance if key not in known]:
            near = difflib.get_close_matches(key, known, 1)
            words = _("“%(key)s” means nothing here.") % {"key": key}
            yield Problem(
                (*path, key), words, f"{near[0]}:" if near else _("one of: %(keys)s") % {"keys": ", ".join(known)}
            )
    elif rule == "propertyNames":
        words = _("“%(key)s” cannot be a key: use small letters, digits, - and _.") % {"key": error.instance}
        yield Problem(path, words, re.sub(r"[^a-z0-9_-]+", "-", str(error.instance).lower()).strip("-") or "key-1")
    elif rule in ("enum", "const"):
        options = [str(option) for option in (error.validator_value if rule == "enum" else [error.validator_value])]
        near = difflib.get_close_matches(str(error.instance), options, 1)
        words = _("“%(value)s” is not one of: %(options)s.") % {"value": error.instance, "options": ", ".join(options)}
        yield Problem(path, words, near[0] if near else options[0])
    elif rule in ("anyOf", "oneOf"):
        yield Problem(path, _("This fits none of the forms allowed here."), instead)
    else:
        yield Problem(path, _sentence(rule, error), instead)


def _sentence(rule: str, error: ValidationError) -> str:
    value, wanted = error.instance, error.validator_value
    kinds = {
        "string": _("text"),
        "integer": _("a whole number"),
        "number": _("a number"),
        "object": _("keys with values"),
        "array": _("a list"),
        "boolean": "true / false",
        "null": "null",
    }
    if rule == "type":
        names = [kinds.get(one, one) for one in ([wanted] if isinstance(wanted, str) else wanted)]
        return _("Here stands %(value)r; %(kind)s is wanted.") % {"value": _short(value), "kind": " / ".join(names)}
    if rule == "pattern":
        return _("“%(value)s” is not written as it should be.") % {"value": _short(value)}
    if rule in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"):
        return _("%(value)s is too small or too large (limit %(limit)s).") % {"value": value, "limit": wanted}
    if rule in ("minItems", "minLength", "minProperties"):
        return _("At least %(n)s is wanted here.") % {"n": wanted}
    if rule in ("maxItems", "maxLength", "maxProperties"):
        return _("At most %(n)s fit here.") % {"n": wanted}
    if rule == "uniqueItems":
        return _("The same value stands here twice.")
    return error.message


def _example(schema: Any) -> str:
    examples = schema.get("examples") if isinstance(schema, Mapping) else None
    return str(examples[0]) if examples else ""


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"
