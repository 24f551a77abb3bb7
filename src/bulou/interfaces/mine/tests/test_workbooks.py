"""Reports from Excel: columns from what is asked, every row judged, nothing filed twice or for somebody else's village."""

from __future__ import annotations

import io
from uuid import uuid4

import pytest
import xlsxwriter

from bulou.interfaces.mine.cells import key_of
from bulou.modules.ledger.models import Record
from bulou.platform.sheets import services
from bulou.platform.sheets.services import verdict_of
from bulou.platform.sheets.spec import spec_of

pytestmark = pytest.mark.django_db


def _sheet(*rows):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet("健康")
        for line, row in enumerate(rows):
            page.write_row(line, 0, row)
    return stream.getvalue()


def _send(spec, by, now, *rows):
    return services.receive_upload(by=by, spec=spec, name="健康.xlsx", content=_sheet(*rows), once=uuid4(), now=now)


def test_a_list_is_judged_row_by_row_and_filed_once(owed, county, cast, now, monkeypatch):
    monkeypatch.setattr("bulou.platform.clock.now", lambda: now)
    by = cast.village_clerk.viewer
    spec = spec_of(key_of(owed.health.pk))
    rows = [
        ("姓名", "健康状况"),
        ("扎西达杰", "正常"),
        ("卓玛", "发热"),
        ("卓玛", "正常"),
        ("没有这人", "正常"),
        ("才让", "也许"),
    ]
    sent = _send(spec, by, now, *rows)
    verdict = verdict_of(sent, viewer=by, now=now)
    reasons = {row.number: [reason.code for reason in row.reasons] for row in verdict.rows if row.reasons}
    assert {number: codes for number, codes in reasons.items() if "mine" in codes[0]} == {
        4: ["mine.twice"],
        5: ["mine.nobody"],
    }
    assert set(reasons) == {4, 5, 6}
    assert Record.objects.count() == 0
    services.load_upload(by=by, upload=sent, only_good=True, version=sent.version, why="", now=now)
    filed = {record.subject_id: record.facts for record in Record.objects.all()}
    assert filed == {county.people_of(0)[0].pk: {"well": True}, county.people_of(0)[1].pk: {"well": False}}
    again = _send(spec, by, now, *rows[:3])
    assert {row.verdict for row in verdict_of(again, viewer=by, now=now).rows} == {"same"}
    neighbour = _send(spec, cast.neighbour.viewer, now, *rows[:2])
    found = verdict_of(neighbour, viewer=cast.neighbour.viewer, now=now)
    assert found.rows[0].values["person_id"] == county.people_of(2)[0].pk


def test_the_columns_are_what_the_regime_asks_and_a_slip_is_told(owed, cast, county, now, monkeypatch):
    monkeypatch.setattr("bulou.platform.clock.now", lambda: now)
    by, spec = cast.village_clerk.viewer, spec_of(key_of(owed.temperature.pk))
    assert [field.key for field in spec.fields] == ["name", "number", "well", "temperature", "whereabouts"]
    kin = county.people_of(0)[1].name
    sent = _send(
        spec, by, now, ("姓名", "健康", "体温", "所在地"), (kin, "正常", 365, "在家"), (kin, "正常", "36.5℃", "在家")
    )
    verdict = verdict_of(sent, viewer=by, now=now)
    assert [[reason.code for reason in row.reasons] for row in verdict.rows] == [["mine.no_such_number"], []]
    services.load_upload(by=by, upload=sent, only_good=True, version=sent.version, why="", now=now)
    assert Record.objects.get().facts == {"well": True, "temperature": 36.5, "whereabouts": "在家"}
