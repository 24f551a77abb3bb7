"""Settling what is held: by whoever leads its sender, in one of the ways its reason leaves; then it counts as it happened. Nothing is lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import Http404
from django.urls import reverse

from bulou.modules.collection.models import Attachment, Form, FormVersion, Held, Joined, Submission
from bulou.modules.collection.queries import bar, sealed
from bulou.modules.collection.queries import held as queries
from bulou.modules.collection.services import settling as services
from bulou.modules.collection.services.tokens import issue_token
from bulou.modules.ledger.models import Discharge, Record, RecordVersion
from bulou.modules.ledger.tests.owing import owing
from bulou.modules.registry.services.merging import merge_people
from bulou.platform.journal.models import Line, Look
from bulou.platform.refusals import Conflict, Refusal
from tests.kit.cast import Cast, County
from tests.kit.collection import attach, hold, submit, version_of

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def version(form: Form, now: datetime) -> FormVersion:
    return version_of(form, now)


def xml_of(form: Form, said: str, temperature: str = "36.5", day: str = "2020-01-26") -> bytes:
    return (
        f'<data id="{form.key}" version="1" xmlns:orx="http://openrosa.org/xforms"><person_id>{said}</person_id><report_date>{day}</report_date>'
        f"<health><temperature>{temperature}</temperature></health><orx:meta><orx:instanceID>INSTANCE</orx:instanceID></orx:meta></data>"
    ).encode()


def sent(version: FormVersion, county: County, now: datetime, said: str, **given: Any) -> Submission:
    """A submission of the clerk's village worker, as the door holds it."""
    instance_id = given.pop("instance_id", f"uuid:{uuid4()}")
    xml = xml_of(version.form, said, given.pop("temperature", "36.5")).replace(b"INSTANCE", instance_id.encode())
    worker = county.people_of(0)[8].pk
    return submit(
        version, now=now, xml=xml, instance_id=instance_id, person_id=worker, subject_kind="person", answers={"person_id": said}, **given
    )  # fmt: skip


def held(one: Submission, reason: str, county: County, now: datetime, **given: Any) -> Held:
    return hold(one, reason, now=now, place_id=county.villages[0].pk, **given)


def test_a_stray_report_is_assigned_and_counts_as_it_happened(
    version: FormVersion, county: County, cast: Cast, now: datetime
) -> None:
    person, made = county.people_of(0)[1], owing(county)
    enrolment = made.enrol(person)
    made.open(now)
    one = held(sent(version, county, now, "nobody", is_held=True), "subject", county, now)
    later, by = now + timedelta(days=2), cast.township_lead.viewer
    said = services.assign(by=by, held_id=one.pk, subject_id=person.pk, why="he typed his old number", now=later)
    record = Record.objects.get(pk=said.record_id)
    assert (record.subject_id, record.received_at, record.filed_by_id) == (person.pk, now, by.user_id)
    assert record.facts == {"temperature": 36.5}
    assert (said.outcome, said.settled_at) == ("assigned", later)
    line = Line.objects.get(action="collection.held_settled")
    assert (line.subjects, line.why, line.data["record"]) == ([one.pk], "he typed his old number", record.pk)
    assert services.assign(by=by, held_id=one.pk, subject_id=person.pk, now=later).record_id == record.pk
    assert Record.objects.count() == 1, "sent again, nothing more is filed"
    assert not Discharge.objects.filter(enrolment_id=enrolment.pk).exists(), (
        "temperature does not answer what asks for well"
    )
    with pytest.raises(Conflict):
        services.set_aside(by=cast.chief.viewer, held_id=one.pk, why="no", now=later)


def test_only_the_lead_of_its_sender_sees_and_settles_it(
    version: FormVersion, county: County, cast: Cast, now: datetime
) -> None:
    one = held(sent(version, county, now, "nobody", is_held=True), "subject", county, now)
    for seated in (cast.chief, cast.township_lead):
        assert list(queries.held(seated.viewer)) == [one]
        assert [mark.count for mark in bar.marks(seated.viewer)] == [1]
    assert list(queries.held(cast.neighbour.viewer)) == []
    assert list(bar.marks(cast.neighbour.viewer)) == []
    for verb in (services.accept, services.keep, services.set_aside):
        with pytest.raises(Http404):
            verb(by=cast.neighbour.viewer, held_id=one.pk, why="x", now=now)
        with pytest.raises(Refusal):
            verb(by=cast.village_clerk.viewer, held_id=one.pk, why="x", now=now)
    with pytest.raises(Http404):
        services.assign(by=cast.township_lead.viewer, held_id=one.pk, subject_id=county.people_of(2)[1].pk, now=now)
    assert not Record.objects.exists()


