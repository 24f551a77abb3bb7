"""What the ledger keeps it keeps: nobody changes a report; its seal holds; when a person's time is over the content goes and counts stay."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from bulou.modules.ledger import services
from bulou.modules.ledger.models import Discharge, Enrolment, Record, RecordVersion, Regime
from bulou.modules.ledger.queries import records
from bulou.modules.ledger.queries.trees import window_at, window_tree
from bulou.modules.ledger.rules import batches
from bulou.modules.ledger.services import forgetting_answers
from bulou.modules.ledger.services.sealing import TABLES
from bulou.modules.ledger.tests.conftest import BY, regime_of
from bulou.modules.operations.models import Operation
from bulou.modules.registry.models import Person
from bulou.platform.clock import COUNTY_ZONE
from bulou.platform.expiry import services as expiry
from bulou.platform.expiry.queries import forgotten
from bulou.platform.journal.sealing import seal
from bulou.platform.journal.verifying import verify
from bulou.platform.playbooks import OperationRef
from tests.kit.cast import Cast, County

pytestmark = pytest.mark.django_db


def test_nobody_changes_a_report(county: County, health: Regime, now: datetime) -> None:
    services.file_record(by=BY, filing=services.Filing(uuid4(), county.people[0].pk, {"well": True}, now), now=now)
    for table in TABLES:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table.name}")
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table.name} SET id = id")


def test_sensitive_facts_are_sealed_and_the_record_still_answers(county: County, health: Regime, now: datetime) -> None:
    said = {"well": True, "test_result": "positive"}
    filed = services.file_record(by=BY, filing=services.Filing(uuid4(), county.people[0].pk, said, now), now=now)
    record = Record.objects.get(pk=filed.record_id)
    assert record.facts == {"well": True}
    assert record.stated == ["test_result", "well"]
    assert b"positive" not in bytes(record.sealed)
    assert filed.enrolments


@pytest.mark.django_db(transaction=True)  # forgetting has a connection of its own
def test_forgetting_empties_the_report_and_leaves_the_count(
    county: County,
    health: Regime,
    now: datetime,
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.HOME = tmp_path
    person = county.people[0]
    services.file_record(by=BY, filing=services.Filing(uuid4(), person.pk, {"well": True}, now), now=now)
    Person.objects.filter(pk=person.pk).update(keep_until=(now + timedelta(days=1)).date())
    seal(now + timedelta(days=8))
    expiry.run(now + timedelta(days=9))
    assert verify().is_sound
    record = Record.objects.get()
    assert record.facts == {}
    assert Discharge.objects.filter(record_id=record.pk).exists()
    assert Enrolment.objects.get(subject_id=person.pk).reason == ""
    window = window_at(BY, health.pk, now)
    assert window is not None
    assert window_tree(BY, window, now=now).total.on_time == 1


@pytest.mark.django_db(transaction=True)
def test_answers_go_when_the_days_of_their_regime_are_over_and_the_figures_stay(
    client: Any, county: County, cast: Cast, health: Regime, operation: OperationRef, now: datetime, settings: Any, tmp_path: Path,
    monkeypatch: Any,
) -> None:  # fmt: skip
    settings.HOME = tmp_path
    Regime.objects.filter(pk=health.pk).update(keep_days=10)
    a, b = county.people_of(0)[:2]
    said = {"well": False, "test_result": "positive"}
    first = services.file_record(by=BY, filing=services.Filing(uuid4(), a.pk, said, now), now=now).record_id
    services.file_record(by=BY, filing=services.Filing(uuid4(), b.pk, {"well": True}, now), now=now)
    services.correct_record(by=BY, record_id=first, facts=said | {"temperature": 38.1}, why="复测", now=now)
    place, line = county.villages[0].pk, services.ListLine(None, {"well": True, "needs": "药"}, "外来人")
    filing = services.Filing(uuid4(), place, {}, now, subject_kind="place", lines=(line,))
    services.file_record(by=BY, filing=filing, now=now)
    end = now + timedelta(days=3)
    seal(end)
    Operation.objects.filter(pk=operation.id).update(ended_at=end)
    expiry.run(end + timedelta(days=10) - timedelta(seconds=1))
    assert Record.objects.get(pk=first).sealed is not None
    later = end + timedelta(days=10)
    expiry.run(later)
    for row in [*Record.objects.all(), *RecordVersion.objects.all()]:
        assert (row.facts, row.sealed, row.lines) == ({}, None, None)
    assert verify().is_sound
    assert Regime.objects.get(pk=health.pk).searched_at == later
    window = window_at(BY, health.pk, now)
    assert window is not None
    assert window_tree(BY, window, now=later).total.on_time == 2
    monkeypatch.setattr("bulou.platform.clock.now", lambda: later)
    client.force_login(cast.chief.user, backend="django.contrib.auth.backends.ModelBackend")
    assert records.record_read(BY, first).forgotten_at == later
    batch = batches.batch_of(place, now)
    assert forgotten(batches.kind_of("place"), [batch]) == {batch: later}
    assert f"{later:%Y-%m-%d}" in client.get(reverse("ledger:record", args=[first])).content.decode()
    assert client.get(reverse("mine:correct", args=[first])).status_code == 404
    page = client.get(reverse("operations:operation", args=["op"])).content.decode()
    assert f"{later:%Y-%m-%d}" in page.split('id="kept"')[1]


@pytest.mark.django_db(transaction=True)
def test_what_another_regime_still_keeps_stays(
    county: County,
    health: Regime,
    operation: OperationRef,
    now: datetime,
    today: datetime,
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.HOME = tmp_path
    a, b = county.people_of(0)[:2]
    row = Operation.objects.create(
        key="two", titles={"en": "2"}, playbook="x", root=county.root, level="x", started_at=now
    )
    other = regime_of(
        OperationRef(row.pk, "two", county.root.pk, COUNTY_ZONE), now, today, {"subject": "none"}, key="visits"
    )
    services.enrol_many(
        by=BY, regime=other, rows=[services.NewEnrolment(uuid4(), a.pk, a.place_id)], now=now, starts=today
    )
    for person in (a, b):
        services.file_record(by=BY, filing=services.Filing(uuid4(), person.pk, {"well": True}, now), now=now)
    Operation.objects.filter(pk=operation.id).update(ended_at=now)
    expiry.run(now + timedelta(days=31))
    assert {one.subject_id: one.facts for one in Record.objects.all()} == {a.pk: {"well": True}, b.pk: {}}
    Operation.objects.filter(pk=row.pk).update(ended_at=now + timedelta(days=31))
    expiry.run(now + timedelta(days=62))
    assert Record.objects.get(subject_id=a.pk).facts == {}


def test_a_batch_is_the_same_number_in_python_and_in_the_database(
    county: County, health: Regime, now: datetime
) -> None:
    person = county.people[0].pk
    late = datetime(2020, 1, 31, 23, 30, tzinfo=COUNTY_ZONE)  # January in the county and in UTC
    assert batches.batch_of(person, late) == person * 100_000 + 120 * 12 + 1
    assert batches.subject_of(batches.batch_of(person, late)) == person
    services.file_record(by=BY, filing=services.Filing(uuid4(), person, {"well": True}, now), now=now)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {forgetting_answers.BATCH} FROM ledger_record r")
        assert cursor.fetchone()[0] == batches.batch_of(person, now)
