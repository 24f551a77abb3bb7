"""A resident's link through a real house and browser: filled with the network cut, sent later, once; killed in the middle; corrected; ended."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from bulou.core.windows import Daily
from bulou.interfaces.field.views import link as views
from bulou.modules.collection.models import Attachment, Held, Submission, Token
from bulou.modules.collection.queries import accepting, senders
from bulou.modules.collection.tests.linked import linked, published
from bulou.modules.ledger import services
from bulou.modules.ledger.models import Record
from bulou.modules.operations.models import Operation
from bulou.platform import clock
from bulou.platform.access.viewer import system
from bulou.platform.playbooks import OperationRef
from tests.journeys.test_light_runner import PLACE, at, photo, pick

pytestmark = pytest.mark.django_db(transaction=True)
BUILD = Path(__file__).resolve().parents[2] / "build" / "shots"
BY = system("tests")


@pytest.fixture(autouse=True)
def afresh():
    """Nothing of another test's tokens and forms is remembered by this process."""
    for limit in (views.OF_ADDRESS, views.OF_LINK, views.OF_STRANGERS):
        limit.forget()
    senders.forget_senders()
    accepting.forget()


@pytest.fixture
def form(county):
    """The daily report of a village's residents, owed since yesterday."""
    now = clock.now()
    yesterday = now - timedelta(days=1)
    row = Operation.objects.create(
        key="op", titles={"zh-Hans": "演练"}, playbook="x", root=county.root, level="x", started_at=yesterday
    )
    operation = OperationRef(row.pk, row.key, county.root.pk, clock.COUNTY_ZONE)
    about = {"titles": {"zh-Hans": "每日健康", "en": "Daily health"}}
    regime = services.set_regime(
        by=BY, operation=operation, key="health", asks=["well"], calendar=Daily(due="23:59"), now=yesterday, about=about
    )  # fmt: skip
    rows = [services.NewEnrolment(_uuid(), one.pk, county.villages[0].pk) for one in county.people_of(0)]
    services.enrol_many(by=BY, regime=regime, rows=rows, now=yesterday, starts=yesterday)
    services.open_windows(now)
    return published(row, yesterday)


def _uuid():
    from uuid import uuid4

    return uuid4()


@pytest.fixture
def phone(screen):
    """`phone()`: a phone of its own, in the county."""

    def make():
        window = screen(size="phone")
        window.context.grant_permissions(["geolocation"])
        window.context.set_geolocation(PLACE)
        return window

    return make


def filled(page, folder):
    """Everything answered: not well, 38.5, fever, on the pasture, where, a photograph, two relatives."""
    pick(page, "well", "no")
    at(page, "temperature").locator("input").fill("38.5")
    pick(page, "symptoms", "fever")
    pick(page, "whereabouts", "pasture")
    at(page, "place").get_by_role("button").first.click()
    expect(at(page, "place").locator(".br-place")).to_contain_text("34.13")
    at(page, "photo").locator("input").set_input_files(photo(folder))
    expect(at(page, "photo").locator("canvas")).to_be_visible()
    for name in ("才让", "格桑"):
        page.locator(".br-repeat > .br-button").click()
        at(page, "kin/name").last.locator("input").fill(name)
    page.wait_for_timeout(600)


def taken(page, name):
    """A picture for people to look at."""
    BUILD.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=BUILD / f"link-{name}.png", full_page=True)


@pytest.mark.parametrize("language", ["bo", "zh"])
def test_filled_without_a_network_and_sent_later_once(phone, county, form, tmp_path, language):
    person = county.people_of(0)[1]
    text = linked(BY, form, person, clock.now(), language=language)
    window = phone()
    page = window.open(f"/f/{text}/")
    expect(at(page, "well")).to_be_visible()
    taken(page, f"{language}-empty")
    window.context.set_offline(True)
    filled(page, tmp_path)
    taken(page, f"{language}-filled")
    page.close()  # the phone is put away, and its battery is flat
    window.context.set_offline(False)
    page = window.open(f"/f/{text}/")
    assert at(page, "temperature").locator("input").input_value() == "38.5"
    window.context.set_offline(True)
    page.locator(".br-main").click()
    expect(page.locator('.br-panel[data-tone="warn"]')).to_be_visible()
    taken(page, f"{language}-waiting")
    assert not Submission.objects.exists()
    window.context.set_offline(False)
    expect(page.locator('.br-panel[data-tone="good"]')).to_be_visible()
    taken(page, f"{language}-received")
    sent = Submission.objects.get()
    assert (sent.source, sent.subject_id, sent.is_held) == ("link", person.pk, False)
    assert sent.answers["kin"] == [{"kin/name": "才让"}, {"kin/name": "格桑"}]
    assert Attachment.objects.get().submission_id == sent.pk
    assert Record.objects.get(pk=sent.record_id).subject_id == person.pk
    window.complaints[:] = [one for one in window.complaints if "ERR_INTERNET_DISCONNECTED" not in one]


