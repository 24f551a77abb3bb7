"""The light runner in a browser, without a house: what it shows, keeps and sends, on engines with less in them, for fingers in gloves."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from playwright.sync_api import expect

from bulou.interfaces.field import bundle
from bulou.modules.collection.rules import light as rules
from bulou.modules.collection.rules import xform
from bulou.modules.collection.tests import linked
from tests.journeys import light
from tests.journeys.light import question, tree_of

SHARED = Path(os.environ.get("BULOU_SHARED") or Path(__file__).resolve().parents[3] / "shared") / "data" / "forms"
RUNNER = Path(bundle.__file__).parent / "static" / "field" / "runner"
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "timezone_id": "Asia/Shanghai",
}
PLACE = {"latitude": 34.1303, "longitude": 95.8006, "accuracy": 8}


def data_of(tree: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What the page of a link is given."""
    given = {"tree": tree, "form": {"id": "f", "version": "7"}, "title": "f", "lists": {}, "prefill": {}, "scope": "s", "submit": "/door", "day": "2020-01-26",
        "person": "卓**", "until": "2020-02-01", "languages": tree["languages"], "language": "zh", "received": None, "pages": "one"}  # fmt: skip
    return given | more


def daily() -> dict[str, Any]:
    """The tree of a resident's daily report."""
    return xform.read(linked.report()).tree


class Door:
    """A door that answers what it is told to, and keeps what came."""

    def __init__(self, *answers: int) -> None:
        self.answers, self.posts = list(answers), []

    def __call__(self, route: Any) -> None:
        head = b"Content-Type: " + route.request.headers["content-type"].encode() + b"\r\n\r\n"
        parts = BytesParser().parsebytes(head + route.request.post_data_buffer).get_payload()
        self.posts.append(
            {part.get_param("name", header="content-disposition"): part.get_payload(decode=True) for part in parts}
        )
        status = self.answers.pop(0) if self.answers else 201
        if status:
            route.fulfill(
                status=status,
                content_type="text/xml",
                body="<OpenRosaResponse><message>why</message></OpenRosaResponse>",
            )
        else:
            route.abort()

    @property
    def xmls(self) -> list[bytes]:
        return [post["xml_submission_file"] for post in self.posts]


@pytest.fixture
def phone(chromium: Any):
    """`phone(data, door, script="", **context)`: a phone at the page of a link; the test fails if the page complained."""
    contexts: list[tuple[Any, list[str]]] = []

    def make(data: dict[str, Any], door: Any = None, *, script: str = "", **more: Any) -> Any:
        context = chromium.new_context(**(PHONE | {"geolocation": PLACE, "permissions": ["geolocation"]} | more))
        if script:
            context.add_init_script(script)
        contexts.append((context, light.host(context, data, door)))
        return light.opened(context)

    yield make
    for context, _complaints in contexts:
        context.close()
    assert not [words for _context, complaints in contexts for words in complaints]


def at(page: Any, path: str) -> Any:
    return page.locator(f'[data-path="{path}"]')


def pick(page: Any, path: str, name: str) -> None:
    at(page, path).locator(f'label:has(input[value="{name}"])').click()


def photo(folder: Path) -> Path:
    """A picture of 1600 × 1200."""
    import struct
    import zlib

    def chunk(tag: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))

    rows = b"".join(b"\0" + bytes((x * 7 + y * 3) & 255 for x in range(1600 * 3)) for y in range(1200))
    head = struct.pack(">IIBBBBB", 1600, 1200, 8, 2, 0, 0, 0)
    there = folder / "photo.png"
    there.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )
    return there


