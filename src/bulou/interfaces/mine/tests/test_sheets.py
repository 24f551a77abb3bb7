"""A village on one sheet: all well except, sent twice, from two browsers, by somebody who may not."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import Http404
from django.urls import reverse

from bulou.interfaces.mine.tests.conftest import BY
from bulou.modules.ledger import services
from bulou.modules.ledger.models import Enrolment, Record, RecordVersion
from bulou.modules.ledger.queries import entry
from bulou.modules.ledger.queries.records import facts_now
from bulou.modules.ledger.queries.trees import window_tree
from bulou.modules.ledger.services.sheets import Sheet, file_sheet
from bulou.platform.refusals import Refusal

pytestmark = pytest.mark.django_db


def _enrolment(owed, person):
    return Enrolment.objects.get(regime=owed.health, subject_id=person.pk).pk


def test_all_well_except_one_who_has_a_fever_and_one_left_out(owed, county, cast, now):
    window, village, people = owed.window(owed.health), county.villages[0], county.people_of(0)
    ill, out = _enrolment(owed, people[3]), _enrolment(owed, people[4])
    sheet = Sheet({"well": True}, {ill: {"well": False, "temperature": 38.2, "symptoms": ["fever"]}}, frozenset({out}))
    once, how = (
        uuid4(),
        {"by": cast.village_clerk.viewer, "window": window, "node_kind": "place", "node_id": village.pk, "now": now},
    )
    done = file_sheet(**how, sheet=sheet, once=once)
    assert (done.filed, done.already, done.left) == (9, 0, 1)
    assert Record.objects.get(subject_id=people[3].pk).facts == {
        "well": False,
        "temperature": 38.2,
        "symptoms": ["fever"],
    }
    figures = window_tree(cast.chief.viewer, window, now=now).of(village.pk)
    assert (figures.expected, figures.on_time, figures.pending) == (10, 9, 1)
    again = file_sheet(**how, sheet=sheet, once=once)
    assert (again.filed, Record.objects.count()) == (0, 9)
    with pytest.raises(Http404):
        file_sheet(**(how | {"node_id": county.villages[2].pk}), sheet=sheet, once=uuid4())


def test_a_second_browser_loses_nothing_and_overwrites_nothing(owed, county, cast, now):
    """The first marks Zhuoma ill; the second, which had not seen it, files all well with another exception."""
    window, village, people = owed.window(owed.health), county.villages[0], county.people_of(0)
    first, second = _enrolment(owed, people[1]), _enrolment(owed, people[2])
    how = {"by": cast.village_clerk.viewer, "window": window, "node_kind": "place", "node_id": village.pk}
    file_sheet(**how, sheet=Sheet({}, {first: {"well": False}}), once=uuid4(), now=now)
    done = file_sheet(**how, sheet=Sheet({"well": True}, {second: {"well": False}}), once=uuid4(), now=now)
    assert (done.filed, done.already) == (9, 1)
    assert Record.objects.get(subject_id=people[1].pk).facts == {"well": False}
    assert len(entry.entry_states(cast.village_clerk.viewer, window, "place", village.pk)) == 10


def test_what_was_changed_after_a_lost_answer_is_filed_and_the_rest_is_not_filed_twice(owed, county, cast, now):
    window, village, people = owed.window(owed.health), county.villages[0], county.people_of(0)
    one, other = _enrolment(owed, people[1]), _enrolment(owed, people[2])
    how = {
        "by": cast.village_clerk.viewer,
        "window": window,
        "node_kind": "place",
        "node_id": village.pk,
        "once": uuid4(),
    }
    file_sheet(**how, sheet=Sheet({"well": True}, {one: {"well": False}}), now=now)
    changed = {one: {"well": False}, other: {"well": False}}
    with pytest.raises(Refusal, match="reason_needed"):
        file_sheet(**how, sheet=Sheet({"well": True}, changed), now=now)
    for corrected in (1, 0):
        later = file_sheet(**how, sheet=Sheet({"well": True}, changed, why="复核"), now=now + timedelta(minutes=1))
        assert (later.filed, later.already, later.corrected) == (0, 10 - corrected, corrected)
    assert Record.objects.count() == 10
    version = RecordVersion.objects.get()
    assert (version.record.subject_id, version.facts, version.reason) == (people[2].pk, {"well": False}, "复核")


def test_a_row_that_was_answered_is_corrected_and_keeps_what_else_was_said(owed, county, cast, now):
    window, village, person = owed.window(owed.health), county.villages[0], county.people_of(0)[1]
    said = {"well": True, "needs": "降压药", "temperature": 36.6}
    services.file_record(by=BY, filing=services.Filing(uuid4(), person.pk, said, now), now=now)
    how = {"by": cast.village_clerk.viewer, "window": window, "node_kind": "place", "node_id": village.pk, "now": now}
    done = file_sheet(**how, sheet=Sheet({}, {_enrolment(owed, person): {"well": False}}, why="电话核实"), once=uuid4())
    assert (done.corrected, done.filed) == (1, 0)
    version = RecordVersion.objects.get()
    assert version.facts == {"well": False, "temperature": 36.6}
    assert facts_now(version.record)["needs"] == "降压药"


def test_a_fact_that_is_none_is_refused_whole_and_one_not_given_is_left(owed, county, cast, now):
    window = owed.window(owed.temperature)
    how = {
        "by": cast.village_clerk.viewer,
        "window": window,
        "node_kind": "place",
        "node_id": county.villages[0].pk,
        "now": now,
    }
    with pytest.raises(Refusal) as refusal:
        file_sheet(**how, sheet=Sheet({"well": "perhaps"}), once=uuid4())
    assert refusal.value.code == "ledger.no_value"
    done = file_sheet(**how, sheet=Sheet({"well": True}), once=uuid4())
    assert (done.filed, done.left, Record.objects.count()) == (0, 2, 0)
    with pytest.raises(Refusal, match="not_open"):
        file_sheet(**(how | {"now": window.opens - timedelta(hours=1)}), sheet=Sheet({}), once=uuid4())


def test_the_page_shows_the_village_and_takes_it_in_one_request_sent_twice(
    client, owed, county, cast, monkeypatch, now
):
    monkeypatch.setattr("bulou.platform.clock.now", lambda: now)
    client.force_login(cast.village_clerk.user, backend="django.contrib.auth.backends.ModelBackend")
    window, village = owed.window(owed.health), county.villages[0]
    where = [window.pk, "place", village.pk]
    page = client.get(reverse("mine:sheet", args=where)).content.decode()
    assert page.count("<tr id=") == 10
    assert "阿卜杜拉·买买提" in page
    ill = _enrolment(owed, county.people_of(0)[5])
    body = json.dumps(
        {"once": str(uuid4()), "key": str(uuid4()), "usual": {"well": True}, "own": {ill: {"well": False}}, "out": []}
    )
    answers = [
        client.post(reverse("mine:send_sheet", args=where), body, content_type="application/json") for _ in range(2)
    ]
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["filed"] == 10
    assert Record.objects.count() == 10
    assert len(client.get(reverse("mine:sheet_state", args=where)).json()["done"]) == 10
    assert (
        client.post(reverse("mine:send_sheet", args=where), b"{}", content_type="application/json").status_code == 422
    )
    wrong = json.loads(body) | {"once": str(uuid4()), "own": {ill: {"well": "x"}}}
    refused = client.post(reverse("mine:send_sheet", args=where), json.dumps(wrong), content_type="application/json")
    assert (refused.status_code, refused.json()["field"]) == (422, "well")
    assert client.get(reverse("mine:sheets")).content.decode().count("10 / 10") == 1
