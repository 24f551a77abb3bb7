"""What becomes of a form's answers: about whom they are, when it happened, which facts they state. Said by the form's own columns, or on the page.

    {"subject": {"kind": "person", "path": "who"} | {"kind": "person", "self": true} | {}, "happened": {"path": "day"},
     "facts": {"temperature": "t"}, "list": {"repeat": "people", "subject": "people/who", "name": "people/name", "facts": {…}}, "place": "where"}

In an XLSForm: `bulou::fact` (a code), `bulou::subject` (person, household, place, unit; in a repeat also `name`), `bulou::happened` (yes),
`bulou::sensitive` (yes). A form that states facts and says of nobody whom they are about is about whoever fills it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bulou.core.facts import Catalogue, Fact, Kind
from bulou.modules.collection.rules.answers import NO_WORDS, YES_WORDS
from bulou.modules.collection.rules.faults import Fault
from bulou.modules.collection.rules.tree import Question, Tree, answered, choices_of

Mapped = dict[str, Any]
KINDS = ("person", "household", "place", "unit")
NAME = "name"
_YES = {*YES_WORDS, "true()"}
COMPUTED = {"calculate", "hidden", "meta", "text"}
FITS = {
    Kind.NUMBER: {"integer", "decimal", "range"},
    Kind.YES_NO: {"select"},
    Kind.CHOICE: {"select"},
    Kind.CHOICES: {"select_multiple", "rank"},
    Kind.TEXT: {"select", "barcode", "integer", "decimal"},
    Kind.PLACE: {"select", "barcode", "geopoint"},
    Kind.MOMENT: {"date", "dateTime"},
}


def mapping_of(tree: Tree) -> tuple[Mapped, list[Fault]]:
    """Gives what the form's own columns say, and what of it cannot be: two subjects, a fact stated twice, facts in more than one repeat."""
    found: Mapped = {"subject": {}, "facts": {}}
    faults: list[Fault] = []
    for node, repeats in answered(tree):
        if len(repeats) > 1 and (node.get("fact") or node.get("subject")):
            faults.append(Fault("map_too_deep", says={"path": node["path"]}))
            continue
        faults.extend(_list_of(found, node, repeats[0]) if repeats else _one_of(found, node))
    states = bool(found["facts"]) or "list" in found
    if states and not found["subject"]:
        found["subject"] = {"kind": "person", "self": True}
    return found, faults


def _one_of(found: Mapped, node: Question) -> Iterator[Fault]:
    path = node["path"]
    if kind := node.get("subject"):
        if kind not in KINDS:
            yield Fault("subject_kind_unknown", says={"path": path, "kind": kind, "kinds": ", ".join(KINDS)})
        elif found["subject"]:
            yield Fault("subject_twice", says={"path": path, "first": found["subject"]["path"]})
        else:
            found["subject"] = {"kind": kind, "path": path}
    if str(node.get("happened", "")).lower() in _YES:
        if "happened" in found:
            yield Fault("happened_twice", says={"path": path, "first": found["happened"]["path"]})
        found["happened"] = {"path": path}
    if code := node.get("fact"):
        yield from _state(found["facts"], code, path)
    if node["kind"] == "geopoint" and "place" not in found:
        found["place"] = path


def _list_of(found: Mapped, node: Question, repeat: str) -> Iterator[Fault]:
    kind, code = node.get("subject"), node.get("fact")
    if not (kind or code):
        return
    listed = found.setdefault("list", {"repeat": repeat, "subject": "", "name": "", "facts": {}})
    if listed["repeat"] != repeat:
        yield Fault("list_twice", says={"path": node["path"], "first": listed["repeat"]})
    elif kind == NAME:
        listed["name"] = node["path"]
    elif kind == "person":
        listed["subject"] = node["path"]
    elif kind:
        yield Fault("subject_kind_unknown", says={"path": node["path"], "kind": kind, "kinds": f"person, {NAME}"})
    if code and listed["repeat"] == repeat:
        yield from _state(listed["facts"], code, node["path"])


def _state(facts: dict[str, str], code: str, path: str) -> Iterator[Fault]:
    if code in facts:
        yield Fault("fact_twice", says={"path": path, "fact": code, "first": facts[code]})
    facts.setdefault(code, path)


def stated(mapping: Mapping[str, Any]) -> frozenset[str]:
    """The facts a mapping states, of its subject and of the lines of its list."""
    return frozenset((*mapping.get("facts", {}), *(mapping.get("list") or {}).get("facts", {})))