def sent(xml: bytes) -> dict[str, Any]:
    """The leaves of what was sent, by name; repeats as lists."""
    found: dict[str, Any] = {}
    for leaf in etree.fromstring(xml).iter():
        if not len(leaf):
            found.setdefault(etree.QName(leaf).localname, []).append(leaf.text or "")
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def test_a_report_with_everything_in_it(phone, tmp_path) -> None:
    door = Door()
    page = phone(data_of(daily(), prefill={"person_id": "uuid-of-drolma"}), door)
    expect(at(page, "temperature")).to_be_hidden()
    expect(at(page, "person_id")).to_have_count(0)
    pick(page, "well", "no")
    expect(at(page, "temperature")).to_be_visible()
    at(page, "temperature").locator("input").fill("5༠")
    page.get_by_role("button", name="提交").click()
    expect(at(page, "temperature").locator(".br-wrong")).to_have_text("体温应在 34 到 43 之间")
    assert page.evaluate("document.activeElement.closest('[data-path]').dataset.path") == "temperature"
    at(page, "temperature").locator("input").fill("３８．５")
    expect(at(page, "temperature").locator(".br-wrong")).to_be_hidden()
    pick(page, "symptoms", "tired")
    pick(page, "symptoms", "fever")
    at(page, "place").get_by_role("button").first.click()
    expect(at(page, "place").locator(".br-place")).to_contain_text("±8 m")
    at(page, "photo").locator("input").set_input_files(photo(tmp_path))
    expect(at(page, "photo").locator("canvas")).to_be_visible()
    for name in ("才让", "格桑"):
        page.get_by_role("button", name="添加").click()
        at(page, "kin/name").last.locator("input").fill(name)
    page.get_by_role("button", name="提交").click()
    expect(page.locator('.br-panel[data-tone="good"]')).to_be_visible()
    assert len(door.posts) == 2
    assert door.xmls[0] == door.xmls[1]
    root, said = etree.fromstring(door.xmls[0]), sent(door.xmls[0])
    assert (root.tag, root.get("id"), root.get("version")) == ("data", "f", "7")
    assert (said["person_id"], said["well"], said["temperature"], said["symptoms"]) == (
        "uuid-of-drolma",
        "no",
        "38.5",
        "fever tired",
    )
    assert (said["name"], said["count"], said["whereabouts"]) == (["才让", "格桑"], "2", "")
    assert said["place"].startswith("34.1303000 95.8006000 0.0 8.0")
    assert root.find("{http://openrosa.org/xforms}meta/{http://openrosa.org/xforms}instanceID").text.startswith("uuid:")
    assert said["start"] <= said["end"]
    assert said["end"].endswith("+08:00")
    picture = door.posts[1][said["photo"]]
    assert picture[:3] == b"\xff\xd8\xff"
    assert len(picture) < 1_000_000


def test_what_is_not_asked_is_not_sent(phone) -> None:
    door = Door()
    page = phone(data_of(daily()), door)
    expect(at(page, "well")).to_be_visible()
    assert page.evaluate("BulouRunner.page.view.model.wrong().map(one => one.name)") == ["person_id", "well"]
    at(page, "person_id").locator("input").fill("x")
    pick(page, "well", "no")
    at(page, "temperature").locator("input").fill("39")
    pick(page, "well", "yes")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".br-panel h1")).to_contain_text("已收到")
    assert "temperature" not in sent(door.xmls[0])


def test_a_draft_survives_the_page(phone, tmp_path) -> None:
    page = phone(data_of(daily()))
    at(page, "person_id").locator("input").fill("x")
    pick(page, "well", "no")
    at(page, "photo").locator("input").set_input_files(photo(tmp_path))
    page.get_by_role("button", name="添加").click()
    at(page, "kin/name").locator("input").fill("才让")
    expect(page.locator(".br-live")).to_contain_text("已保存在本手机")
    instance = page.evaluate("BulouRunner.page.view.model.instanceId")
    page.wait_for_timeout(400)
    page.reload()
    expect(page.locator(".br-live")).to_contain_text("还在")
    assert at(page, "kin/name").locator("input").input_value() == "才让"
    expect(at(page, "temperature")).to_be_visible()
    expect(at(page, "photo").locator("canvas")).to_be_visible()
    assert page.evaluate("BulouRunner.page.view.model.instanceId") == instance


def test_the_last_letters_are_kept_when_the_page_goes_away(phone) -> None:
    page = phone(data_of(daily()))
    at(page, "note").locator("input").fill("没电了")  # and at once away, before the pause after typing is over
    page.goto(light.BASE + "/elsewhere")
    page.goto(light.BASE + "/")
    expect(at(page, "note").locator("input")).to_have_value("没电了")


