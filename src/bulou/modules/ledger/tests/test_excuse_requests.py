"""Asking to be excused: by whom it concerns, granted or declined by somebody else, taken back; reasons of one's own; one's own absence."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import Http404
from django.urls import reverse

from bulou.modules.ledger import services
from bulou.modules.ledger.models import Absence, Enrolment, Excuse, ExcuseRequest, GapReason, Window
from bulou.modules.ledger.queries import excuse_requests as reads
from bulou.modules.ledger.queries.trees import window_tree
from bulou.modules.ledger.services import answering_chase, requesting
from bulou.modules.ledger.tests.conftest import BY
from bulou.modules.registry.models import Membership
from bulou.modules.registry.queries.units import fellows
from bulou.platform.journal.models import Line
from bulou.platform.refusals import Forbidden, Refusal

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def own(county, cast, health, now, today):
    """The storekeeper's own health report, counted in village 0 under no unit; he has no office to file."""
    me = cast.storekeeper.person
    new = services.NewEnrolment(uuid4(), me.pk, county.villages[0].pk, owed_kind="person", owed_id=me.pk)
    services.enrol_many(by=BY, regime=health, rows=[new], now=now, starts=today)
    services.open_windows(now)
    return Enrolment.objects.get(uuid=new.uuid)


def _ask(by, own, now, **more):
    given = {"since": now, "until": now + timedelta(days=2), "why": "转运途中", "once": uuid4()} | more
    return requesting.ask_excuse(by=by, enrolment_id=own.pk, now=now, **given)


def test_a_request_counts_nothing_until_somebody_else_grants_it(own, county, cast, health, now):
    once = uuid4()
    asked = [_ask(cast.storekeeper.viewer, own, now, once=once) for _ in range(2)]
    assert asked[0].pk == asked[1].pk
    with pytest.raises(Refusal, match="asked_already"):
        _ask(cast.storekeeper.viewer, own, now)
    assert not Excuse.objects.exists()
    assert list(reads.requests(cast.township_lead.viewer)) == asked[:1]
    assert not reads.requests(cast.neighbour.viewer).exists()
    for _ in range(2):
        done = requesting.grant_request(by=cast.township_lead.viewer, request_id=asked[0].pk, now=now)
    assert (done.outcome, done.decider_name) == ("granted", cast.township_lead.viewer.name)
    excuse = Excuse.objects.get()
    assert (excuse.enrolment_id, excuse.until, excuse.reason) == (own.pk, now + timedelta(days=2), "转运途中")
    window = Window.objects.select_related("regime").get(regime=health, opens__lte=now, closes__gt=now)
    assert window_tree(BY, window, now=now).total.excused == 1
    assert Line.objects.filter(action="ledger.excuse_request_granted").count() == 1


def test_what_is_asked_wrongly_or_by_the_wrong_people_is_refused(own, cast, now):
    for who in (cast.neighbour, cast.medic if not cast.medic.viewer.may("ledger.file_record") else cast.case_worker):
        with pytest.raises(Http404):
            _ask(who.viewer, own, now)
    me = cast.storekeeper.viewer
    for more, code in (
        ({"until": now}, "excuse_order"), ({"until": now + timedelta(days=40)}, "excuse_long"), ({"why": " "}, "reason_needed"),
    ):  # fmt: skip
        with pytest.raises(Refusal, match=code):
            _ask(me, own, now, **more)
    mine = _ask(me, own, now)
    for act, more in ((requesting.grant_request, {}), (requesting.decline_request, {"why": "x"})):
        with pytest.raises(Http404):
            act(by=cast.neighbour.viewer, request_id=mine.pk, now=now, **more)
        with pytest.raises(Forbidden):
            act(by=me, request_id=mine.pk, now=now, **more)
    with pytest.raises(Http404):
        requesting.take_back_request(by=cast.township_lead.viewer, request_id=mine.pk, now=now)


def test_nobody_decides_their_own_and_a_refusal_has_a_reason(own, county, cast, now):
    lead = cast.township_lead
    asked = _ask(lead.viewer, own, now)  # on somebody's behalf, by office
    with pytest.raises(Refusal, match="own_request"):
        requesting.grant_request(by=lead.viewer, request_id=asked.pk, now=now)
    with pytest.raises(Refusal, match="reason_needed"):
        requesting.decline_request(by=cast.chief.viewer, request_id=asked.pk, why="", now=now)
    done = requesting.decline_request(by=cast.chief.viewer, request_id=asked.pk, why="仍可电话报", now=now)
    assert (done.outcome, done.decision_reason, Excuse.objects.count()) == ("declined", "仍可电话报", 0)
    again = _ask(cast.storekeeper.viewer, own, now)
    for _ in range(2):
        assert (
            requesting.take_back_request(by=cast.storekeeper.viewer, request_id=again.pk, now=now).outcome
            == "taken_back"
        )


def test_whoever_owes_says_why_it_is_late_and_others_do_not(own, cast, now):
    about = {"enrolment_id": own.pk, "about": now, "now": now}
    services.give_gap_reason(by=cast.storekeeper.viewer, why="手机没电", once=uuid4(), kind="own", **about)
    assert GapReason.objects.get().reason == "手机没电"
    assert reads.said_of([own.pk], since=now)[own.pk].reason.reason == "手机没电"
    with pytest.raises((Http404, Forbidden)):
        services.give_gap_reason(by=cast.case_worker.viewer, why="x", once=uuid4(), **about)


def test_the_page_shows_what_waits_and_takes_the_decision(client, own, cast, now, monkeypatch):
    monkeypatch.setattr("bulou.platform.clock.now", lambda: now)
    asked = _ask(cast.storekeeper.viewer, own, now)
    client.force_login(cast.township_lead.user, backend=BACKEND)
    page = client.get(reverse("ledger:requests")).content.decode()
    assert "转运途中" in page
    assert reverse("ledger:grant_request", args=[asked.pk]) in page
    assert client.post(reverse("ledger:decline_request", args=[asked.pk]), {"why": ""}).status_code == 422
    assert client.post(reverse("ledger:grant_request", args=[asked.pk])).status_code == 302
    assert ExcuseRequest.objects.get().outcome == "granted"
    client.force_login(cast.storekeeper.user, backend=BACKEND)
    assert client.get(reverse("ledger:requests")).status_code == 403


def test_ones_own_absence_names_a_deputy_of_ones_unit_and_ends_early(county, cast, now):
    me, mate, stranger = cast.storekeeper, county.people_of(1)[0], county.people_of(2)[3].pk
    Membership.objects.create(person=me.person, unit=county.office, part="member", starts=now - timedelta(days=9))
    mates = [pk for pk, _name in fellows(me.person.pk, now)]
    assert mate.pk in mates
    assert me.person.pk not in mates
    given = {"person_id": me.person.pk, "since": now, "until": now + timedelta(days=1), "why": "出差", "now": now}
    with pytest.raises(Http404):
        answering_chase.note_absence(by=me.viewer, deputy_id=stranger, once=uuid4(), **given)
    made = answering_chase.note_absence(by=me.viewer, deputy_id=mate.pk, once=uuid4(), **given)
    with pytest.raises(Forbidden):
        answering_chase.end_absence(by=cast.case_worker.viewer, absence_id=made.pk, now=now)
    assert answering_chase.end_absence(by=me.viewer, absence_id=made.pk, now=now).ended_at == now
    assert Absence.objects.count() == 1
