"""Holding a person while a verb changes them, and keeping what they were before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from bulou.modules.registry.models import Household, Person, PersonVersion
from bulou.modules.registry.queries import scopes
from bulou.platform.access.viewer import Viewer
from bulou.platform.once.services import run_once
from bulou.platform.refusals import Conflict, Refusal


def hold_person(person_id: int, *, by: Viewer, permission: str = "registry.edit_person") -> Person:
    """The person, locked until the transaction ends. Out of scope: Http404. Refuses one merged into another, or forgotten."""
    by.need(permission)
    person = scopes.people(by, permission).select_for_update(of=("self",)).filter(pk=person_id).first()
    if person is None:
        raise Http404
    if person.merged_into_id is not None:
        raise Refusal(
            "registry.person_merged",
            _("This row was merged into another person; work with that one, or undo the merge."),
        )
    if person.forgotten_at is not None:
        raise Refusal(
            "registry.person_forgotten", _("What was kept of this person was deleted when its time was over.")
        )
    return person


def hold_household(household_id: int, *, by: Viewer) -> Household:
    """The household, locked until the transaction ends. Out of scope: Http404. Refuses one that has ended."""
    by.need("registry.edit_person")
    household = (
        scopes.households(by, "registry.edit_person").select_for_update(of=("self",)).filter(pk=household_id).first()
    )
    if household is None:
        raise Http404
    if household.ends is not None:
        raise Refusal("registry.household_ended", _("Household %(code)s has ended."), code=household.code)
    return household


def check_version(person: Person, version: int) -> None:
    """Refuse (Conflict `registry.person_changed`) when somebody changed the person after the caller's page was opened."""
    if person.version == version:
        return
    last = PersonVersion.objects.filter(person=person).order_by("-number").first()
    raise Conflict(
        "registry.person_changed",
        _(
            "%(who)s changed this person meanwhile. What you typed is kept below, beside what is there now: choose, and save again."
        ),
        who=last.actor_name if last else "",
    )


def note_version(
    person: Person,
    change: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    by: Viewer,
    now: datetime,
    why: str = "",
) -> None:
    """Keep what changed, and count the version up (the caller saves the other fields)."""
    PersonVersion.objects.create(
        person=person, number=person.version, change=change, before=plain(before), after=plain(after),
        actor_id=by.user_id, actor_name=by.name, at=now, why=why[:400],
    )  # fmt: skip
    person.version += 1
    person.save(update_fields=["version"])


def done_once(
    once: UUID | None, verb: str, make: Callable[[], dict[str, Any]], *, by: Viewer, now: datetime
) -> dict[str, Any]:
    """Run a write that makes something once under its key; without one (a form has its own) in a transaction."""
    if once is not None:
        return run_once(once, verb, make, by=by, now=now)[0]
    with transaction.atomic():
        return make()


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON keeps them: days as ISO text, tuples as lists."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, (tuple, list)) else value