def test_killed_while_it_is_sent_it_arrives_once(phone, county, form, tmp_path):
    text = linked(BY, form, county.people_of(0)[1], clock.now())
    window = phone()
    answers = []

    def taken_and_lost(route):
        """The house has it; the phone never hears so."""
        answers.append(route.fetch().status)
        route.abort()

    window.context.route("**/submission", taken_and_lost)
    page = window.open(f"/f/{text}/")
    filled(page, tmp_path)
    page.locator(".br-main").click()
    expect(page.locator('.br-panel[data-tone="warn"]')).to_be_visible()
    page.close()
    assert answers == [201]
    window.context.unroute("**/submission")
    again = window.open(f"/f/{text}/")
    expect(again.locator('.br-panel[data-tone="good"]')).to_be_visible()
    assert Submission.objects.count() == Record.objects.count() == Attachment.objects.count() == 1
    assert not Held.objects.exists()
    window.complaints[:] = [one for one in window.complaints if "ERR_FAILED" not in one]


def test_two_windows_that_send_the_same_send_it_once(phone, county, form):
    text = linked(BY, form, county.people_of(0)[1], clock.now())
    window = phone()
    window.context.set_offline(False)
    page = window.open(f"/f/{text}/")
    pick(page, "well", "yes")
    page.wait_for_timeout(400)
    other = window.open(f"/f/{text}/")
    expect(at(other, "well").locator("input[value=yes]")).to_be_checked()
    page.locator(".br-main").click()
    other.locator(".br-main").click()
    expect(page.locator(".br-panel").first).to_be_visible()
    expect(other.locator(".br-panel").first).to_be_visible()
    page.wait_for_timeout(500)
    assert Submission.objects.count() == 1
    assert not Held.objects.exists()


def test_the_second_visit_says_so_and_corrects(phone, county, form):
    text = linked(BY, form, county.people_of(0)[1], clock.now())
    page = phone().open(f"/f/{text}/")
    pick(page, "well", "yes")
    page.locator(".br-main").click()
    expect(page.locator('.br-panel[data-tone="good"]')).to_contain_text("谢谢")
    page = phone().open(f"/f/{text}/")  # the phone of a neighbour
    expect(page.locator(".br-panel h1")).to_contain_text("已收到")
    page.get_by_role("button", name="更正").click()
    expect(at(page, "well").locator("input[value=yes]")).not_to_be_checked()
    pick(page, "well", "no")
    at(page, "temperature").locator("input").fill("37.9")
    page.locator(".br-main").click()
    expect(page.locator('.br-panel[data-tone="good"]')).to_contain_text("谢谢")
    first, second = Submission.objects.order_by("id")
    assert (second.chain, second.number) == (first.instance_id, 2)
    assert not Held.objects.exists()


def test_a_link_that_ended_while_one_typed_keeps_what_was_typed(phone, county, form):
    text = linked(BY, form, county.people_of(0)[1], clock.now())
    window = phone()
    page = window.open(f"/f/{text}/")
    pick(page, "well", "yes")
    Token.objects.update(revoked_at=clock.now())
    senders.forget_senders()
    page.locator(".br-main").click()
    expect(page.locator(".br-panel")).to_contain_text("链接已失效")
    assert not Submission.objects.exists()
    page.get_by_role("button", name="返回修改").click()
    expect(at(page, "well").locator("input[value=yes]")).to_be_checked()
    gone = window.open(f"/f/{text}/")
    expect(gone.locator(".br-panel")).to_contain_text("已于")
    taken(gone, "ended")
    unknown = window.open(f"/f/{'a' * 26}/")
    expect(unknown.locator(".br-panel")).to_have_count(3)
    taken(unknown, "unknown")
    address = text[:-1] + ("a" if text[-1] != "a" else "b")
    expect(window.open(f"/f/{address}/").locator(".br-panel")).to_have_count(3)


def test_a_clerk_prints_the_slips_of_a_village(screen, cast, form):
    window = screen(cast.village_clerk.user)
    page = window.open("/collection/links/new")
    page.get_by_label("表单").first.click() if page.get_by_label("表单").first.get_attribute(
        "type"
    ) == "radio" else None
    page.locator('input[name="place_q"]').fill("岗当")
    page.get_by_text("岗当村", exact=False).last.click()
    page.get_by_role("button", name="生成纸条").click()
    expect(page.locator(".slip").first).to_be_visible()
    count = page.locator(".slip").count()
    assert count == Token.objects.count() > 5
    BUILD.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=BUILD / "link-slips-desk.png")
    page.emulate_media(media="print")
    page.screenshot(path=BUILD / "link-slips-paper.png")
    with page.expect_download() as download:
        page.emulate_media(media="screen")
        page.get_by_role("link", name="电子表格").click()
    assert Path(download.value.path()).read_bytes()[:2] == b"PK"
