"""The demonstration county: what `bulou demo` puts into a fresh exercise, and as whom one may log in. Can be called again; adds nothing twice."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import translation

from bulou.modules.registry.models import Person, Place, Unit
from bulou.modules.registry.services.people_duplicates import propose_duplicates
from bulou.modules.registry.services.synthetic.filling import fill
from bulou.modules.registry.services.unit_members import Terms, add_members
from bulou.modules.registry.services.units import create_unit
from bulou.platform import cast, clock
from bulou.platform.access.roles import ROLES
from bulou.platform.access.viewer import system
from bulou.site.commands.terminal import gettext, language

BY = system("demo")
OFFICE = "DEMO-OFFICE"
PEOPLE = 33_000  # about as many as live in Qumalai
HEADQUARTERS = "县疫情防控指挥部"
DEPARTMENTS = (
    ("综合协调组", "work_group", 8),
    ("医疗救治组", "work_group", 8),
    ("卡点防控组", "work_group", 12),
    ("宣传引导组", "work_group", 6),
    ("县委组织部", "department", 14),
    ("县公安局", "department", 40),
    ("县卫生健康局", "department", 30),
    ("县应急管理局", "department", 16),
    ("县教育局", "department", 18),
    ("县民政局", "department", 12),
    ("县农牧和科技局", "department", 20),
    ("县人民医院", "agency", 48),
)


def load(*, now: datetime, say: Callable[[str], None]) -> list[tuple[str, str, str]]:
    """Seat the cast in the county of this database; gives (role, log-in name, password) of everyone who can log in.

    The password is made once, lies beside the keys and is the same for all: it opens invented people on this machine only.
    """
    password = _password()
    _people(now, say)
    with transaction.atomic():
        _departments(now)
        users = cast.seat(_spots(now), now=now, password=password)
    titles = {"zh_Hans": "zh-hans", "zh_Hant": "zh-hant"}.get(language(), "en")
    with translation.override(titles):
        shown = [(str(ROLES[one.role].title), one.key) for one in cast.CAST if one.role and one.key in users]
    return [(title, key, password) for title, key in shown]


def _people(now: datetime, say: Callable[[str], None]) -> None:
    """Made-up people for every village, by two processes; what an interrupted start left out is made at the next."""
    root = Place.objects.filter(level="county").order_by("code")[0]
    wanted = PEOPLE - Person.objects.filter(purpose="synthetic").count()
    if wanted > PEOPLE // 20:
        say(gettext("People: making %(count)s (only the first time)") % {"count": f"{PEOPLE:,}"})
        fill(root.code, PEOPLE, now=now, processes=2)
        propose_duplicates(now)


def _departments(now: datetime) -> None:
    """The headquarters and some departments of the county, each with a leader and members out of its townships."""
    if Unit.objects.filter(code="DEMO-HQ").exists():
        return
    root = Place.objects.filter(level="county").order_by("code")[0]
    hq = create_unit(by=BY, name=HEADQUARTERS, kind="headquarters", now=now, place_id=root.pk, code="DEMO-HQ")
    youngest, oldest = (clock.local_day(now) - timedelta(days=365 * years) for years in (25, 55))
    adults = Person.objects.filter(purpose="synthetic", ends=None, born_on__range=(oldest, youngest))
    staff = iter(adults.order_by("uuid").values_list("pk", flat=True)[: 13 * 400 : 13])
    for number, (name, kind, size) in enumerate(DEPARTMENTS, start=1):
        parent = hq.pk if kind == "work_group" else None
        unit = create_unit(
            by=BY, name=name, kind=kind, now=now, parent_id=parent, place_id=root.pk, code=f"DEMO-{number:02d}"
        )
        members = list(islice(staff, size))
        add_members(by=BY, unit_id=unit.pk, person_ids=members[:1], terms=Terms("leader"), starts=now, now=now)
        add_members(by=BY, unit_id=unit.pk, person_ids=members[1:], terms=Terms(), starts=now, now=now)


def _spots(now: datetime) -> dict[str, str]:
    """Where the cast sits: the county, its first two townships that have villages, their first village, and one office."""
    root = Place.objects.filter(level="county").order_by("code")[0]
    villages = {
        town.code: village.code
        for town in Place.objects.filter(level="town", parent=root).order_by("code")
        if (village := Place.objects.filter(level="village", parent=town).order_by("code").first())
    }
    first, second = list(villages)[:2]
    return {
        "county": root.code, "town": first, "village": villages[first], "unit": _office(root, now),
        "neighbour_town": second, "neighbour_village": villages[second],
    }  # fmt: skip


def _office(root: Place, now: datetime) -> str:
    if not Unit.objects.filter(code=OFFICE).exists():
        create_unit(by=BY, name="县疫情防控指挥部办公室", kind="work_group", now=now, place_id=root.pk, code=OFFICE)
    return OFFICE


def _password() -> str:
    place = Path(settings.HOME) / "keys" / "demo_password"
    try:
        with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(
                "-".join(
                    secrets.choice(("dew", "fern", "lark", "moss", "pine", "reed", "sage", "wren"))
                    + str(secrets.randbelow(90) + 10)
                    for _ in range(3)
                )
            )
    except FileExistsError:
        pass
    return place.read_text()