@pytest.mark.parametrize(
    ("status", "word"), [(0, "没有网络"), (500, "暂时没有应答（500）"), (503, "（503）"), (429, "（429）")]
)
def test_what_cannot_be_sent_now_waits_and_goes_later_unchanged(phone, status, word) -> None:
    door = Door(status, 201)
    page = phone(data_of(tree_of(question("a"))), door)
    at(page, "a").locator("input").fill("x")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".br-panel h1")).to_contain_text(word)
    page.reload()
    expect(page.locator(".br-panel h1")).to_contain_text("已收到")
    assert len(set(door.xmls)) == 1
    assert len(door.posts) == 2


@pytest.mark.parametrize(
    ("status", "word"),
    [(400, "无法读取"), (403, "链接已失效"), (404, "表单已停用"), (413, "照片太大"), (418, "未被接收")],
)
def test_what_is_refused_says_why_and_is_still_there(phone, status, word) -> None:
    door = Door(status, 201)
    page = phone(data_of(tree_of(question("a"))), door)
    at(page, "a").locator("input").fill("x")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".br-panel")).to_contain_text(word)
    expect(page.locator(".br-panel")).to_contain_text("why")
    page.get_by_role("button", name="返回修改").click()
    expect(at(page, "a").locator("input")).to_have_value("x")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".br-panel h1")).to_contain_text("已收到")
    assert len({sent(one)["instanceID"] for one in door.xmls}) == 1


def test_a_conflict_is_said(phone) -> None:
    page = phone(data_of(tree_of(question("a"))), Door(409))
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".br-panel")).to_contain_text("两份都已保留")


def test_photographs_go_on_where_they_broke_off(phone, tmp_path) -> None:
    door = Door(201, 0, 201)
    page = phone(data_of(tree_of(question("a"), question("p", "image"))), door)
    at(page, "p").locator("input").set_input_files(photo(tmp_path))
    expect(at(page, "p").locator("canvas")).to_be_visible()
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".br-panel h1")).to_contain_text("没有网络")
    page.get_by_role("button", name="现在重试").click()
    expect(page.locator('.br-panel[data-tone="good"]')).to_be_visible()
    assert [len(post) for post in door.posts] == [1, 2, 2]  # the report, its photograph (lost), its photograph


def test_the_same_day_shows_what_was_received_and_lets_it_be_corrected(phone) -> None:
    door = Door()
    page = phone(data_of(tree_of(question("a"), question("b"))), door)
    at(page, "a").locator("input").fill("x")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".br-panel h1")).to_contain_text("谢谢")
    page.reload()
    expect(page.locator(".br-panel h1")).to_contain_text("已收到")
    page.get_by_role("button", name="更正").click()
    expect(at(page, "a").locator("input")).to_have_value("x")
    at(page, "b").locator("input").fill("y")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".br-panel h1")).to_contain_text("谢谢")
    first, second = (sent(one) for one in door.xmls)
    assert second["deprecatedID"] == first["instanceID"] != second["instanceID"]
    assert "deprecatedID" not in first


def test_another_phone_corrects_without_seeing_what_was_said(phone) -> None:
    page = phone(data_of(tree_of(question("a")), received={"time": "10:03", "instance": "uuid:first"}), door := Door())
    expect(page.locator(".br-panel h1")).to_have_text("已收到 10:03")
    page.get_by_role("button", name="更正").click()
    expect(at(page, "a").locator("input")).to_have_value("")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".br-panel h1")).to_contain_text("谢谢")
    assert sent(door.xmls[0])["deprecatedID"] == "uuid:first"


