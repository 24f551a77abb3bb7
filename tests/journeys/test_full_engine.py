"""The full form engine in its frame: skip logic, constraint, repeat, select, image and location, with nothing asked of the network; drafts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from pyxform.xls2xform import convert

from bulou.interfaces.field.engine_words import SENTENCES

pytestmark = pytest.mark.django_db(transaction=True)

HOUSEHOLD = """
| survey |                     |          |                 |                 |                  |                 |
|        | type                | name     | label::zh       | label::bo       | relevant         | constraint      |
|        | select_one yn       | well     | 今天身体好吗    | བདེ་མོ་ཡིན་ནམ།       |                  |                 |
|        | decimal             | heat     | 体温            | ཚ་དྲོད།            | ${well} = 'no'   | . > 30 and . < 45 |
|        | begin repeat        | animals  | 牲畜            | སྒོ་ཕྱུགས།          |                  |                 |
|        | text                | kind     | 种类            | རིགས།             |                  |                 |
|        | end repeat          |          |                 |                 |                  |                 |
|        | image               | door     | 门口照片        | འདྲ་པར།           |                  |                 |
|        | geopoint            | place    | 位置            | གནས།             |                  |                 |
| choices |       |      |           |           |
|         | list_name | name | label::zh | label::bo |
|         | yn    | yes  | 好        | བདེ།       |
|         | yn    | no   | 不好      | མི་བདེ།     |
| settings |            |         |         |                  |
|          | form_title | form_id | version | default_language |
|          | 入户       | visit   | 1       | zh               |
"""
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


@pytest.fixture
def xform() -> str:
    return str(convert(xlsform=HOUSEHOLD, file_type=".md").xform)


@pytest.fixture
def host(screen: Callable[..., Any], xform: str) -> Callable[..., Any]:
    """`host(draft=…)`: a page that opens the form and keeps what it is given in `window.got`."""

    def make(draft: Any = None, **more: Any) -> Any:
        look = screen(size="phone")
        look.context.grant_permissions(["geolocation"])
        look.context.set_geolocation({"latitude": 34.126, "longitude": 95.801, "accuracy": 8})
        page = look.open(reverse("accounts:log_in"))
        page.add_script_tag(url=f"{look.base}/static/field/full/host.js")
        page.evaluate(
            """given => {
              window.got = {drafts: [], sent: [], trouble: []};
              const place = document.body.appendChild(document.createElement("div"));
              document.body.replaceChildren(place);
              return new Promise(ready => {
                window.form = BulouFull.open(place, {...given, media: async () => null,
                  onChange: draft => got.drafts.push(draft), onSubmit: async sent => { got.sent.push(sent) },
                  onTrouble: said => { got.trouble.push(said); ready() }, onReady: said => { got.ready = said; ready() }});
              });
            }""",
            {"xform": xform, "deviceId": "phone:7", "draft": draft, **more},
        )
        return page

    return make


def frame_of(page: Any) -> Any:
    return page.frame_locator("iframe")


def until(page: Any, said: str) -> None:
    """Wait for something that is true of the page; its policy lets no test wait inside it."""
    for _ in range(200):
        if page.evaluate(said):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never: {said}")


def test_the_sentences_of_the_build_and_of_the_house_are_the_same() -> None:
    listed = json.loads((Path(__file__).parents[2] / "web" / "full" / "sentences.json").read_text())
    assert {*listed, "{n} questions with errors."} == set(SENTENCES)


def test_a_form_is_filled_in_two_languages_and_handed_to_the_host(host: Callable[..., Any]) -> None:
    page = host(language="zh")
    frame = frame_of(page)
    assert sorted(page.evaluate("got.ready.languages")) == ["bo", "zh"]
    assert frame.get_by_text("体温").count() == 0  # not asked while all is well
    frame.get_by_text("不好", exact=True).click()
    heat = frame.locator("input[inputmode=decimal], input.p-inputnumber-input").first
    heat.press_sequentially("50")
    heat.press("Tab")
    frame.get_by_role("button", name="保存并上报").click()
    frame.get_by_text("这个值不允许填写。").wait_for()
    assert page.evaluate("got.sent.length") == 0
    heat.press("Control+a")
    heat.press_sequentially("37.5")
    heat.press("Tab")
    frame.get_by_role("textbox").last.fill("牦牛")
    frame.get_by_role("button", name="获取位置").click()
    frame.get_by_role("button", name="保存位置").click()
    frame.locator("input[type=file]").last.set_input_files({"name": "door.png", "mimeType": "image/png", "buffer": PNG})
    page.evaluate("form.speak('bo')")
    frame.get_by_text("ཚ་དྲོད།").wait_for()
    frame.get_by_role("button", name="保存并上报").click()
    until(page, "got.sent.length === 1")
    xml, files = page.evaluate("[got.sent[0].xml, got.sent[0].files.map(one => [one.name, one.size])]")
    assert re.search(r"<well>no</well>\s*<heat>37.5</heat>", xml)
    assert "<kind>牦牛</kind>" in xml
    assert re.search(r"<place>34.126 95.801 0(.0)? 8(.0)?</place>", xml)
    assert len(files) == 1
    assert files[0][0] in xml
    assert re.search(r"uuid:[0-9a-f-]{36}", page.evaluate("got.sent[0].instanceId"))


def test_a_draft_is_handed_on_and_opened_again_as_the_same_submission(host: Callable[..., Any]) -> None:
    page = host(language="zh")
    frame_of(page).get_by_text("不好", exact=True).click()
    until(page, "got.drafts.length > 0")
    draft = page.evaluate("(({instanceId, xml}) => ({instanceId, xml, files: []}))(got.drafts.at(-1))")
    assert "<well>no</well>" in draft["xml"]
    again = host(language="zh", draft=draft)
    frame_of(again).get_by_text("体温").wait_for()
    frame_of(again).get_by_role("button", name="保存并上报").click()
    until(again, "got.sent.length === 1")
    assert again.evaluate("got.sent[0].instanceId") == draft["instanceId"]
    assert "deprecatedID" not in again.evaluate("got.sent[0].xml")


def test_a_form_that_is_none_is_named_as_trouble(host: Callable[..., Any]) -> None:
    page = host(xform="<html/>")
    assert page.evaluate("got.trouble[0].code") == "not_opened"


def test_values_are_written_into_the_empty_form(host: Callable[..., Any]) -> None:
    page = host(language="zh", prefill={"well": "no"})
    frame_of(page).get_by_text("体温").wait_for()
