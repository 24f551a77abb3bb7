"""What the roles are called on pages, and what each sees, in one sentence."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bulou.platform.access.roles import ROLES
from bulou.platform.journal.models import Line
from bulou.platform.pages.components.panels import Event

STATES: dict[str, Promise | str] = {"in_force": _("In force"), "coming": _("Yet to begin"), "over": _("Over")}
TONES = {"in_force": "good", "coming": "open", "over": "quiet"}

DONE: dict[str, Promise | str] = {
    "registry.grant_given": _("Grant given"),
    "registry.grant_ended": _("Grant ended"),
    "registry.person_linked": _("Person named"),
    "registry.person_unlinked": _("Person taken back"),
}

SEES: dict[str, Promise | str] = {
    "administrator": _("Users, grants, background work and the journal. No content about any person."),
    "chief": _("The whole county: who owes what, how it stands, content, telephones."),
    "duty_officer": _("How everything stands, names and telephones. Content only of what must be reported at once."),
    "township_lead": _("The same as the chief, for the township."),
    "village_clerk": _("The people and households of the village, and the content of what the clerk files."),
    "unit_clerk": _("The members of the unit, and the content of what the clerk files for it."),
    "checkpoint_officer": _("A verdict on one person who is looked up. No lists."),
    "storekeeper": _("Stores, issues and returns. No people beyond who received what."),
    "medic": _("The people in the medic's care, with their content."),
    "case_worker": _("The welfare notes of the people in the worker's own care, which nobody else reads."),
    "auditor": _("Everything as it stood at any time, read-only; names are masked until a reason is logged."),
}


def said_of(line: Line) -> Event:
    """A journal line about a user's grants or person, as an entry of a history."""
    role = role_title(line.data["role"]) if "role" in line.data else ""
    text = " · ".join(filter(None, (str(DONE[line.action]), role)))
    return Event(
        line.at,
        text,
        line.actor_name,
        line.why,
        "good" if line.action in ("registry.grant_given", "registry.person_linked") else "quiet",
    )


def role_title(role: str) -> str:
    """What a role is called; a role of old that is no more shows its key."""
    return str(ROLES[role].title) if role in ROLES else role
