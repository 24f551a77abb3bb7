"""What goes out: CSV that no spreadsheet runs, Excel, GeoJSON, repeats, files; in scope, logged, without what is sensitive unless asked for."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from bulou.modules.collection.models import Form, FormVersion, Submission
from bulou.modules.collection.rules.columns import geometry, harmless
from bulou.platform.journal.models import Line, Look
from tests.kit.cast import Cast, County
from tests.kit.collection import TREE, attach, submit, version_of

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
SAID: dict[str, Any] = {
    "person_id": "P000001", "health/temperature": "-5.5", "health/symptoms": "fever cough", "photo": "a.jpg", "where": "34.1 95.8 4200 5",
    "people": [{"people/name": "=cmd|' /C calc'!A0", "people/age": "3"}, {"people/name": "卓玛"}],
}  # fmt: skip


@pytest.fixture
def version(form: Form, now: datetime) -> FormVersion:
    return version_of(form, now)


@pytest.fixture
def sent(version: FormVersion, county: County, now: datetime) -> Submission:
    return submit(
        version, now=now, subject_kind="person", subject_id=county.people_of(0)[0].pk, answers=SAID, secret={"health/test_result": "positive"},
        sender_name="=1+1",
    )  # fmt: skip


@pytest.fixture
def chief(client: Any, cast: Cast) -> Any:
    client.force_login(cast.chief.user, backend=BACKEND)
    return client


def get(client: Any, form: int, kind: str, **query: Any) -> bytes:
    response = client.get(reverse("collection:export", args=[form]), {"as": kind, **query})
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def rows_of(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


def test_csv_holds_the_answers_and_runs_nowhere(chief: Any, sent: Submission) -> None:
    (row,) = rows_of(get(chief, sent.form_id, "csv"))
    assert row["instance_id"] == sent.instance_id
    assert row["received_at"].startswith("2020-01-26 10:00:00"), "as the county's clocks show it"
    assert row["sender"] == "'=1+1"
    assert row["health-temperature"] == "-5.5", "a number below zero is no formula"
    assert row["state"] == "received"
    assert "health-test_result" not in row
    assert "positive" not in str(row)


def test_by_copy_or_through_python_it_is_the_same_file(chief: Any, sent: Submission, now: datetime) -> None:
    submit(
        sent.version,
        now=now,
        answers={"person_id": 'a "b",\nc', "health/temperature": "@x", "photo": "+1"},
        is_held=True,
    )
    submit(sent.version, now=now, xml=b"x", answers={"person_id": "\t=x"}, is_test=True)
    fast, slow = (rows_of(get(chief, sent.form_id, "csv", **more)) for more in ({}, {"labels": "1"}))
    assert [list(row.values())[4:6] for row in fast] != []
    words = {"temperature": "体温", "person_id": "人员编号"}
    assert [row["health-temperature"] for row in fast] == [row[words["temperature"]] for row in slow]
    assert [row["person_id"] for row in fast] == [row[words["person_id"]] for row in slow]
    assert [row["state"] for row in fast] == [row["state"] for row in slow]
    assert slow[0]["症状"] == "发热、咳嗽"


def test_who_exported_whom_is_in_the_journal(chief: Any, sent: Submission) -> None:
    get(chief, sent.form_id, "csv", place="")
    assert Look.objects.get(what="export").subjects == [sent.subject_id]
    line = Line.objects.get(action="collection.exported")
    assert (line.subjects, line.data["as"], line.data["opened"]) == ([sent.form_id], "csv", False)


def test_the_neighbour_exports_nothing_of_ours(client: Any, cast: Cast, sent: Submission) -> None:
    client.force_login(cast.neighbour.user, backend=BACKEND)
    for kind in ("csv", "zip", "xlsx", "geojson", "files"):
        assert b"P000001" not in get(client, sent.form_id, kind)
    assert rows_of(get(client, sent.form_id, "csv")) == []
    client.force_login(cast.auditor.user, backend=BACKEND)
    assert client.get(reverse("collection:export", args=[sent.form_id])).status_code == 403


def test_repeats_are_files_of_their_own(chief: Any, sent: Submission) -> None:
    archive = zipfile.ZipFile(io.BytesIO(get(chief, sent.form_id, "zip")))
    people = rows_of(archive.read("people.csv"))
    assert [(row["instance_id"], row["round"]) for row in people] == [(sent.instance_id, "1"), (sent.instance_id, "2")]
    assert people[0]["people-name"].startswith("'=cmd")
    assert people[1]["people-name"] == "卓玛"
    notes = archive.read("notes.csv").decode()
    assert "1" in notes
    assert "Daily health report" in notes


def test_excel_has_a_sheet_for_each_repeat_and_notes(chief: Any, sent: Submission) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(get(chief, sent.form_id, "xlsx", labels="1")))
    assert len(book.sheet_names) == 3
    head, row = book.get_sheet_by_index(0).to_python()[:2]
    said = dict(zip(head, row, strict=True))
    assert said["体温"] == -5.5
    assert said["sender"] == "=1+1", "text stays text in a workbook"
    assert book.get_sheet_by_index(1).to_python()[1][2].startswith("=cmd")


def test_a_place_becomes_a_feature_longitude_first(chief: Any, sent: Submission, now: datetime) -> None:
    submit(sent.version, now=now, answers={"where": "nowhere"})
    said = json.loads(get(chief, sent.form_id, "geojson"))
    (feature,) = said["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [95.8, 34.1, 4200.0]}
    assert feature["properties"]["person_id"] == "P000001"
    assert "positive" not in json.dumps(said)


def test_sensitive_answers_go_out_for_a_logged_reason_only(
    chief: Any, client: Any, cast: Cast, sent: Submission
) -> None:
    address = reverse("collection:export_opened", args=[sent.form_id])
    assert chief.post(address, {"once": uuid4(), "kind": "csv", "why": ""}).status_code == 422
    response = chief.post(address, {"once": uuid4(), "kind": "csv", "why": "court order"})
    (row,) = rows_of(b"".join(response.streaming_content))
    assert row["health-test_result"] == "positive"
    assert Line.objects.get(action="collection.exported").why == "court order"
    assert Look.objects.get(what="export").why == "court order"
    client.force_login(cast.village_clerk.user, backend=BACKEND)
    assert client.post(address, {"once": uuid4(), "kind": "csv", "why": "curious"}).status_code == 403


def test_files_come_as_a_zip_that_names_nothing_outside_itself(chief: Any, sent: Submission, now: datetime) -> None:
    attach(sent, "a.jpg", b"one", now=now)
    other = submit(sent.version, now=now, instance_id="../../etc/x")
    attach(other, "../passwd", b"two", now=now)
    archive = zipfile.ZipFile(io.BytesIO(get(chief, sent.form_id, "files")))
    names = [name for name in archive.namelist() if name != "notes.txt"]
    assert archive.read(names[0]) == b"one"
    assert archive.read(names[1]) == b"two"
    assert not any(".." in name or name.startswith("/") for name in names)


def test_several_versions_make_one_table(chief: Any, sent: Submission, form: Form, now: datetime) -> None:
    tree = {
        **TREE,
        "questions": [*TREE["questions"][:2], {"path": "fresh", "name": "fresh", "kind": "text", "label": {}}],
    }
    submit(version_of(form, now, name="2", tree=tree), now=now, answers={"fresh": "yes", "person_id": "P2"})
    rows = rows_of(get(chief, sent.form_id, "csv"))
    assert [(row["version"], row["fresh"], row["photo"]) for row in rows] == [("1", "", "a.jpg"), ("2", "yes", "")]


def test_the_filters_of_the_register_hold(chief: Any, sent: Submission, county: County, now: datetime) -> None:
    submit(sent.version, now=now, subject_kind="person", subject_id=county.people_of(1)[0].pk)
    assert len(rows_of(get(chief, sent.form_id, "csv", place=county.villages[0].pk))) == 1
    assert "=" in str(Line.objects.get(action="collection.exported").data["filtered_by"])


@pytest.mark.parametrize(("text", "safe"), [("=1", "'=1"), ("+1", "+1"), ("-1.5", "-1.5"), ("-1-1", "'-1-1"), ("@a", "'@a"), ("\ta", "'\ta"), ("a=", "a="), ("", "")])  # fmt: skip
def test_what_would_run_gets_an_apostrophe(text: str, safe: str) -> None:
    assert harmless(text) == safe


def test_traces_and_shapes_close_and_wrong_ones_are_none() -> None:
    assert geometry("geotrace", "1 2;3 4") == {"type": "LineString", "coordinates": [[2.0, 1.0], [4.0, 3.0]]}
    shape = geometry("geoshape", "1 2;3 4;5 6")
    assert shape is not None
    assert shape["coordinates"][0][0] == shape["coordinates"][0][-1]
    assert geometry("geopoint", "91 0") is None
    assert geometry("geopoint", "x") is None
