"""A mapping drawn up question by question, as the page asks it: each question says one thing, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bulou.core.facts import Catalogue
from bulou.modules.collection.rules.mapping import COMPUTED, FITS, KINDS, Mapped, outline
from bulou.modules.collection.rules.tree import Question, Tree, answered

FACT, SUBJECT, HAPPENED, NAME, PLACE = "fact:", "subject:", "happened", "name", "place"


def asked(tree: Tree) -> list[tuple[Question, tuple[str, ...]]]:
    """The questions that may say something: no notes, no files, nothing in a repeat of a repeat."""
    silent = {"note", "image", "audio", "video", "file", "trigger"}
    return [
        (node, repeats)
        for node, repeats in answered(tree)
        if node["kind"] not in silent and len(repeats) < 2 and not node["path"].startswith("meta/")
    ]


def offered(node: Question, repeats: tuple[str, ...], catalogue: Catalogue) -> Iterator[str]:
    """What a question could say: `fact:…`, `subject:…`, happened, name, place."""
    kind = node["kind"]
    for fact in catalogue.facts:
        if kind in FITS[fact.kind] | COMPUTED:
            yield FACT + fact.code
    if kind in {"select", "text", "barcode", "calculate", "hidden"}:
        yield from (SUBJECT + each for each in (("person",) if repeats else KINDS))
        if repeats:
            yield NAME
    if kind in {"date", "dateTime", *COMPUTED} and not repeats:
        yield HAPPENED
    if kind == "geopoint" and not repeats:
        yield PLACE


def said_now(mapping: Mapping[str, object], catalogue: Catalogue) -> dict[str, str]:
    """Path → what it says by a mapping, in the words of `offered`."""
    subject = mapping.get("subject")
    kind = subject.get("kind", "person") if isinstance(subject, Mapping) else "person"
    listed = mapping.get("list")
    lines = listed.get("subject") if isinstance(listed, Mapping) else None
    found = {}
    for path, what in outline(mapping).items():
        if what == "subject":
            found[path] = SUBJECT + ("person" if path == lines else str(kind))
        else:
            found[path] = what if what in (HAPPENED, NAME, PLACE) and what not in catalogue.by_code else FACT + what
    return found


def drawn_up(said: Mapping[str, str], tree: Tree) -> Mapped:
    """The mapping these answers make. Two that say the same: the first counts for subject, day and place, the last for a fact."""
    around = {node["path"]: repeats for node, repeats in answered(tree)}
    found: Mapped = {"subject": {}, "facts": {}}
    for path, what in said.items():
        repeats = around.get(path, ())
        if not what:
            continue
        if repeats:
            _line(found, path, what, repeats[0])
        elif what.startswith(FACT):
            found["facts"][what.removeprefix(FACT)] = path
        elif what.startswith(SUBJECT):
            found["subject"] = found["subject"] or {"kind": what.removeprefix(SUBJECT), "path": path}
        elif what == HAPPENED:
            found.setdefault(HAPPENED, {"path": path})
        elif what == PLACE:
            found.setdefault(PLACE, path)
    if (found["facts"] or "list" in found) and not found["subject"]:
        found["subject"] = {"kind": "person", "self": True}
    return found


def _line(found: Mapped, path: str, what: str, repeat: str) -> None:
    listed = found.setdefault("list", {"repeat": repeat, "subject": "", "name": "", "facts": {}})
    if what.startswith(FACT):
        listed["facts"][what.removeprefix(FACT)] = path
    elif what.startswith(SUBJECT):
        listed["subject"] = listed["subject"] or path
    elif what == NAME:
        listed["name"] = listed["name"] or path
