"""The viewer: who is asking, in which language, with which grants. Plain values, made once per request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from bulou.platform.access import permissions
from bulou.platform.refusals import Forbidden


@dataclass(frozen=True, slots=True)
class Grant:
    """A role × place × unit × operation, valid [starts, ends). None = not limited in that respect."""

    role: str
    place_id: int | None = None
    unit_id: int | None = None
    operation_id: int | None = None
    starts: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is asking. Within a grant its limits are ANDed, between grants ORed."""

    user_id: int | None = None
    name: str = ""
    grants: tuple[Grant, ...] = field(default=())
    person_id: int | None = None
    is_system: bool = False

    def may(self, permission: str) -> bool:
        """Whether any grant's role holds the permission (whatever its place)."""
        return self.is_system or any(permissions.holds(grant.role, permission) for grant in self.grants)

    def scopes(self, permission: str) -> tuple[Grant, ...]:
        """The grants under which the permission is held; empty = nothing may be seen."""
        if self.is_system:
            return (Grant("system"),)
        return tuple(grant for grant in self.grants if permissions.holds(grant.role, permission))

    def need(self, permission: str) -> None:
        """Refuse unless the permission is held somewhere. Scope is the query's matter."""
        if not self.may(permission):
            raise Forbidden(
                "access.not_allowed",
                _("Your role does not include this: %(permission)s."),
                permission=permissions.title(permission),
            )


ANONYMOUS = Viewer()


def system(name: str) -> Viewer:
    """The house itself (a job, a command): sees everything, and the journal shows it under this name."""
    return Viewer(name=name, is_system=True)


GrantsOf = Callable[[int, datetime], tuple[tuple[Grant, ...], int | None]]
