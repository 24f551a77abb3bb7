"""The demonstration county: what `bulou demo` puts into a fresh exercise, and as whom one may log in. Can be called again; adds nothing twice."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import translation

from bulou.modules.registry.models import Place, Unit
from bulou.modules.registry.services.units import create_unit
from bulou.platform import cast
from bulou.platform.access.roles import ROLES
from bulou.platform.access.viewer import system
from bulou.site.commands.terminal import language

BY = system("demo")
OFFICE = "DEMO-OFFICE"


def load(*, now: datetime, say: Callable[[str], None]) -> list[tuple[str, str, str]]:
    """Seat the cast in the county of this database; gives (role, log-in name, password) of everyone who can log in.

    The password is made once, lies beside the keys and is the same for all: it opens invented people on this machine only.
    """
    password = _password()
    with transaction.atomic():
        users = cast.seat(_spots(now), now=now, password=password)
    titles = {"zh_Hans": "zh-hans", "zh_Hant": "zh-hant"}.get(language(), "en")
    with translation.override(titles):
        shown = [(str(ROLES[one.role].title), one.key) for one in cast.CAST if one.role and one.key in users]
    return [(title, key, password) for title, key in shown]


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
