"""Every address of the house, asked as everybody of the cast and as nobody, answers what the permission table promises."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

import pytest

from tests.kit.cast import Cast, County
from tests.kit.samples import World
from tests.site import url_roles

pytestmark = pytest.mark.django_db
BUILD = Path(__file__).resolve().parents[2] / "build"


@pytest.mark.parametrize("owner", url_roles.owners(), ids=lambda owner: owner or "site")
def test_every_address_answers_everybody_as_the_permission_table_promises(
    owner: str, county: County, cast: Cast, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, "django.request")  # a thousand refusals are what is wanted here
    rows = list(url_roles.table(World(county, cast, now), owner))
    url_roles.keep(BUILD, owner, rows)
    assert {row.address.name for row in rows} == {one.name for one in url_roles.addresses() if one.owner == owner}
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
