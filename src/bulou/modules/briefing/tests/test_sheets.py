"""The superior's form from the upload to the filled file: what is counted, what opens, what is refused, what is filled by itself."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.utils import ProgrammingError
from django.urls import reverse
from django.utils import translation

from bulou.modules.alerts.models import Alert
from bulou.modules.briefing import services
from bulou.modules.briefing.exports import sheets as exports
from bulou.modules.briefing.models import Sheet, SheetFile, SheetFilling, SheetMapping
from bulou.modules.briefing.module import fill
from bulou.modules.briefing.queries.sheets import catalogue, filling, kept
from bulou.modules.briefing.rules import fillers
from bulou.modules.briefing.rules.fillers import Mapped
from bulou.modules.briefing.tests import reporting
from bulou.modules.briefing.tests.book import BOOK
from bulou.modules.briefing.tests.superior import OTHER, TAB, opened, superior_form
from bulou.modules.ledger.queries import trees
from bulou.modules.ledger.services import end_regime
from bulou.modules.operations.services import activate_operation
from bulou.platform.access.viewer import system
from bulou.platform.journal.models import Line
from bulou.platform.refusals import Conflict, Forbidden, Refusal

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TOWNS = ("约改镇", "巴干乡")
BASE = "http://testserver"
BACKEND = "django.contrib.auth.backends.ModelBackend"
BY = system("tests")


@pytest.fixture
def operation(county, cast, now) -> Any:
    since = reporting.MIDNIGHT - timedelta(days=1)
    found = activate_operation(by=BY, key="small", text=BOOK, level="watch", why="tests", now=since)
    reporting.morning(reporting.begin(found, county, since=since), county)
    return found


@pytest.fixture
def sheet(cast, operation, now) -> Sheet:
    how = {
        "name": "日报",
        "wanted_by": "市指挥部",
        "due": "每日17时前",
        "fill_at": time(9, 20),
        "file_name": "日报表.xlsx",
    }
    early = now - 2 * HOUR
    return services.add_sheet(by=cast.chief.viewer, operation=operation, content=superior_form(TOWNS), now=early, **how)


def standing(cell: str, what: str, **given: Any) -> Mapped:
    return Mapped(TAB, cell, fillers.STANDING, {"standing": what, "regimes": ["staff"], **given})


def town(county, number: int) -> dict[str, Any]:
    return {"by": "place", "node": county.towns[number].pk}


def map_all(cast, county, sheet, at) -> SheetMapping:
    """What a person confirms of the form: both towns, the day, the county, and figures of other kinds."""
    chosen = []
    for row, number in ((6, 0), (7, 1)):
        for column, what in (("C", "expected"), ("D", "actual"), ("E", "missing")):
            chosen.append(standing(f"{column}{row}", what, **town(county, number)))
        rate = {"rate": "reporting_rate", "regimes": ["staff"], **town(county, number)}
        chosen.append(Mapped(TAB, f"F{row}", fillers.RATE, rate))
    chosen += [
        Mapped(TAB, "B2", fillers.PLACE),
        Mapped(TAB, "G2", fillers.DAY),
        Mapped(TAB, "G6", fillers.TEXT, {"text": "已核实"}),
    ]
    chosen += [
        Mapped(
            OTHER,
            "D3",
            fillers.STANDING,
            {"standing": "late", "by": "unit", "node": reporting.branch(sheet.operation).pk},
        ),
        Mapped(OTHER, "D4", fillers.LINE, {"line": "villages"}),
        Mapped(OTHER, "D5", fillers.CHANGE, {"regimes": ["staff"]}),
        Mapped(OTHER, "D6", fillers.ALERTS, {"is_whole": True}),
        Mapped(OTHER, "D7", fillers.STATED, {"name": "regimes"}),
        Mapped(OTHER, "D8", fillers.RATE, {"rate": "on_time_rate"}),
    ]
    newest = kept.mapping(sheet)
    return services.map_cells(
        by=cast.chief.viewer, sheet=sheet, number=newest.number if newest else 0, chosen=chosen, now=at
    )


def numbers(viewer, sheet, now, **moment: Any) -> dict[str, Any]:
    day, at = filling.moment(sheet, day=moment.get("day"), at=moment.get("at"), now=now)
    made = filling.filled(viewer, sheet, day=day, at=at, now=now)
    return {one.mapped.cell: one.value for one in made.cells}


def by_sql(town_id: int, at: datetime, due: datetime = reporting.DUE) -> tuple[int, int, int]:
    """(expected, reported, missing) of a town on the day, from enrolments, records and excuses alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FILTER (WHERE x.id IS NULL), count(*) FILTER (WHERE x.id IS NULL AND r.id IS NOT NULL),
                      count(*) FILTER (WHERE x.id IS NULL AND r.id IS NULL)
                 FROM ledger_enrolment e JOIN registry_person s ON s.id = e.subject_id
                 JOIN registry_place p ON p.id = s.place_id AND p.lineage @> ARRAY[%s]::bigint[]
                 LEFT JOIN ledger_excuse x ON x.enrolment_id = e.id AND x.since <= %s AND x.until > %s AND x.known_at <= %s
                 LEFT JOIN ledger_record r ON r.subject_id = e.subject_id AND r.received_at <= %s AND r.received_at >= %s""",
            [town_id, due, due, at, at, reporting.MIDNIGHT],
        )
        found = cursor.fetchone()
    return found[0], found[1], found[2]


def test_the_filled_file_has_the_numbers_of_the_ledger_each_opening_to_its_rows(
    client, county, cast, operation, sheet, now
) -> None:
    map_all(cast, county, sheet, now - HOUR)
    client.force_login(cast.chief.user, backend=BACKEND)
    sent = client.get(reverse("briefing:filled_file", args=["small", sheet.pk]) + "?day=2020-01-26&at=10:00")
    assert sent.status_code == 200
    book = opened(sent.content)
    page = book[TAB]
    for row, number in ((6, 0), (7, 1)):
        tree = trees.day_tree(BY, operation.pk, date(2020, 1, 26), now=now)
        figures = tree.of(county.towns[number].pk)
        written = tuple(page[f"{column}{row}"].value for column in "CDE")
        assert written == (figures.expected, figures.actual, figures.missing) == by_sql(county.towns[number].pk, now)
        assert page[f"F{row}"].value == pytest.approx(figures.actual / figures.expected)
    assert (page["C6"].value, page["D6"].value, page["E6"].value) == (17, 7, 10)
    assert [page[f"{column}8"].value for column in "CDEF"] == [
        "=SUM(C6:C7)",
        "=SUM(D6:D7)",
        "=SUM(E6:E7)",
        '=IF(C8=0,"",D8/C8)',
    ]
    assert page["B2"].value == "曲麻莱县"
    assert str(page["G2"].value) == "2020-01-26 00:00:00"
    assert page["G6"].value == "已核实"
    notes = book[OTHER]
    assert [notes[f"D{row}"].value for row in range(3, 9)] == [1, 4, 0, 0, 1, 68.6]
    for held, cell in ((page, "C6"), (page, "E6"), (notes, "D3"), (notes, "D4"), (notes, "D6"), (notes, "D7")):
        assert _rows_behind(client, held[cell].hyperlink.target) == held[cell].value, cell
    assert _rows_behind(client, page["F6"].hyperlink.target) == 7, "a share opens to what it is a share of the whole"
    assert client.get(page["E7"].hyperlink.target.removeprefix(BASE)).status_code == 200
    _says_where_from(book, operation)


def _rows_behind(client, address: str) -> int:
    """How many rows the address shows, page after page; its figure says the same."""
    page = client.get(address.removeprefix(BASE))
    assert page.status_code == 200
    if page.context.get("has_table"):
        rows = page.context["table"].count(page.context["table"].rows)
    else:
        rows = len(page.context.get("obligations") or page.context.get("listed") or ())
    assert page.context["found"].value == rows
    return rows


def _says_where_from(book, operation) -> None:
    sources = book["来源"]
    rows = [[cell.value for cell in row] for row in sources.iter_rows()]
    said = {row[0]: row[2] for row in rows if row[0] and row[2]}
    assert operation.title in said.values()
    line = next(row for row in rows if row[:2] == [TAB, "E6"])
    assert "约改镇" in line[2]
    assert line[3] == 10
    assert "as_of=2020-01-26T02" in line[5]
    place = rows.index(line) + 1
    assert sources.cell(place, 6).hyperlink.target == line[5] == book[TAB]["E6"].hyperlink.target


def test_a_past_moment_says_what_was_known_then(county, cast, operation, sheet, now) -> None:
    map_all(cast, county, sheet, now - HOUR)
    early, later = (numbers(cast.chief.viewer, sheet, now, at=at) for at in (time(9, 5), None))
    assert (early["C6"], early["D6"], early["E6"]) == (18, 6, 12), "nobody was late yet, nobody excused"
    assert (later["C6"], later["D6"], later["E6"]) == (17, 7, 10)
    for found, minutes in ((early, 5), (later, 60)):
        assert (found["C6"], found["D6"], found["E6"]) == by_sql(
            county.towns[0].pk, reporting.DUE + timedelta(minutes=minutes)
        )
    before = numbers(cast.chief.viewer, sheet, now, day=date(2020, 1, 25))
    assert (before["C6"], before["D6"], before["F6"]) == (18, 0, 0.0)
    assert numbers(cast.chief.viewer, sheet, now, at=time(8, 30))["E6"] == 0, "nothing had fallen due"
    for wrong in ({"day": date(2020, 1, 27)}, {"at": time(10, 30)}, {"day": date(2020, 1, 20)}):
        with pytest.raises(Refusal, match=r"briefing\.(day_to_come|no_such_day)"):
            numbers(cast.chief.viewer, sheet, now, **wrong)


def test_what_is_not_known_says_so_and_is_no_nought(county, cast, operation, sheet, now) -> None:
    late = Mapped(TAB, "C6", fillers.RATE, {"rate": "reporting_rate", "regimes": ["staff"], "back": 1})
    how = {"by": cast.chief.viewer, "sheet": sheet, "now": now}
    services.map_cells(
        number=0, chosen=[late, Mapped(TAB, "D6", fillers.STANDING, {"standing": "expected", "back": 1})], **how
    )
    day, at = filling.moment(sheet, day=date(2020, 1, 25), at=None, now=now)
    made = filling.filled(cast.chief.viewer, sheet, day=day, at=at, now=now)
    assert [(one.value, one.why) for one in made.cells] == [(None, "before_start"), (None, "before_start")]
    with translation.override("zh-hans"):
        content = exports.filled_file(made, base="", by="x", now=now, seal_head="y")
    page = opened(content)[TAB]
    assert page["C6"].value == page["D6"].value == "不详"
    assert page["C6"].hyperlink is None, "without an address of the house nothing is linked"


@pytest.mark.parametrize(
    ("cell", "code", "said"),
    [("C8", "formula", "=SUM(C6:C7)"), ("B1", "merged", "B1"), ("nonsense", "outside", "nonsense")],
)
def test_a_cell_that_cannot_be_filled_is_refused_and_named(cast, sheet, now, cell: str, code: str, said: str) -> None:
    with pytest.raises(Refusal, match=rf"briefing\.{code}") as refused:
        services.map_cells(by=cast.chief.viewer, sheet=sheet, number=0, chosen=[standing(cell, "missing")], now=now)
    assert said in refused.value.sentence
    assert not SheetMapping.objects.exists()


def test_a_mapping_has_versions_is_journalled_and_refuses_what_somebody_changed_meanwhile(
    county, cast, sheet, now
) -> None:
    first = map_all(cast, county, sheet, now)
    other = {"by": cast.duty_officer.viewer, "sheet": sheet, "now": now}
    with pytest.raises(Conflict, match=r"briefing\.mapping_moved"):
        services.map_cells(number=0, chosen=[standing("C6", "late")], **other)
    second = services.map_cells(number=1, chosen=[standing("C6", "late")], cleared={(TAB, "G6")}, **other)
    assert (first.number, second.number) == (1, 2)
    assert len(second.cells) == len(first.cells) - 1
    line = Line.objects.filter(action="briefing.sheet_mapped").latest("pk")
    assert line.data["cleared"] == [f"{TAB}!G6"]
    assert line.data["chosen"][0]["given"]["standing"] == "late"
    with pytest.raises(ProgrammingError):
        SheetMapping.objects.filter(pk=first.pk).update(number=9)


def test_a_newer_file_keeps_what_still_fits_and_says_what_does_not(county, cast, sheet, now) -> None:
    map_all(cast, county, sheet, now)
    how = {"by": cast.chief.viewer, "sheet": sheet, "now": now}
    newer = superior_form(("巴干乡", "约改镇"), change={"G2": "=TODAY()"})
    two = services.send_file(content=newer, file_name="新表.xlsx", **how)
    assert (two.number, services.send_file(content=newer, file_name="again.xlsx", **how).pk) == (2, two.pk)
    known = catalogue.catalogue(cast.chief.viewer, sheet.operation, now=now)
    out = {one.mapped.cell: one.why for one in kept.misfits(kept.mapped_cells(sheet), kept.workbook(two), known)}
    moved = {f"{column}{row}": "other_words" for column in "CDEF" for row in (6, 7)}
    assert out == moved | {"G2": "formula", "G6": "other_words"}, (
        "the towns have changed places: no number goes into another's row"
    )
    found = numbers(cast.chief.viewer, sheet, now)
    assert (found["C6"], found["D3"]) == (None, 1)
    services.map_cells(number=1, chosen=[standing("C6", "expected", **town(county, 1))], **how)
    assert numbers(cast.chief.viewer, sheet, now)["C6"] == 18
    assert bytes(kept.file(sheet, 1).content) == superior_form(TOWNS) or kept.file(sheet, 1).digest != two.digest


def test_a_figure_that_is_gone_is_said_and_not_filled(county, cast, operation, sheet, now) -> None:
    map_all(cast, county, sheet, now)
    from bulou.modules.ledger.models import Regime

    end_regime(by=BY, regime=Regime.objects.get(operation=operation, key="staff"), now=now + HOUR, why="over")
    later = now + 2 * HOUR
    known = catalogue.catalogue(cast.chief.viewer, operation, now=later)
    out = {
        one.mapped.cell: one.why
        for one in kept.misfits(kept.mapped_cells(sheet), kept.workbook(kept.file(sheet)), known)
    }
    assert out["C6"] == "gone_regime"
    assert "D4" not in out
    assert numbers(cast.chief.viewer, sheet, later, at=time(9, 5))["C6"] == 18, "of the past it is still known"


def test_it_is_filled_by_itself_at_its_hour_once_and_afterwards_when_the_house_was_off(
    county, cast, operation, sheet, now
) -> None:
    assert fill(now) == "0 forms", "nobody has said what fills it"
    map_all(cast, county, sheet, now - HOUR)
    assert fill(now - HOUR) == "0 forms", "its hour has not come"
    assert (fill(now), fill(now)) == ("1 forms", "0 forms")
    one = SheetFilling.objects.get()
    assert (one.day, one.as_of) == (date(2020, 1, 26), reporting.DUE + timedelta(minutes=20)), (
        "as of its hour, however late it is"
    )
    values = {each["mapped"]["cell"]: each["value"] for each in one.cells}
    assert (values["C6"], values["D6"]) == (17, 6)
    assert Line.objects.get(action="briefing.sheet_filled").data["digest"] == one.digest
    assert fill(now + timedelta(days=3)) == "3 forms"
    assert SheetFilling.objects.count() == 4
    services.end_sheet(by=cast.chief.viewer, sheet=sheet, now=now + timedelta(days=3), why="no longer wanted")
    services.end_sheet(by=cast.chief.viewer, sheet=sheet, now=now + timedelta(days=3))
    assert Line.objects.filter(action="briefing.sheet_ended").count() == 1
    assert fill(now + timedelta(days=5)) == "0 forms"


def test_what_was_filled_by_itself_stays_as_it_was(client, county, cast, operation, sheet, now) -> None:
    map_all(cast, county, sheet, now - HOUR)
    fill(now)
    reporting.report(county.people_of(1)[0], now - HOUR / 10)
    one = SheetFilling.objects.get()
    client.force_login(cast.auditor.user, backend=BACKEND)
    address = reverse("briefing:filled_file", args=["small", sheet.pk])
    for query, reported in ((f"?filling={one.pk}", 6), ("?day=2020-01-26", 8), ("?day=2020-01-26&at=09:20", 6)):
        sent = client.get(address + query)
        assert opened(sent.content)[TAB]["D6"].value == reported
        assert ("0920" if reported == 6 else "2359") in sent.headers["Content-Disposition"]
    taken = Line.objects.filter(action="briefing.sheet_taken")
    assert taken.count() == 3
    assert {line.actor_id for line in taken} == {cast.auditor.user.pk}
    assert client.get(f"{address}?filling={one.pk + 1}").status_code == 404
    assert client.get(f"{address}?day=tomorrow").status_code == 404
    assert client.get(f"{address}?at=noon").status_code == 404


def test_a_number_that_reports_state_is_added_up_and_opens_to_who_stated_it(
    client, county, cast, operation, sheet, now
) -> None:
    here, there, near = county.people_of(0)[0], county.people_of(2)[0], county.people_of(1)[0]
    reporting.counting_regime(operation, (here, near, there))
    for person, count, at in ((here, 5, now - HOUR), (there, 7, now - HOUR), (near, 11, now - HOUR / 4)):
        reporting.state(person, count, at)
    chosen = [
        Mapped(TAB, cell, fillers.FACT, {"regimes": ["posts"], "fact": "staff_on_post", **limits})
        for cell, limits in (("C6", town(county, 0)), ("C7", town(county, 1)), ("D6", {}))
    ]
    services.map_cells(by=cast.chief.viewer, sheet=sheet, number=0, chosen=chosen, now=now)
    assert numbers(cast.chief.viewer, sheet, now) == {"C6": 16, "C7": 7, "D6": 23}
    assert numbers(cast.chief.viewer, sheet, now, at=time(9, 10)) == {"C6": 5, "C7": 7, "D6": 12}
    assert numbers(cast.chief.viewer, sheet, now, at=time(8, 30))["C6"] is None, "nobody has stated it yet: no nought"
    client.force_login(cast.chief.user, backend=BACKEND)
    sent = client.get(reverse("briefing:filled_file", args=["small", sheet.pk]) + "?day=2020-01-26&at=10:00")
    page = client.get(opened(sent.content)[TAB]["C6"].hyperlink.target.removeprefix(BASE))
    assert sorted(value for _row, value in page.context["stated"]) == [5, 11]
    assert page.context["found"].value == 16
    known = catalogue.catalogue(cast.chief.viewer, operation, now=now)
    assert known.facts == {("posts", "staff_on_post"): "在岗人数"}
    assert client.get("/briefing/small/rows/fact?regimes=posts&day=2020-01-26").status_code == 404


def test_an_immediate_report_is_counted_and_opens(county, cast, operation, sheet, now) -> None:
    services.map_cells(
        by=cast.chief.viewer, sheet=sheet, number=0, now=now,
        chosen=[Mapped(TAB, "C6", fillers.ALERTS, {"node": county.towns[0].pk}), Mapped(TAB, "C7", fillers.ALERTS, {"node": county.towns[1].pk})],
    )  # fmt: skip
    how = {"operation": operation, "about": "staff", "happened_at": now - HOUR, "reporter_name": "x"}
    for kind, at in (("suspected", now - HOUR), ("confirmed", now + HOUR)):
        Alert.objects.create(uuid=uuid4(), kind=kind, place=county.villages[0], reported_at=at, **how)
    found = numbers(cast.chief.viewer, sheet, now)
    assert (found["C6"], found["C7"]) == (1, 0)
    assert numbers(cast.chief.viewer, sheet, now + 2 * HOUR)["C6"] == 2


def test_a_form_is_added_mapped_by_proposals_and_cell_by_cell_in_the_browser(
    client, county, cast, operation, now
) -> None:
    client.force_login(cast.chief.user, backend=BACKEND)
    add = reverse("briefing:add_sheet", args=["small"])
    assert client.get(add).status_code == 200

    def sent(content: bytes) -> dict[str, Any]:
        file = SimpleUploadedFile("日报表.xlsx", content)
        return {"once": key, "file": file, "name": "日报", "wanted_by": "市指挥部", "due": "", "fill_at": "17:00"}

    key = str(uuid4())
    refused = client.post(add, sent(b"PK not a zip"))
    assert refused.status_code == 422
    assert not Sheet.objects.exists()
    answers = [client.post(add, sent(superior_form(TOWNS))) for _time in range(2)]
    one = Sheet.objects.get()
    page = reverse("briefing:sheet", args=["small", one.pk])
    assert {(each.status_code, each.headers["Location"]) for each in answers} == {(302, page)}
    suggest = reverse("briefing:suggest_cells", args=["small", one.pk])
    form = client.get(suggest).context["form"]
    ticked = {name: "on" for name, each in form.fields.items() if name.startswith("use_")}
    chosen = {name: each.initial for name, each in form.fields.items() if name.startswith(("node_", "regime_"))}
    assert {"use_0_C6", "use_0_F7", "use_0_G2", "use_0_B2"} <= ticked.keys()
    assert set(chosen.values()) == {"staff", f"place-{county.towns[0].pk}", f"place-{county.towns[1].pk}", ""}
    assert client.post(suggest, {"once": str(uuid4()), "version": 0, **ticked, **chosen}).status_code == 302
    found = numbers(cast.chief.viewer, one, now)
    assert (found["C6"], found["D6"], found["E6"], found["C7"]) == (17, 7, 10, 18)
    cell = client.get(f"{page}?tab=1&cell=D3")
    assert cell.context["form"].initial["fill"] == "standing-late", "the words above propose it"
    change = {
        "once": str(uuid4()),
        "version": 1,
        "tab": OTHER,
        "cell": "D3",
        "fill": "standing-late",
        "node": f"unit-{reporting.branch(operation).pk}",
        "back": "0",
    }
    map_cell, clear = (reverse(f"briefing:{name}", args=["small", one.pk]) for name in ("map_cell", "clear_cell"))
    assert client.post(map_cell, change).status_code == 302
    assert client.post(map_cell, change | {"once": str(uuid4())}).status_code == 409, "seen in an older version"
    wrong = client.post(map_cell, change | {"once": str(uuid4()), "version": 2, "tab": TAB, "cell": "C8"})
    assert wrong.status_code == 422
    assert "=SUM(C6:C7)" in wrong.content.decode()
    assert numbers(cast.chief.viewer, one, now)["D3"] == 1
    assert client.post(clear, {"once": str(uuid4()), "version": 2, "tab": OTHER, "cell": "D3"}).status_code == 302
    assert "D3" not in numbers(cast.chief.viewer, one, now)
    shown = client.get(page).content.decode()
    assert 'title="应报 · 约改镇 · 工作人员信息报告制度"' in shown
    part = client.get(f"{page}?tab=0&cell=C6", headers={"hx-request": "true"}).content.decode()
    assert "<html" not in part
    assert 'id="chosen"' in part


def test_one_cell_is_carried_down_to_the_rows_that_name_a_place(client, county, cast, operation, sheet, now) -> None:
    client.force_login(cast.chief.user, backend=BACKEND)
    down = {
        "once": str(uuid4()),
        "version": 0,
        "tab": TAB,
        "cell": "C6",
        "fill": "standing-expected",
        "node": f"place-{county.towns[0].pk}",
        "back": "0",
    }
    assert (
        client.post(reverse("briefing:map_cell", args=["small", sheet.pk]), down | {"is_down": "on"}).status_code == 302
    )
    assert numbers(cast.chief.viewer, sheet, now) == {"C6": 17, "C7": 18}, "and neither the total nor what is below"


def test_who_does_not_reach_all_sees_no_form_and_who_only_reads_changes_none(
    client, cast, operation, sheet, now
) -> None:
    lead = cast.township_lead
    with pytest.raises(Forbidden):
        services.map_cells(by=lead.viewer, sheet=sheet, number=0, chosen=[standing("C6", "late")], now=now)
    with pytest.raises(Forbidden):
        services.add_sheet(
            by=cast.auditor.viewer, operation=operation, name="x", wanted_by="y", content=superior_form(TOWNS), file_name="z.xlsx", now=now
        )  # fmt: skip
    page = reverse("briefing:sheet", args=["small", sheet.pk])
    client.force_login(lead.user, backend=BACKEND)
    assert {
        client.get(each).status_code
        for each in (page, reverse("briefing:sheets", args=["small"]), f"{page}file", f"{page}original/1")
    } == {404}
    client.force_login(cast.auditor.user, backend=BACKEND)
    assert client.get(page).status_code == 200
    assert client.get(f"{page}?tab=0&cell=C6").context.get("form") is None
    assert client.get(f"{page}original/1").content == superior_form(TOWNS) or SheetFile.objects.get().digest
    assert client.post(f"{page}cell", {"once": str(uuid4())}).status_code == 403
    assert {
        client.get(f"{page}{rest}").status_code for rest in ("?tab=9", "?tab=x", "?tab=0&cell=1A", "original/2")
    } == {404}


def test_a_form_is_renamed_once_and_not_to_a_name_there_is(cast, operation, sheet, now) -> None:
    how = {"by": cast.duty_officer.viewer, "sheet": sheet, "now": now, "wanted_by": "州指挥部"}
    assert services.change_sheet(version=1, name="周报", **how).version == 2
    with pytest.raises(Conflict):
        services.change_sheet(version=1, name="月报", **how)
    with pytest.raises(Refusal, match=r"briefing\.sheet_name_taken"):
        services.add_sheet(
            by=cast.chief.viewer, operation=operation, name="周报", wanted_by="x", content=superior_form(TOWNS), file_name="a.xlsx", now=now
        )  # fmt: skip
