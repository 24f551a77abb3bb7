"""A clerk enters a village of 1,377 with 12 exceptions by keyboard alone; the line breaks, the page is left, a second browser files too."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from bulou.core.windows import Daily
from bulou.modules.ledger import services
from bulou.modules.ledger.models import Record, Regime, Window
from bulou.modules.ledger.queries.records import facts_now
from bulou.modules.operations.models import Operation
from bulou.modules.registry.models import Person
from bulou.modules.registry.services.people_bulk import NewHousehold, NewPerson, load_people
from bulou.modules.registry.services.people_checks import Facts
from bulou.platform import clock
from bulou.platform.access.viewer import system
from bulou.platform.playbooks import OperationRef

pytestmark = pytest.mark.django_db(transaction=True)
BUILD = Path(__file__).resolve().parents[2] / "build"
BY = system("tests")
FAMILY = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂"


def regime_of(county, people, asks=("well",)) -> Regime:
    """Everybody given owes health daily in village 0, since yesterday."""
    now = clock.now()
    yesterday = now - timedelta(days=1)
    row = Operation.objects.create(
        key="op", titles={"zh-Hans": "演练"}, playbook="x", root=county.root, level="x", started_at=yesterday
    )
    operation = OperationRef(row.pk, row.key, county.root.pk, ZoneInfo("Asia/Shanghai"))
    about = {"titles": {"zh-Hans": "每日健康报告", "en": "Daily health"}}
    regime = services.set_regime(
        by=BY,
        operation=operation,
        key="health",
        asks=list(asks),
        calendar=Daily(due="23:59"),
        now=yesterday,
        about=about,
    )
    rows = [services.NewEnrolment(uuid4(), pk, county.villages[0].pk) for pk in people]
    services.enrol_many(by=BY, regime=regime, rows=rows, now=yesterday, starts=yesterday)
    services.open_windows(now)
    return regime


def village_of(county, count: int) -> list[int]:
    """So many people in village 0, four to a household, names of a real village's sameness."""
    place = county.villages[0].pk
    homes = [NewHousehold(("h", n), place, address=f"{n // 40 + 1}组{n % 40 + 1}号") for n in range((count + 3) // 4)]
    names = [FAMILY[n // 4 % 20] + GIVEN[n * 7 % 21] + (GIVEN[n * 11 % 19] if n % 3 else "") for n in range(count)]
    rows = [NewPerson(Facts(name), place, household=("h", n // 4), is_head=n % 4 == 0) for n, name in enumerate(names)]
    return load_people(rows, households=homes, by=BY, now=clock.now(), is_synthetic=True)


def sheet_path(regime: Regime, county) -> str:
    now = clock.now()
    window = Window.objects.get(regime=regime, opens__lte=now, closes__gt=now)
    return f"/mine/entry/{window.pk}/place/{county.villages[0].pk}"


def test_a_village_of_1377_with_12_exceptions_by_keyboard(screen, county, cast):
    people = village_of(county, 1377)
    regime = regime_of(county, people)
    window = screen(cast.village_clerk.user)
    window.context.tracing.start(screenshots=True, snapshots=True)
    page = window.open(sheet_path(regime, county))
    expect(page.locator(".sheet-rows tbody tr")).to_have_count(1377)
    keys = page.keyboard
    began = clock.ticks()
    ill = [people[n] for n in range(57, 1377, 114)][:12]
    numbers = {pk: index for index, pk in enumerate(_order(page))}
    for n, pk in enumerate(ill):
        keys.type(str(numbers[pk] + 1) if n % 2 else _initials(pk), delay=60)
        for _ in range(0 if n % 2 else _nth(page, pk)):
            keys.press("ArrowDown")
        keys.press("Enter")
        if n == 0:
            page.screenshot(path=BUILD / "shots" / "entry-exception.png")
        if n % 4 == 0:
            keys.press("Tab")
            keys.type("38.2", delay=40)
        keys.press("Enter")
    expect(page.locator("[data-n=own]")).to_have_text("12")
    expect(page.locator("tr.here.own-mark")).to_be_in_viewport(ratio=1)
    page.screenshot(path=BUILD / "shots" / "entry-before-filing.png")
    keys.press("Control+Enter")
    expect(page.locator("[data-says].good")).to_contain_text("1377", timeout=60_000)
    took = clock.ticks() - began
    page.screenshot(path=BUILD / "shots" / "entry-filed.png")
    window.context.tracing.stop(path=BUILD / "entry-trace.zip")
    print(f"\n1,377 rows with 12 exceptions by keyboard: {took:.1f} s")
    assert Record.objects.count() == 1377
    assert set(Record.objects.filter(facts__well=False).values_list("subject_id", flat=True)) == set(ill)
    assert Record.objects.filter(facts__temperature=38.2).count() == 3


def test_a_broken_line_a_page_left_and_a_second_browser_lose_nothing(screen, county, cast):
    people = [person.pk for person in county.people_of(0)]
    regime = regime_of(county, people)
    window, other = screen(cast.village_clerk.user), screen(cast.village_clerk.user)
    page = window.open(sheet_path(regime, county))
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("6")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+z")
    expect(page.locator("[data-n=own]")).to_have_text("1")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Delete")
    expect(page.locator("[data-n=out]")).to_have_text("1")
    window.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-says].bad")).to_be_visible()
    assert Record.objects.count() == 0
    window.context.set_offline(False)
    window.complaints.clear()  # the browser itself says in red that the line was broken
    page.reload()
    expect(page.locator("[data-n=own]")).to_have_text("1")
    expect(page.locator("[data-n=out]")).to_have_text("1")
    second = other.open(sheet_path(regime, county))
    second.keyboard.type("1")
    second.keyboard.press("Enter")
    second.keyboard.press("Enter")
    second.keyboard.press("Control+Enter")
    expect(second.locator("[data-says].good")).to_be_visible()
    assert Record.objects.count() == 9
    # Number 5 was filed as well meanwhile: to say otherwise is a correction, with a reason.
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-why]")).to_be_focused()
    window.complaints.clear()  # the browser says in red that it was refused
    page.keyboard.type("电话核实")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-says].good")).to_be_visible()
    expect(page.locator("tr.filed")).to_have_count(9)
    facts = {
        number: facts_now(Record.objects.get(subject_id=pk))["well"]
        for number, pk in enumerate(_order_of(county), start=1)
    }
    assert [number for number, well in facts.items() if not well] == [1, 5]


def _order(page) -> list[int]:
    """The people of the sheet in its order."""
    from bulou.modules.ledger.models import Enrolment

    ids = page.evaluate("[...document.querySelectorAll('.sheet-rows tbody tr')].map(row => Number(row.id.slice(1)))")
    subjects = dict(Enrolment.objects.filter(pk__in=ids).values_list("pk", "subject_id"))
    return [subjects[one] for one in ids]


def _order_of(county) -> list[int]:
    people = Person.objects.filter(pk__in=[p.pk for p in county.people_of(0)]).select_related("household")
    return [
        p.pk for p in sorted(people, key=lambda p: (p.household.code, p.household.head_id != p.pk, p.name_key, p.pk))
    ]


def _initials(pk: int) -> str:
    return Person.objects.values_list("initials", flat=True).get(pk=pk)


def _nth(page, pk: int) -> int:
    """How many arrows down from the first whose initials begin so."""
    wanted = _initials(pk)
    order = _order(page)
    initials = dict(Person.objects.filter(pk__in=order).values_list("pk", "initials"))
    alike = [one for one in order if initials[one].startswith(wanted)]
    here = page.evaluate("document.querySelector('tr.here').id.slice(1)")
    from bulou.modules.ledger.models import Enrolment

    start = alike.index(Enrolment.objects.get(pk=int(here)).subject_id)
    return (alike.index(pk) - start) % len(alike)


def test_my_duties_fit_a_thumb(screen, county, cast):
    me, kin = cast.village_clerk.person, county.people_of(0)[1]
    regime = regime_of(county, [me.pk])
    now = clock.now()
    rows = [services.NewEnrolment(uuid4(), kin.pk, county.villages[0].pk, owed_id=me.pk)]
    ref = OperationRef(regime.operation_id, "op", county.root.pk, ZoneInfo("Asia/Shanghai"))
    more = services.set_regime(by=BY, operation=ref, key="heat", asks=["well", "temperature", "symptoms", "whereabouts"], calendar=Daily(due="23:50"),
        now=now - timedelta(days=1), about={"titles": {"zh-Hans": "亲属健康与体温"}})  # fmt: skip
    services.enrol_many(by=BY, regime=more, rows=rows, now=now - timedelta(days=1), starts=now - timedelta(days=1))
    services.open_windows(now)
    window = screen(cast.village_clerk.user, size="phone")
    page = window.open("/mine/")
    page.screenshot(path=BUILD / "shots" / "duties-phone.png", full_page=True)
    for path, name in (
        ("/mine/report", "report"),
        (f"/mine/report/person/{kin.pk}", "report-one"),
        ("/alerts/report", "alert"),
        (sheet_path(regime, county), "sheet"),
        ("/mine/entry", "sheets"),
    ):
        other = window.open(path)
        assert other.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0, path
        other.screenshot(path=BUILD / "shots" / f"{name}-phone.png", full_page=True)
        other.close()
    page.click("text=正常")
    expect(page.locator(".alert-good")).to_be_visible()
    assert Record.objects.get().facts == {"well": True}
    small = "[...document.querySelectorAll('main .does button, main .does .button')].filter(e => e.getBoundingClientRect().height < 44).length"
    assert page.evaluate(small) == 0
