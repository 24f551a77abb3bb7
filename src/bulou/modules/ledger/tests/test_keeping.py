"""What the ledger keeps it keeps: nobody changes a report; its seal holds; when a person's time is over the content goes and counts stay."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from bulou.modules.ledger import services
from bulou.modules.ledger.models import Discharge, Enrolment, Record, Regime
from bulou.modules.ledger.queries.trees import window_at, window_tree
from bulou.modules.ledger.services.sealing import TABLES
from bulou.modules.ledger.tests.conftest import BY
from bulou.modules.registry.models import Person
from bulou.platform.expiry import services as expiry
from tests.kit.cast import County

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
    expiry.run(now + timedelta(days=9))
    record = Record.objects.get()
    assert record.facts == {}
    assert Discharge.objects.filter(record_id=record.pk).exists()
    assert Enrolment.objects.get(subject_id=person.pk).reason == ""
    window = window_at(BY, health.pk, now)
    assert window is not None
    assert window_tree(BY, window, now=now).total.on_time == 1
