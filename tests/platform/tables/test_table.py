"""A table per request: what the address asks for, what it shows, whom it logs, and the sheet it becomes."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from django.test import RequestFactory
from django.utils import translation

from bulou.platform.access.viewer import Viewer
from bulou.platform.accounts.models import User
from bulou.platform.journal.models import Line, Look
from bulou.platform.tables import Choice, Column, Days, Flag, Search, Table, services
from bulou.platform.tables.sheet import sheet_response

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 9, 0, 5, tzinfo=UTC)


class Users(Table):
    key = "test.users"
    title = "Users: all/of them"
    order = "name"
    per_page = 3
    looks = "test.user"
    columns = (
        Column("name", "Name", value="display_name", sort="display_name", link=lambda row: f"/u/{row.username}"),
        Column(
            "state",
            "State",
            value=lambda row: "in" if row.is_active else "out",
            tone=lambda row: "good" if row.is_active else "bad",
        ),
        Column("seen", "Seen", value="last_login", kind="moment", sort="last_login"),
        Column("letters", "Letters", value=lambda row: len(row.display_name), kind="number"),
        Column("language", "Language", hidden=True, sort="language"),
        Column("number", "Number", value="pk", hidden=True, sort="pk"),
    )
    filters = (
        Search(by=lambda rows, words: rows.filter(display_name__icontains=words)),
        Choice("language", "Language", [("en", "English"), ("zh-hans", "Chinese")], field="language"),
        Days("seen", "Seen", field="last_login"),
        Flag("active", "Active", field="is_active"),
    )


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def viewer():
    return Viewer(make("viewer", "~viewer").pk, "Li Xiuying")


def make(username, name, **values):
    return User.objects.create(username=username, display_name=name, created_at=NOW, **values)


def table(viewer, query="", rows=None, kind=Users, htmx=False):
    request = RequestFactory().get(f"/users?{query}")
    request.viewer, request.now = viewer, NOW
    request.htmx = htmx
    return kind(request, User.objects.exclude(username="viewer") if rows is None else rows)


def names(made):
    return [row.display_name for row in made.shown.rows]


def follow(viewer, href, kind=Users):
    return table(viewer, href.split("?", 1)[1], kind=kind)


def test_the_first_page_is_the_table_s_own_order_and_leads_on(viewer):
    for name in "edcba":
        make(name, name)
    first = table(viewer)
    assert names(first) == ["a", "b", "c"]
    assert not first.shown.before_href
    second = follow(viewer, first.shown.after_href)
    assert names(second) == ["d", "e"]
    assert not second.shown.after_href
    back = follow(viewer, second.shown.before_href)
    assert names(back) == ["a", "b", "c"]
    assert not back.shown.before_href
    assert back.shown.after_href


def test_a_click_on_a_head_sorts_and_a_second_turns_it_round(viewer):
    make("a", "a", last_login=NOW)
    make("b", "b", last_login=NOW - timedelta(days=1))
    make("c", "c")
    heads = {head.column.key: head for head in table(viewer).shown.headers}
    assert heads["name"].sorted == "ascending"
    assert heads["state"].href == ""
    by_seen = follow(viewer, heads["seen"].href)
    assert names(by_seen) == ["b", "a", "c"]
    assert names(table(viewer, "sort=-number")) == ["c", "b", "a"]
    turned = follow(viewer, {head.column.key: head for head in by_seen.shown.headers}["seen"].href)
    assert names(turned) == ["a", "b", "c"]


def test_an_unknown_sort_falls_to_the_table_s_own_order(viewer):
    make("a", "a")
    assert table(viewer, "sort=password").sorted_by[0].key == "name"
    assert table(viewer, "sort=-state").sorted_by[0].key == "name"


def test_filters_narrow_and_are_kept_in_the_links(viewer):
    make("a", "anna", language="en")
    make("b", "berta", language="en", is_active=False)
    make("c", "anton")
    assert names(table(viewer, "q=an")) == ["anna", "anton"]
    assert names(table(viewer, "q=an&language=en")) == ["anna"]
    assert names(table(viewer, "active=0")) == ["berta"]
    assert names(table(viewer, "active=maybe")) == ["anna", "anton", "berta"]
    assert names(table(viewer, "language=klingon")) == []
    shown = table(viewer, "q=an&language=en&before=&other=1").shown
    assert "other=1" in shown.headers[0].href
    assert "q=an" in shown.headers[0].href
    assert shown.unfiltered_href == "/users?other=1"


def test_days_are_whole_local_days_both_included(viewer):
    make("a", "late evening of the 8th", last_login=datetime(2026, 3, 8, 15, 59, tzinfo=UTC))
    make("b", "first minute of the 9th", last_login=datetime(2026, 3, 8, 16, 0, tzinfo=UTC))
    make("c", "last minute of the 9th", last_login=datetime(2026, 3, 9, 15, 59, tzinfo=UTC))
    make("d", "first minute of the 10th", last_login=datetime(2026, 3, 9, 16, 0, tzinfo=UTC))
    assert names(table(viewer, "seen_from=2026-03-09&seen_to=2026-03-09&sort=seen")) == [
        "first minute of the 9th",
        "last minute of the 9th",
    ]
    assert len(names(table(viewer, "seen_from=no-day"))) == 3


def test_the_count_is_exact_while_it_is_cheap(viewer):
    for i in range(8):
        make(f"u{i}", f"u{i}")
    assert table(viewer).shown.count == "8"

    class Few(Users):
        COUNTED = 5

    assert table(viewer, kind=Few).shown.count == "5+"
    assert table(viewer, "q=u1", kind=Few).shown.count == "1"


def test_a_query_s_own_page_and_count_take_their_place(viewer):
    asked = []

    class Own(Users):
        def page(self, rows, window):
            asked.append(window)
            return super().page(rows, window)

        def count(self, rows):
            return 800_000

    for name in "abcd":
        make(name, name)
    shown = table(viewer, kind=Own).shown
    assert shown.count == "800,000"
    assert (asked[0].limit, asked[0].start, asked[0].sort) == (4, None, "display_name")


def test_a_page_of_sensitive_rows_logs_one_look_with_the_ids_shown(viewer):
    rows = [make(name, name) for name in "abcd"]
    made = table(viewer)
    assert len(made.shown.rows) == 3
    assert made.shown is made.shown
    (look,) = Look.objects.all()
    assert (look.kind, look.what, look.actor_id, look.why) == ("test.user", "list", viewer.user_id, "test.users")
    assert look.subjects == [row.pk for row in rows[:3]]


def test_nothing_shown_is_no_look(viewer):
    assert table(viewer, "q=nobody").shown.rows == []
    assert not Look.objects.exists()


def test_columns_are_those_asked_for_then_those_kept_then_the_table_s_own(viewer):
    def keys(made):
        return [column.key for column in made.shown_columns]

    assert keys(table(viewer)) == ["name", "state", "seen", "letters"]
    services.keep_columns(by=viewer, table="test.users", columns=["language", "name", "gone"])
    assert keys(table(viewer)) == ["name", "language"]
    assert keys(table(viewer, "columns=seen")) == ["seen"]
    assert keys(table(Viewer(make("x", "x").pk, "x"))) == ["name", "state", "seen", "letters"]
    services.keep_columns(by=viewer, table="test.users", columns=[])
    assert keys(table(viewer)) == ["name", "state", "seen", "letters"]


def test_cells_are_escaped_linked_and_toned(viewer):
    make("a", "<b>")
    ((address, cells),) = table(viewer).shown.lines()
    assert address == "/u/a"
    assert cells[0].html == '<a href="/u/a">&lt;b&gt;</a>'
    assert "tag-good" in cells[1].html
    assert cells[2].html == "—"


def test_the_part_for_htmx_is_the_table_alone(viewer, client):
    make("a", "a")
    made = table(viewer, htmx=type("Htmx", (), {"target": "table-test-users", "__bool__": lambda self: True})())
    response = made.answer("pages/wrong.html")
    text = response.content.decode()
    assert text.startswith('<div class="table-part" id="table-test-users"')
    assert "<html" not in text
    assert "HX-Request" in response.headers["Vary"]
    assert "no-store" in response.headers["Cache-Control"]


def sheet(made):
    return openpyxl.load_workbook(io.BytesIO(b"".join(sheet_response(made).streaming_content)))


def test_the_sheet_holds_every_row_of_the_filter_in_the_page_s_order(viewer):
    for name in "edcba":
        make(name, name, last_login=NOW if name == "a" else None)
    make("z", "zz")
    book = sheet(table(viewer, "q=&sort=-name&language=zh-hans"))
    first = book.worksheets[0]
    assert first.title == "Users- all-of them"
    assert [cell.value for cell in first[1]] == ["Name", "State", "Seen", "Letters"]
    assert [row[0].value for row in first.iter_rows(min_row=2)] == ["zz", "e", "d", "c", "b", "a"]
    assert first["C7"].value == datetime(2026, 3, 9, 8, 5)  # noqa: DTZ001 (Excel knows no time zone)
    assert first["D2"].value == 2
    assert first.freeze_panes == "A2"


@pytest.mark.parametrize("name", ["=1+1", "+49 30", "-5", "@SUM(A1)", "\t=1", "http://evil.example", "007", "𠮷野"])
def test_strings_stay_strings_whatever_they_begin_with(viewer, name):
    make("a", name)
    response = sheet_response(table(viewer))
    data = b"".join(response.streaming_content)
    cell = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (name, "s", None)
    assert "<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()


def test_the_sheet_says_what_it_is_and_the_journal_that_it_went_out(viewer):
    rows = [make(name, name) for name in "abcd"]
    book = sheet(table(viewer, "q=a"))
    notes = {row[0].value: row[1].value for row in book.worksheets[-1].iter_rows()}
    assert notes["As of"] == "2026-03-09 08:05"
    assert notes["Filter"] == "Search = a"
    assert (notes["Rows"], notes["Exported by"]) == ("1", "Li Xiuying")
    line = Line.objects.get(action="tables.exported")
    assert (line.actor_id, line.data) == (viewer.user_id, {"table": "test.users", "rows": 1, "filtered_by": ["q"]})
    assert [(look.what, look.subjects) for look in Look.objects.all()] == [("export", [rows[0].pk])]


def filled(made):
    return [len(list(one.iter_rows(min_row=2))) for one in sheet(made).worksheets[:-1]]


def test_a_sheet_of_nothing_still_has_its_head(viewer):
    book = sheet(table(viewer, "q=nobody"))
    assert [cell.value for cell in book.worksheets[0][1]] == ["Name", "State", "Seen", "Letters"]


def test_a_sheet_too_long_for_excel_goes_on_the_next(viewer, monkeypatch):
    from bulou.platform.tables import sheet as module

    monkeypatch.setattr(module, "SHEET_ROWS", 2)
    for name in "abcde":
        make(name, name)
    assert filled(table(viewer)) == [2, 2, 1]
    assert filled(table(viewer, "language=zh-hans&q=a")) == [1]
    make("f", "f")
    assert filled(table(viewer)) == [2, 2, 2]


def test_the_file_is_named_after_the_table_and_the_moment(viewer):
    header = sheet_response(table(viewer)).headers["Content-Disposition"]
    assert "2026-03-09-0805.xlsx" in header
    assert not re.search(r"[/\\]", header)


def test_a_day_without_time_is_a_day_in_excel():
    from bulou.platform.tables.columns import sheet_value

    assert sheet_value(date(2026, 3, 9), "day") == date(2026, 3, 9)
    assert sheet_value(True, "yes_no") == "Yes"
    assert sheet_value(None, "yes_no") is None
    assert sheet_value(["a", "b"], "list") == "a, b"
