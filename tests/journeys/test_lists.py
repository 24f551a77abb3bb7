"""A clerk files the list of her village by keyboard: people looked up, somebody new, a doubt out of a chat answered; the line breaks; 2,000 lines."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from bulou.core.windows import Daily
from bulou.modules.ledger import services
from bulou.modules.ledger.models import Record, Window
from bulou.modules.operations.models import Operation
from bulou.platform import clock
from bulou.platform.access.viewer import system
from bulou.platform.playbooks import OperationRef

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = Path(__file__).resolve().parents[2] / "build" / "shots"
BY = system("tests")


def list_path(county) -> str:
    """A daily list of village 0: well, whereabouts, keeps_isolation of everybody on it."""
    now = clock.now()
    yesterday = now - timedelta(days=1)
    place = county.villages[0].pk
    row = Operation.objects.create(
        key="op", titles={"zh-Hans": "演练"}, playbook="x", root=county.root, level="x", started_at=yesterday
    )
    operation = OperationRef(row.pk, row.key, county.root.pk, ZoneInfo("Asia/Shanghai"))
    about = {"titles": {"zh-Hans": "群众信息报告制度", "en": "Residents"}}
    regime = services.set_regime(
        by=BY, operation=operation, key="list", asks=["well", "whereabouts", "keeps_isolation"], calendar=Daily(due="23:59"), now=yesterday,
        about=about, is_list=True,
    )  # fmt: skip
    new = services.NewEnrolment(uuid4(), place, place, subject_kind="place", owed_kind="place", owed_id=place)
    services.enrol_many(by=BY, regime=regime, rows=[new], now=yesterday, starts=yesterday)
    services.open_windows(now)
    window = Window.objects.get(regime=regime, opens__lte=now, closes__gt=now)
    return f"/mine/list/{window.pk}/place/{place}"


def _counts(page) -> tuple[str, ...]:
    return tuple(page.locator(f"[data-n={one}]").text_content() for one in ("lines", "known", "fresh", "open"))


def test_a_list_by_keyboard_with_a_doubt_and_a_line_that_breaks(screen, county, cast):
    a, *others = county.people_of(0)
    b = next(person for person in others if len(person.name) > 2)
    window = screen(cast.village_clerk.user)
    page = window.open(list_path(county))
    keys = page.keyboard
    keys.type(a.name)
    expect(page.locator("[role=option] strong").first).to_have_text(a.name)
    keys.press("Enter")
    keys.press("Tab")
    keys.type("县医院")
    keys.press("Tab")
    keys.press("Space")
    keys.press("Enter")
    expect(page.locator("[data-list] tbody tr")).to_have_count(1)
    assert _counts(page) == ("1", "1", "0", "0")
    keys.type("外来人")
    expect(page.locator("[role=option]").last).to_contain_text("外来人")
    keys.press("ArrowUp")
    keys.press("Enter")
    keys.press("Enter")
    assert _counts(page) == ("2", "1", "1", "1")
    keys.press("Enter")  # an empty field: on to what lacks something
    keys.type("在家")
    keys.press("Tab")
    keys.press("Space")
    keys.press("Enter")
    assert _counts(page) == ("2", "1", "1", "0")
    page.click("[data-paste-opener]")
    page.fill("#pasted", f"1. {b.name[:-1]}同 正常 在家\n2. {a.name} 不适 在县医院")
    page.click("[data-paste] button")
    expect(page.locator("[data-says].good")).to_be_visible()
    page.screenshot(path=SHOTS / "list-desk.png")
    assert _counts(page)[3] == "1"
    page.locator("tbody select").select_option(index=1)
    page.check("[name=usual-keeps_isolation][value=yes]")
    expect(page.locator("[data-n=open]")).to_have_text("0")
    window.context.set_offline(True)
    keys.press("Control+Enter")
    expect(page.locator("[data-says].bad")).to_be_visible()
    assert not Record.objects.exists()
    window.context.set_offline(False)
    window.complaints.clear()
    page.reload()
    expect(page.locator("[data-n=lines]")).to_have_text("3")
    keys.press("Control+Enter")
    expect(page.locator("[data-says].good")).to_be_visible()
    record = Record.objects.get(subject_kind="place")
    assert [one["facts"]["well"] for one in record.lines] == [False, True, True]
    assert record.lines_stated == ["keeps_isolation", "well", "whereabouts"]
    assert [one["subject"] for one in record.lines] == [a.pk, None, b.pk]
    assert Record.objects.get(subject_id=a.pk, subject_kind="person").facts["well"] is False
    page.screenshot(path=SHOTS / "list-filed.png")


def test_two_thousand_lines_are_pasted_filed_and_corrected(screen, county, cast):
    window = screen(cast.village_clerk.user)
    page = window.open(list_path(county))
    rows = "\n".join(f"外来人员{number}\t正常\t在家\t是" for number in range(2000))
    page.click("[data-paste-opener]")
    page.fill("#pasted", rows, timeout=120_000)
    began = clock.ticks()
    page.click("[data-paste] button")
    expect(page.locator("[data-n=lines]")).to_have_text("2,000", timeout=120_000)
    read = clock.ticks() - began
    expect(page.locator("[data-n=open]")).to_have_text("0")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-why]")).to_be_visible(timeout=120_000)
    print(f"\n2,000 lines: read in {read:.1f} s, read and filed in {clock.ticks() - began:.1f} s")
    assert len(Record.objects.get().lines) == 2000
    page.locator("tbody tr").nth(4).click()
    page.click("[data-off]")
    expect(page.locator("[data-n=lines]")).to_have_text("1,999")
    expect(page.locator("[data-send-now]")).to_be_disabled()
    page.fill("[data-why]", "多报一人")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-list][data-version='2']")).to_be_visible(timeout=120_000)
    assert len(Record.objects.get().versions.get().lines) == 1999


def test_a_list_fits_a_thumb(screen, county, cast):
    window = screen(cast.village_clerk.user, size="phone")
    page = window.open(list_path(county))
    page.click("[data-paste-opener]")
    page.fill("#pasted", f"1. {county.people_of(0)[0].name} 正常 在家\n2. 外来人 正常")
    page.click("[data-paste] button")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.locator("tbody tr").nth(1).click()
    page.screenshot(path=SHOTS / "list-phone.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    small = "[...document.querySelectorAll('.line-editor button')].filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).length"
    assert page.evaluate(small) == 0
