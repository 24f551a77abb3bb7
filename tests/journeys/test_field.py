"""The field page on a phone of 360 × 640: set up once with a line, then days without one; nothing lost, nothing twice, nobody else's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from bulou.interfaces.field.tests.rounds import lay
from bulou.interfaces.field.views.full import is_built
from bulou.modules.collection.models import FormVersion, Held, Submission, Token
from bulou.modules.collection.queries.senders import sender_of
from bulou.modules.collection.services.receiving import receive
from bulou.modules.collection.services.tokens import revoke_token
from bulou.modules.ledger.models import Record
from bulou.modules.registry.models import Person
from bulou.platform import clock
from tests.journeys.conftest import session_of

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = Path(__file__).resolve().parents[2] / "build" / "shots"
PIN = "471205"
IN_CHARGE = "navigator.serviceWorker.getRegistration('/field/').then(found => Boolean(found && found.active))"
WAITING = "import('/static/field/queue.js').then(queue => queue.waiting())"
DEGREES = ".br input[id$=-temperature]"
PATIENCE = """async () => {
  const base = await new Promise(done => { indexedDB.open('bulou-field').onsuccess = event => done(event.target.result); });
  const work = base.transaction('workers', 'readwrite'), store = work.objectStore('workers');
  store.getAll().onsuccess = event => event.target.result.forEach(row => store.put(Object.assign(row, {until: 0})));
  await new Promise(done => { work.oncomplete = done; });
}"""


class Phone:
    """One phone with its browser: who signs in, what is typed, and the line that breaks."""

    def __init__(self, chromium, live_server, language="zh-hans"):
        self.base = live_server.url
        self.context = chromium.new_context(
            viewport={"width": 360, "height": 640}, is_mobile=True, has_touch=True, device_scale_factor=2
        )
        self.context.add_cookies([{"name": "language", "value": "zh-hans", "url": self.base}])
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.language = language
        self._listen(self.page)

    def _listen(self, page):
        page.on("pageerror", lambda problem: self.complaints.append(str(problem)))
        page.on("dialog", lambda dialog: dialog.accept())

    def log_in(self, user):
        self.context.add_cookies([{"name": "sessionid", "value": session_of(user), "url": self.base}])

    def log_out(self):
        self.context.clear_cookies(name="sessionid")

    def open(self, place=""):
        self.page.goto(f"{self.base}/field/{place}")
        self.page.wait_for_selector("main[data-ready]")
        return self.page

    def set_up(self, user, pin=PIN):
        """Sign in, choose a PIN; gives the page, with the lists on the phone and the service worker in charge."""
        self.log_in(user)
        page = self.open("#/enrol")
        self.wait_for(lambda: page.evaluate(IN_CHARGE))
        page.reload()
        page.wait_for_selector("main[data-ready]")
        if self.language != "zh-hans":
            self.speak(self.language)
        fields = page.locator("input[type=password]")
        fields.nth(0).fill(pin)
        fields.nth(1).fill(pin)
        page.locator("button[type=submit]").click()
        page.wait_for_url("**/field/#/today")
        page.wait_for_selector(".card, .lead")
        return page

    def speak(self, language):
        self.page.evaluate("location.hash = '#/'")
        self.page.locator(".languages select").select_option(language)
        self.page.evaluate("location.hash = '#/enrol'")
        self.page.wait_for_selector("input[type=password]")

    def new_page(self, place=""):
        """As after the browser was killed: another page of the same phone."""
        self.page.close()
        self.page = self.context.new_page()
        self._listen(self.page)
        return self.open(place)

    def unlock(self, name, pin=PIN):
        self.page.locator(".row.who", has_text=name).click()
        self.type_pin(pin)

    def type_pin(self, pin):
        for digit in pin:
            self.page.locator(".key", has_text=re.compile(f"^{digit}$")).click()
        self.page.locator(".key.main").click()
        expect(self.page.locator(".dots[aria-busy]")).to_have_count(0, timeout=20000)

    def unlock_again(self, pin):
        """Try once more, as if the time to wait were over."""
        self.page.evaluate(PATIENCE)
        self.type_pin(pin)
        expect(self.page.locator(".said")).not_to_be_empty()

    def waste_tries(self):
        """Wrong PINs until the lists are deleted."""
        for _ in range(10):
            if not self.page.locator(".pad").count():
                return
            self.page.evaluate(PATIENCE)
            self.type_pin("999111")
            self.page.wait_for_timeout(100)

    def forge(self, round_, instance):
        """Something else reaches the county under the number of a report on this phone."""
        xml = (
            f'<data xmlns:orx="http://openrosa.org/xforms" id="daily_health" version="1"><person_id>x</person_id><well>no</well>'
            f"<orx:meta><orx:instanceID>{instance}</orx:instanceID></orx:meta></data>"
        )
        sender = sender_of(round_.token(), clock.now())
        receive(sender=sender, submission=xml.encode(), now=clock.now())

    def background_sync(self):
        """As the browser does it when the line is back: wakes the service worker, with no page of ours open."""
        session = self.context.new_cdp_session(self.page)
        found = []
        session.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
        session.send("ServiceWorker.enable")
        self.wait_for(lambda: [one for one in found if one["scopeURL"].endswith("/field/")])
        number = next(one["registrationId"] for one in found if one["scopeURL"].endswith("/field/"))
        wake = {"origin": self.base, "registrationId": number, "tag": "bulou-queue", "lastChance": False}
        session.send("ServiceWorker.dispatchSyncEvent", wake)

    def wait_for(self, asked, seconds=20):
        """Until something is so."""
        for _ in range(seconds * 5):
            if asked():
                return
            self.page.wait_for_timeout(200)
        raise AssertionError("it never came")

    def shot(self, name, full=False):
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"field-{name}.png", full_page=full)

    def go(self, place):
        self.page.evaluate(f"location.hash = '#/{place}'")


@pytest.fixture
def round_(county, cast):
    return lay(county, cast)


@pytest.fixture
def phone(chromium, live_server):
    made = []

    def make(**more):
        made.append(Phone(chromium, live_server, **more))
        return made[-1]

    yield make
    for one in made:
        one.context.close()
    assert not [words for one in made for words in one.complaints]


def fill(page, round_, well="yes"):
    """Open the form of the first simple duty and answer it; gives nothing, the report is on the phone."""
    page.locator(f".br input[value={well}]").check(force=True)
    page.locator(".br-main").click()
    page.wait_for_selector(".toast:not([hidden])")


def test_a_day_without_a_line_from_a_cold_start(phone, round_, cast):
    one = phone()
    page = one.set_up(cast.village_clerk.user)
    one.shot("today")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#top .iconic").click()
    expect(page.locator(".row.who")).to_have_count(1)
    one.context.set_offline(True)
    page = one.new_page()
    expect(page.locator(".row.who")).to_have_count(1)
    one.shot("who")
    one.unlock(cast.village_clerk.viewer.name)
    expect(page.locator(".card")).to_have_count(5)
    card = page.locator(".card", has=page.locator("button.main")).first
    card.locator("a.button").first.click()
    page.wait_for_selector(".br")
    one.shot("form")
    fill(page, round_)
    expect(page.locator("#top .state")).to_have_attribute("data-waiting", "1")
    one.go("queue")
    expect(page.locator(".item[data-state=saved]")).to_have_count(1)
    one.shot("queue-waiting")
    assert Submission.objects.count() == 0
    one.context.set_offline(False)
    expect(page.locator(".item[data-state=received]")).to_have_count(1, timeout=15000)
    one.shot("queue-received")
    assert (Submission.objects.count(), Record.objects.get().facts) == (1, {"well": True})


def test_a_page_killed_while_it_sends_and_a_battery_that_dies_lose_and_double_nothing(phone, round_, cast):
    one = phone()
    page = one.set_up(cast.village_clerk.user)
    one.context.set_offline(True)
    page.locator(".card a.button").first.click()
    page.locator(".br input[value=no]").check(force=True)
    page.locator(DEGREES).fill("38.4")
    page.wait_for_timeout(700)
    page = one.new_page("#/queue")  # the battery died over the open form; the room is still open
    expect(page.locator("main h2").first).to_be_visible()
    page.locator("a.row[href^='#/draft/']").click()
    expect(page.locator(".br input[value=no]")).to_be_checked()
    expect(page.locator(DEGREES)).to_have_value("38.4")
    page.locator(".br-main").click()
    page.wait_for_selector(".toast:not([hidden])")
    assert page.locator("a.row[href^='#/draft/']").count() == 0
    # The answer never comes back to the page: it is killed when the server has it.
    one.context.route("**/key/*/submission", lambda route: (route.fetch(), one.page.close()))
    one.context.set_offline(False)
    page.wait_for_event("close", timeout=20000)
    assert Submission.objects.count() == 1
    one.context.unroute("**/key/*/submission")
    page = one.new_page("#/queue")
    expect(page.locator(".item[data-state=received]")).to_have_count(1, timeout=20000)
    assert (Submission.objects.count(), Record.objects.count()) == (1, 1)
    assert Record.objects.get().facts["well"] is False


def test_several_workers_on_one_phone_and_wrong_pins(phone, round_, cast):
    one = phone()
    clerk, lead = cast.village_clerk, cast.township_lead
    page = one.set_up(clerk.user)
    one.context.set_offline(True)
    page.locator(".card button.main").first.click()
    page.wait_for_selector(".toast:not([hidden])")
    one.context.route("**/field/carry", lambda route: route.abort())
    one.context.route("**/key/*/submission", lambda route: route.abort())
    one.context.set_offline(False)
    page.locator("#top .iconic").click()
    page = one.set_up(lead.user, pin="860213")
    one.go("queue")
    expect(page.locator(".item")).to_have_count(0)
    assert clerk.viewer.name not in page.locator("main").inner_text()
    page.locator("#top .iconic").click()
    expect(page.locator(".row.who")).to_have_count(2)
    expect(page.locator(".row.who .chip")).to_have_count(1)
    one.shot("two-workers")
    one.log_out()
    one.unlock(clerk.viewer.name, "111222")
    expect(page.locator(".said")).to_contain_text("9")
    one.unlock_again("860213")
    one.shot("wrong-pin")
    one.waste_tries()
    expect(page.locator("main")).to_contain_text("1")
    one.shot("wiped")
    kept = page.evaluate(KEPT)
    assert kept["lists"] == [kept["ids"][lead.viewer.name]]
    assert [item["worker"] for item in kept["items"]] == [kept["ids"][clerk.viewer.name]]
    # What he reported goes up all the same, while nobody is at work.
    one.context.unroute("**/field/carry")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    one.wait_for(lambda: page.evaluate(WAITING) == 0)
    assert (Submission.objects.get().user_id, Submission.objects.get().source) == (clerk.user.pk, "carried")
    # His account, not his colleague's, opens the room again.
    one.log_in(clerk.user)
    page.locator("a.main[href^='#/enrol']").click()
    for n in range(2):
        page.locator("input[type=password]").nth(n).fill(PIN)
    page.locator("button[type=submit]").click()
    page.wait_for_url("**/field/#/today")
    one.go("queue")
    expect(page.locator(".item[data-state=received]")).to_have_count(1)


KEPT = """async () => {
  const base = await new Promise(done => { indexedDB.open('bulou-field').onsuccess = event => done(event.target.result); });
  const all = name => new Promise(done => { base.transaction(name).objectStore(name).getAll().onsuccess = event => done(event.target.result); });
  const workers = await all('workers');
  return {ids: workers.reduce((ids, worker) => Object.assign(ids, {[worker.name]: worker.id}), {}),
          lists: (await all('lists')).map(row => row.worker), items: (await all('items')).map(({worker, state}) => ({worker, state}))};
}"""


def test_expired_lists_go_and_reports_stay_and_an_expired_log_in_still_sends(phone, round_, cast):
    one = phone()
    page = one.set_up(cast.village_clerk.user)
    one.log_out()
    one.context.set_offline(True)
    page.locator(".card button.main").first.click()
    page.wait_for_selector(".toast:not([hidden])")
    page.evaluate(AGE, 73)
    page = one.new_page()
    kept = page.evaluate(KEPT)
    assert (kept["lists"], len(kept["items"])) == ([], 1)
    if page.locator(".row.who").count():
        one.unlock(cast.village_clerk.viewer.name)
    one.shot("no-lists")
    expect(page.locator("main .note")).to_be_visible()
    assert round_.county.people_of(1)[0].name not in page.locator("main").inner_text()
    one.context.set_offline(False)
    one.go("queue")
    expect(page.locator(".item[data-state=received]")).to_have_count(1, timeout=20000)
    assert Submission.objects.count() == 1


AGE = """async hours => {
  const base = await new Promise(done => { indexedDB.open('bulou-field').onsuccess = event => done(event.target.result); });
  const work = base.transaction('lists', 'readwrite'), store = work.objectStore('lists');
  store.getAll().onsuccess = event => event.target.result.forEach(row => store.put(Object.assign(row, {at: row.at - hours * 3600000, until: row.until - hours * 3600000})));
  await new Promise(done => { work.oncomplete = done; });
}"""


def test_a_conflict_is_shown_and_kept_until_it_is_understood(phone, round_, cast):
    one = phone()
    page = one.set_up(cast.village_clerk.user)
    one.context.set_offline(True)
    page.locator(".card button.main").first.click()
    page.wait_for_selector(".toast:not([hidden])")
    instance = page.evaluate("async () => (await (await import('/static/field/queue.js')).items())[0].id")
    one.forge(round_, instance)
    held = Held.objects.count()
    one.context.set_offline(False)
    one.go("queue")
    expect(page.locator(".item[data-state=conflict] .told")).to_be_visible(timeout=20000)
    one.shot("conflict")
    assert Held.objects.filter(reason="conflict").count() == 1
    assert Held.objects.count() == held + 1
    page.locator(".item[data-state=conflict] .told button").click()
    expect(page.locator(".item[data-state=conflict]")).to_have_count(0)


def test_the_queue_leaves_by_another_phone(phone, round_, cast, tmp_path):
    one, other = phone(), phone()
    page = one.set_up(cast.village_clerk.user)
    one.context.set_offline(True)
    for _ in range(2):
        page.locator(".card button.main").first.click()
        page.wait_for_selector(".toast:not([hidden])")
        page.wait_for_timeout(300)
    one.go("queue")
    page.locator("a[href='#/export']").click()
    with page.expect_download() as found:
        page.locator("a[download]").click()
    file = tmp_path / "reports.bulou"
    found.value.save_as(file)
    one.shot("export")
    content = file.read_bytes()
    assert content.startswith(b"BULOU1\n")
    assert b"daily_health" not in content
    theirs = other.open("#/carry")
    for _ in range(2):
        theirs.locator("input[type=file]").set_input_files(file)
        expect(theirs.locator(".item")).to_have_count(2)
        expect(theirs.locator(".note.good")).to_be_visible()
    other.shot("carried")
    assert (Submission.objects.count(), Record.objects.count()) == (2, 2)
    one.context.set_offline(False)
    one.go("queue")
    expect(page.locator(".item[data-state=received]")).to_have_count(2, timeout=20000)
    assert Submission.objects.count() == 2


def test_a_household_nobody_knew_is_registered_and_reported_on_before_the_county_knows_it(phone, round_, cast):
    one = phone()
    page = one.set_up(cast.village_clerk.user)
    one.context.set_offline(True)
    page.locator("#bar a[href='#/new']").click()
    one.shot("new", full=True)
    fields = page.locator("fieldset input[type=text]")
    fields.first.fill("索南才让")
    page.locator("main .wide.main").click()
    expect(page.locator("h1")).to_have_text("索南才让")
    one.shot("new-home")
    page.locator("a.row[href^='#/person/']").click()
    page.locator(".does a").first.click()
    fill(page, round_)
    one.go("homes")
    one.shot("homes")
    page.locator(".find").fill("索南")
    expect(page.locator(".row.home")).to_have_count(1)
    assert Person.objects.filter(name="索南才让").count() == 0
    one.context.set_offline(False)
    one.go("queue")
    expect(page.locator(".item[data-state=received], .item[data-state=held]")).to_have_count(2, timeout=20000)
    person = Person.objects.get(name="索南才让")
    assert person.is_temporary
    assert Submission.objects.get().subject_id == person.pk


def test_it_speaks_tibetan_and_is_put_on_the_home_screen(phone, round_, cast):
    one = phone(language="bo")
    page = one.set_up(cast.village_clerk.user)
    one.shot("bo-today")
    assert page.evaluate("document.documentElement.lang") == "bo"
    for room in ("homes", "queue", "more", "new"):
        one.go(room)
        page.wait_for_timeout(250)
        one.shot(f"bo-{room}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), room
    one.go("today")
    page.locator(".card a.button").first.click()
    page.wait_for_selector(".br")
    one.shot("bo-form")
    manifest = page.evaluate("async () => (await fetch(document.querySelector('link[rel=manifest]').href)).json()")
    assert (manifest["scope"], len(manifest["icons"])) == ("/field/", 3)
    one.go("today")
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(300)
    one.shot("dark-today")
    small = "[...document.querySelectorAll('.bar a, main button, main .button, main select')].filter(e => e.getBoundingClientRect().height < 44 && e.offsetParent).map(e => e.className)"
    assert page.evaluate(small) == []


def test_sealed_reports_leave_with_the_page_closed_and_nobody_at_work(phone, round_, cast):
    one = phone()
    page = one.set_up(cast.village_clerk.user)
    one.context.set_offline(True)
    page.locator(".card button.main").first.click()
    page.wait_for_selector(".toast:not([hidden])")
    page.locator("#top .iconic").click()
    page.goto("about:blank")
    one.context.set_offline(False)
    one.background_sync()
    page.wait_for_timeout(500)
    one.wait_for(lambda: Submission.objects.count() == 1)
    assert Submission.objects.get().source == "carried"
    page = one.open()
    one.unlock(cast.village_clerk.viewer.name)
    one.go("queue")
    expect(page.locator(".item[data-state=received]")).to_have_count(1)


def test_a_browser_that_can_keep_nothing_says_so_and_leads_on(chromium, live_server, round_):
    context = chromium.new_context(viewport={"width": 360, "height": 640})
    context.add_init_script(
        "Object.defineProperty(crypto, 'subtle', {value: undefined}); delete Navigator.prototype.serviceWorker;"
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/field/")
    expect(page.locator(".note.bad")).to_contain_text("http")
    expect(page.locator("a.main[href='/mine/']")).to_be_visible()
    page.screenshot(path=SHOTS / "field-insecure.png")
    context.close()


def test_a_phone_that_was_taken_back_loses_its_lists_and_no_report(phone, round_, cast):
    one = phone()
    page = one.set_up(cast.village_clerk.user)
    one.context.set_offline(True)
    page.locator(".card button.main").first.click()
    page.wait_for_selector(".toast:not([hidden])")
    for token in Token.objects.filter(kind="browser", revoked_at=None):
        revoke_token(by=cast.village_clerk.viewer, token_id=token.pk, now=clock.now())
    one.context.set_offline(False)
    one.go("queue")
    expect(page.locator(".item[data-state=login] .told")).to_be_visible(timeout=20000)
    one.go("more")
    page.locator(".card button.main").first.click()
    one.wait_for(lambda: page.evaluate(KEPT)["lists"] == [])
    assert Submission.objects.count() == 0
    one.go("queue")
    page.locator(".item[data-state=login] a.main").click()
    for n in range(2):
        page.locator("input[type=password]").nth(n).fill(PIN)
    page.locator("button[type=submit]").click()
    page.wait_for_url("**/field/#/today")
    one.go("queue")
    expect(page.locator(".item[data-state=received]")).to_have_count(1, timeout=20000)
    assert Submission.objects.count() == 1


def test_a_form_for_the_full_engine_opens_without_a_line_and_goes_through_the_same_queue(phone, round_, cast):
    if not is_built():
        pytest.skip("the full engine was not built here")
    FormVersion.objects.filter(pk=round_.heat.pk).update(runner="full")
    one = phone()
    page = one.set_up(cast.village_clerk.user)
    one.wait_for(lambda: page.evaluate(ENGINE_KEPT))
    one.context.set_offline(True)
    page.locator(".card a.main").first.click()
    frame = page.frame_locator("iframe.full-form")
    expect(frame.get_by_text("身体正常吗？")).to_be_visible(timeout=30000)
    one.shot("full")
    frame.locator(".question-container, .question").filter(has_text="身体正常吗").get_by_text(
        "正常", exact=True
    ).click()
    page.wait_for_timeout(1500)
    assert page.evaluate(COUNT_DRAFTS) == 1
    frame.get_by_role("button", name=re.compile("保存并上报|提交")).click()
    page.wait_for_selector(".toast:not([hidden])")
    one.context.set_offline(False)
    one.go("queue")
    expect(page.locator(".item[data-state=received]")).to_have_count(1, timeout=20000)
    assert Record.objects.get().facts["well"] is True
    assert Submission.objects.get().subject_id == cast.village_clerk.person.pk


ENGINE_KEPT = """async () => {
  const names = (await caches.keys()).filter(name => name.startsWith('bulou-full'));
  return names.length > 0 && (await (await caches.open(names[0])).keys()).length > 3;
}"""
COUNT_DRAFTS = """async () => {
  const base = await new Promise(done => { indexedDB.open('bulou-field').onsuccess = event => done(event.target.result); });
  return new Promise(done => { base.transaction('drafts').objectStore('drafts').count().onsuccess = event => done(event.target.result); });
}"""


def test_only_the_page_itself_is_kept_and_a_newer_one_waits(phone, round_, cast):
    one = phone()
    page = one.set_up(cast.village_clerk.user)
    page.goto(f"{one.base}/mine/")
    page.goto(f"{one.base}/field/")
    kept = page.evaluate(
        "async () => [].concat(...await Promise.all((await caches.keys()).map(async name => (await (await caches.open(name)).keys()).map(r => new URL(r.url).pathname))))"
    )
    assert "/field/" in kept
    assert not [
        path for path in kept if path.startswith(("/key", "/mine", "/account", "/field/session", "/field/enrol"))
    ]
