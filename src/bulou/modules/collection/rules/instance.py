"""A submission's XML, read: which form, which version, which instance, and the answers by path. Values in, values out.

No document type, no entities, no encodings but UTF-8, no trees without end: what an attacker could use and no phone sends is refused
before it is parsed. See docs/openrosa.md, "Reading a submission".
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element, ParseError, XMLParser

ORX = "http://openrosa.org/xforms"
TEMPLATE = "{http://openrosa.org/javarosa}template"
LONGEST_ID = 249
MOST_ELEMENTS = 100_000
DEEPEST = 60

Answers = dict[str, Any]


class Malformed(ValueError):
    """What was sent is no submission; `code` says why, as the door words it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Instance:
    """What a submission says of itself. `version` is "" where it says none; `deprecates` the instanceID it corrects, or ""."""

    root: Element = field(repr=False)
    form: str
    version: str
    instance_id: str
    deprecates: str = ""
    time_end: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a form's version the answers need: which groups repeat, and which questions are sensitive."""

    repeats: Set[str] = frozenset()
    sensitive: Set[str] = frozenset()


def read(xml: bytes) -> Instance:
    """The instance in these bytes. Raises Malformed: not_utf8, nul, doctype, not_xml, too_many, no_form, no_instance, id_too_long,
    corrects_itself.
    """
    root = _parsed(xml)
    form = root.get("id")
    if not form:
        raise Malformed("no_form")
    said = _meta(root)
    instance_id, deprecates = said.get("instanceID", ""), said.get("deprecatedID", "")
    if not instance_id:
        raise Malformed("no_instance")
    if max(len(instance_id), len(deprecates)) > LONGEST_ID:
        raise Malformed("id_too_long")
    if instance_id == deprecates:
        raise Malformed("corrects_itself")
    end, device = said.get("timeEnd", ""), said.get("deviceID", "")
    return Instance(root, form, root.get("version") or "", instance_id, deprecates, end, device)


def _parsed(xml: bytes) -> Element:
    if b"\0" in xml:
        raise Malformed("nul")
    try:
        xml.decode()
    except UnicodeDecodeError:
        raise Malformed("not_utf8") from None
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise Malformed("doctype")
    if xml.count(b"<") > MOST_ELEMENTS * 2:
        raise Malformed("too_many")
    parser = XMLParser(encoding="utf-8")  # what the declaration says of the encoding does not count: it was checked
    try:
        parser.feed(xml)
        root: Element = parser.close()
    except (ParseError, ValueError):
        raise Malformed("not_xml") from None
    return root


def _meta(root: Element) -> Mapping[str, str]:
    """The leaves of meta, by name: in OpenRosa's namespace, in the form's own, or in none; another one's is nobody's."""
    namespace = root.tag.rpartition("}")[0].lstrip("{")
    for child in root:
        space, _brace, name = child.tag.rpartition("}")
        if name == "meta" and space.lstrip("{") in (ORX, namespace, ""):
            return {one.tag.rpartition("}")[2]: (one.text or "").strip() for one in child}
    return {}


def answers(root: Element, shape: Shape) -> tuple[Answers, Answers]:
    """The answers by path from the root, as text: the plain ones, and the sensitive ones. What is empty is left out; a repeat is a list of
    its rounds, in both alike. Raises Malformed (too_deep).
    """
    plain: Answers = {}
    hidden: Answers = {}
    _gather(root, "", plain, hidden, shape, 0)
    return plain, hidden


def _gather(node: Element, above: str, plain: Answers, hidden: Answers, shape: Shape, depth: int) -> None:
    if depth > DEEPEST:
        raise Malformed("too_deep")
    for child in node:
        tag = child.tag
        path = above + (tag if tag[0] != "{" else tag[tag.index("}") + 1 :])
        if path in shape.repeats:
            if TEMPLATE not in child.attrib:
                _round(child, path, plain, hidden, shape, depth)
        elif len(child):
            _gather(child, path + "/", plain, hidden, shape, depth + 1)
        elif (text := child.text) and not text.isspace():
            (hidden if path in shape.sensitive else plain).setdefault(path, text)


def _round(child: Element, path: str, plain: Answers, hidden: Answers, shape: Shape, depth: int) -> None:
    """One round of a repeat, kept also where it is empty: the third child is the third."""
    shown: Answers = {}
    secret: Answers = {}
    _gather(child, path + "/", shown, secret, shape, depth + 1)
    rounds = plain.setdefault(path, [])
    rounds.append(shown)
    if secret or path in hidden:
        before = hidden.setdefault(path, [])
        before.extend({} for _ in range(len(rounds) - 1 - len(before)))
        before.append(secret)
