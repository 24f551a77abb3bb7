"""Bringing, publishing, closing forms; their files; their mapping; who may."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import Http404

from bulou.modules.collection.models import Form, FormVersion, Media, Submission
from bulou.modules.collection.queries import forms as queries
from bulou.modules.collection.services import forms
from bulou.modules.collection.services.judging import FormRefused, judge
from bulou.modules.collection.tests.sheets import SURVEY, book, daily
from bulou.modules.ledger.services.regimes import set_regime
from bulou.modules.operations.models import Operation
from bulou.platform.access.viewer import Viewer, system
from bulou.platform.journal.models import Line
from bulou.platform.refusals import Conflict, Forbidden, Refusal
from tests.kit.cast import Cast, County

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(cast: Cast) -> Viewer:
    return cast.chief.viewer


def bring(
    by: Viewer, operation: Operation, now: datetime, content: bytes | None = None, name: str = "daily.xlsx"
) -> forms.Brought:
    return forms.bring_form(by=by, operation=operation, name=name, content=content or daily(), now=now)


def codes(refused: pytest.ExceptionInfo[FormRefused]) -> list[str]:
    return [fault.code for fault in refused.value.faults]


def test_a_form_is_brought_as_a_draft_and_says_what_its_answers_mean(
    chief: Viewer, operation: Operation, now: datetime
) -> None:
    brought = bring(chief, operation, now)
    row = brought.version
    assert (brought.is_new, row.number, row.version, row.title, row.languages) == (
        True,
        1,
        "1",
        "每日报告",
        ["zh", "en"],
    )
    assert row.mapping == {
        "subject": {"kind": "person", "path": "who"}, "happened": {"path": "day"}, "facts": {"well": "well", "temperature": "t"},
    }  # fmt: skip
    assert (row.form.state, row.published_at) == (Form.State.DRAFT, None)
    assert list(Media.objects.filter(version=row).values_list("name", "entities")) == [("people.csv", "people")]
    assert Line.objects.filter(
        action="collection.form_brought", subjects=[row.form_id], actor_id=chief.user_id
    ).exists()
    assert b"bulou:fact" in bytes(row.xform)
    assert bytes(row.source).startswith(b"PK")


def test_the_same_again_changes_nothing_and_a_draft_is_replaced_until_something_was_sent(
    chief: Viewer, operation: Operation, now: datetime
) -> None:
    first = bring(chief, operation, now).version
    assert not bring(chief, operation, now).is_new
    other = [*SURVEY, ["note", "bye", "谢谢", "Thanks"]]
    again = bring(chief, operation, now, daily(survey=other)).version
    assert (again.pk, FormVersion.objects.count()) == (first.pk, 1)
    assert "bye" in [node["path"] for node in again.tree["questions"]]
    Submission.objects.create(
        instance_id="uuid:1",
        chain="uuid:1",
        version=again,
        form=again.form,
        digest=b"x",
        size=1,
        happened_at=now,
        received_at=now,
        source="openrosa",
    )
    with pytest.raises(FormRefused) as refused:
        bring(chief, operation, now)
    assert codes(refused) == ["version_taken"]


def test_a_published_version_never_changes(chief: Viewer, operation: Operation, now: datetime) -> None:
    row = forms.publish(by=chief, version_id=bring(chief, operation, now).version.pk, now=now)
    assert (row.published_at, row.form.state) == (now, Form.State.OPEN)
    assert forms.publish(by=chief, version_id=row.pk, now=now + timedelta(days=1)).published_at == now
    with pytest.raises(FormRefused) as refused:
        bring(chief, operation, now, daily(survey=[*SURVEY, ["note", "bye", "谢谢", "Thanks"]]))
    assert codes(refused) == ["version_taken"]
    assert refused.value.faults[0].says["next"] == "2"
    assert not bring(chief, operation, now).is_new
    for verb, given in ((forms.map_questions, {"mapping": {}}), (forms.add_media, {"name": "x.png", "content": b""})):
        with pytest.raises(Refusal, match="version_published"):
            verb(by=chief, version_id=row.pk, now=now, **given)
    second = bring(chief, operation, now, daily(version="2")).version
    assert (second.number, queries.current(row.form_id)) == (2, row)
    forms.publish(by=chief, version_id=second.pk, now=now)
    assert queries.current(row.form_id) == second


def test_an_older_draft_is_not_published_over_a_newer_version(
    chief: Viewer, operation: Operation, now: datetime
) -> None:
    old = bring(chief, operation, now).version
    forms.publish(by=chief, version_id=bring(chief, operation, now, daily(version="2")).version.pk, now=now)
    with pytest.raises(FormRefused) as refused:
        forms.publish(by=chief, version_id=old.pk, now=now)
    assert codes(refused) == ["older_than_current"]


def test_states_follow_each_other_and_every_move_is_in_the_journal(
    chief: Viewer, operation: Operation, now: datetime
) -> None:
    row = forms.publish(by=chief, version_id=bring(chief, operation, now).version.pk, now=now)
    form_id = row.form_id
    assert forms.begin_closing(by=chief, form_id=form_id, now=now, why="new one").state == "closing"
    assert forms.reopen(by=chief, form_id=form_id, now=now).state == "open"
    with pytest.raises(Refusal, match="no_such_move"):
        forms.retire(by=chief, form_id=form_id, now=now)
    with pytest.raises(Conflict):
        forms.close(by=chief, form_id=form_id, now=now, version=1)
    assert forms.close(by=chief, form_id=form_id, now=now).state == "closed"
    assert forms.retire(by=chief, form_id=form_id, now=now).state == "retired"
    assert forms.reopen(by=chief, form_id=form_id, now=now).state == "closed"
    actions = list(
        Line.objects.filter(subjects=[form_id], kind="collection.form").order_by("pk").values_list("action", flat=True)
    )
    assert actions == [
        f"collection.form_{word}"
        for word in ("brought", "published", "closing", "reopened", "closed", "retired", "reopened")
    ]


def test_only_those_who_may_and_only_in_their_operations(
    cast: Cast, county: County, operation: Operation, now: datetime
) -> None:
    for one in (cast.village_clerk, cast.auditor, cast.medic):
        with pytest.raises(Forbidden):
            bring(one.viewer, operation, now)
    operation.root = county.towns[0]
    operation.save()
    row = bring(cast.chief.viewer, operation, now).version
    outsider = cast.neighbour.viewer
    assert not queries.forms(outsider).filter(pk=row.form_id).exists()
    with pytest.raises(Http404):
        queries.version(outsider, row.pk)
    for verb in (forms.close, forms.retire, forms.reopen, forms.begin_closing):
        with pytest.raises((Forbidden, Http404)):
            verb(by=outsider, form_id=row.form_id, now=now)
    with pytest.raises((Forbidden, Http404)):
        forms.publish(by=outsider, version_id=row.pk, now=now)


def test_a_key_belongs_to_one_operation(chief: Viewer, operation: Operation, now: datetime) -> None:
    bring(chief, operation, now)
    other = Operation.objects.create(
        key="other", titles={"en": "Other"}, playbook="x", root=operation.root, level="x", started_at=now
    )
    with pytest.raises(FormRefused) as refused:
        bring(chief, other, now)
    assert codes(refused) == ["key_taken"]


def test_what_a_form_states_is_held_against_the_catalogue(chief: Viewer, operation: Operation, now: datetime) -> None:
    wrong = [row[:] for row in SURVEY]
    wrong[3][6], wrong[4][6] = "temperature", "no_such_fact"
    with pytest.raises(FormRefused) as refused:
        bring(chief, operation, now, daily(survey=wrong))
    found = {fault.code: fault.says for fault in refused.value.faults}
    assert set(found) == {"fact_kind", "fact_unknown"}
    assert (found["fact_unknown"]["sheet"], found["fact_unknown"]["row"]) == ("survey", "5")
    assert not FormVersion.objects.exists()
    assert not Form.objects.exists()


def test_a_list_form_says_its_repeat(chief: Viewer, operation: Operation, now: datetime) -> None:
    survey: list[list[object]] = [
        ["type", "name", "label", "bulou::subject", "bulou::fact"],
        ["text", "village", "Village", "place", ""],
        ["begin_repeat", "people", "People", "", ""],
        ["text", "who", "Number", "person", ""],
        ["text", "name", "Name", "name", ""],
        ["select_one yes_no", "well", "Well?", "", "well"],
        ["end_repeat", "", "", "", ""],
    ]
    row = bring(chief, operation, now, daily(survey=survey)).version
    assert row.mapping == {
        "subject": {"kind": "place", "path": "village"}, "facts": {},
        "list": {"repeat": "people", "subject": "people/who", "name": "people/name", "facts": {"well": "people/well"}},
    }  # fmt: skip


def test_a_form_that_names_nobody_is_about_who_fills_it(chief: Viewer, operation: Operation, now: datetime) -> None:
    survey: list[list[object]] = [
        ["type", "name", "label", "bulou::fact"],
        ["select_one yes_no", "well", "Well?", "well"],
    ]
    assert bring(chief, operation, now, daily(survey=survey)).version.mapping["subject"] == {
        "kind": "person",
        "self": True,
    }
    survey = [["type", "name", "label"], ["text", "wish", "Wish"]]
    assert bring(chief, operation, now, daily("wishes", survey=survey)).version.mapping["subject"] == {}


def test_a_bare_xform_is_mapped_on_the_page(chief: Viewer, operation: Operation, now: datetime) -> None:
    xml = bytes(bring(chief, operation, now).version.xform).replace(b'id="daily"', b'id="bare"')
    for word in (
        b' bulou:fact="well"',
        b' bulou:fact="temperature"',
        b' bulou:subject="person"',
        b' bulou:happened="yes"',
    ):
        xml = xml.replace(word, b"")
    row = bring(chief, operation, now, xml, "bare.xml").version
    assert (row.mapping, row.source) == ({"subject": {}, "facts": {}}, None)
    with pytest.raises(FormRefused) as refused:
        forms.map_questions(
            by=chief, version_id=row.pk, mapping={"facts": {"well": "gone", "temperature": "who"}}, now=now
        )
    assert sorted(codes(refused)) == ["fact_kind", "map_nowhere"]
    mapped = {"subject": {"kind": "person", "path": "who"}, "facts": {"well": "well"}}
    assert forms.map_questions(by=chief, version_id=row.pk, mapping=mapped, now=now).mapping == mapped


def with_towns(**more: Any) -> bytes:
    return daily(
        "towns", survey=[["type", "name", "label"], ["select_one_from_file towns.csv", "town", "Town"]], **more
    )


def test_lists_are_checked_and_a_form_waits_for_them(chief: Viewer, operation: Operation, now: datetime) -> None:
    row = bring(chief, operation, now, with_towns()).version
    with pytest.raises(FormRefused) as refused:
        forms.publish(by=chief, version_id=row.pk, now=now)
    assert codes(refused) == ["list_missing"]
    for name, content, code in (
        ("other.csv", b"name,label\n", "file_not_asked"), ("people.csv", b"name,label\n", "file_ours"), ("towns.csv", b"code,label\na,b\n", "file_columns"),
        ("towns.csv", b"\xff\xfe\x00", "file_no_list"), ("towns.csv", b"x" * (10 * 1024 * 1024 + 1), "file_too_large"),
        ("towns.csv", b"name,label\n" + b"a,b\n" * 50_001, "file_too_long"),
    ):  # fmt: skip
        with pytest.raises(Refusal, match=code):
            forms.add_media(by=chief, version_id=row.pk, name=name, content=content, now=now)
    assert not Media.objects.exists()
    forms.add_media(
        by=chief, version_id=row.pk, name="towns.csv", content="name,label\na,约改镇\n".encode("utf-8-sig"), now=now
    )
    forms.publish(by=chief, version_id=row.pk, now=now)
    assert Media.objects.get().content_type == "text/csv"


@pytest.mark.parametrize(
    ("survey", "expected"),
    [
        ([["type", "name", "label"], ["txt", "a", "A"]], ("x_type_unknown", "2", "type")),
        ([["type", "name", "label"], ["text", "a b", "A"]], ("x_names_008", "2", "name")),
        ([["type", "name", "label"], ["text", "a", "A"], ["text", "a", "B"]], ("x_names_001", "3", "name")),
        ([["type", "name", "label"], ["select_one gone", "a", "A"]], ("x_list_unknown", "2", "type")),
        ([["type", "name", "label"], ["begin_group", "g", "G"], ["text", "a", "A"]], ("x_survey_002", "2", "type")),
        ([["type", "name", "label", "relevant"], ["text", "a", "A", "${b} = 1"]], ("x_pyref_003", "2", "relevant")),
        ([["type", "name", "label", "calculation"], ["calculate", "a", "", ""]], ("x_no_calculation", "2", "calculation")),
        ([["type", "name", "label", "calculation"], ["calculate", "a", "", "1 +"]], ("bad_expression", "2", "calculation")),
        ([["type", "name", "label", "calculation"], ["calculate", "a", "", "nothing_like(1)"]], ("function_unknown", "2", "calculation")),
        ([["type", "name", "label", "relevant"], ["text", "a", "A", "${a} = 1"]], ("circle", None, None)),
        ([["type", "name", "name"], ["text", "a", "A"]], ("x_column_twice", "1", "name")),
        ([["name", "label"], ["a", "A"]], ("x_no_column", None, "type")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_sheet_row_and_column(
    operation: Operation, survey: list[list[object]], expected: tuple[str, str | None, str | None]
) -> None:
    found = judge(daily(survey=survey), "f.xlsx", operation_id=operation.pk).faults
    assert found
    places = [(fault.code, fault.says.get("row"), fault.says.get("column")) for fault in found]
    assert expected in places, places


def test_everything_that_can_be_seen_is_said_at_once(operation: Operation) -> None:
    survey: list[list[object]] = [
        ["type", "name", "label"],
        ["txet", "a", "A"],
        ["text", "", "B"],
        ["select_one gone", "c", "C"],
        ["text", "a", "D"],
    ]
    found = {fault.says.get("row") for fault in judge(daily(survey=survey), "f.xlsx", operation_id=operation.pk).faults}
    assert found >= {"2", "3", "4", "5"}


def test_a_file_that_is_no_form_is_refused_as_everywhere(operation: Operation) -> None:
    for content, name in ((b"", "a.xlsx"), (b"PK\x03\x04half", "a.xlsx"), (book(survey=SURVEY)[:300], "a.xlsx")):
        with pytest.raises(Refusal, match="sheets"):
            judge(content, name, operation_id=operation.pk)
    assert [fault.code for fault in judge(b"<html", "a.xml", operation_id=operation.pk).faults] == ["no_xml"]
    long = [["type", "name", "label"], *(["note", f"n{number}", "x"] for number in range(3_001))]
    assert [fault.code for fault in judge(daily(survey=long), "a.xlsx", operation_id=operation.pk).faults] == [
        "sheet_too_long"
    ]


def test_what_regimes_ask_and_no_form_states_is_known(chief: Viewer, operation: Operation, now: datetime) -> None:
    given = {"who": {"subject": "person"}, "minutes": 2}
    set_regime(
        by=system("test"),
        operation=operation,
        key="health",
        asks=["well", "movements"],
        calendar=None,
        now=now,
        since=now,
        about=given,
    )
    row = bring(chief, operation, now).version
    (found,) = queries.answering(operation.pk, beside=row)
    assert (found.lacking, found.by, found.minutes) == (("movements",), (), 2.0)
    forms.publish(by=chief, version_id=row.pk, now=now)
    other = bring(chief, operation, now, daily("second")).version
    assert queries.asked_twice(other) == [("每日报告", ("temperature", "well"))]


def test_a_file_with_the_wrong_ending_is_read_and_told(chief: Viewer, operation: Operation, now: datetime) -> None:
    row = bring(chief, operation, now, name="daily.xls").version
    assert [each["code"] for each in row.warnings] == ["file_misnamed"]
    assert not bring(chief, operation, now, daily("other"), "other.xlsx").version.warnings
    told = judge(bytes(row.xform), "form.xlsx", operation_id=operation.pk).warnings
    assert told[0].says == {"name": "form.xlsx", "kind": ".xml"}
