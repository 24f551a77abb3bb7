"""What is answered to what is sent, and what it comes to: every line of the table in docs/openrosa.md, at the service."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from bulou.modules.collection.models import Attachment, Form, FormVersion, Held, Submission
from bulou.modules.collection.queries import accepting
from bulou.modules.collection.rules import holding
from bulou.modules.collection.services.receiving import Receipt, Sent, receive
from bulou.modules.ledger.models import Record, RecordVersion
from bulou.modules.registry.models import Grant
from bulou.platform.refusals import Refusal
from tests.kit.cast import NOW, Cast, County
from tests.kit.doors import TREE, Doors, doors, new_id, published, xml

pytestmark = pytest.mark.django_db


@pytest.fixture
def door(county: County, cast: Cast) -> Doors:
    return doors(county, cast)


def send(door: Doors, body: bytes, who: str = "village_clerk", files: tuple[Sent, ...] = (), now=NOW) -> Receipt:
    return receive(sender=door.sender(who), submission=body, now=now, files=files, source="collect")


def picture(name: str, content: bytes = b"\xff\xd8") -> Sent:
    return Sent(name, "image/jpeg", content)


def held() -> list[str]:
    return sorted(Held.objects.filter(settled_at=None).values_list("reason", flat=True))


def test_a_submission_becomes_a_record_and_counts(door: Doors) -> None:
    answer = send(door, xml(new_id(), extra="<test_result>negative</test_result>"))
    assert (answer.status, answer.held) == (201, "")
    row, record = Submission.objects.get(), Record.objects.get()
    assert row.record_id == record.pk
    assert record.facts == {"temperature": 36.6}
    assert record.stated == ["temperature", "test_result"]
    assert record.subject_id == row.subject_id == door.county.people_of(0)[1].pk
    assert "test_result" not in row.answers
    assert row.sealed is not None
    assert row.answers["temperature"] == "36.6"
    assert record.happened_at.isoformat() == "2020-01-26T01:00:00+00:00"
    assert door.counted() == 1


def test_the_same_again_changes_nothing(door: Doors) -> None:
    body = xml(new_id())
    assert [send(door, body).status for _ in range(3)] == [201, 202, 202]
    assert (Submission.objects.count(), Record.objects.count(), door.counted()) == (1, 1, 1)


def test_other_content_under_one_id_is_kept_aside(door: Doors) -> None:
    one = new_id()
    send(door, xml(one))
    assert [send(door, xml(one, temperature="39.9")).status for _ in range(2)] == [409, 409]
    kept = Held.objects.get()
    assert (kept.reason, kept.xml is not None, Submission.objects.count()) == (holding.CONFLICT, True, 1)
    assert Record.objects.get().facts == {"temperature": 36.6}


def test_files_come_in_several_posts_and_are_kept_once(door: Doors) -> None:
    body = xml(new_id())
    assert send(door, body, files=(picture("a.jpg"),)).status == 201
    assert send(door, body, files=(picture("b.jpg"), picture("a.jpg"))).status == 201
    assert send(door, body, files=(picture("c.jpg"),)).status == 201
    assert send(door, body, files=(picture("a.jpg"), picture("c.jpg"))).status == 202
    assert sorted(Attachment.objects.values_list("name", flat=True)) == ["a.jpg", "b.jpg", "c.jpg"]
    assert send(door, body, files=(picture("a.jpg", b"other"),)).status == 202
    assert held() == [holding.FILE]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_chain_of_corrections_ends_the_same_in_every_order(door: Doors, order: tuple[int, ...]) -> None:
    ids = [new_id() for _ in range(3)]
    bodies = [xml(one, temperature=f"{36 + n}.5", deprecates=ids[n - 1] if n else "") for n, one in enumerate(ids)]
    answers = [send(door, bodies[n]).status for n in order for _ in range(2)]
    assert set(answers) <= {201, 202}
    record = Record.objects.get()
    assert record.facts == {"temperature": 36.5}
    versions = list(RecordVersion.objects.order_by("number").values_list("number", "facts"))
    assert versions == [(2, {"temperature": 37.5}), (3, {"temperature": 38.5})]
    assert (held(), door.counted(), Submission.objects.count()) == ([], 1, 3)
    assert send(door, xml(new_id(), deprecates=ids[2], temperature="35.0")).status == 201
    assert RecordVersion.objects.latest("number").number == 4


def test_a_correction_of_what_was_corrected_is_held(door: Doors) -> None:
    first, second, third = new_id(), new_id(), new_id()
    send(door, xml(first))
    assert send(door, xml(second, deprecates=first, temperature="37.0")).status == 201
    answer = send(door, xml(third, deprecates=first, temperature="38.0"))
    assert (answer.status, answer.held) == (202, holding.NOT_CURRENT)
    assert RecordVersion.objects.get().facts == {"temperature": 37.0}


def test_a_correction_of_something_unknown_is_held(door: Doors) -> None:
    answer = send(door, xml(new_id(), deprecates=new_id()))
    assert (answer.status, answer.held, held()) == (202, holding.PARENT_UNKNOWN, [holding.PARENT_UNKNOWN])
    assert door.counted() == 0


def test_a_correction_that_names_somebody_else_is_held(door: Doors) -> None:
    first = new_id()
    send(door, xml(first))
    answer = send(door, xml(new_id(), deprecates=first, person="P000002"))
    assert (answer.status, answer.held) == (202, holding.CHANGED)
    assert not RecordVersion.objects.exists()


def test_a_correction_of_what_was_held_can_count(door: Doors) -> None:
    first = new_id()
    assert send(door, xml(first, person="P99")).status == 202
    assert send(door, xml(new_id(), deprecates=first)).status == 201
    assert door.counted() == 1


@pytest.mark.parametrize("state", ["closed", "retired"])
def test_what_comes_for_a_closed_form_is_held(door: Doors, state: str) -> None:
    Form.objects.update(state=state)
    assert send(door, xml(new_id())).held == holding.CLOSED
    assert door.counted() == 0


def test_a_closing_form_still_accepts(door: Doors) -> None:
    Form.objects.update(state="closing")
    assert send(door, xml(new_id())).status == 201


def test_an_unknown_form_or_version_is_not_found(door: Doors) -> None:
    assert send(door, xml(new_id(), form="nosuch")).status == 404
    assert send(door, xml(new_id(), version="77")).status == 404
    assert send(door, xml(new_id()).replace(b' version="1"', b"")).status == 404
    assert not Submission.objects.exists()


def test_somebody_out_of_scope_and_nobody_get_the_same_answer(door: Doors) -> None:
    there, nobody = (send(door, xml(new_id(), person=code)) for code in ("P000020", "P777777"))
    assert (
        (there.status, there.code, there.held)
        == (nobody.status, nobody.code, nobody.held)
        == (202, "collection.held", "subject")
    )
    assert set(Submission.objects.values_list("subject_id", flat=True)) == {None}
    assert send(door, xml(new_id(), person="P000020"), who="chief").status == 201
    assert send(door, xml(new_id(), person="P000020"), who="neighbour").status == 201


def test_scope_is_that_of_the_moment_it_happened(door: Doors) -> None:
    clerk = door.cast.village_clerk.user
    Grant.objects.filter(user=clerk).update(ends=NOW - timedelta(minutes=30))
    assert send(door, xml(new_id(), end="T09:00:00.000+08:00")).status == 201
    assert send(door, xml(new_id(), person="P000002", end="T09:45:00.000+08:00")).held == holding.SUBJECT


def test_a_person_answers_for_themselves_and_nobody_else(door: Doors) -> None:
    me = door.county.people_of(0)[1]
    door.tokens["me"] = door.token(kind="browser", person=me)
    assert send(door, xml(new_id(), person=str(me.uuid).upper()), who="me").status == 201
    assert send(door, xml(new_id(), person="P000002"), who="me").held == holding.SUBJECT


def test_a_personal_link_is_about_its_person_only(door: Doors) -> None:
    me = door.county.people_of(0)[1]
    link = {"kind": "personal", "person": me, "form": door.form, "expires_at": NOW + timedelta(days=1)}
    door.tokens["link"] = door.token(**link)
    assert send(door, xml(new_id()), who="link").status == 201
    assert send(door, xml(new_id(), person="P000002"), who="link").held == holding.SUBJECT
    published(door.operation, key="other")
    assert send(door, xml(new_id(), form="other"), who="link").status == 404
    sender = door.sender("link")
    late = receive(sender=sender, submission=xml(new_id()), now=NOW + timedelta(days=2))
    assert late.status == 403


def test_a_value_that_is_none_waits_for_a_person(door: Doors) -> None:
    answer = send(door, xml(new_id(), temperature="hot"))
    assert (answer.status, answer.held) == (202, holding.VALUE)
    assert Held.objects.get().detail == {"paths": ["temperature"]}


def test_a_draft_is_for_its_authors_and_never_counts(door: Doors) -> None:
    Form.objects.update(state="draft")
    FormVersion.objects.update(published_at=None)
    accepting.forget()
    assert send(door, xml(new_id())).status == 404
    assert send(door, xml(new_id()), who="chief").status == 201
    assert (Submission.objects.get().is_test, Record.objects.count(), door.counted()) == (True, 0, 0)


def test_a_list_files_its_lines_for_those_in_reach(door: Doors) -> None:
    tree = TREE | {
        "questions": [
            {"path": "village", "name": "village", "kind": "text"},
            {"path": "people", "name": "people", "kind": "repeat", "children": [
                {"path": "people/person", "name": "person", "kind": "text"}, {"path": "people/name", "name": "name", "kind": "text"},
                {"path": "people/t", "name": "t", "kind": "decimal"},
            ]},
        ]
    }  # fmt: skip
    mapping = {
        "subject": {"kind": "place", "path": "village"},
        "list": {"repeat": "people", "subject": "people/person", "name": "people/name", "facts": {"temperature": "people/t"}},
    }  # fmt: skip
    published(door.operation, key="roll", tree=tree, mapping=mapping)
    rows = "".join(
        f"<people><person>{code}</person><name>{name}</name><t>36.8</t></people>"
        for code, name in (("P000001", "卓玛"), ("P000020", "外村人"), ("", "过路人"))
    )
    place = door.county.villages[0].code
    body = f'<data id="roll" version="1"><village>{place}</village>{rows}<meta><instanceID>{new_id()}</instanceID></meta></data>'
    assert send(door, body.encode()).status == 201
    listed = Record.objects.get(subject_kind="place")
    assert [one["name"] for one in listed.lines or ()] == ["卓玛", "外村人", "过路人"]
    assert [one["subject"] is None for one in listed.lines or ()] == [False, True, True]
    assert door.counted() == 1
    assert send(door, body.encode()).status == 202
    assert Record.objects.count() == 2


def test_a_form_that_answers_nothing_is_kept_for_who_may_fill(door: Doors) -> None:
    published(door.operation, key="note", mapping={})
    assert send(door, xml(new_id(), form="note")).status == 201
    assert Submission.objects.get().record_id is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (xml("uuid:1")[:-7], "not_xml"),
        (b"hello", "not_xml"),
        (b"", "not_xml"),
        (xml("uuid:1", extra="&nosuch;"), "not_xml"),
        (b'<!DOCTYPE d [<!ENTITY a "a">]>' + xml("uuid:1")[21:], "doctype"),
        (xml("uuid:1").replace(b"instanceID", b"instanceX"), "no_instance"),
        (xml("uuid:1").replace(b"http://openrosa.org/xforms", b"http://example.org/else"), "no_instance"),
        (xml("uuid:1").replace(b"36.6", b"\xe9"), "not_utf8"),
        (xml("uuid:1").replace(b"36.6", b"\x00"), "nul"),
        (xml("x" * 250), "id_too_long"),
        (xml("uuid:1", deprecates="uuid:1"), "corrects_itself"),
        (xml("uuid:1").replace(b' id="daily_health"', b""), "no_form"),
        (xml("uuid:1", extra="<a>" * 70 + "1" + "</a>" * 70), "too_deep"),
        (xml("uuid:1", extra="<a/>" * 210_000), "too_many"),
    ],
)
def test_what_is_no_submission_is_refused(door: Doors, body: bytes, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        send(door, body)
    assert (caught.value.code, caught.value.status) == (f"collection.xml_{code}", 400)
    assert caught.value.sentence
    assert not Submission.objects.exists()


def test_ten_megabytes_and_one_byte_are_too_large(door: Doors) -> None:
    body = xml(new_id())
    rest = 10_000_000 - len(body) - len(b"<x></x>")
    padded = body.replace(b"<temperature>", b"<x>" + b"y" * rest + b"</x><temperature>")
    assert len(padded) == 10_000_000
    assert send(door, padded).status == 201
    with pytest.raises(Refusal) as caught:
        send(door, padded.replace(b"<x>", b"<x>z"))
    assert caught.value.status == 413
