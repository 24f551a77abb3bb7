"""What a response level switches on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Sections = Mapping[str, Mapping[str, Mapping[str, Any]]]


def on_at(playbook: Mapping[str, Any], sections: Sections, level: str) -> dict[str, dict[str, Mapping[str, Any]]]:
    """The items of each section that stand at a level: those the level lists, and those no level lists at all.

    A level also switches on whatever the levels before it in the playbook list, unless it says `alone: true`.
    """
    listed = {key: one.get("switches_on", {}) for key, one in playbook.get("levels", {}).items()}
    bound = {(section, key) for on in listed.values() for section, keys in on.items() for key in keys}
    here = {
        (section, key) for name in _reaching(playbook, level) for section, keys in listed[name].items() for key in keys
    }
    return {
        section: {key: item for key, item in items.items() if (section, key) not in bound or (section, key) in here}
        for section, items in sections.items()
    }


def _reaching(playbook: Mapping[str, Any], level: str) -> list[str]:
    names = list(playbook.get("levels", {}))
    if level not in names:
        return []
    if playbook["levels"][level].get("alone"):
        return [level]
    return names[: names.index(level) + 1]
