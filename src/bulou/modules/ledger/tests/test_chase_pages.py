"""Pages of chase as people meet them: the inbox, the telephone page, who is away, sign-off, the duty log. And what they refuse."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse

from bulou.modules.ledger.models import Call, Excuse, Message, Record, Signature, Watch, WatchEntry, WatchSignature
from bulou.modules.ledger.queries.chase import last_chased
from bulou.modules.ledger.services.chase import chase
from bulou.modules.ledger.tests.owing import Owing, at, owing
from bulou.platform.journal.models import Look
from tests.kit.cast import Cast, County

pytestmark = pytest.mark.django_db


@pytest.fixture
def set_up(county: County, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Owing:
    """The first village owes daily; it is ten to eleven; the clerk answers for everybody."""
    monkeypatch.setattr("bulou.platform.clock.now", lambda: at("10:50"))
    made = owing(county)
    for person in [*county.people_of(0), *county.people_of(2)]:
        made.enrol(person, answerable=cast.village_clerk.person if person in county.people_of(0) else None)
    made.open(at("00:01"))
    return made


def browse(seated) -> Client:
    client = Client()
    client.force_login(seated.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def form_of(page) -> dict[str, str]:
    return {"once": str(page.context["form"]["once"].value())}


def test_the_bell_counts_and_the_inbox_says_who_is_missing(set_up: Owing, cast: Cast):
    clerk = browse(cast.village_clerk)
    chase(at("10:30"))
    page = clerk.get(reverse("ledger:inbox")).content.decode()
    assert "<b>1</b>" in page
    message = Message.objects.get(person=cast.village_clerk.person)
    rows = clerk.get(reverse("ledger:message", args=[message.pk]))
    assert set_up.county.people_of(0)[0].name in rows.content.decode()
    assert Look.objects.filter(what="list", actor_id=cast.village_clerk.user.pk).exists()
    assert browse(cast.neighbour).get(reverse("ledger:message", args=[message.pk])).status_code == 404
    assert browse(cast.neighbour).post(reverse("ledger:acknowledge", args=[message.pk])).status_code == 404
    assert clerk.post(reverse("ledger:acknowledge", args=[message.pk])).status_code == 302
    assert "<b>1</b>" not in clerk.get(reverse("ledger:inbox")).content.decode()


def test_a_call_that_is_not_answered_takes_one_tap_and_sent_again_changes_nothing(set_up: Owing, cast: Cast):
    person = set_up.county.people_of(0)[0]
    enrolment = set_up.by_person[person.pk]
    clerk, address = browse(cast.village_clerk), reverse("ledger:call", args=[enrolment.pk])
    page = clerk.get(address + "?back=/ledger/reminders/sent")
    assert f"tel:{person.phones.first().number}" in page.content.decode()
    sent = {"outcome": "no_answer", "once": str(page.context["once"])}
    for _again in range(2):
        assert (
            clerk.post(reverse("ledger:note", args=[enrolment.pk]) + "?back=/ledger/reminders/sent", sent)["Location"]
            == "/ledger/reminders/sent"
        )
    assert Call.objects.count() == 1
    assert last_chased([enrolment.pk])[enrolment.pk].call.outcome == "no_answer"
    elsewhere = clerk.post(
        reverse("ledger:note", args=[enrolment.pk]) + "?back=//example.org", sent | {"once": str(uuid4())}
    )
    assert elsewhere["Location"] == address
    assert browse(cast.neighbour).get(address).status_code == 404
    assert (
        clerk.post(
            reverse("ledger:note", args=[enrolment.pk]), sent | {"outcome": "reported", "once": str(uuid4())}
        ).status_code
        == 404
    )


def test_what_was_reported_on_the_telephone_is_filed_in_the_callers_name(set_up: Owing, cast: Cast):
    person = set_up.county.people_of(0)[1]
    enrolment = set_up.by_person[person.pk]
    clerk, address = browse(cast.village_clerk), reverse("ledger:note_more", args=[enrolment.pk, "reported"])
    sent = form_of(clerk.get(address))
    assert clerk.post(address, sent).status_code == 422
    assert not Record.objects.exists()
    for _again in range(2):
        assert clerk.post(address, sent | {"well": "yes"}).status_code == 302
    record = Record.objects.get(subject_id=person.pk)
    assert (record.source, record.filed_by_name, record.facts) == (
        "telephone",
        cast.village_clerk.viewer.name,
        {"well": True},
    )
    assert Call.objects.get().record_id == record.pk


def test_somebody_who_is_away_gets_an_excuse_only_from_whoever_may_give_it(set_up: Owing, cast: Cast):
    enrolment = set_up.by_person[set_up.county.people_of(0)[2].pk]
    clerk, address = browse(cast.village_clerk), reverse("ledger:note_more", args=[enrolment.pk, "away"])
    sent = form_of(clerk.get(address))
    assert clerk.post(address, sent | {"note": " ", "until": "2020-01-29"}).status_code == 422
    assert clerk.post(address, sent | {"note": "去西宁看病", "until": "2020-01-29"}).status_code == 302
    call = Call.objects.get()
    grant = reverse("ledger:grant_excuse", args=[call.pk])
    assert clerk.post(grant).status_code == 403
    assert browse(cast.neighbour).post(grant).status_code == 404
    for _again in range(2):
        assert browse(cast.township_lead).post(grant).status_code == 302
    excuse = Excuse.objects.get()
    assert (excuse.reason, excuse.until) == ("去西宁看病", at("00:00", 4))


def test_a_village_signs_before_its_town_and_figures_stay_as_signed(set_up: Owing, cast: Cast):
    people = set_up.county.people_of(0)
    set_up.report(people[0], at("09:00"))
    village, town = set_up.county.villages[0], set_up.county.towns[0]
    clerk, lead, page = browse(cast.village_clerk), browse(cast.township_lead), reverse("ledger:sign_off")
    asked = {"regime": set_up.regime.pk, "day": "2020-01-26", "by": "place"}

    def sign(client: Client, node: int):
        return client.post(reverse("ledger:sign"), asked | {"node": node, "once": str(uuid4())})

    assert sign(lead, town.pk).status_code == 422
    assert sign(clerk, town.pk).status_code == 404
    assert sign(browse(cast.neighbour), village.pk).status_code == 404
    assert sign(clerk, village.pk).status_code == 302
    signature = Signature.objects.get()
    assert (signature.figures["on_time"], signature.figures["missing"]) == (1, 8)
    set_up.report(people[1], at("10:40"))
    row = next(row for row in lead.get(page).context["rows"] if row.node_id == village.pk)
    assert (row.stands.figures.on_time, row.figures.late, row.may_return) == (1, 1, True)
    assert dict(row.changed)
    back = asked | {"signature": signature.pk, "why": "请核对漏报名单", "once": str(uuid4())}
    assert lead.post(reverse("ledger:send_back"), back | {"why": "", "once": str(uuid4())}).status_code == 422
    assert lead.post(reverse("ledger:send_back"), back).status_code == 302
    assert "请核对漏报名单" in clerk.get(page).content.decode()
    assert sign(clerk, village.pk).status_code == 302
    assert sign(lead, town.pk).status_code == 302
    for day in ("0001-01-01", "9999-12-31", "gestern"):
        assert lead.get(page, {"day": day}).status_code == 200
        assert (
            lead.post(reverse("ledger:sign"), asked | {"day": day, "node": town.pk, "once": str(uuid4())}).status_code
            == 404
        )
    assert lead.get(page, {"operation": "unknown"}).status_code == 404


def test_a_day_is_closed_by_the_chief_once_it_is_over_and_opened_with_a_reason(
    set_up: Owing, cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    chief = browse(cast.chief)
    asked = {"regime": set_up.regime.pk, "day": "2020-01-26", "by": "place", "to": "close"}
    address = reverse("ledger:set_day")
    assert chief.post(address, asked | {"once": str(uuid4())}).status_code == 422
    monkeypatch.setattr("bulou.platform.clock.now", lambda: at("00:10", 1))
    assert browse(cast.township_lead).post(address, asked | {"once": str(uuid4())}).status_code == 403
    assert chief.post(address, asked | {"once": str(uuid4())}).status_code == 302
    shown = chief.get(reverse("ledger:sign_off") + "?day=2020-01-26")
    assert shown.context["is_closed"]
    assert chief.post(address, asked | {"to": "open", "why": "", "once": str(uuid4())}).status_code == 422
    assert chief.post(address, asked | {"to": "open", "why": "补报", "once": str(uuid4())}).status_code == 302
    assert not chief.get(reverse("ledger:sign_off") + "?day=2020-01-26").context["is_closed"]


def test_a_watch_is_handed_over_by_two_and_nothing_of_it_changes_afterwards(set_up: Owing, cast: Cast):
    chief, officer = browse(cast.chief), browse(cast.duty_officer)
    begin = reverse("ledger:begin_watch", args=["drill"])
    assert officer.post(begin, form_of(officer.get(begin)) | {"others": "马晓、李明"}).status_code == 302
    watch = Watch.objects.get()
    assert [one["name"] for one in watch.people] == [cast.duty_officer.viewer.name, "马晓", "李明"]
    write = reverse("ledger:write_entry", args=[watch.pk])
    assert (
        officer.post(write, form_of(officer.get(write)) | {"text": "约改镇电话报告：发现发热 1 人"}).status_code == 302
    )
    ahead = form_of(officer.get(write)) | {"text": "明天", "happened_at": "2020-01-27 09:00"}
    assert officer.post(write, ahead).status_code == 422
    assert officer.post(write, ahead | {"once": str(uuid4()), "happened_at": "0001-01-01 00:00"}).status_code == 422
    out, take = (reverse(f"ledger:{name}", args=[watch.pk]) for name in ("hand_over", "take_over"))
    assert chief.post(take, form_of(chief.get(take)) | {"others": ""}).status_code == 422
    assert chief.post(out, form_of(chief.get(out)) | {"note": "没有事"}).status_code == 422
    assert officer.post(out, form_of(officer.get(out)) | {"note": "发热人员待复测"}).status_code == 302
    assert officer.post(take, form_of(officer.get(take)) | {"others": ""}).status_code == 422
    assert chief.post(take, form_of(chief.get(take)) | {"others": ""}).status_code == 302
    assert sorted(WatchSignature.objects.values_list("side", flat=True)) == ["in", "out"]
    assert officer.post(write, form_of(officer.get(write)) | {"text": "补记"}).status_code == 422
    assert "发热人员待复测" in chief.get(reverse("ledger:watch", args=[watch.pk])).content.decode()
    for spoil in ("UPDATE ledger_watchentry SET text = 'x'", "DELETE FROM ledger_watchsignature"):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(spoil)
    with pytest.raises((ProgrammingError, InternalError)), transaction.atomic():
        WatchEntry.objects.create(
            uuid=uuid4(), watch=watch, happened_at=at("10:00"), text="x", at=at("10:00"), actor_name="x"
        )
    assert browse(cast.township_lead).get(reverse("ledger:duty_log")).status_code == 403


def test_whoever_has_the_watch_is_the_headquarters(set_up: Owing, cast: Cast):
    officer, begin = browse(cast.duty_officer), reverse("ledger:begin_watch", args=["drill"])
    officer.post(begin, form_of(officer.get(begin)) | {"others": ""})
    chase(at("13:00") + timedelta(seconds=1))
    assert set(Message.objects.values_list("person_id", flat=True)) == {cast.duty_officer.person.pk}


def test_an_absence_is_noted_on_a_page_and_ended_there(set_up: Owing, cast: Cast):
    lead, people = browse(cast.township_lead), set_up.county.people_of(0)
    address = reverse("ledger:new_absence")
    sent = form_of(lead.get(address)) | {
        "person_id": people[0].pk,
        "deputy_id": people[1].pk,
        "first": "2020-01-26",
        "last": "2020-01-28",
        "why": "出差",
    }
    assert lead.post(address, sent | {"deputy_id": people[0].pk}).status_code == 422
    assert lead.post(address, sent | {"last": "9999-12-31"}).status_code == 422
    assert lead.post(address, sent).status_code == 302
    page = lead.get(reverse("ledger:absences"))
    assert people[1].name in page.content.decode()
    [row] = page.context["rows"]
    assert row.until == at("00:00", 3)
    assert not browse(cast.neighbour).get(reverse("ledger:absences")).context["rows"]
    assert browse(cast.neighbour).post(reverse("ledger:end_absence", args=[row.pk])).status_code == 404
    assert lead.post(reverse("ledger:end_absence", args=[row.pk])).status_code == 302
    assert not lead.get(reverse("ledger:absences")).context["rows"]
