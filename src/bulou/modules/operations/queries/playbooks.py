"""Playbooks: those that ship, and the verdict on any text. Reads no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from django.utils.translation import gettext as _

from bulou.modules.operations.rules import schema as schemas
from bulou.platform import marked
from bulou.platform.manifest import Section, manifests
from bulou.platform.marked import Marked
from bulou.platform.playbooks import Problem


@dataclass(frozen=True, slots=True)
class Checked:
    """A playbook read and checked: the data (None if it is no YAML) and what is wrong with it, by line."""

    playbook: dict[str, Any] | None
    problems: list[Problem]

    @property
    def is_good(self) -> bool:
        return self.playbook is not None and not self.problems

    @property
    def sections(self) -> dict[str, dict[str, Any]]:
        """The items by section; every section somebody owns is there."""
        found = self.playbook or {}
        return {name: dict(found.get(name) or {}) for name in owned_sections()}


def owned_sections() -> dict[str, Section]:
    """Every section some module owns, by key, lowest floor first: the order they are applied in."""
    return {section.key: section for manifest in manifests() for section in manifest.sections}


def schema() -> dict[str, Any]:
    """The JSON Schema of a playbook as this house understands it."""
    return schemas.composed({key: section.schema for key, section in owned_sections().items()})


def check(text: str) -> Checked:
    """Read a playbook and say everything that is wrong with it, each with its line and what to write instead."""
    read = marked.load(text)
    if read.problems:
        return Checked(None, list(read.problems))
    if not isinstance(read.data, dict):
        return Checked(None, [Problem((), _("The file is empty or no playbook."), "playbook: my-county", 1)])
    problems = marked.faults(read, schema())
    if not problems:
        problems = [_placed(problem, read) for problem in _beyond_schema(read.data)]
    return Checked(read.data, sorted(problems, key=lambda problem: problem.line))


def _beyond_schema(playbook: Mapping[str, Any]) -> list[Problem]:
    """What no schema can say: keys that stand nowhere, and whatever each section's owner finds."""
    owned = owned_sections()
    found = []
    for level, section, index, key in schemas.unknown_keys(playbook, set(owned)):
        words = _("Level “%(level)s” switches on “%(key)s”, which stands nowhere under %(section)s.") % {
            "level": level,
            "key": key,
            "section": section,
        }
        found.append(
            Problem(("levels", level, "switches_on", section, index), words, ", ".join(playbook.get(section) or {}))
        )
    for name, owner in owned.items():
        found += owner.check(playbook.get(name) or {}, playbook)
    return found


def _placed(problem: Problem, read: Marked) -> Problem:
    return replace(problem, line=read.line_of(problem.path))


@cache
def shipped() -> dict[str, str]:
    """The playbooks that ship with the product, by key, as text."""
    folder = resources.files("bulou.modules.operations") / "playbooks"
    return {
        file.name.removesuffix(".yaml"): file.read_text("utf-8")
        for file in sorted(folder.iterdir(), key=lambda f: f.name)
        if file.name.endswith(".yaml")
    }
