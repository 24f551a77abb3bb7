"""Changes made by hand on top of a playbook, and the conflicts a new version brings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Address = tuple[str, str, str]  # section, key, field


@dataclass(frozen=True, slots=True)
class Override:
    """A field of an item set by hand: `value`, in place of the playbook's `instead_of` at that time."""

    section: str
    key: str
    field: str
    value: Any
    instead_of: Any

    @property
    def address(self) -> Address:
        return self.section, self.key, self.field


@dataclass(frozen=True, slots=True)
class Clash:
    """A new playbook version changes what was changed by hand: somebody must say which holds."""

    override: Override
    new: Any

    @property
    def id(self) -> str:
        """How a form names it."""
        return "/".join(self.override.address)


def laid_over(
    sections: Mapping[str, Mapping[str, Mapping[str, Any]]], overrides: Iterable[Override]
) -> dict[str, dict[str, dict[str, Any]]]:
    """The items with every override in place; overrides of items that are not there are passed over."""
    result = {section: {key: dict(item) for key, item in items.items()} for section, items in sections.items()}
    for one in overrides:
        item = result.get(one.section, {}).get(one.key)
        if item is not None:
            item[one.field] = one.value
    return result


def clashes(wanted: Mapping[str, Mapping[str, Mapping[str, Any]]], overrides: Iterable[Override]) -> list[Clash]:
    """The overrides a new version touches: the item is gone, or its field differs from what it was when it was overridden and from the override."""
    found = []
    for one in overrides:
        item = wanted.get(one.section, {}).get(one.key)
        new = None if item is None else item.get(one.field)
        if new not in (one.instead_of, one.value) or item is None:
            found.append(Clash(one, new))
    return found


def undecided(found: Iterable[Clash], decisions: Mapping[str, str]) -> list[Clash]:
    """The clashes nobody decided yet; a decision is `keep` (the change by hand) or `take` (the new version)."""
    return [clash for clash in found if decisions.get(clash.id) not in ("keep", "take")]


def kept(overrides: Iterable[Override], found: Iterable[Clash], decisions: Mapping[str, str]) -> list[Override]:
    """The overrides that stand after the decisions."""
    dropped = {clash.override.address for clash in found if decisions.get(clash.id) == "take"}
    return [one for one in overrides if one.address not in dropped]
