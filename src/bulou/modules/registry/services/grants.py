"""Giving and ending grants, and saying which person of the registry a user is. For administrators; nothing is ever deleted."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bulou.modules.registry.models import Grant, Person, Place, Unit, UserPerson
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.rules import grants as rules
from bulou.platform.access.roles import ROLES
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal

MANAGE = "registry.manage_grants"

_SENTENCES = {
    "own": (_("Nobody gives a grant to himself. Ask another administrator."), "user"),
    "role_unknown": (_("There is no such role."), "role"),
    "user_inactive": (_("This user is deactivated."), "user"),
    "ends_before_starts": (_("The grant would end before it begins."), "ends"),
    "starts_in_past": (_("A grant cannot begin in the past: what nobody was allowed, nobody was allowed."), "starts"),
    "administrator_limited": (
        _("An administrator looks after the whole house: leave place, unit and operation empty."),
        "place",
    ),
    "unit_missing": (_("This role is given for a unit: choose one."), "unit"),
    "place_missing": (_("Say where: a place or a unit. For the whole county choose the county itself."), "place"),
    "place_retired": (_("By then this place has been retired."), "place"),
    "unit_ended": (_("By then this unit has ended."), "unit"),
    "twin": (_("The user holds the same grant at that time already."), None),
    "already_ended": (_("This grant has ended already."), None),
    "in_the_past": (_("A grant cannot end in the past: what it allowed, it allowed."), "ends"),
    "later": (_("This grant ends before that already. To prolong it, give a new one."), "ends"),
    "last_administrator": (_("This is the last administrator: nobody could look after the house any more."), None),
}


@transaction.atomic
def give_grant(
    user_id: int,
    role: str,
    *,
    by: Viewer,
    now: datetime,
    why: str,
    place_id: int | None = None,
    unit_id: int | None = None,
    operation_id: int | None = None,
    starts: datetime | None = None,
    ends: datetime | None = None,
) -> Grant:
    """Give a user a role, valid [starts, ends); without `starts` from now on, without `ends` until it is ended. Needs a reason.

    Refuses what rules.why_not_grant says (`registry.grant_…`), and places and units the giver does not reach (404).
    """
    by.need(MANAGE)
    _say_why(why)
    _lock()
    user = get_user_model().objects.filter(pk=user_id).first()
    if user is None:
        raise Refusal("registry.user_unknown", _("There is no such user."), field="user", status=404)
    place, unit = _place(by, place_id), _unit(by, unit_id)
    wanted = rules.Held(user_id, role, starts or now, ends, place_id, unit_id, operation_id)
    by_unit = {key for key, known in ROLES.items() if known.by == "unit"}
    ground = rules.Ground(ROLES, by_unit, place.ends if place else None, unit.ends if unit else None, user.is_active)
    _refuse(rules.why_not_grant(wanted, ground, _held_by(user_id), by_user_id=by.user_id, at=now))
    given = Grant.objects.create(
        user_id=user_id,
        role=role,
        place=place,
        unit=unit,
        operation_id=operation_id,
        starts=wanted.starts,
        ends=ends,
        why=why.strip(),
    )
    _write(by, "grant_given", given, why, now, happened_at=given.starts)
    return given


@transaction.atomic
def end_grant(grant_id: int, *, by: Viewer, now: datetime, why: str, ends: datetime | None = None) -> Grant:
    """End a grant at `ends` (now, unless told; a later moment within its span will do). One yet to begin never does.

    Refuses what rules.why_not_end says (`registry.grant_…`).
    """
    by.need(MANAGE)
    _say_why(why)
    _lock()
    grant = Grant.objects.select_for_update().filter(pk=grant_id).first()
    if grant is None:
        raise Refusal("registry.grant_unknown", _("There is no such grant."), status=404)
    ends, held = ends or now, _as_held(grant)
    _refuse(rules.why_not_end(held, ends, other_administrators=_administrators_from(ends, but=grant), at=now))
    grant.ends = rules.end_of(held, ends)
    grant.save(update_fields=["ends"])
    _write(by, "grant_ended", grant, why, now, happened_at=grant.ends)
    return grant


@transaction.atomic
def make_administrator(user_id: int, *, by: Viewer, now: datetime) -> None:
    """Give the grant of an administrator of the whole house. Hung as `make_administrator`, for `bulou init` and its way back in."""
    give_grant(user_id, rules.ADMINISTRATOR, by=by, now=now, why=str(_("first administrator")))


@transaction.atomic
def link_person(user_id: int, person_id: int, *, by: Viewer, now: datetime) -> None:
    """Say which person of the registry a user is: what that person is answerable for becomes theirs. Said already: nothing happens.

    Refuses oneself (`registry.link_own`), a person who is another user (`registry.person_linked`), merged or forgotten.
    """
    by.need(MANAGE)
    _lock()
    if by.user_id == user_id:
        raise Refusal("registry.link_own", _("Nobody says of himself which person he is. Ask another administrator."))
    person = Person.objects.filter(pk=person_id, merged_into=None, forgotten_at=None).first()
    if person is None:
        raise Refusal("registry.person_unknown", _("There is no such person."), field="person", status=404)
    if UserPerson.objects.filter(person=person).exclude(user_id=user_id).exists():
        raise Refusal(
            "registry.person_linked", _("%(name)s is another user already."), field="person", name=person.name
        )
    before = UserPerson.objects.filter(user_id=user_id).first()
    if before is not None and before.person_id == person_id:
        return
    UserPerson.objects.update_or_create(user_id=user_id, defaults={"person": person})
    data = {"person": person_id, "before": before.person_id if before else None}
    write(by=by, action="registry.person_linked", kind="accounts.user", subjects=[user_id], now=now, data=data)


@transaction.atomic
def unlink_person(user_id: int, *, by: Viewer, now: datetime, why: str = "") -> None:
    """Take back which person a user is. Taken back already: nothing happens."""
    by.need(MANAGE)
    link = UserPerson.objects.filter(user_id=user_id).first()
    if link is not None:
        data = {"before": link.person_id}
        link.delete()
        write(
            by=by,
            action="registry.person_unlinked",
            kind="accounts.user",
            subjects=[user_id],
            now=now,
            why=why.strip(),
            data=data,
        )


def _lock() -> None:
    """Grants change one after the other: two administrators ending each other's must not both succeed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('registry.grants', 0))")