def why_not(mapping: Mapping[str, Any], tree: Tree, catalogue: Catalogue) -> tuple[list[Fault], list[Fault]]:
    """Gives (faults, warnings) of a mapping held against its form and the catalogue of facts."""
    found = {node["path"]: (node, repeats) for node, repeats in answered(tree)}
    faults: list[Fault] = list(_places(mapping, found))
    warnings: list[Fault] = []
    listed = mapping.get("list") or {}
    if listed and not listed.get("subject"):
        warnings.append(Fault("list_no_subject", says={"path": str(listed.get("repeat"))}))
    for code, path in (*mapping.get("facts", {}).items(), *listed.get("facts", {}).items()):
        if code not in catalogue.by_code:
            faults.append(Fault("fact_unknown", says={"path": path, "fact": code}))
        elif path in found:
            for fault, is_fatal in _fits(catalogue.by_code[code], found[path][0], tree):
                (faults if is_fatal else warnings).append(fault)
    return faults, warnings


def _places(mapping: Mapping[str, Any], found: Mapping[str, tuple[Question, tuple[str, ...]]]) -> Iterator[Fault]:
    """Every path is a question's, and stands in the list's repeat or in none."""
    listed = mapping.get("list") or {}
    subject = mapping.get("subject") or {}
    if subject and subject.get("kind") not in KINDS:
        yield Fault(
            "subject_kind_unknown",
            says={"path": subject.get("path", ""), "kind": str(subject.get("kind")), "kinds": ", ".join(KINDS)},
        )
    one = [
        subject.get("path"),
        (mapping.get("happened") or {}).get("path"),
        mapping.get("place"),
        *mapping.get("facts", {}).values(),
    ]
    many = [listed.get("subject"), listed.get("name"), *listed.get("facts", {}).values()]
    around = (listed.get("repeat", ""),)
    for path, expected in (*((path, ()) for path in one), *((path, around) for path in many)):
        if path and path not in found:
            yield Fault("map_nowhere", says={"path": path})
        elif path and found[path][1] != expected:
            yield Fault(
                "map_in_repeat" if not expected else "map_outside_list",
                says={"path": path, "repeat": "/".join(found[path][1])},
            )
    happened = (mapping.get("happened") or {}).get("path", "")
    if happened in found and found[happened][0]["kind"] not in {
        "date",
        "dateTime",
        *COMPUTED,
    }:
        yield Fault("happened_no_day", says={"path": happened})


def _fits(fact: Fact, node: Question, tree: Tree) -> Iterator[tuple[Fault, bool]]:
    says = {"path": node["path"], "fact": fact.code, "kind": node["kind"], "wanted": fact.kind.value}
    if node["kind"] not in FITS[fact.kind] | COMPUTED:
        yield Fault("fact_kind", says=says), True
        return
    wanted = {
        Kind.CHOICE: set(fact.choices),
        Kind.CHOICES: {*fact.choices, "none"},
        Kind.YES_NO: YES_WORDS | NO_WORDS,
    }.get(fact.kind)
    if wanted is None or node["kind"] in COMPUTED:
        return
    names = [choice["name"] for choice in choices_of(tree, node)]
    if not names:
        yield Fault("choices_elsewhere", says=says), False
    elif foreign := [name for name in names if (name.lower() if fact.kind is Kind.YES_NO else name) not in wanted]:
        shown = ", ".join(sorted(wanted)) if fact.kind is not Kind.YES_NO else "yes, no"
        yield Fault("choice_no_value_of_fact", says=says | {"choices": ", ".join(foreign), "accepted": shown}), True


def outline(mapping: Mapping[str, Any], taken: Iterable[str] = ()) -> dict[str, str]:
    """Path → what it is mapped to, for pages: a fact's code, or subject, name, happened, place."""
    listed = mapping.get("list") or {}
    found = {path: code for code, path in (*mapping.get("facts", {}).items(), *listed.get("facts", {}).items())}
    for word, path in (
        ("subject", (mapping.get("subject") or {}).get("path")), ("happened", (mapping.get("happened") or {}).get("path")),
        ("place", mapping.get("place")), ("subject", listed.get("subject")), ("name", listed.get("name")),
    ):  # fmt: skip
        if path and path not in found:
            found[path] = word
    return {path: what for path, what in found.items() if not taken or path in taken}
