"""The demonstration county: what `bulou demo` puts into a fresh exercise, and as whom one may log in. Can be called again; adds nothing twice."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from bulou.modules.operations.models import Operation
from bulou.modules.operations.queries.operations import ref
from bulou.modules.registry.models import Person, Place
from bulou.modules.registry.services.people_duplicates import propose_duplicates
from bulou.modules.registry.services.playbook_units import code_of
from bulou.modules.registry.services.synthetic.filling import fill
from bulou.platform import cast, clock
from bulou.platform.access.roles import ROLES
from bulou.platform.access.viewer import system
from bulou.platform.house.queries import house, is_exercise
from bulou.platform.house.services import set_pace
from bulou.platform.refusals import Refusal
from bulou.site.commands.terminal import gettext, language
from bulou.site.scenarios.loading import load as load_case
from bulou.site.scenarios.reporting import report_day
from bulou.site.scenarios.superior import add_superior_form

BY = system("demo")
PEOPLE = 33_000  # about as many as live in Qumalai
CASE = "qumalai"
SEED = 1
DAYS = 3  # days of reporting before the one that is watched
SPEED = 60.0  # a minute each second: a morning's reports come in while one looks
STILL = 0.000_1
AHEAD = timedelta(minutes=2)  # what the clock may run on between reading and setting it
BEGINS, WATCHED_FROM = time(8), time(8, 30)


def load(*, now: datetime, say: Callable[[str], None]) -> list[tuple[str, str, str]]:
    """Seat the cast in the county of this database; gives (role, log-in name, password) of everyone who can log in.

    The password is made once, lies beside the keys and is the same for all: it opens invented people on this machine only. Refuses a real
    county's database (`site.demo_in_real`).
    """
    if not is_exercise():
        words = _("This is a real county's database: a demonstration needs a BULOU_HOME of its own.")
        raise Refusal("site.demo_in_real", words)
    password = _password()
    _people(now, say)
    if not Operation.objects.exists():
        _run_the_case(now, say)
    with transaction.atomic():
        users = cast.seat(_spots(), now=now, password=password)
    go_on(now)
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


def _run_the_case(now: datetime, say: Callable[[str], None]) -> None:
    """The case's operation, begun this morning or the next, with its first days of reporting; the clock then shows the day after them."""
    say(gettext("Operation: people take their posts, and report for %(days)s days") % {"days": DAYS})
    first = clock.local_day(now) + timedelta(days=1)
    with transaction.atomic():
        loaded = load_case(CASE, seed=SEED, now=_at(first, BEGINS), residents=PEOPLE)
        add_superior_form(loaded.operation, by=BY, now=_at(first, BEGINS))
        for number in range(DAYS):
            report_day(loaded.operation, first + timedelta(days=number), SEED)
        set_pace(_at(first + timedelta(days=DAYS), WATCHED_FROM), SPEED, by=BY, now=now)


def go_on(now: datetime) -> None:
    """Let the exercise's clock run again from where it stands."""
    held = house()
    if held is not None and held.shown is not None and held.speed < 1:
        set_pace(clock.now() + AHEAD, SPEED, by=BY, now=now)


def stand_still() -> None:
    """Let the exercise's clock stand until the next start, so that nobody is missing for a night the machine was off."""
    held = house()
    if held is not None and held.shown is not None:
        now = clock.now()
        set_pace(now + AHEAD, STILL, by=BY, now=now)


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, clock.COUNTY_ZONE).astimezone(UTC)


def _spots() -> dict[str, str]:
    """Where the cast sits: the county, its first two townships that have villages, their first village, and one office."""
    root = Place.objects.filter(level="county").order_by("code")[0]
    villages = {
        town.code: village.code
        for town in Place.objects.filter(level="town", parent=root).order_by("code")
        if (village := Place.objects.filter(level="village", parent=town).order_by("code").first())
    }
    first, second = list(villages)[:2]
    return {
        "county": root.code, "town": first, "village": villages[first], "unit": _office(),
        "neighbour_town": second, "neighbour_village": villages[second],
    }  # fmt: skip


def _office() -> str:
    """The department the unit clerk sits in."""
    return code_of(ref(Operation.objects.order_by("pk")[0]), "dept-health")


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
