"""What the registry says of a user on the user's page and on one's own: grants, and which person it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from bulou.modules.registry.models import Grant
from bulou.modules.registry.queries import grants as queries
from bulou.modules.registry.views.grants_words import SEES, STATES, TONES, role_title, said_of
from bulou.platform.access.viewer import Viewer


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A grant in words."""

    id: int
    role: str
    sees: Any
    place: str
    unit: str
    starts: datetime
    ends: datetime | None
    why: str
    state: Any
    tone: str
    is_over: bool


def grant_lines(grants: Iterable[Grant]) -> list[GrantLine]:
    """Grants (with their `state`) in words, in the order given."""
    return [
        GrantLine(
            grant.pk, role_title(grant.role), SEES.get(grant.role, ""), grant.place.name if grant.place else "",
            grant.unit.name if grant.unit else "", grant.starts, grant.ends, grant.why, STATES[grant.state], TONES[grant.state],
            grant.state == "over",
        )
        for grant in grants
    ]  # fmt: skip


def user_panel(viewer: Viewer, user_id: int, now: datetime) -> tuple[str, dict[str, Any]] | None:
    """The panel of a user's grants, for oneself and for those who manage grants."""
    manages = viewer.may(queries.MANAGE)
    if not manages and user_id != viewer.user_id:
        return None
    about = {
        "lines": grant_lines(queries.grants_of_user(viewer, user_id, at=now)),
        "person": queries.person_of(viewer, user_id),
        "history": [said_of(line) for line in queries.history_of(viewer, user_id)],
        "manages": manages and user_id != viewer.user_id,
        "user_id": user_id,
        "give": f"{reverse('registry:give_grant')}?user={user_id}",
    }
    return "registry/grants/panel.html", about
