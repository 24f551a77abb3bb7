"""The superior's form is told what fills it by keyboard alone at a desk, and by touch on a phone; without scripts as well."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from bulou.modules.briefing.queries.sheets import kept
from bulou.modules.briefing.services import add_sheet
from bulou.modules.briefing.tests.book import BOOK
from bulou.modules.briefing.tests.superior import superior_form
from bulou.modules.operations.services import activate_operation
from bulou.platform import clock
from bulou.platform.access.viewer import system

pytestmark = pytest.mark.django_db(transaction=True)
BY = system("tests")


@pytest.fixture
def sheet(county, cast):
    now = clock.now()
    operation = activate_operation(by=BY, key="small", text=BOOK, level="watch", why="tests", now=now)
    content = superior_form(("约改镇", "巴干乡"))
    return add_sheet(
        by=BY, operation=operation, name="日报", wanted_by="市", content=content, file_name="f.xlsx", now=now
    )


def test_a_cell_is_chosen_by_keyboard_alone(screen, cast, sheet) -> None:
    page = screen(cast.chief.user).open(f"/briefing/small/sheets/{sheet.pk}/")
    page.locator("[data-cell=B6]").focus()
    for key, cell in (
        ("ArrowRight", "C6"),
        ("ArrowDown", "C7"),
        ("ArrowUp", "C6"),
        ("ArrowUp", "C5"),
        ("ArrowUp", "C4"),
        ("ArrowRight", "G4"),
        ("ArrowLeft", "C4"),
        ("ArrowDown", "C5"),
        ("ArrowDown", "C6"),
    ):
        page.keyboard.press(key)
        expect(page.locator(f"[data-cell={cell}]")).to_be_focused()
    page.keyboard.press("Enter")
    fill = page.locator("#chosen [name=fill]")
    expect(fill).to_be_focused()
    expect(fill).to_have_value("standing-expected")
    expect(page.locator("#chosen [name=text]")).to_be_hidden()
    fill.select_option("line-villages")
    expect(page.locator("#chosen [name=node]")).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**cell=C6**")
    expect(page.locator("#at-C6")).to_have_class("is-filled num chosen")
    assert [(one.cell, one.fill) for one in kept.mapped_cells(sheet)] == [("C6", "line")]


def test_a_formula_says_on_a_phone_why_it_stays(screen, cast, sheet) -> None:
    page = screen(cast.chief.user, size="phone").open(f"/briefing/small/sheets/{sheet.pk}/")
    page.locator("[data-cell=C8]").tap()
    expect(page.locator("#chosen")).to_contain_text("=SUM(C6:C7)")
    assert page.locator("#chosen [name=fill]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page itself does not slide"


def test_without_scripts_a_cell_is_filled_as_well(screen, cast, sheet) -> None:
    page = screen(cast.chief.user, scripts=False).open(f"/briefing/small/sheets/{sheet.pk}/")
    page.locator("[data-cell=G6]").click()
    page.locator("#chosen [name=fill]").select_option("text")
    page.locator("#chosen [name=text]").fill("已核实")
    page.locator("#chosen .button-main").click()
    expect(page.locator("#at-G6")).to_contain_text("已核实")
