"""The registers of regimes, enrolments and reports: whole for the chief, one's own for a clerk, nothing for the neighbour; Excel with names."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from bulou.modules.ledger import services
from bulou.modules.ledger.models import Enrolment, Regime
from bulou.modules.ledger.queries import registers
from bulou.modules.ledger.services import Filing
from bulou.modules.ledger.tests.conftest import BY
from bulou.platform.journal.models import Look
from tests.kit.cast import Cast, County

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def reported(county: County, health: Regime, now: datetime) -> int:
    about = county.people_of(0)[0].pk
    filing = Filing(
        uuid=uuid4(), subject_kind="person", subject_id=about, facts={"well": True}, happened_at=now, source="page"
    )
    services.file_record(by=BY, filing=filing, now=now)
    return about


def test_each_sees_the_enrolments_of_the_own_places(county: County, cast: Cast, health: Regime) -> None:
    assert registers.enrolments(cast.chief.viewer).count() == 36
    assert registers.enrolments(cast.township_lead.viewer).count() == 18
    clerk = registers.enrolments(cast.village_clerk.viewer)
    assert set(clerk.values_list("subject_id", flat=True)) == {person.pk for person in county.people_of(0)}
    assert not clerk.filter(pk__in=registers.enrolments(cast.neighbour.viewer)).exists()


def test_whoever_moved_is_seen_where_they_are_now(county: County, cast: Cast, health: Regime, now: datetime) -> None:
    one = Enrolment.objects.get(subject_id=county.people_of(0)[0].pk)
    services.transfer(
        by=BY, enrolment_id=one.pk, at=now, place_id=county.villages[2].pk, unit_id=None, once=uuid4(), now=now
    )
    assert one not in registers.enrolments(cast.village_clerk.viewer)
    assert one in registers.enrolments(cast.neighbour.viewer)


def test_reports_are_seen_by_whom_they_concern(cast: Cast, reported: int) -> None:
    assert [row.subject_id for row in registers.records(cast.village_clerk.viewer)] == [reported]
    assert not registers.records(cast.neighbour.viewer).exists()
    assert not registers.records(cast.auditor.viewer).exists(), "an auditor sees standings, not what was reported"


def test_the_pages_name_people_log_the_look_and_go_to_excel(
    client: Any, county: County, cast: Cast, reported: int
) -> None:
    client.force_login(cast.chief.user, backend=BACKEND)
    name = county.people_of(0)[0].name
    assert "Health" in client.get(reverse("ledger:regimes")).content.decode()
    assert name in client.get(reverse("ledger:enrolments")).content.decode()
    assert name in client.get(reverse("ledger:records")).content.decode()
    assert Look.objects.filter(kind="ledger.record").exists()
    sheet = client.get(reverse("ledger:enrolments"), {"export": "xlsx"})
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(b"".join(sheet.streaming_content))).get_sheet_by_index(0).to_python()
    )
    assert len(rows) == 37
    assert name in {row[0] for row in rows}
    client.force_login(cast.auditor.user, backend=BACKEND)
    masked = client.get(reverse("ledger:enrolments")).content.decode()
    assert name not in masked
    assert client.get(reverse("ledger:records")).status_code == 403