def test_two_windows_do_not_overwrite_each_other(phone) -> None:
    page = phone(data_of(tree_of(question("a"))), door := Door())
    other = light.opened(page.context)
    at(page, "a").locator("input").fill("first")
    expect(page.locator(".br-live")).to_contain_text("已保存")
    at(other, "a").locator("input").fill("second")
    expect(other.locator(".br-panel h1")).to_contain_text("另一个窗口")
    other.get_by_role("button", name="用另一个窗口的内容").click()
    expect(at(other, "a").locator("input")).to_have_value("first")
    at(other, "a").locator("input").fill("both")
    expect(other.locator(".br-live")).to_contain_text("已保存")
    at(page, "a").locator("input").fill("mine")
    expect(page.locator(".br-panel h1")).to_contain_text("另一个窗口")
    page.get_by_role("button", name="用这个窗口的内容").click()
    expect(at(page, "a").locator("input")).to_have_value("mine")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".br-panel h1")).to_contain_text("谢谢")
    other.get_by_role("button", name="提交").click()
    expect(other.locator(".br-panel h1")).to_contain_text("另一个窗口")
    assert [sent(one)["a"] for one in door.xmls] == ["mine"]


OLD = """
for (const gone of ['serviceWorker']) Object.defineProperty(Navigator.prototype, gone, {get: () => undefined});
for (const gone of ['values', 'entries', 'fromEntries', 'groupBy', 'getOwnPropertyDescriptors']) delete Object[gone];
for (const gone of ['flat', 'flatMap', 'includes', 'at', 'findLast', 'toSorted']) delete Array.prototype[gone];
for (const gone of ['padStart', 'padEnd', 'replaceAll', 'matchAll', 'at', 'trimStart', 'trimEnd']) delete String.prototype[gone];
for (const gone of ['append', 'prepend', 'replaceChildren', 'replaceWith', 'before', 'after', 'toggleAttribute']) delete Element.prototype[gone];
for (const gone of ['fetch', 'AbortController', 'IntersectionObserver', 'ResizeObserver', 'URLSearchParams', 'structuredClone', 'BroadcastChannel',
  'queueMicrotask', 'createImageBitmap', 'requestIdleCallback', 'visualViewport', 'OffscreenCanvas']) delete window[gone];
for (const gone of ['arrayBuffer', 'text', 'stream']) delete Blob.prototype[gone];
delete Promise.prototype.finally; delete Promise.allSettled; delete Promise.any; delete Crypto.prototype.randomUUID; delete Crypto.prototype.subtle;
delete HTMLElement.prototype.inputMode; delete CSS.escape; delete HTMLFormElement.prototype.requestSubmit; delete FormData.prototype.entries;
delete Element.prototype.scrollIntoViewIfNeeded; delete HTMLInputElement.prototype.showPicker;
"""
NO_DATABASE = "Object.defineProperty(window, 'indexedDB', {get: () => undefined});"
NO_STORAGE = (
    NO_DATABASE + "Object.defineProperty(window, 'localStorage', {get: () => { throw new Error('refused'); }});"
)


@pytest.mark.parametrize(
    "script", [OLD, OLD + NO_DATABASE], ids=["without what came since 2016", "and without a database"]
)
def test_it_works_on_an_engine_with_less_in_it(phone, tmp_path, script) -> None:
    door = Door(0, 201, 201)
    page = phone(data_of(daily()), door, script=script)
    at(page, "person_id").locator("input").fill("x")
    pick(page, "well", "no")
    at(page, "temperature").locator("input").fill("38.5")
    at(page, "place").get_by_role("button").first.click()
    at(page, "photo").locator("input").set_input_files(photo(tmp_path))
    expect(at(page, "photo").locator("canvas")).to_be_visible()
    expect(page.locator(".br-live")).to_contain_text("已保存在本手机")
    page.wait_for_timeout(500)
    page.reload()
    expect(at(page, "photo").locator("canvas")).to_be_visible()
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".br-panel h1")).to_contain_text("没有网络")
    page.reload()
    expect(page.locator('.br-panel[data-tone="good"]')).to_be_visible()
    assert sent(door.xmls[-1])["temperature"] == "38.5"
    assert len(set(door.xmls)) == 1


def test_a_phone_that_keeps_nothing_says_so_and_sends(phone) -> None:
    door = Door(0, 201)
    page = phone(data_of(tree_of(question("a"))), door, script=NO_STORAGE)
    expect(page.locator(".br-live")).to_contain_text("无法保存草稿")
    at(page, "a").locator("input").fill("x")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".br-panel h1")).to_contain_text("请不要关闭页面")
    page.get_by_role("button", name="现在重试").click()
    expect(page.locator(".br-panel h1")).to_contain_text("已收到")


