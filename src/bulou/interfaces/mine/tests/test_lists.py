"""The page of a list return: lines entered, pasted, looked up, begun from the last list, filed once, corrected; and who may not."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from uuid import uuid4

import pytest
import xlsxwriter
from django.urls import reverse

from bulou.interfaces.mine.cells import key_of
from bulou.interfaces.mine.tests.conftest import BY
from bulou.modules.ledger import services
from bulou.modules.ledger.models import Record, RecordVersion
from bulou.modules.ledger.services import ListLine
from bulou.modules.ledger.services.lists import file_list
from bulou.platform.sheets import services as sheets
from bulou.platform.sheets.services import verdict_of
from bulou.platform.sheets.spec import spec_of

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def clerk(client, owed, cast, monkeypatch, now):
    monkeypatch.setattr("bulou.platform.clock.now", lambda: now)
    client.force_login(cast.village_clerk.user, backend=BACKEND)
    return client


def _where(owed, county, village=0):
    return [owed.window(owed.returnees).pk, "place", county.villages[village].pk]


def _post(client, name, where, sent):
    return client.post(reverse(f"mine:{name}", args=where), json.dumps(sent), content_type="application/json")


def _line(person=None, name="", whereabouts="在家"):
    return {"id": person.pk if person else None, "name": name, "facts": {"whereabouts": whereabouts}}


def test_a_list_is_entered_filed_once_seen_and_corrected(clerk, owed, county, cast, now):
    where, a = _where(owed, county), county.people_of(0)[0]
    home = clerk.get(reverse("mine:duties")).content.decode()
    assert reverse("mine:list", args=where) in home
    page = clerk.get(reverse("mine:list", args=where)).content.decode()
    assert 'data-version="0"' in page
    sent = {"once": str(uuid4()), "version": 0, "lines": [_line(a), _line(name="外来 人")]}
    for _ in range(2):
        answer = _post(clerk, "send_list", where, sent)
        assert (answer.status_code, answer.json()["lines"]) == (200, 2)
    record = Record.objects.get(subject_kind="place")
    assert [(one["subject"], one["name"]) for one in record.lines] == [(a.pk, ""), (None, "外来 人")]
    page = clerk.get(reverse("mine:list", args=where)).content.decode()
    assert 'data-version="1"' in page
    assert "外来 人" in page
    again = {"once": str(uuid4()), "version": 0, "lines": [_line(a)]}
    assert _post(clerk, "send_list", where, again).status_code == 409
    fixed = {"once": str(uuid4()), "version": 1, "lines": [_line(a, whereabouts="县医院")]}
    assert _post(clerk, "send_list", where, fixed).json()["code"] == "ledger.reason_needed"
    for _ in range(2):
        assert _post(clerk, "send_list", where, fixed | {"why": "复核"}).json()["version"] == 2
    assert RecordVersion.objects.filter(record=record).count() == 1
    seen = clerk.get(reverse("mine:record", args=[record.pk])).content.decode()
    assert "县医院" in seen
    assert "复核" in seen
    assert reverse("mine:list", args=where) in seen


def test_what_cannot_be_filed_is_told_line_by_line(clerk, owed, county, now):
    where, far = _where(owed, county), county.people_of(2)[0]
    lines = [_line(far), _line(), {"id": None, "name": "王", "facts": {}}]
    answer = _post(clerk, "send_list", where, {"once": str(uuid4()), "version": 0, "lines": lines})
    assert answer.status_code == 422
    assert [(one["line"], one["field"]) for one in answer.json()["faults"]] == [
        (1, "name"),
        (2, "name"),
        (3, "whereabouts"),
    ]
    for bad in (
        "",
        "[]",
        '{"once": 1}',
        json.dumps({"once": str(uuid4()), "version": 0, "lines": [{"id": "x", "facts": {}}]}),
    ):
        answer = clerk.post(
            reverse("mine:send_list", args=where),
            bad,
            content_type="application/json",
            headers={"Accept": "application/json"},
        )
        assert answer.status_code == 422
    assert not Record.objects.exists()


def test_a_pasted_chain_and_rows_of_excel_are_matched_and_doubts_are_asked(clerk, owed, county, now):
    where, (a, b) = _where(owed, county), county.people_of(0)[:2]
    chat = _post(clerk, "read_list", where, {"text": f"接龙\n1. {a.name} 在县城 36.5\n2. 没有这人 在家"}).json()[
        "lines"
    ]
    assert [(one["id"], one["facts"]) for one in chat] == [
        (a.pk, {"whereabouts": "在县城"}),
        (None, {"whereabouts": "在家"}),
    ]
    rows = _post(clerk, "read_list", where, {"text": f"姓名\t所在地\n{b.name}\t医院\n外人\t"}).json()["lines"]
    assert [(one["id"], one["name"], one["facts"]) for one in rows] == [
        (b.pk, b.name, {"whereabouts": "医院"}),
        (None, "外人", {}),
    ]
    bare = _post(clerk, "read_list", where, {"text": f"{b.name}\t医院"}).json()["lines"]
    assert [(one["id"], one["facts"]) for one in bare] == [(b.pk, {"whereabouts": "医院"})]
    assert not Record.objects.exists()


def test_people_are_looked_up_in_scope_only(clerk, owed, county, now):
    where, near, far = _where(owed, county), county.people_of(0)[0], county.people_of(2)[0]

    def found(text):
        return [one[0] for one in clerk.get(reverse("mine:find_for_list", args=where), {"q": text}).json()["people"]]

    assert near.pk in found(near.name)
    assert far.pk not in found(far.name)
    assert found("") == []


def test_the_list_begins_with_yesterdays(clerk, owed, county, cast, now, monkeypatch):
    a = county.people_of(0)[0]
    lines = [ListLine(a.pk, {"whereabouts": "县城"}), ListLine(None, {"whereabouts": "在家"}, "外来人")]
    village, window = county.villages[0].pk, owed.window(owed.returnees)
    file_list(by=BY, window=window, kind="place", subject_id=village, lines=lines, once=uuid4(), now=now)
    later = now + timedelta(hours=23)
    monkeypatch.setattr("bulou.platform.clock.now", lambda: later)
    services.open_windows(later)
    where = [owed.window(owed.returnees, later).pk, "place", village]
    page = clerk.get(reverse("mine:list", args=where)).content.decode()
    assert "?begin=last" in page
    assert "外来人" not in page
    begun = clerk.get(reverse("mine:list", args=where) + "?begin=last").content.decode()
    assert "外来人" in begun
    assert "县城" in begun  # whereabouts hold for a day
    assert Record.objects.filter(subject_kind="place").count() == 1


def test_a_list_is_not_there_for_others_and_a_sheet_leads_to_it(clerk, owed, county, cast, now):
    where = _where(owed, county)
    assert clerk.get(reverse("mine:sheet", args=where)).url == reverse("mine:list", args=where)
    for name in ("send_sheet", "sheet_state", "paste"):
        call = clerk.post if name == "send_sheet" else clerk.get
        assert call(reverse(f"mine:{name}", args=where)).status_code == 404
    for name in ("send_list", "read_list"):
        assert _post(clerk, name, _where(owed, county, 2), {}).status_code == 404
    for who in (cast.neighbour, cast.storekeeper):
        clerk.force_login(who.user, backend=BACKEND)
        for name in ("list", "find_for_list"):
            assert clerk.get(reverse(f"mine:{name}", args=where)).status_code == 404
        assert _post(clerk, "send_list", where, {}).status_code == 404


def _workbook(*rows):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet("名单")
        for line, row in enumerate(rows):
            page.write_row(line, 0, row)
    return stream.getvalue()


def test_lines_from_excel_join_the_list_and_bad_rows_are_told(owed, county, cast, now, monkeypatch):
    monkeypatch.setattr("bulou.platform.clock.now", lambda: now)
    by, spec, (a, b) = cast.village_clerk.viewer, spec_of(key_of(owed.returnees.pk)), county.people_of(0)[:2]
    assert [one.key for one in spec.fields] == ["name", "number", "place", "whereabouts"]
    file_list(by=BY, window=owed.window(owed.returnees), kind="place", subject_id=county.villages[0].pk, once=uuid4(), now=now,
              lines=[ListLine(a.pk, {"whereabouts": "在家"}), ListLine(None, {"whereabouts": "在家"}, "外来人")])  # fmt: skip
    rows = [
        ("姓名", "所在地", "村"),
        (a.name, "在家", ""),
        (b.name, "医院", ""),
        ("外来人", "县城", ""),
        (b.name, "在家", ""),
        ("谁", "在家", county.villages[2].name),
    ]
    sent = sheets.receive_upload(by=by, spec=spec, name="名单.xlsx", content=_workbook(*rows), once=uuid4(), now=now)
    verdict = verdict_of(sent, viewer=by, now=now)
    assert [row.verdict for row in verdict.rows] == ["same", "new", "change", "bad", "bad"]
    assert [reason.code for row in verdict.rows for reason in row.reasons if reason.is_fatal] == [
        "mine.twice",
        "mine.no_list",
    ]
    sheets.load_upload(by=by, upload=sent, only_good=True, version=sent.version, why="", now=now)
    made = RecordVersion.objects.get(record__subject_kind="place")
    assert [(one["subject"], one["name"], one["facts"]["whereabouts"]) for one in made.lines] == [
        (a.pk, "", "在家"), (None, "外来人", "县城"), (b.pk, "", "医院"),
    ]  # fmt: skip
    assert Record.objects.get(subject_kind="person", subject_id=b.pk).facts == {"whereabouts": "医院"}
