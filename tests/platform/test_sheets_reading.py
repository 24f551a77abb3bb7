"""Files as people really send them."""

from __future__ import annotations

import datetime
import io
import zipfile

import openpyxl
import pytest

from bulou.platform.refusals import Refusal
from bulou.platform.sheets import fields as f
from bulou.platform.sheets import layout as layouts
from bulou.platform.sheets.reading import OLE, Sheet, read

FIELDS = (
    f.Field("name", "Name", f.text(), aliases=("姓名",), is_required=True),
    f.Field("village", "Village", f.text(), aliases=("村", "所在村", "行政村")),
    f.Field("phone", "Phone", f.text(20), aliases=("电话", "联系电话", "手机")),
    f.Field("home", "Home address", f.text(), aliases=("户籍地址",)),
)


def workbook(rows: list[list[object]], merge: tuple[str, ...] = ()) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    for row in rows:
        page.append(row)
    for cells in merge:
        page.merge_cells(cells)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def only_sheet(content: bytes, name: str = "a.xlsx") -> Sheet:
    return read(content, name).sheets[0]


def test_a_title_two_header_rows_and_merged_cells_are_understood() -> None:
    content = workbook(
        [
            ["约改镇返乡人员登记表", None, None, None],
            ["序号", "基本情况", None, "所在村"],
            [None, "姓名", "联系电话", None],
            [1, "扎西", "10012345678", "岗当村"],
            [2, "卓玛", 10012345679, None],
            [3, "尕玛", None, "长江村"],
            ["合计", 3, None, None],
        ],
        ("A1:D1", "B2:C2", "A2:A3", "D2:D3", "D4:D5"),
    )
    sheet = only_sheet(content)
    layout, mapping = layouts.propose(sheet, FIELDS)
    assert (layout.first, layout.depth) == (1, 2)
    assert mapping == {1: "name", 2: "phone", 3: "village"}
    below = layouts.body(sheet, layout)
    assert [number for number, _ in below.rows] == [4, 5, 6]
    assert [row[3] for _, row in below.rows] == ["岗当村", "岗当村", "长江村"], (
        "a merged village holds for all its rows"
    )
    assert below.left_out == [7], "the total is told, not loaded"


def test_a_remembered_mapping_wins_over_headings() -> None:
    sheet = only_sheet(workbook([["甲", "乙"], ["扎西", "岗当村"]]))
    layout, nothing = layouts.propose(sheet, FIELDS)
    remembered = {layouts.Layout(0, 1, ("甲", "乙")).signature: {0: "name", 1: "village"}}
    assert nothing == {}
    assert layouts.propose(sheet, FIELDS, remembered)[1] == {0: "name", 1: "village"}
    assert layout.signature in remembered


def test_headings_are_matched_by_whole_name_before_part_of_it() -> None:
    assert layouts.match(["户籍地址/村", "村", "姓名（必填）"], FIELDS) == {0: "home", 1: "village", 2: "name"}


def test_a_formula_without_a_result_is_not_taken_for_an_empty_cell() -> None:
    sheet = only_sheet(workbook([["姓名", "电话"], ["=A9&A10", "1"]]))
    assert (1, 0) in sheet.blind_formulas
    row = f.parse_row(2, {"name": "", "phone": "1"}, FIELDS, frozenset({"name"}))
    assert [reason.code for reason in row.reasons] == ["sheets.formula_without_value"]


