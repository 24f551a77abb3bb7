"""The kit in a real browser, desk and phone, with and without scripts: seen on the page that shows every component."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from bulou.modules.registry.models import Grant
from bulou.platform import clock
from bulou.platform.accounts.models import User
from bulou.platform.tables.models import SavedColumns

pytestmark = pytest.mark.django_db(transaction=True)
KIT = "/house/kit"

# What an inspector of accessibility looks for first: names of controls, landmarks, one h1, unique ids, alternatives.
INSPECT = """() => {
  const wrong = [], name = (e) => e.ariaLabel || e.title || e.textContent.trim() || e.value && e.type !== 'text' && e.value
    || e.labels?.length && [...e.labels].map(l => l.textContent).join('').trim() || document.getElementById(e.getAttribute('aria-labelledby'))?.textContent;
  for (const e of document.querySelectorAll('a[href], button, summary, input:not([type=hidden]), select, textarea'))
    if (!name(e)) wrong.push('no name: ' + e.outerHTML.slice(0, 120));
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) wrong.push('id twice: ' + id);
  for (const one of ['main', 'h1', 'header.topbar', 'footer', 'nav[aria-label]'])
    if (!document.querySelector(one)) wrong.push('missing: ' + one);
  if (document.querySelectorAll('h1').length !== 1) wrong.push('more than one h1');
  if (!document.documentElement.lang) wrong.push('no language');
  for (const e of document.querySelectorAll('[aria-describedby], [aria-labelledby]'))
    for (const id of (e.getAttribute('aria-describedby') || e.getAttribute('aria-labelledby')).split(' '))
      if (!document.getElementById(id)) wrong.push('points nowhere: ' + id);
  for (const e of document.querySelectorAll('svg')) if (!e.ariaHidden && e.getAttribute('aria-hidden') === null && !e.getAttribute('role')) wrong.push('svg without role');
  return wrong;
}"""
SMALL = """() => [...document.querySelectorAll('main button, main .button, main .choice, main input:not([type=hidden], [type=checkbox], [type=radio]), main select, .nav a, .tabs a')]
  .filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 100) + ' ' + e.getBoundingClientRect().height)"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def administrator(settings):
    settings.SECOND_FACTOR_ROLES = ()
    now = clock.now()
    user = User.objects.create(username="administrator", display_name="方可为", created_at=now)
    Grant.objects.create(user=user, role="administrator", starts=now - timedelta(days=1))
    return user