def test_the_scripts_are_of_2015() -> None:
    """No syntax an engine of 2016 does not read: checked by words everywhere, and by a parser where node is at hand."""
    newer = re.compile(
        r"\basync\b|\bawait\b|\*\*|\?\.(?!\d)|\?\?|\.\.\.|\bcatch\s*\{|\bimport\b|\bexport\b|\bstatic\b|\(\?<|\d_\d|,\s*\)"
    )
    for path in RUNNER.glob("*.js"):
        plain = re.sub(r"/\*.*?\*/|'(?:\\.|[^'\\\n])*'", "''", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        found = [
            line
            for line in plain.splitlines()
            if newer.search(re.sub(r"/(?![/*])(?:\\.|\[[^\]]*\]|[^/\\\n])+/[gimu]*", "//", line))
        ]
        assert not found, (path.name, found)
    if node := shutil.which("node"):
        parse = "const {parse} = require('internal/deps/acorn/acorn/dist/acorn'); parse(require('fs').readFileSync(0, 'utf8'), {ecmaVersion: 6})"
        subprocess.run([node, "--expose-internals", "-e", parse], input=bundle.packed("js").plain, check=True)


def test_lists_choices_and_names_of_choices(phone) -> None:
    towns = [{"name": f"t{n}", "label": f"镇{n}", "county": f"c{n % 50}"} for n in range(5000)]
    lists = {
        "towns": {
            "src": "jr://file-csv/towns.csv",
            "columns": ["name", "label", "county"],
            "rows": [list(one.values()) for one in towns],
        }
    }
    tree = tree_of(
        question("county", "select", choices=[{"name": f"c{n}", "label": {"": f"县{n}"}} for n in range(50)]),
        question(
            "town",
            "select",
            itemset={"instance": "towns", "filter": "county = /data/county", "value": "name", "label": "label"},
        ),
        question("any", "select", itemset={"instance": "towns", "value": "name", "label": "label"}),
        question(
            "said",
            "note",
            label="\ue000jr:choice-name(/data/county, '/data/county')\ue001 / \ue000jr:choice-name(/data/town, '/data/town')\ue001",
        ),
        instances=lists,
    )
    assert not rules.why_not(tree)
    page = phone(data_of(tree))
    assert at(page, "any").locator(".br-choice").count() == 30
    expect(at(page, "any").locator(".br-hint").last).to_contain_text("4970")
    at(page, "any").get_by_role("searchbox").fill("镇4321")
    pick(page, "any", "t4321")
    at(page, "county").get_by_role("searchbox").fill("县7")
    pick(page, "county", "c7")
    at(page, "town").get_by_role("searchbox").fill("镇4957")
    pick(page, "town", "t4957")
    expect(at(page, "said")).to_contain_text("县7 / 镇4957")
    at(page, "county").get_by_role("searchbox").fill("县8")
    pick(page, "county", "c8")  # the town of the other county is offered no more
    expect(at(page, "said").locator(".br-label")).to_have_text("县8 / ")
    assert page.evaluate("BulouRunner.page.view.model.answers()") == {"county": "c8", "any": "t4321"}


def test_a_list_that_is_missing_is_said_beside_its_question(phone) -> None:
    tree = tree_of(
        question("who", "select", required="true()", itemset={"instance": "people", "value": "name", "label": "label"}), question("a"),
        instances={"people": {"src": "jr://file-csv/people.csv"}},
    )  # fmt: skip
    page = phone(data_of(tree))
    expect(at(page, "who")).to_contain_text("没有可选名单")
    page.get_by_role("button", name="提交").click()
    assert page.evaluate("document.activeElement.dataset.path") == "who"
    broken = phone(data_of(tree_of(question("a", relevant="no-such-function()"))))
    expect(broken.locator(".br-panel")).to_contain_text("无法在这里显示")


def test_two_hundred_questions_one_at_a_time(phone) -> None:
    many = [
        question(f"q{n}", "integer", relevant=f"/data/q{n - 1} != ''" if n else "true()", constraint=". < 100")
        for n in range(200)
    ]
    page = phone(
        data_of(
            tree_of(
                *many,
                question("total", "calculate", calculate=" + ".join(f"coalesce(/data/q{n}, 0)" for n in range(200))),
            ),
            pages="auto",
        ),
        door := Door(),
    )
    for n in range(200):
        expect(page.locator(".br-question:visible")).to_have_count(1)
        at(page, f"q{n}").locator("input").fill("1")
        page.locator(".br-main").click()
    expect(page.locator(".br-panel h1")).to_contain_text("已收到")
    assert sent(door.xmls[0])["total"] == "200"


def test_a_question_at_a_time_checks_before_it_goes_on(phone) -> None:
    fields = [question(f"q{n}", required="true()") for n in range(8)]
    group = question("g", "group", appearance="field-list", children=[question("g/a"), question("g/b")])
    page = phone(data_of(tree_of(*fields, group), pages="auto"), Door())
    page.get_by_role("button", name="下一题").click()
    expect(at(page, "q0").locator(".br-wrong")).to_have_text("此题必填。")
    expect(page.locator(".br-pace")).to_have_text("1 / 9")
    for n in range(8):
        at(page, f"q{n}").locator("input").fill("x")
        page.get_by_role("button", name="下一题").click()
    expect(page.locator(".br-question:visible")).to_have_count(2)
    page.get_by_role("button", name="上一题").click()
    expect(at(page, "q7").locator("input")).to_have_value("x")


def test_repeats_come_and_go_and_count(phone) -> None:
    tree = tree_of(
        question("n", "integer"),
        question("counted", "repeat", count="/data/n", children=[question("counted/a")]),
        question("people", "repeat", children=[question("people/age", "integer"), question("people/pos", "calculate", calculate="position(..)"),
            question("people/child", relevant="../age < 18")]),
        question("minors", "calculate", calculate="count(/data/people[age < 18])"),
    )  # fmt: skip
    page = phone(data_of(tree), door := Door())
    at(page, "n").locator("input").fill("2")
    expect(at(page, "counted/a")).to_have_count(2)
    for age in ("7", "70", "9"):
        page.get_by_role("button", name="添加").click()
        at(page, "people/age").last.locator("input").fill(age)
    expect(at(page, "people/child").nth(1)).to_be_hidden()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="删除 第 1 项").click()
    expect(at(page, "people/age")).to_have_count(2)
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".br-panel h1")).to_contain_text("已收到")
    said = sent(door.xmls[0])
    assert (said["age"], said["pos"], said["minors"]) == (["70", "9"], ["1", "2"], "1")