def xls_named_xlsx() -> bytes:
    return bytes.fromhex("D0CF11E0A1B11AE1") + b"\x00" * 600


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "sheets.empty"),
        (b"hello", "sheets.not_a_sheet"),
        (b"<html><body>,</body></html>", "sheets.not_a_sheet"),
        (b"%PDF-1.7\x00\x01,", "sheets.not_a_sheet"),
        (workbook([["姓名"], ["扎西"]])[:3000], "sheets.cut_off"),
        (xls_named_xlsx(), "sheets.cut_off"),
        (workbook([]), "sheets.no_rows"),
        (b"\xff\xfe\xff\xff", "sheets.not_a_sheet"),
    ],
    ids=["empty", "text", "html", "pdf", "half", "half an xls", "nothing in it", "letters"],
)
def test_what_cannot_be_read_gets_its_own_sentence(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read(content, "表.xlsx")
    assert refused.value.code == code
    assert refused.value.sentence.endswith("。")


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(7):
            archive.writestr(f"xl/worksheets/sheet{n}.xml", b"0" * 100_000_000)
    with pytest.raises(Refusal) as refused:
        read(stream.getvalue(), "a.xlsx")
    assert refused.value.code == "sheets.unpacks_too_large"


def test_a_csv_in_gb18030_keeps_a_character_that_gbk_lacks() -> None:
    sheet = only_sheet("姓名,村\n扎西,\U00020cef村\n".encode("gb18030"), "a.csv")
    assert sheet.rows[1] == ["扎西", "\U00020cef村"]


def test_a_ten_megabyte_cell_is_refused_and_the_other_rows_are_not() -> None:
    content = ("姓名,村\n扎西," + "长" * 3_400_000 + "\n卓玛,岗当村\n").encode()
    sheet = only_sheet(content, "a.csv")
    layout, mapping = layouts.propose(sheet, FIELDS)
    rows = [
        f.parse_row(n, {mapping[c]: row[c] for c in mapping}, FIELDS, frozenset())
        for n, row in layouts.body(sheet, layout).rows
    ]
    assert [[reason.code for reason in row.reasons] for row in rows] == [["sheets.cell_too_long"], []]


@pytest.mark.parametrize(
    "cell",
    [
        datetime.date(2026, 1, 2),
        datetime.datetime.fromisoformat("2026-01-02T00:00:00"),
        "2026-01-02",
        "2026/1/2",
        "2026.1.2",
        "20260102",
        "2026年1月2日",
        "２０２６－1-2".replace("－", "-"),
    ],
)
def test_a_day_is_read_however_it_is_written(cell: object) -> None:
    assert f.day()(cell) == datetime.date(2026, 1, 2)  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["2026-02-30", "43831", "昨天", "1-2-2026", "9999-01-01"])
def test_what_is_not_a_day_is_told(cell: str) -> None:
    with pytest.raises(Refusal):
        f.day()(cell)


def test_an_identity_number_kept_by_excel_as_a_number_loses_no_digit_it_has() -> None:
    assert f.plain(13800001111.0) == "13800001111"
    assert f.plain("３７０９２１") == "370921"


def test_several_faults_of_a_row_are_all_told() -> None:
    row = f.parse_row(5, {"name": "", "village": "x" * 100, "phone": "1\x07"}, FIELDS, frozenset())
    assert sorted(reason.code for reason in row.reasons) == [
        "sheets.control_character",
        "sheets.required",
        "sheets.too_long",
    ]


@pytest.mark.parametrize(("cell", "number"), [("1,377", 1377), (12.0, 12), ("581人", 581), ("0", 0)])
def test_numbers_as_people_write_them(cell: object, number: int) -> None:
    assert f.whole_number()(cell) == number  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["-1", "1.5", "约300", "9" * 15])
def test_what_is_not_a_whole_number_is_told(cell: str) -> None:
    with pytest.raises(Refusal):
        f.whole_number()(cell)


def test_a_file_the_reader_itself_stumbles_over_is_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        """What calamine raises where it meets something it did not think of."""

    def stumble(_file: object) -> None:
        raise PanicException

    monkeypatch.setattr(
        "bulou.platform.sheets.reading.CalamineWorkbook", type("Book", (), {"from_filelike": staticmethod(stumble)})
    )
    with pytest.raises(Refusal, match=r"sheets\.cut_off"):
        read(OLE + b"x", "a.xls")