def _say_why(why: str) -> None:
    if not why.strip():
        raise Refusal("registry.why_missing", _("Say why: the reason goes into the journal."), field="why")


def _refuse(problem: str | None) -> None:
    if problem is not None:
        sentence, field = _SENTENCES[problem]
        raise Refusal(f"registry.grant_{problem}", sentence, field=field)


def _place(by: Viewer, place_id: int | None) -> Place | None:
    if place_id is None:
        return None
    place = scopes.places(by, MANAGE).filter(pk=place_id).first()
    if place is None:
        raise Refusal("registry.place_unknown", _("There is no such place."), field="place", status=404)
    return place


def _unit(by: Viewer, unit_id: int | None) -> Unit | None:
    if unit_id is None:
        return None
    unit = scopes.units(by, MANAGE).filter(pk=unit_id).first()
    if unit is None:
        raise Refusal("registry.unit_unknown", _("There is no such unit."), field="unit", status=404)
    return unit


def _as_held(grant: Grant) -> rules.Held:
    return rules.Held(
        grant.user_id, grant.role, grant.starts, grant.ends, grant.place_id, grant.unit_id, grant.operation_id
    )


def _held_by(user_id: int) -> list[rules.Held]:
    return [_as_held(grant) for grant in Grant.objects.filter(user_id=user_id)]


def _administrators_from(moment: datetime, *, but: Grant) -> int:
    """How many other active users are administrators from `moment` on, without an end in sight."""
    others = Grant.objects.filter(Q(ends=None), role=rules.ADMINISTRATOR, starts__lte=moment, user__is_active=True)
    return others.exclude(user_id=but.user_id).count()


def _write(by: Viewer, verb: str, grant: Grant, why: str, now: datetime, *, happened_at: datetime) -> None:
    data = {
        "grant": grant.pk,
        "role": grant.role,
        "place": grant.place_id,
        "unit": grant.unit_id,
        "operation": grant.operation_id,
    }
    data |= {"starts": grant.starts.isoformat(), "ends": grant.ends.isoformat() if grant.ends else None}
    write(
        by=by, action=f"registry.{verb}", kind="accounts.user", subjects=[grant.user_id], now=now, happened_at=happened_at,
        place_id=grant.place_id, why=why.strip(), data=data,
    )  # fmt: skip