def test_it_speaks_the_forms_languages_and_keeps_what_was_typed(phone) -> None:
    page = phone(data_of(daily(), language="bo"))
    expect(page.locator("form.br")).to_have_attribute("lang", "bo")
    expect(page.locator("h1").first).to_contain_text("每日健康报告")  # an XForm's title has one language
    at(page, "note").locator("input").fill("ཡག་པོ།")
    page.get_by_role("button", name="English").click()
    expect(at(page, "note").locator("label")).to_contain_text("Anything else to say?")
    expect(at(page, "note").locator("input")).to_have_value("ཡག་པོ།")
    page.get_by_role("button", name="Send").click()
    expect(at(page, "well").locator(".br-wrong")).to_have_text("Please answer this.")
    page.wait_for_timeout(300)
    page.reload()
    expect(page.locator("form.br")).to_have_attribute("lang", "en")


def test_it_can_be_used_in_gloves_and_by_those_who_do_not_see(phone) -> None:
    page = phone(data_of(daily()))
    page.get_by_role("button", name="添加").click()
    pick(page, "well", "no")
    small = page.evaluate("""() => Array.from(document.querySelectorAll('button, .br-choice, .br-line, label.br-button, summary'))
      .filter(one => one.offsetParent).map(one => [one.className || one.tagName, one.textContent, one.getBoundingClientRect()]).filter(one => one[2].height < 48 || one[2].width < 44)""")
    assert not small
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for name, role in (
        ("体温（℃）", "textbox"),
        ("姓名", "textbox"),
        ("还有什么要说的？", "textbox"),
        ("发热", "checkbox"),
        ("在牧场", "radio"),
    ):
        expect(page.get_by_role(role, name=name)).to_be_visible()
    expect(page.get_by_role("group", name="有哪些症状？")).to_be_visible()
    page.get_by_role("button", name="提交").click()
    wrong = page.get_by_role("textbox", name="体温（℃）")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    assert (
        page.evaluate("id => document.getElementById(id).textContent", wrong.get_attribute("aria-describedby"))
        == "此题必填。"
    )
    expect(page.get_by_role("alert")).to_contain_text("处需要修改")
    for _ in range(40):  # everything is reached by the keyboard alone
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className").find("br-main") >= 0:
            break
    assert "br-main" in page.evaluate("document.activeElement.className")


