"""Every address of the house, asked as everybody of the cast and as nobody, answers what the permission table promises."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

import pytest

from bulou.platform.cast import CAST
from tests.kit.cast import Cast, County
from tests.kit.samples import World
from tests.site import url_roles

pytestmark = pytest.mark.django_db
BUILD = Path(__file__).resolve().parents[2] / "build"


def test_every_address_answers_everybody_as_the_permission_table_promises(
    county: County, cast: Cast, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, "django.request")  # a thousand refusals are what is wanted here
    rows = list(url_roles.table(World(county, cast, now)))
    keys = [url_roles.NOBODY, *(member.key for member in CAST if member.role)]
    BUILD.mkdir(exist_ok=True)
    (BUILD / "url_roles.txt").write_text(url_roles.written(rows, keys), encoding="utf-8")
    assert {row.address.name for row in rows} == {address.name for address in url_roles.addresses()}
    wrong = [f"{row.address.name} ({row.asked}): {'; '.join(row.wrong)}" for row in rows if row.wrong]
    assert not wrong, "\n" + "\n".join(wrong)


def test_the_neighbour_is_asked_about_rows_of_the_cast(county: County, cast: Cast, now: datetime) -> None:
    """The table would prove nothing if no sample had a `there`."""
    world = World(county, cast, now)
    owners = {address.owner for address in url_roles.addresses()}
    there = [
        name for owner in owners for name, sample in url_roles.samples(world, owner).items() if sample.there is not None
    ]
    assert len(there) >= 10
