"""Correcting a report: a new version with a reason; the old one stays, and nobody is overwritten unseen."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from bulou.interfaces.mine.tests.conftest import BY
from bulou.modules.ledger import services
from bulou.modules.ledger.models import RecordVersion

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def test_a_correction_needs_a_reason_and_sees_who_was_quicker(client, owed, county, cast, monkeypatch, now):
    monkeypatch.setattr("bulou.platform.clock.now", lambda: now)
    person = county.people_of(0)[1]
    facts = {"well": True, "temperature": 36.5, "needs": "降压药"}
    record = services.file_record(
        by=BY, filing=services.Filing(uuid4(), person.pk, facts, now - timedelta(hours=1)), now=now
    ).record_id
    client.force_login(cast.village_clerk.user, backend=BACKEND)
    page = client.get(reverse("mine:record", args=[record])).content.decode()
    assert "36.5 ℃" in page
    assert "降压药" in page
    to = reverse("mine:correct", args=[record])
    key = f"person{person.pk}_"
    sent = {f"{key}well": "no", f"{key}temperature": "38.1", f"{key}needs": "降压药", "version": "1"}
    assert client.post(to, sent | {"once": str(uuid4()), "why": ""}).status_code == 422
    once = str(uuid4())
    for _ in range(2):
        assert client.post(to, sent | {"once": once, "why": "复测"}).status_code == 302
    made = RecordVersion.objects.get(record_id=record)
    assert (made.number, made.facts, made.reason) == (2, {"well": False, "temperature": 38.1}, "复测")
    assert client.post(to, sent | {"once": str(uuid4()), "why": "我也改"}).status_code == 409
    assert RecordVersion.objects.count() == 1
    seen = client.get(reverse("mine:record", args=[record])).content.decode()
    assert "38.1 ℃" in seen
    assert "复测" in seen
    for who in (cast.neighbour, cast.storekeeper):
        client.force_login(who.user, backend=BACKEND)
        assert client.get(reverse("mine:record", args=[record])).status_code == 404
        assert client.post(to, sent | {"once": str(uuid4()), "why": "x", "version": "2"}).status_code == 404