def test_what_came_to_a_closed_form_counts_when_it_names_somebody_in_reach(
    version: FormVersion, county: County, cast: Cast, now: datetime
) -> None:
    here, there = county.people_of(0)[1], county.people_of(2)[1]
    by = cast.township_lead.viewer
    good, bad = (
        held(sent(version, county, now, str(one.uuid), is_held=True), "closed", county, now) for one in (here, there)
    )
    assert services.accept(by=by, held_id=good.pk, now=now).subject_id == here.pk
    with pytest.raises(Refusal, match="about_nobody"):
        services.accept(by=by, held_id=bad.pk, now=now)
    assert Held.objects.get(pk=bad.pk).settled_at is None


def test_a_conflict_is_taken_as_a_correction_or_not(
    version: FormVersion, county: County, cast: Cast, now: datetime
) -> None:
    person, by = county.people_of(0)[1], cast.township_lead.viewer
    first = held(sent(version, county, now, str(person.uuid), is_held=True), "closed", county, now)
    record = services.accept(by=by, held_id=first.pk, now=now).record_id
    one = first.submission
    assert one is not None
    other = xml_of(version.form, str(person.uuid), "39.9").replace(b"INSTANCE", one.instance_id.encode())
    conflict = held(one, "conflict", county, now, xml=sealed.seal_xml(other, one.instance_id), digest=b"\x02" * 32)
    with pytest.raises(Refusal, match="reason_needed"):
        services.take(by=by, held_id=conflict.pk, why=" ", now=now)
    services.take(by=by, held_id=conflict.pk, why="the second is right", now=now)
    assert RecordVersion.objects.get(record_id=record).facts["temperature"] == 39.9
    again = held(one, "conflict", county, now, xml=sealed.seal_xml(other, one.instance_id), digest=b"\x03" * 32)
    services.keep(by=by, held_id=again.pk, why="sent by mistake", now=now)
    assert RecordVersion.objects.count() == 1
    assert Held.objects.get(pk=again.pk).xml is not None, "set aside is not thrown away"


def test_a_second_file_stands_beside_the_first(version: FormVersion, county: County, cast: Cast, now: datetime) -> None:
    row = sent(version, county, now, "x")
    attach(row, "a.jpg", b"one", now=now)
    blob = sealed.seal_file(b"two", row.instance_id, "a.jpg")
    one = held(row, "file", county, now, xml=blob, file_name="a.jpg", digest=b"\x05" * 32)
    services.take(by=cast.township_lead.viewer, held_id=one.pk, why="sharper", now=now)
    contents = {sealed.open_file(f.sealed, row.instance_id, f.name) for f in Attachment.objects.all()}
    assert contents == {b"one", b"two"}


def test_a_correction_is_joined_by_hand_with_what_it_corrects(
    version: FormVersion, county: County, cast: Cast, now: datetime
) -> None:
    person, by = county.people_of(0)[1], cast.township_lead.viewer
    parent = held(sent(version, county, now, str(person.uuid), is_held=True), "closed", county, now)
    record = services.accept(by=by, held_id=parent.pk, now=now).record_id
    orphan = sent(
        version, county, now, str(person.uuid), temperature="38.2", is_held=True, number=0, deprecates="uuid:lost"
    )
    one = held(orphan, "parent_unknown", county, now)
    assert [row.pk for row in queries.parents_of(by, one)] == [parent.submission_id]
    assert parent.submission_id is not None
    with pytest.raises(Http404):
        services.join(by=by, held_id=one.pk, parent_id=orphan.pk, now=now)
    services.join(by=by, held_id=one.pk, parent_id=parent.submission_id, now=now)
    assert RecordVersion.objects.get(record_id=record).facts["temperature"] == 38.2
    assert Joined.objects.get(submission=orphan).number == 2


def test_set_aside_counts_for_nothing_and_keeps_everything(
    version: FormVersion, county: County, cast: Cast, now: datetime
) -> None:
    row = sent(version, county, now, "nobody", is_held=True)
    one = held(row, "subject", county, now)
    services.set_aside(by=cast.chief.viewer, held_id=one.pk, why="a test by the trainer", now=now)
    row.refresh_from_db()
    assert row.xml is not None
    assert not Record.objects.exists()
    with pytest.raises(Refusal, match="not_so"):
        services.take(by=cast.chief.viewer, held_id=held(row, "value", county, now).pk, why="x", now=now)


def test_what_was_forgotten_can_only_be_set_aside(
    version: FormVersion, county: County, cast: Cast, now: datetime
) -> None:
    row = submit(version, now=now, xml=b"x")
    one = held(row, "subject", county, now)
    Held.objects.filter(pk=one.pk).update(submission=None)
    assert queries.verbs_of(Held.objects.get(pk=one.pk), None) == ("aside",)