@pytest.mark.parametrize("size", ["desk", "phone"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_component_is_whole_named_and_fits(screen, administrator, size, language):
    page = screen(administrator, size=size, language=language).open(KIT)
    assert page.evaluate(INSPECT) == []
    assert page.evaluate(WIDER) == 0
    assert page.evaluate("getComputedStyle(document.body).fontVariantNumeric") == "tabular-nums"


def test_the_inspection_finds_what_is_wrong(screen, administrator):
    page = screen(administrator).open(KIT)
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button><h1 id=main>x</h1>')"
    )
    found = " ".join(page.evaluate(INSPECT))
    assert "no name: <button>" in found
    assert "more than one h1" in found
    assert "id twice: main" in found


def test_what_a_finger_touches_is_large(screen, administrator):
    page = screen(administrator, size="phone").open(KIT)
    assert page.evaluate(SMALL) == []
    page.click(".menu-open")
    assert page.is_visible("#nav a[aria-current]")
    page.click(".nav-close")
    assert not page.is_visible("#nav a[aria-current]")


def test_searching_sorting_and_paging_change_the_table_and_the_address_only(screen, administrator):
    page = screen(administrator).open(KIT)
    page.evaluate("window.stayed = true")
    page.keyboard.press("/")
    page.keyboard.type("log", delay=20)
    expect(page.locator(".table tbody tr").filter(has_not_text="log")).to_have_count(0)
    assert page.url.endswith("?q=log")
    assert page.evaluate("document.activeElement.name") == "q"
    page.click(".filter-reset")
    page.wait_for_selector(".pager a[rel=next]")
    first = page.inner_text(".table tbody tr td")
    page.click("a[rel=next]")
    page.wait_for_selector("a[rel=prev]")
    assert page.inner_text(".table tbody tr td") != first
    assert page.evaluate("window.stayed") is True
    page.go_back()
    page.wait_for_selector(".pager a[rel=next]")
    assert page.inner_text(".table tbody tr td") == first
    page.click("th a:has-text('编号')")
    page.wait_for_selector("th[aria-sort=ascending]:has-text('编号')")
    assert page.inner_text(".table tbody tr td:last-child") == "1"


def test_the_table_answers_to_the_keyboard(screen, administrator):
    page = screen(administrator).open(KIT)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("ArrowDown")
    assert page.locator("tr[aria-selected]").count() == 1
    wanted = page.get_attribute("tr[aria-selected]", "data-href")
    assert wanted == page.get_attribute("tbody tr >> nth=1", "data-href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{KIT}{wanted}")


def test_columns_are_chosen_and_kept(screen, administrator):
    page = screen(administrator).open(KIT)
    page.click(".pop summary")
    page.uncheck("input[name=column][value=letters]")
    page.check("input[name=column][value=is_long]")
    page.click(".pop .button-main")
    page.wait_for_selector("td[data-label=名称较长]")
    assert page.locator("td[data-label=字母数]").count() == 0
    assert SavedColumns.objects.get().columns == ["model", "app_label", "pk", "is_long"]


def test_a_conflict_shows_both_and_the_focus_goes_to_what_is_wrong(screen, administrator):
    page = screen(administrator).open(KIT)
    page.fill("#id_name", "conflict")
    page.click("#form-visitform .button-main")
    page.wait_for_selector(".errors")
    assert page.evaluate("document.activeElement.classList.contains('errors')")
    assert page.input_value("#id_name") == "conflict"
    assert "扎西" in page.inner_text(".standing >> nth=0")
    assert page.input_value("#form-visitform [name=version]") == "4"


def test_a_table_asked_after_the_session_ended_leads_to_the_log_in(screen, administrator):
    window = screen(administrator)
    page = window.open(KIT)
    window.context.clear_cookies(name="sessionid")
    page.click("a[rel=next]")
    page.wait_for_url("**/log-in**")
    assert page.is_visible("input[type=password]")


def test_people_are_picked_by_a_few_letters_and_stay_picked(screen, administrator):
    page = screen(administrator).open(KIT)
    lead, members = page.locator(".pick:has([name=lead_q])"), page.locator(".pick:has([name=members_q])")
    assert lead.locator("[data-chosen]").inner_text().split() == ["央金·卓玛", "无"]
    lead.locator("[name=lead_q]").press_sequentially("建国")
    lead.locator(".found .choice").click()
    expect(lead.locator("[data-chosen] .choice").first).to_have_text("王建国")
    members.locator("[name=members_q]").press_sequentially("扎西")
    expect(members.locator(".found .choice")).to_have_count(2)
    members.locator(".found .choice", has_text="扎西次仁").click()
    members.locator("[name=members_q]").press_sequentially("nobody")
    expect(members.locator(".found .hint")).to_be_visible()
    page.fill("#id_name", "refuse")
    page.click("#form-visitform .button-main")
    page.wait_for_selector(".errors")
    assert page.locator("[name=lead]:checked").input_value() == "4"
    assert [one.input_value() for one in page.locator("[name=members]:checked").all()] == ["2"]
    page.locator("[name=lead][value='']").check()
    page.click("#form-visitform .button-main")
    page.wait_for_selector(".errors")
    assert page.locator("[name=lead]").count() == 0


def test_a_dialog_opens_asks_and_closes(screen, administrator):
    page = screen(administrator).open(KIT)
    page.click(".actions .button-bad")
    dialog = page.locator("dialog[open]")
    assert "确定停用该村" in dialog.inner_text()
    assert page.evaluate("document.querySelector('dialog[open]').contains(document.activeElement)")
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0


def test_everything_works_without_scripts(screen, administrator):
    page = screen(administrator, scripts=False).open(KIT)
    page.fill("[data-search]", "log")
    page.click(".filter-go")
    assert "q=log" in page.url
    assert "accesslog" in page.inner_text(".table")
    page.click(".actions .button-bad")
    assert page.is_visible("dialog:target textarea[name=why]")
    page.goto(page.url.split("?")[0])
    page.fill("#id_name", "refuse")
    page.click("#form-visitform .button-main")
    assert "请核对写法" in page.inner_text(".field.wrong")
    assert page.input_value("#id_name") == "refuse"


def test_a_language_is_switched_in_place(screen, administrator):
    page = screen(administrator).open(f"{KIT}?tab=b")
    page.click(".languages button[value=en]")
    page.wait_for_selector("html[lang=en]")
    assert page.url.endswith("?tab=b")
    assert User.objects.get(username="administrator").language == "en"


def test_a_page_prints_without_its_controls(screen, administrator):
    page = screen(administrator).open(KIT)
    page.emulate_media(media="print")
    for hidden in (".nav", ".actions", ".filters", ".pager", ".languages"):
        assert not page.is_visible(hidden)
    page.set_viewport_size(
        {"width": 688, "height": 980}
    )  # a sheet of A4 within its margins, narrower than the phone's limit
    assert page.evaluate(WIDER) == 0
    assert page.is_visible(".table thead")
    for kept in ("h1", ".facts", ".table", ".foot"):
        assert page.is_visible(kept)
