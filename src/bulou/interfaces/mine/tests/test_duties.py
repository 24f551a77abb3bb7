"""My duties: what is owed now, done with one tap, for oneself and one's relatives; and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.http import Http404
from django.urls import reverse

from bulou.core.standing import Standing
from bulou.interfaces.mine.tests.conftest import BY, enrol
from bulou.modules.ledger import services
from bulou.modules.ledger.models import Absence, ExcuseRequest, GapReason, Record
from bulou.modules.ledger.queries.duties import duties_of
from bulou.modules.registry.models import Membership
from bulou.platform.clock import day_span

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def phone(client, owed, cast, monkeypatch, now):
    monkeypatch.setattr("bulou.platform.clock.now", lambda: now)
    client.force_login(cast.village_clerk.user, backend=BACKEND)
    return client


def _home(phone):
    return phone.get(reverse("mine:duties")).content.decode()


def test_i_owe_for_myself_for_a_relative_and_for_my_village_and_others_owe_nothing_of_it(owed, county, cast, now):
    clerk, kin = cast.village_clerk, county.people_of(0)[1]
    mine = {(d.regime.key, d.subject_kind, d.subject_id) for d in duties_of(clerk.viewer, now=now)}
    assert mine == {
        ("health", "person", clerk.person.pk), ("temperature", "person", clerk.person.pk), ("temperature", "person", kin.pk),
        ("returnees", "place", county.villages[0].pk),
    }  # fmt: skip
    assert duties_of(cast.neighbour.viewer, now=now) == []
    assert duties_of(clerk.viewer, now=now + timedelta(days=20)) == []


def test_an_answerable_has_it_among_the_duties_until_another_answers(owed, county, cast, now):
    medic, person = cast.medic, county.people_of(1)[2]
    new = services.NewEnrolment(
        uuid4(), person.pk, county.villages[1].pk, answerables=(medic.person.pk, cast.case_worker.person.pk)
    )
    enrol(owed.temperature, [new])
    assert [d.subject_id for d in duties_of(medic.viewer, now=now)] == [person.pk]
    kept = duties_of(cast.case_worker.viewer, now=now)[0]
    services.transfer(by=BY, enrolment_id=kept.enrolment_id, at=now - timedelta(minutes=5), place_id=county.villages[1].pk, unit_id=None,
        once=uuid4(), now=now, answerables=(cast.case_worker.person.pk,))  # fmt: skip
    assert duties_of(medic.viewer, now=now) == []
    assert len(duties_of(cast.case_worker.viewer, now=now)) == 1


def test_one_tap_says_well_and_a_second_tap_changes_nothing(phone, owed, county, cast, now):
    person = county.people_of(1)[4]
    new = services.NewEnrolment(uuid4(), person.pk, county.villages[1].pk, owed_id=cast.village_clerk.person.pk)
    enrol(owed.health, [new])
    page = _home(phone)
    to = reverse("mine:report_well", args=["person", person.pk])
    assert to in page
    once = str(uuid4())
    for _ in range(2):
        assert phone.post(to, {"once": once}).status_code == 302
    assert [r.facts for r in Record.objects.filter(subject_id=person.pk)] == [{"well": True}]
    assert to not in _home(phone)
    assert (
        phone.post(
            reverse("mine:report_well", args=["person", county.people_of(2)[1].pk]), {"once": str(uuid4())}
        ).status_code
        == 404
    )


def test_one_form_reports_for_me_and_my_relatives_with_what_is_still_known(phone, owed, county, cast, now):
    me, kin = cast.village_clerk.person, county.people_of(0)[1]
    filing = services.Filing(uuid4(), kin.pk, {"whereabouts": "县医院"}, now - timedelta(hours=3), source="phone")
    services.file_record(by=BY, filing=filing, now=now)
    form = phone.get(reverse("mine:report_all")).content.decode()
    assert 'value="县医院"' in form
    assert "07:00" in form
    said = {
        f"person{pk}_{code}": value
        for pk in (me.pk, kin.pk)
        for code, value in (("well", "yes"), ("temperature", "36.6"), ("whereabouts", "在家"))
    }
    tomorrow = phone.post(reverse("mine:report_all"), said | {"once": str(uuid4()), "happened_at": "2020-01-27T08:00"})
    assert tomorrow.status_code == 422
    assert "2020-01-27" in tomorrow.content.decode()
    assert (
        phone.post(
            reverse("mine:report_all"), said | {"once": str(uuid4()), f"person{me.pk}_temperature": "365"}
        ).status_code
        == 422
    )
    once = str(uuid4())
    for _ in range(2):
        assert phone.post(reverse("mine:report_all"), said | {"once": once}).status_code == 302
    assert Record.objects.count() == 3
    done = {d.standing for d in duties_of(cast.village_clerk.viewer, now=now) if d.subject_kind == "person"}
    assert done == {Standing.ON_TIME}


def test_nobody_to_report_is_a_report_too(phone, owed, county, cast, now):
    where = [owed.window(owed.returnees).pk, "place", county.villages[0].pk]
    assert reverse("mine:report_nobody", args=where) in _home(phone)
    assert phone.post(reverse("mine:report_nobody", args=where), {"once": str(uuid4())}).status_code == 302
    assert Record.objects.get(subject_kind="place").lines == []
    assert reverse("mine:report_nobody", args=where) not in _home(phone)
    where[2] = county.villages[2].pk
    assert phone.post(reverse("mine:report_nobody", args=where), {"once": str(uuid4())}).status_code == 404


def test_a_deputy_has_the_duties_of_whoever_is_away_and_may_do_them_until_they_are_back(owed, county, cast, now):
    clerk, deputy = cast.village_clerk.person, cast.medic
    kin = county.people_of(2)[1]
    enrol(owed.temperature, [services.NewEnrolment(uuid4(), kin.pk, county.villages[2].pk, owed_id=clerk.pk)])
    assert duties_of(deputy.viewer, now=now) == []
    filing = services.Filing(uuid4(), kin.pk, {"well": True, "temperature": 36.5, "whereabouts": "在家"}, now)
    with pytest.raises(Http404):
        services.file_record(by=deputy.viewer, filing=filing, now=now)
    Absence.objects.create(
        uuid=uuid4(),
        person=clerk,
        deputy=deputy.person,
        since=now,
        until=now + timedelta(hours=2),
        known_at=now,
        reason="x",
    )
    assert kin.pk in {d.subject_id for d in duties_of(deputy.viewer, now=now)}
    services.file_record(by=deputy.viewer, filing=filing, now=now)
    assert Record.objects.get(subject_id=kin.pk).filed_by_person == deputy.person.pk
    assert duties_of(deputy.viewer, now=now + timedelta(hours=2)) == []


def test_a_person_says_why_it_is_late_or_asks_to_be_excused_and_takes_it_back(phone, owed, county, cast, now):
    me = cast.village_clerk.person
    to = reverse("mine:plead", args=["person", me.pk])
    assert to in _home(phone)
    about = [str(d.enrolment_id) for d in duties_of(cast.village_clerk.viewer, now=now) if d.is_about_me]
    assert len(about) == 2
    late = {"what": "late", "about": about[:1], "why": "停电"}
    once = str(uuid4())
    for _ in range(2):
        assert phone.post(to, late | {"once": once}).status_code == 302
    assert [one.reason for one in GapReason.objects.all()] == ["停电"]
    asks = {"what": "excuse", "about": about, "why": "住院"}
    assert phone.post(to, asks | {"once": str(uuid4())}).status_code == 422
    once = str(uuid4())
    for _ in range(2):
        assert phone.post(to, asks | {"last": "2020-01-27", "once": once}).status_code == 302
    assert {one.until for one in ExcuseRequest.objects.all()} == {day_span(date(2020, 1, 27))[1]}
    assert ExcuseRequest.objects.count() == 2
    page = _home(phone)
    assert "停电" in page
    first = ExcuseRequest.objects.first()
    assert reverse("mine:take_back_request", args=[first.pk]) in page
    assert phone.post(reverse("mine:take_back_request", args=[first.pk])).status_code == 302
    assert ExcuseRequest.objects.get(pk=first.pk).outcome == "taken_back"
    assert (
        phone.post(to, asks | {"last": "2020-01-27", "once": str(uuid4())}).status_code == 422
    )  # one of them waits still
    phone.force_login(cast.neighbour.user, backend=BACKEND)
    assert phone.get(to).status_code == 404
    assert phone.post(reverse("mine:take_back_request", args=[first.pk])).status_code == 404


def test_a_person_notes_their_own_absence_and_is_back_early(phone, owed, county, cast, now):
    me, mate = cast.village_clerk.person, county.people_of(1)[0]
    assert "您未与他人同属" in phone.get(reverse("mine:away")).content.decode()
    Membership.objects.create(person=me, unit=county.office, part="member", starts=now - timedelta(days=9))
    page = phone.get(reverse("mine:away")).content.decode()
    assert mate.name in page
    sent = {"first": "2020-01-26", "last": "2020-01-27", "deputy_id": mate.pk, "why": "出差"}
    outsider = sent | {"deputy_id": county.people_of(2)[3].pk}
    assert phone.post(reverse("mine:away"), outsider | {"once": str(uuid4())}).status_code == 422
    assert phone.post(reverse("mine:away"), sent | {"last": "2020-01-25", "once": str(uuid4())}).status_code == 422
    once = str(uuid4())
    for _ in range(2):
        assert phone.post(reverse("mine:away"), sent | {"once": once}).status_code == 302
    absence = Absence.objects.get()
    assert (absence.deputy_id, absence.until) == (mate.pk, day_span(date(2020, 1, 27))[1])
    assert mate.name in _home(phone)
    assert phone.post(reverse("mine:back", args=[absence.pk])).status_code == 302
    assert Absence.objects.get().ended_at == now
    phone.force_login(cast.storekeeper.user, backend=BACKEND)
    assert phone.post(reverse("mine:back", args=[absence.pk])).status_code in (403, 404)