def test_the_pages_show_what_to_do_beside_whom_it_may_be_about(
    client: Any, version: FormVersion, county: County, cast: Cast, now: datetime
) -> None:
    person = county.people_of(0)[1]
    one = held(sent(version, county, now, str(person.uuid), is_held=True), "subject", county, now)
    client.force_login(cast.township_lead.user, backend=BACKEND)
    listed = client.get(reverse("collection:held")).content.decode()
    assert f"/held/{one.pk}/" in listed
    assert "扎西达杰" in listed
    body = client.get(reverse("collection:held_one", args=[one.pk])).content.decode()
    assert person.name in body
    assert "36.5" in body
    assert person.pk in Look.objects.filter(kind="registry.person", what="held").latest("id").subjects
    assert client.post(reverse("collection:propose", args=[one.pk, person.pk])).status_code == 302
    assert Held.objects.get(pk=one.pk).outcome == "assigned"
    done = client.get(reverse("collection:held_one", args=[one.pk])).content.decode()
    assert "/assign/" not in done
    assert client.get(reverse("collection:held"), {"state": "settled", "export": "xlsx"}).status_code == 200
    client.force_login(cast.neighbour.user, backend=BACKEND)
    assert client.get(reverse("collection:held_one", args=[one.pk])).status_code == 404
    assert client.post(reverse("collection:settle", args=[one.pk, "accept"])).status_code == 404


def test_choosing_somebody_offers_only_whom_one_files_about(
    client: Any, version: FormVersion, county: County, cast: Cast, now: datetime
) -> None:
    one = held(sent(version, county, now, "nobody", is_held=True), "subject", county, now)
    client.force_login(cast.township_lead.user, backend=BACKEND)
    there = county.people_of(2)[1]
    said = {"once": uuid4(), "subject_id": there.pk, "why": ""}
    assert client.post(reverse("collection:assign", args=[one.pk]), said).status_code == 422
    here = county.people_of(1)[4]
    assert (
        client.post(
            reverse("collection:assign", args=[one.pk]), said | {"once": uuid4(), "subject_id": here.pk}
        ).status_code
        == 302
    )
    assert Record.objects.get().subject_id == here.pk


def test_what_waits_stands_on_the_leads_duties(
    client: Any, version: FormVersion, county: County, cast: Cast, now: datetime
) -> None:
    held(sent(version, county, now, "nobody", is_held=True), "subject", county, now)
    for user, stands in (
        (cast.township_lead.user, True),
        (cast.neighbour.user, False),
        (cast.village_clerk.user, False),
    ):
        client.force_login(user, backend=BACKEND)
        assert ("等您处理" in client.get("/mine/").content.decode()) is stands


def test_a_line_of_a_list_counts_for_its_person_alone(form: Form, county: County, cast: Cast, now: datetime) -> None:
    tree = {"questions": [{"path": "people", "name": "people", "kind": "repeat", "children": [
        {"path": "people/name", "name": "name", "kind": "text"}, {"path": "people/temperature", "name": "temperature", "kind": "decimal"},
    ]}]}  # fmt: skip
    version = version_of(form, now, tree=tree)
    listed = {"repeat": "people", "subject": "", "name": "people/name", "facts": {"temperature": "people/temperature"}}
    FormVersion.objects.filter(pk=version.pk).update(
        mapping={"subject": {"kind": "place", "path": "village"}, "list": listed}
    )
    version = FormVersion.objects.select_related("form").get(pk=version.pk)
    xml = (
        f'<data id="{form.key}" version="1"><people><name>x</name><temperature>36.1</temperature></people>'
        "<people><name>y</name><temperature>38.7</temperature></people><meta><instanceID>uuid:list</instanceID></meta></data>"
    )
    row = submit(version, now=now, xml=xml.encode(), instance_id="uuid:list", person_id=county.people_of(0)[8].pk)
    one = held(row, "line", county, now, detail={"number": 2})
    person = county.people_of(0)[1]
    said = services.assign(by=cast.township_lead.viewer, held_id=one.pk, subject_id=person.pk, now=now)
    record = Record.objects.get(pk=said.record_id)
    assert (record.subject_kind, record.subject_id, record.facts) == ("person", person.pk, {"temperature": 38.7})


def test_after_a_merge_devices_and_decisions_go_with_the_person(
    version: FormVersion, county: County, cast: Cast, now: datetime
) -> None:
    kept, absorbed = county.people_of(0)[1:3]
    token = issue_token(by=cast.chief.viewer, kind="device", person=absorbed.pk, now=now).token
    one = held(sent(version, county, now, str(absorbed.uuid), is_held=True), "closed", county, now)
    services.accept(by=cast.chief.viewer, held_id=one.pk, now=now)
    merge_people(kept.pk, absorbed.pk, by=cast.chief.viewer, now=now, why="one and the same")
    token.refresh_from_db()
    one.refresh_from_db()
    assert (token.person_id, one.subject_id) == (kept.pk, kept.pk)
