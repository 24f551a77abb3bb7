"""The lists a phone holds: exactly the worker's own people, without a number or a telephone; each fetch in the log of looks."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from hashlib import md5
from typing import Any

import pytest

from bulou.modules.collection.queries import entities
from bulou.modules.collection.services.entities import csv_for, integrity_xml
from bulou.modules.ledger.tests.owing import owing
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.models import Look
from tests.kit.cast import Cast, County

pytestmark = pytest.mark.django_db


@dataclass
class Asks:
    viewer: Viewer
    person_id: int | None = None
    operation_id: int | None = None
    kind: str = "device"


def rows_of(body: bytes) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(body.decode())))


def test_a_worker_gets_the_people_of_the_own_grid_and_no_more(county: County, cast: Cast, now: datetime) -> None:
    worker, (one, two) = county.people_of(0)[8], county.people_of(0)[1:3]
    made = owing(county)
    for person in (one, two):
        made.enrol(person, answerable=worker)
    asks = Asks(Viewer(name="worker", person_id=worker.pk), worker.pk, made.operation.pk)
    found = csv_for(asks, "people", now)
    assert {row["name"] for row in rows_of(found.body)} == {str(one.uuid), str(two.uuid)}
    assert tuple(rows_of(found.body)[0])[:3] == ("name", "label", "__version")
    assert "1540000" not in found.body.decode(), "no telephones"
    assert found.digest == md5(found.body).hexdigest()
    look = Look.objects.get(what="device")
    assert (look.kind, set(look.subjects)) == ("registry.person", {one.pk, two.pk})
    homes = rows_of(csv_for(asks, "households", now).body)
    assert {row["name"] for row in homes} == {one.household.code, two.household.code}
    other = Asks(asks.viewer, worker.pk, made.operation.pk + 1)
    assert not rows_of(entities.listing(other, "people", now).body), "another operation's token"


def test_who_answers_for_nobody_gets_what_the_own_grants_show_by_name(
    county: County, cast: Cast, now: datetime
) -> None:
    clerk = entities.listing(Asks(cast.village_clerk.viewer), "people", now)
    assert set(clerk.ids) >= {person.pk for person in county.people_of(0)}
    assert not set(clerk.ids) & {person.pk for person in county.people_of(1)}
    assert entities.listing(Asks(cast.auditor.viewer), "people", now).ids == ()
    assert entities.listing(Asks(cast.checkpoint_officer.viewer), "people", now).ids == ()


def test_a_residents_link_gets_that_resident(county: County, now: datetime) -> None:
    person = county.people_of(0)[1]
    asks = Asks(Viewer(person_id=person.pk), person.pk, kind="personal")
    assert entities.listing(asks, "people", now).ids == (person.pk,)
    assert [row["name"] for row in rows_of(entities.listing(asks, "households", now).body)] == [person.household.code]


def test_a_long_list_is_cut_and_says_so(
    county: County, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entities, "MOST", 5)
    found = entities.listing(Asks(cast.chief.viewer), "people", now)
    assert (len(found.ids), found.is_cut) == (5, True)


def test_a_phone_learns_which_rows_are_gone(county: County, cast: Cast, now: datetime) -> None:
    here, there = county.people_of(0)[0], county.people_of(2)[0]
    said = integrity_xml(
        Asks(cast.village_clerk.viewer), "people", [str(here.uuid), str(there.uuid), '"><x'], now
    ).decode()
    assert f'id="{here.uuid}"><deleted>false' in said
    assert f'id="{there.uuid}"><deleted>true' in said
    assert "<x" not in said


def test_places_and_units_go_down_by_their_codes(cast: Cast, county: County, now: datetime) -> None:
    lead = Asks(cast.township_lead.viewer)
    names = {row["name"] for row in rows_of(entities.listing(lead, "places", now).body)}
    assert {county.towns[0].code, county.villages[0].code} <= names
    assert county.villages[2].code not in names
    assert entities.known_names(lead, "places", [county.villages[0].code, county.villages[2].code], now) == {
        county.villages[0].code
    }
    units = {row["name"] for row in rows_of(entities.listing(Asks(cast.unit_clerk.viewer), "units", now).body)}
    assert units == {county.office.code}
