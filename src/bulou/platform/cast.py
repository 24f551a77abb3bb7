"""The cast: one person for each role, and one of the neighbouring township who must see nothing of the others.

The same people act in every test and open the demo county's doors. Here they are data; a module that gives them a seat (a grant, a unit,
a shift) hangs a function under `seat_cast` on its manifest. They are invented.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bulou.platform import chinese
from bulou.platform.accounts.models import User
from bulou.platform.manifest import extras


@dataclass(frozen=True, slots=True)
class Member:
    """One of the cast. `spot` says where the role's grant lies (a key of `Spots`; none = everywhere); no `role` = no account."""

    key: str
    name: str
    title: str | Promise
    role: str | None
    spot: str | None
    lives_in: str = "village"


CAST: tuple[Member, ...] = (
    Member("chief", "周宁远", _("County chief"), "chief", "county"),
    Member("duty_officer", "韩青松", _("Duty officer"), "duty_officer", "county"),
    Member("township_lead", "才仁多杰", _("Township lead"), "township_lead", "town"),
    Member("village_clerk", "卓玛措", _("Village clerk"), "village_clerk", "village"),
    Member("unit_clerk", "陆文静", _("Unit clerk"), "unit_clerk", "unit"),
    Member("checkpoint_officer", "巴桑次仁", _("Checkpoint officer"), "checkpoint_officer", "town"),
    Member("storekeeper", "贺满仓", _("Storekeeper"), "storekeeper", "county"),
    Member("medic", "德吉央宗", _("Medic"), "medic", "town"),
    Member("case_worker", "沈若兰", _("Case worker"), "case_worker", "county"),
    Member("auditor", "严明知", _("Auditor"), "auditor", "county"),
    Member("administrator", "方可为", _("Administrator"), "administrator", None),
    Member(
        "neighbour",
        "索南扎巴",
        _("Lead of the neighbouring township"),
        "township_lead",
        "neighbour_town",
        "neighbour_village",
    ),
    Member("resident", "格桑旺堆", _("Resident with a link"), None, "village"),
)

# Where the cast is seated: keys county, town, village, unit, neighbour_town, neighbour_village → the code of a place or unit.
Spots = Mapping[str, str]
# Seats them: (member key → user id of those who have an account, spots, now).
SeatCast = Callable[[Mapping[str, int], Spots, datetime], None]


def member(key: str) -> Member:
    """One of the cast by key."""
    return next(found for found in CAST if found.key == key)


def seat(spots: Spots, *, now: datetime, password: str | None = None) -> dict[str, User]:
    """Make the accounts that are missing and let every module seat them; gives the users by key of the cast.

    The log-in name is the key. Without a password nobody can log in with one (tests sign in by force).
    """
    hashed = make_password(password)
    users = {one.key: _account(one, hashed, now) for one in CAST if one.role is not None}
    ids = {key: user.pk for key, user in users.items()}
    for seat_cast in extras("seat_cast"):
        seat_cast(ids, spots, now)
    return users


def _account(one: Member, hashed: str, now: datetime) -> User:
    made = {"display_name": one.name, "sort_key": chinese.sort_key(one.name), "created_at": now, "password": hashed}
    return User.objects.get_or_create(username=one.key, defaults=made)[0]
