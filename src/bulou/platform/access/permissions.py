"""The permission table: permission → roles, gathered from the manifests. Read by the guard, by viewers and by the page that shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

PUBLIC = "public"
SIGNED_IN = "signed_in"


@dataclass(frozen=True, slots=True)
class Permission:
    """One permission: `module.verb_noun`, what it means to a reader, and the roles that hold it."""

    key: str
    title: str | Promise
    roles: frozenset[str]


_table: dict[str, Permission] = {}


def declare(permissions: Iterable[Permission]) -> None:
    """Add permissions to the table; a second, different declaration of one key is an error of the programmer."""
    for permission in permissions:
        if _table.get(permission.key, permission) != permission:
            raise ValueError(f"permission {permission.key!r} is declared twice")
        _table[permission.key] = permission


def holds(role: str, permission: str) -> bool:
    """Whether a role holds a permission. An undeclared permission is an error, not a no."""
    if permission not in _table:
        raise KeyError(f"permission {permission!r} is not declared in any manifest")
    return role in _table[permission].roles


def title(permission: str) -> str:
    """What the permission is called, in the language active now."""
    return str(_table[permission].title) if permission in _table else permission


def table() -> list[Permission]:
    """Every permission, by key."""
    return [_table[key] for key in sorted(_table)]
