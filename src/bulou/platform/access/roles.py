"""The roles of the house. What each may do is said by the modules' manifests (bulou.platform.access.permissions)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Role:
    """A role: its key, its title, and whether its grants are usually given for a place or for a unit."""

    key: str
    title: str | Promise
    by: str = "place"


ROLES: dict[str, Role] = {
    role.key: role
    for role in (
        Role("administrator", _("Administrator")),
        Role("chief", _("County chief")),
        Role("duty_officer", _("Duty officer")),
        Role("township_lead", _("Township lead")),
        Role("village_clerk", _("Village clerk")),
        Role("unit_clerk", _("Unit clerk"), by="unit"),
        Role("checkpoint_officer", _("Checkpoint officer")),
        Role("storekeeper", _("Storekeeper")),
        Role("medic", _("Medic")),
        Role("case_worker", _("Case worker")),
        Role("auditor", _("Auditor")),
    )
}
