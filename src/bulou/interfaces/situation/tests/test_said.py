"""Beside the rows of a figure: what was reported opens, what people say about being late, and what they ask."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from bulou.interfaces.situation.tests.day import BY, DUE, Day, day
from bulou.interfaces.situation.tests.test_pages import page
from bulou.modules.ledger import services
from bulou.modules.ledger.models import Record
from bulou.modules.ledger.services import requesting
from bulou.platform import clock
from tests.kit.cast import NOW, Cast, County

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(county: County, monkeypatch: pytest.MonkeyPatch) -> Day:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return day(county)


def test_a_row_opens_to_what_was_reported_for_those_who_may_see_it(made: Day, county: County, cast: Cast) -> None:
    record = Record.objects.get(subject_id=county.people_of(0)[0].pk)
    to = reverse("ledger:record", args=[record.pk])
    assert to in page(cast.chief, "/situation/rows?standing=on_time")
    assert to not in page(cast.auditor, "/situation/rows?standing=on_time")


def test_reasons_and_requests_stand_beside_who_is_missing(made: Day, county: County, cast: Cast) -> None:
    missing = made.enrolment(county.people_of(0)[8])
    services.give_gap_reason(by=BY, enrolment_id=missing.pk, about=DUE, why="power cut", once=uuid4(), now=NOW)
    requesting.ask_excuse(
        by=BY, enrolment_id=missing.pk, since=DUE, until=NOW + timedelta(days=1), why="on the road", once=uuid4(), now=NOW
    )  # fmt: skip
    seen = page(cast.chief, "/situation/rows?standing=missing")
    assert "power cut" in seen
    assert "on the road" in seen
    assert reverse("ledger:requests") in seen.split("on the road")[1][:200]
    assert reverse("ledger:requests") not in page(cast.duty_officer, "/situation/rows?standing=missing")
