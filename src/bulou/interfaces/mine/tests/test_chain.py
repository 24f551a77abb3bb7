"""A list out of a chat group: read line by line, matched to people, doubtful ones asked."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from bulou.interfaces.mine.chain import Found, match, read
from bulou.modules.ledger.models import Record

TEXT = """#接龙
每日健康接龙（1月26日）
例 1. 姓名 正常 36.5
1. 张三 正常 36.5
2、李四36.6正常
3. 王五，发热38.2℃，咳嗽
4 阿卜杜拉·买买提 一切正常
5. 卓玛：无发热、咳嗽 体温36．4
6）赵六 36.7
7. 钱七 正常 38.5
8. 孙八 在家 身体良好 没有不适
９．周九 不太好 体温37度
"""


@pytest.mark.parametrize(
    ("number", "name", "facts"),
    [
        (1, "张三", {"well": True, "temperature": 36.5}),
        (2, "李四", {"well": True, "temperature": 36.6}),
        (3, "王五", {"well": False, "temperature": 38.2, "symptoms": ("fever", "cough")}),
        (4, "阿卜杜拉·买买提", {"well": True}),
        (5, "卓玛", {"well": True, "temperature": 36.4}),
        (6, "赵六", {"temperature": 36.7}),
        (7, "钱七", {"well": True, "temperature": 38.5}),
        (8, "孙八", {"well": True, "whereabouts": "在家"}),
        (9, "周九", {"well": False, "temperature": 37.0}),
    ],
)
def test_a_line_says_what_is_written_and_nothing_more(number, name, facts):
    line = next(one for one in read(TEXT) if one.number == number)
    assert (line.name, dict(line.facts)) == (name, facts)


def test_headings_and_examples_are_no_lines_and_a_fever_beside_well_is_a_contradiction():
    lines = read(TEXT)
    assert [one.number for one in lines] == list(range(1, 10))
    assert [one.name for one in lines if one.is_contradictory] == ["钱七"]
    assert [one.name for one in read("张三 正常\n李四 正常\n")] == ["张三", "李四"]
    assert read("") == []


def test_who_is_meant_is_sure_or_asked():
    people = [(1, "张伟"), (2, "张伟"), (3, "章玮"), (4, "李秀英"), (5, "扎西达杰"), (6, "王小明")]
    lines = read(
        "1. 张伟 正常\n2. 李秀英 正常\n3. 李秀莹 正常\n4. 扎西 正常\n5. 王晓明 正常\n6. 欧阳锋 正常\n7. 王小名 正常"
    )
    found = [(one.found, one.ids) for one in match(lines, people)]
    assert found == [
        (Found.SEVERAL, (1, 2)), (Found.SURE, (4,)), (Found.HOMOPHONE, (4,)), (Found.ALIKE, (5,)), (Found.HOMOPHONE, (6,)),
        (Found.NOBODY, ()), (Found.HOMOPHONE, (6,)),
    ]  # fmt: skip


@pytest.mark.django_db
def test_the_verdict_is_seen_before_anything_is_filed_and_a_doubt_not_answered_files_nothing(
    client, owed, county, cast, monkeypatch, now
):
    monkeypatch.setattr("bulou.platform.clock.now", lambda: now)
    client.force_login(cast.village_clerk.user, backend="django.contrib.auth.backends.ModelBackend")
    to = reverse("mine:paste", args=[owed.window(owed.health).pk, "place", county.villages[0].pk])
    text = "1. 扎西达杰 正常\n2. 王晓明 发烧\n3. 李秀英 36.5\n4. 没有这人 正常"
    seen = client.post(to, {"text": text, "once": str(uuid4())})
    assert seen.status_code == 200
    assert Record.objects.count() == 0
    page = seen.content.decode()
    assert 'name="who_2"' in page
    assert 'name="well_3"' in page
    who = next(v.options[0][0] for v in seen.context["verdicts"] if v.number == 2)
    once = str(uuid4())
    for _ in range(2):
        sent = client.post(
            to, {"text": text, "once": once, "file": "1", "who_2": str(who), "well_3": "", "who_4": str(who)}
        )
        assert sent.status_code == 302
    assert sorted(Record.objects.values_list("facts__well", flat=True)) == [False, True]
    assert (
        client.post(
            to.replace(f"/{county.villages[0].pk}/list", f"/{county.villages[2].pk}/list"), {"text": text}
        ).status_code
        == 404
    )