def test_a_place_can_be_written_where_it_is_not_found(phone) -> None:
    page = phone(data_of(tree_of(question("p", "geopoint", required="true()"))), door := Door(), permissions=[])
    at(page, "p").get_by_role("button").first.click()
    expect(at(page, "p")).to_contain_text("未允许定位")
    at(page, "p").get_by_label("纬度").fill("34,1303")
    page.get_by_role("button", name="提交").click()
    expect(at(page, "p").locator(".br-wrong")).to_contain_text("两个数字")
    at(page, "p").get_by_label("经度").fill("95.8")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".br-panel h1")).to_contain_text("已收到")
    assert sent(door.xmls[0])["p"] == "34.1303 95.8 0 0"


def test_what_may_not_be_changed(phone) -> None:
    group = question(
        "g",
        "group",
        readonly="/data/a = 'x'",
        children=[question("g/b", default="b"), question("g/c", "select", choices=[{"name": "1"}])],
    )
    page = phone(
        data_of(
            tree_of(
                question("a"), group, question("d", "integer", readonly="true()", calculate="string-length(/data/a)")
            )
        )
    )
    expect(at(page, "g/b").locator("input")).to_be_editable()
    at(page, "a").locator("input").fill("x")
    expect(at(page, "g/b").locator("input")).not_to_be_editable()
    expect(at(page, "g/c").locator("input[value='1']")).to_be_disabled()
    expect(at(page, "d").locator("input")).to_have_value("1")


def test_a_test_sends_nothing(phone) -> None:
    page = phone(data_of(tree_of(question("a")), mode="test"), door := Door())
    at(page, "a").locator("input").fill("<x> & y")
    page.locator(".br-main").click()
    expect(page.locator(".br-xml")).to_contain_text("<a>&lt;x&gt; &amp; y</a>")
    assert not door.posts


@pytest.mark.conformance
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared collection of forms is not there")
def test_every_form_that_is_light_opens_and_gives_its_instance(chromium, conformance) -> None:
    context = chromium.new_context()
    complaints = light.host(context)
    page = light.opened(context)
    cases = 0
    for path in sorted(SHARED.rglob("*.xml")):
        read = xform.read(path.read_bytes())
        if read.faults or rules.why_not(read.tree):
            continue
        lists = {name: [] for name, rows in (read.tree.get("instances") or {}).items() if isinstance(rows, dict)}
        xml = page.evaluate("""given => {
          const view = BulouRunner.open(document.getElementById('bulou-form'), {tree: given.tree, form: {id: given.id, version: '1'}, lists: given.lists, pages: 'one'});
          view.model.root.holders.forEach((up, def) => { if (!def.count) view.model.add(def, view.model.root); });
          view.change(true);
          return view.model.xml();
        }""", {"tree": read.tree, "id": read.key, "lists": lists})  # fmt: skip
        root = etree.fromstring(xml.encode())
        assert (etree.QName(root).localname, root.get("id")) == (read.tree["root"], read.key), path.name
        cases += 1
    context.close()
    assert not complaints
    assert cases > 30
    conformance(cases)
