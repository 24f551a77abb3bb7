"""The ladder at work: who gets a message when, one each, once; after an outage, while somebody is away, and up the line."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.http import Http404

from bulou.modules.ledger import services
from bulou.modules.ledger.models import Chase, Chased, Message
from bulou.modules.ledger.queries import chase as queries
from bulou.modules.ledger.services.answering_chase import acknowledge, end_absence, note_absence
from bulou.modules.ledger.services.chase import chase
from bulou.modules.ledger.services.senders import Sender
from bulou.modules.ledger.tests.owing import BY, Owing, at, daily, owing
from bulou.modules.registry.models import Membership
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.models import Line
from bulou.platform.manifest import Manifest, _hung, hang
from bulou.platform.refusals import Refusal
from tests.kit.cast import Cast, County

pytestmark = pytest.mark.django_db


@pytest.fixture
def set_up(county: County, cast: Cast) -> Owing:
    """The nine people of the first village owe a report each; the fifth answers for the first three, who belong to the office."""
    made = owing(county)
    people = county.people_of(0)
    for number, person in enumerate(people):
        answerable, unit = (people[4], county.office) if number < 3 else (None, None)
        made.enrol(person, answerable=answerable, unit=unit)
    made.open(at("00:01"))
    return made


def sent_to(now: datetime) -> dict[int, int]:
    """Person → how many obligations the messages of that moment are about."""
    return {one.person_id: sum(line["count"] for line in one.lines) for one in Message.objects.filter(at=now)}


def test_each_step_reaches_whom_it_names_about_those_still_missing(set_up: Owing, cast: Cast):
    people = set_up.county.people_of(0)
    Membership.objects.create(person=people[8], unit=set_up.county.office, part="leader", starts=at("00:00", -1))
    assert chase(at("08:59")) == ""
    chase(at("09:00"))
    assert sent_to(at("09:00")) == {one.pk: 1 for one in people}
    for one in people[3:]:
        set_up.report(one, at("09:30"))
    chase(at("10:30"))
    assert sent_to(at("10:30")) == {people[4].pk: 3}
    set_up.report(people[0], at("10:40"))
    chase(at("11:00"))
    assert sent_to(at("11:00")) == {people[8].pk: 2}
    chase(at("12:00"))
    assert sent_to(at("12:00")) == {cast.township_lead.person.pk: 2}
    chase(at("13:00"))
    assert sent_to(at("13:00")) == {cast.chief.person.pk: 2, cast.duty_officer.person.pk: 2}
    assert cast.neighbour.person.pk not in Message.objects.values_list("person_id", flat=True)
    assert list(Chase.objects.order_by("pk").values_list("to", "outcome", "n_open", "n_people", "n_unreached")) == [
        ("owing", "sent", 9, 9, 0), ("answerable", "sent", 3, 1, 0), ("lead", "sent", 2, 1, 0), ("township", "sent", 2, 1, 0),
        ("headquarters", "sent", 2, 2, 0),
    ]  # fmt: skip
    assert Line.objects.filter(action="ledger.chased").count() == 5


def test_a_step_is_taken_once_however_often_the_house_looks(set_up: Owing):
    for _again in range(3):
        chase(at("09:00"))
        chase(at("09:01"))
    assert (Chase.objects.count(), Message.objects.count(), Chased.objects.count()) == (1, 9, 9)


def test_after_an_outage_one_message_says_the_newest_step_and_nothing_is_made_up(set_up: Owing, cast: Cast):
    chase(at("12:20"))
    assert sent_to(at("12:20")) == {cast.township_lead.person.pk: 9}
    assert list(Chase.objects.order_by("step").values_list("to", "outcome")) == [
        ("owing", "skipped"), ("answerable", "skipped"), ("lead", "skipped"), ("township", "sent")
    ]  # fmt: skip
    chase(at("12:20") + timedelta(days=3))
    assert Message.objects.count() == 1


def test_one_message_a_person_however_much_they_owe(set_up: Owing):
    temperature = daily(set_up.operation, "temperature", {"en": "Temperature"})
    person = set_up.county.people_of(0)[0]
    set_up.enrol(person, regime=temperature)
    set_up.open(at("00:02"))
    chase(at("09:00"))
    message = Message.objects.get(person=person)
    assert sorted(line["count"] for line in message.lines) == [1, 1]


def test_quiet_hours_wait_and_excused_and_reported_ones_are_left_alone(county: County, cast: Cast):
    set_up = owing(
        county, ladder={"steps": [{"before": "3h", "to": "owing"}], "quiet": {"from": "22:00", "until": "08:00"}}
    )
    first, second, third = county.people_of(0)[:3]
    for one in (first, second, third):
        set_up.enrol(one)
    set_up.open(at("00:01"))
    set_up.report(first, at("06:00"))
    services.excuse(
        by=BY,
        enrolment_id=set_up.by_person[second.pk].pk,
        since=at("00:00"),
        until=at("23:00"),
        why="住院",
        once=uuid4(),
        now=at("06:00"),
    )
    chase(at("07:30"))
    assert not Message.objects.exists()
    chase(at("08:00"))
    assert sent_to(at("08:00")) == {third.pk: 1}


def test_a_deputy_gets_it_while_the_answerable_is_away_and_no_longer(set_up: Owing, cast: Cast):
    people = set_up.county.people_of(0)
    away = {"deputy_id": people[6].pk, "since": at("08:00"), "until": at("20:00"), "why": "出差", "now": at("08:00")}
    absence = note_absence(by=cast.village_clerk.viewer, person_id=people[4].pk, once=uuid4(), **away)
    chase(at("10:30"))
    found = Message.objects.get(person=people[6], at=at("10:30"))
    assert set(
        Chased.objects.filter(message=found, enrolment_id=set_up.by_person[people[0].pk].pk).values_list(
            "instead_of_id", flat=True
        )
    ) == {people[4].pk}
    assert not Message.objects.filter(person=people[4], at=at("10:30")).exists()
    end_absence(by=cast.village_clerk.viewer, absence_id=absence.pk, now=at("21:00"))
    set_up.open(at("00:01", 1))
    chase(at("10:30", 1))
    assert Message.objects.filter(person=people[4], at=at("10:30", 1)).exists()
    with pytest.raises(Http404):
        note_absence(by=cast.neighbour.viewer, person_id=people[4].pk, once=uuid4(), **away)
    with pytest.raises(Refusal, match="deputy_self"):
        note_absence(
            by=cast.village_clerk.viewer, person_id=people[4].pk, once=uuid4(), **away | {"deputy_id": people[4].pk}
        )


def test_whoever_is_known_to_be_off_duty_is_left_alone_where_others_remain(set_up: Owing, cast: Cast):
    hang(Manifest("test_roster", "Roster", extras={"off_duty": lambda people, now: {cast.chief.person.pk}}))
    try:
        chase(at("13:00"))
        assert set(sent_to(at("13:00"))) == {cast.duty_officer.person.pk}
    finally:
        del _hung["test_roster"]


def test_a_sender_takes_a_message_in_the_same_transaction_and_an_exercise_sends_nothing(
    set_up: Owing, monkeypatch: pytest.MonkeyPatch
):
    taken: list[int] = []
    sender = Sender(
        "sms",
        "SMS",
        lambda messages, *, by, now: taken.extend(m.person_id for m in messages) or [m.id for m in messages],
    )
    hang(Manifest("test_channels", "Channels", extras={"senders": (sender,)}))
    try:
        chase(at("09:00"))
        assert len(taken) == 9
        assert set(Message.objects.values_list("channel", flat=True)) == {"sms"}
        monkeypatch.setattr("bulou.modules.ledger.services.senders.is_exercise", lambda: True)
        chase(at("10:30"))
        assert len(taken) == 9
        assert set(Message.objects.filter(at=at("10:30")).values_list("channel", flat=True)) == {"sink"}
    finally:
        del _hung["test_channels"]


def test_an_inbox_is_ones_own_and_says_what_is_open_still(set_up: Owing):
    people = set_up.county.people_of(0)
    me, other = Viewer(1, "我", (), people[4].pk), Viewer(2, "他", (), people[5].pk)
    chase(at("10:30"))
    [letter] = queries.inbox(me)
    assert (queries.unread(me), letter.lines[0].count, letter.lines[0].open) == (1, 4, 4)
    set_up.report(people[0], at("10:40"))
    [letter] = queries.inbox(me)
    assert (letter.lines[0].open, [one.is_open for one in queries.about(me, letter.message)]) == (
        3,
        [True, True, True, False],
    )
    assert people[1].name in [one.name for one in queries.about(me, letter.message)]
    with pytest.raises(Http404):
        acknowledge(by=other, message_id=letter.message.pk, now=at("10:50"))
    assert acknowledge(by=me, message_id=letter.message.pk, now=at("10:50")) == 1
    assert acknowledge(by=me, message_id=letter.message.pk, now=at("10:51")) == 0
    assert queries.unread(me) == 0


def test_a_later_due_time_has_a_ladder_of_its_own(set_up: Owing):
    person = set_up.county.people_of(0)[3]
    set_up.report(person, at("08:00"))
    record = queries.last_report(set_up.by_person[person.pk])
    assert record is not None
    services.return_record(
        by=BY, record_id=record.pk, why="体温未填", new_due=at("15:00"), once=uuid4(), now=at("11:30")
    )
    chase(at("13:55"))
    assert person.pk not in sent_to(at("13:55"))
    chase(at("14:00"))
    assert sent_to(at("14:00")) == {person.pk: 1}


def test_a_duty_owed_one_by_one_is_reminded_by_its_due_time_and_not_once_called_off(set_up: Owing):
    person, other = set_up.county.people_of(0)[5:7]
    for one in (person, other):
        span = {"opens": at("14:00"), "due": at("16:00"), "closes": at("18:00")}
        duty = services.owe(by=BY, enrolment_id=set_up.by_person[one.pk].pk, once=uuid4(), now=at("13:30"), **span)
    services.withdraw(by=BY, duty_id=duty.pk, why="停班", now=at("14:30"))
    chase(at("15:00"))
    assert {key: count for key, count in sent_to(at("15:00")).items() if key in (person.pk, other.pk)} == {person.pk: 1}
    [row] = Chased.objects.exclude(duty_id=None)
    assert row.enrolment_id == set_up.by_person[person.pk].pk
