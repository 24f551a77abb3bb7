"""A file is judged, shown, corrected, loaded whole or given back: never in part, never twice, never another's."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import openpyxl
import pytest
from django.http import Http404
from python_calamine import CalamineWorkbook

from bulou.platform.access.viewer import Grant, Viewer
from bulou.platform.accounts.models import User
from bulou.platform.journal.models import Line
from bulou.platform.manifest import Manifest, _hung
from bulou.platform.refusals import Conflict, Forbidden, Refusal
from bulou.platform.sheets import fields as f
from bulou.platform.sheets import queries, services, showing, writing
from bulou.platform.sheets.models import State, Upload
from bulou.platform.sheets.spec import CHANGE, NEW, SAME, ImportSpec, spec_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 15, 2, tzinfo=UTC)
CHIEF = Viewer(7, "Chief", (Grant("chief"),))
CLERK = Viewer(8, "Clerk", (Grant("village_clerk"),))
OFFICER = Viewer(9, "Officer", (Grant("checkpoint_officer"),))


def judge(rows: list[f.Row], viewer: Viewer, now: datetime) -> None:
    known = dict(User.objects.values_list("username", "display_name"))
    for row in rows:
        said = known.get(row.values["username"])
        row.verdict = NEW if said is None else SAME if said == row.values["title"] else CHANGE
        if row.values["username"] == "somebody-elses":
            row.reasons.append(f.Reason("username", "toy.out_of_scope", "Not in your place."))


def load(rows: list[f.Row], by: Viewer, now: datetime, why: str) -> int:
    for row in rows:
        User.objects.update_or_create(
            username=row.values["username"],
            defaults={"display_name": row.values["title"]},
            create_defaults={"display_name": row.values["title"], "created_at": now},
        )
        if row.values["title"] == "fail":
            raise RuntimeError("the loader broke")
    return len(rows)


TOY = ImportSpec(
    key="toy.users",
    title="Toys",
    permission="sheets.import_rows",
    fields=(
        f.Field("username", "Log-in name", f.text(20), aliases=("账号",), is_required=True),
        f.Field("title", "Name", f.text(20), aliases=("姓名",), is_required=True),
    ),
    judge=judge,
    load=load,
)


@pytest.fixture(autouse=True)
def toy() -> Iterator[None]:
    _hung["toy"] = Manifest(name="toy", title="Toy", extras={"imports": (TOY,)})
    yield
    del _hung["toy"]


def sheet(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def sent(*rows: tuple[object, ...], by: Viewer = CHIEF, once: UUID | None = None) -> Upload:
    content = sheet(("账号", "姓名"), *rows)
    return services.receive_upload(by=by, spec=TOY, name="名单.xlsx", content=content, once=once or uuid4(), now=NOW)


def load_it(upload: Upload, *, only_good: bool = False, by: Viewer = CHIEF) -> Upload:
    return services.load_upload(
        by=by, upload=upload, only_good=only_good, version=upload.version, why="roll call", now=NOW
    )


def test_nothing_is_loaded_before_it_is_said_so_and_then_all_of_it() -> None:
    upload = sent(("a", "甲"), ("b", "乙"))
    assert upload.counts == {"new": 2, "change": 0, "same": 0, "bad": 0, "left_out": 0}
    assert not User.objects.exists()
    done = load_it(upload)
    assert (done.state, done.loaded_rows) == (State.LOADED, 2)
    assert list(User.objects.order_by("username").values_list("display_name", flat=True)) == ["甲", "乙"]
    assert Line.objects.filter(action="sheets.upload_loaded").get().why == "roll call"


def test_good_rows_go_in_and_bad_rows_come_back_with_their_reasons() -> None:
    upload = sent(("a", "甲"), ("somebody-elses", "乙"), ("", "丙"))
    with pytest.raises(Refusal, match=r"sheets\.bad_rows"):
        load_it(upload)
    done = load_it(upload, only_good=True)
    assert (done.loaded_rows, done.returned_rows) == (1, [3, 4])
    page, layout, verdict = showing.judged(done, CHIEF, NOW)
    back = writing.bad_rows(TOY, page, layout, verdict, done.returned_rows)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(back)).get_sheet_by_index(0).to_python()
    assert [row[:3] for row in rows[1:]] == [["somebody-elses", "乙", 3.0], ["", "丙", 4.0]]
    assert "Not in your place." in rows[1][3]
    assert "Log-in name" in rows[2][3]


def test_a_file_given_back_can_be_mended_and_sent_again() -> None:
    done = load_it(sent(("a", "甲"), ("", "丙")), only_good=True)
    page, layout, verdict = showing.judged(done, CHIEF, NOW)
    book = openpyxl.load_workbook(io.BytesIO(writing.bad_rows(TOY, page, layout, verdict, done.returned_rows)))
    book.active["A2"] = "c"
    stream = io.BytesIO()
    book.save(stream)
    again = services.receive_upload(
        by=CHIEF, spec=TOY, name="退回.xlsx", content=stream.getvalue(), once=uuid4(), now=NOW
    )
    assert (again.counts["new"], again.counts["bad"]) == (1, 0)


def test_loading_twice_and_sending_twice_change_nothing() -> None:
    once = uuid4()
    upload = sent(("a", "甲"), once=once)
    assert sent(("a", "甲"), once=once).pk == upload.pk
    load_it(upload)
    lines = Line.objects.count()
    assert load_it(upload).loaded_rows == 1
    assert Line.objects.count() == lines


def test_a_register_that_moved_since_the_verdict_is_not_loaded_over() -> None:
    upload = sent(("a", "甲"))
    User.objects.create(username="a", display_name="别人", created_at=NOW)
    with pytest.raises(Conflict, match=r"sheets\.moved"):
        load_it(upload)
    again = services.judge_again(by=CHIEF, upload=upload, now=NOW)
    assert again.counts["change"] == 1
    assert load_it(again).loaded_rows == 1


def test_two_windows_on_one_import() -> None:
    upload = sent(("a", "甲"))
    changed = services.map_upload(
        by=CHIEF, upload=upload, sheet=0, first=0, depth=1, mapping={0: "username"}, version=1, now=NOW
    )
    with pytest.raises(Conflict):
        services.map_upload(
            by=CHIEF, upload=upload, sheet=0, first=0, depth=1, mapping={1: "title"}, version=1, now=NOW
        )
    assert changed.counts["bad"] == 1, "a needed column without a heading makes every row bad"


def test_a_loader_that_breaks_leaves_no_row_behind() -> None:
    upload = sent(("a", "甲"), ("b", "fail"), ("c", "丙"))
    with pytest.raises(RuntimeError):
        load_it(upload)
    upload.refresh_from_db()
    assert upload.state == State.JUDGED
    assert not User.objects.exists()


def test_a_confirmed_mapping_is_remembered_for_the_same_headings() -> None:
    content = sheet(("甲列", "乙列"), ("a", "甲"))
    first = services.receive_upload(by=CHIEF, spec=TOY, name="x.xlsx", content=content, once=uuid4(), now=NOW)
    assert first.mapping == {}
    mapped = services.map_upload(
        by=CHIEF, upload=first, sheet=0, first=0, depth=1, mapping={0: "username", 1: "title"}, version=1, now=NOW
    )
    load_it(mapped)
    second = services.receive_upload(
        by=CHIEF, spec=TOY, name="y.xlsx", content=sheet(("甲列", "乙列"), ("b", "乙")), once=uuid4(), now=NOW
    )
    assert (second.mapping, second.counts["new"]) == ({"0": "username", "1": "title"}, 1)


def test_somebody_elses_file_does_not_exist_and_a_role_without_imports_is_refused() -> None:
    upload = sent(("a", "甲"))
    with pytest.raises(Http404):
        queries.upload(CLERK, upload.pk)
    assert queries.upload(CHIEF, upload.pk) == upload
    with pytest.raises(Forbidden):
        sent(("a", "甲"), by=OFFICER)
    with pytest.raises(Http404):
        spec_of("no.such")


def test_what_was_sent_is_encrypted_and_goes_when_its_time_is_over() -> None:
    upload = sent(("a", "姓名在此"))
    assert "姓名在此".encode() not in bytes(upload.content)
    services.drop_upload(by=CHIEF, upload=upload, now=NOW)
    upload.refresh_from_db()
    assert (upload.state, upload.content) == (State.DROPPED, None)
    with pytest.raises(Refusal, match=r"sheets\.content_gone"):
        services.open_upload(upload)
    old = sent(("b", "乙"))
    assert services.clear_expired(now=NOW + timedelta(days=8)) == 1
    old.refresh_from_db()
    assert old.content is None


def test_two_columns_cannot_hold_one_field() -> None:
    upload = sent(("a", "甲"))
    with pytest.raises(Refusal, match=r"sheets\.mapped_twice"):
        services.map_upload(
            by=CHIEF, upload=upload, sheet=0, first=0, depth=1, mapping={0: "title", 1: "title"}, version=1, now=NOW
        )


def test_the_verdict_page_shows_rows_reasons_and_samples() -> None:
    upload = sent(*[(f"u{n}", "甲") for n in range(150)], ("", "乙"))
    page = showing.verdict_page(upload, CHIEF, NOW, {})
    assert page["show"] == "bad"
    assert [row["number"] for row in page["rows"]] == [152]
    new = showing.verdict_page(upload, CHIEF, NOW, {"show": "new"})
    assert (len(new["rows"]), new["next_from"]) == (100, 102)
    assert page["mapping_rows"][0][:2] == ("账号", "u0 · u1 · u2")
    assert [showing.letter(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_the_template_is_understood_by_the_import_it_is_for() -> None:
    book = openpyxl.load_workbook(io.BytesIO(writing.template(TOY)))
    book.active.append(["a", "甲"])
    stream = io.BytesIO()
    book.save(stream)
    upload = services.receive_upload(
        by=CHIEF, spec=TOY, name="t.xlsx", content=stream.getvalue(), once=uuid4(), now=NOW
    )
    assert upload.counts["new"] == 1
