"""What applying a playbook would change, section by section, before it is applied."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bulou.modules.operations.models import Operation
from bulou.modules.operations.queries import operations as reads
from bulou.modules.operations.queries.playbooks import Checked, check, owned_sections
from bulou.modules.operations.rules import levels, overrides
from bulou.modules.operations.rules.overrides import Clash, Override
from bulou.platform.playbooks import Change, Items, Problem


@dataclass(frozen=True, slots=True)
class Preview:
    """What would change: problems first; else the changes by section, the clashes to decide, and the state it was reckoned from."""

    problems: list[Problem]
    changes: dict[str, list[Change]] = field(default_factory=dict)
    clashes: list[Clash] = field(default_factory=list)
    state: str = ""

    @property
    def count(self) -> int:
        return sum(len(changes) for changes in self.changes.values())


def preview(
    operation: Operation | None, text: str, *, level: str, decisions: Mapping[str, str] | None = None
) -> Preview:
    """What applying `text` at `level` would change in an operation (None = one that is about to begin)."""
    checked = check(text)
    if not checked.is_good:
        return Preview(checked.problems)
    standing = standing_overrides(operation)
    found = overrides.clashes(checked.sections, standing)
    wanted = wanted_at(checked, level, overrides.kept(standing, found, decisions or {}))
    return Preview([], plan(current_items(operation), wanted), found, state_of(operation))


def wanted_at(checked: Checked, level: str, standing: list[Override]) -> dict[str, dict[str, Any]]:
    """The items of every section at a level, with the changes by hand in place."""
    return overrides.laid_over(levels.on_at(checked.playbook or {}, checked.sections, level), standing)


def plan(current: Mapping[str, Items], wanted: Mapping[str, Items]) -> dict[str, list[Change]]:
    """Each section's own plan, in the order they are applied; sections with nothing to do are left out."""
    plans = {
        name: section.plan(current.get(name, {}), wanted.get(name, {})) for name, section in owned_sections().items()
    }
    return {name: changes for name, changes in plans.items() if changes}


def current_items(operation: Operation | None) -> dict[str, dict[str, Any]]:
    """What the sections have now, by section and key."""
    found: dict[str, dict[str, Any]] = {}
    for item in reads.items(operation) if operation else ():
        found.setdefault(item.section, {})[item.key] = item.wanted
    return found


def standing_overrides(operation: Operation | None) -> list[Override]:
    """The changes by hand that stand, as plain values."""
    rows = reads.overrides(operation) if operation else ()
    return [Override(row.section, row.key, row.field, row.value, row.instead_of) for row in rows]


def state_of(operation: Operation | None) -> str:
    """Changes whenever anything an apply depends on does: what was previewed must be what is applied."""
    if operation is None:
        return "new"
    parts = [
        operation.version,
        operation.level,
        operation.state,
        current_items(operation),
        [one.address for one in standing_overrides(operation)],
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
