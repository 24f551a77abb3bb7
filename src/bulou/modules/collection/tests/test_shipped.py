"""The forms that ship: in step with their sources, sound, light, in the playbook's languages; and the playbook section that opens them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from pyxform.xls2xform import convert

from bulou.modules.collection.models import Form, FormVersion
from bulou.modules.collection.queries import forms as queries
from bulou.modules.collection.rules import light, mapping, tree
from bulou.modules.collection.services import sections, shipping
from bulou.modules.collection.services.judging import judge
from bulou.modules.operations.models import Operation
from bulou.modules.operations.queries.operations import ref
from bulou.modules.operations.queries.playbooks import check, shipped
from bulou.platform.access.viewer import system
from bulou.platform.playbooks import ADD, CHANGE, END, Change
from bulou.platform.refusals import Forbidden
from tests.kit.cast import Cast

BY = system("test")


@pytest.mark.parametrize("name", shipping.names())
def test_a_shipped_form_is_sound_light_and_in_step_with_its_tables(name: str) -> None:
    assert shipping.made_anew(name) == shipping.xform(name, name)
    found = shipping.reading(name)
    assert (found.faults, found.key, found.version) == ((), name, "1")
    assert light.why_not(found.tree) == []
    assert set(found.languages) >= {"zh", "en"}
    for node in tree.walk(found.tree["questions"]):
        assert set(node.get("label", {})) in (set(), set(found.languages)), node["path"]


def test_pyxform_itself_takes_a_sheet() -> None:
    made = convert(shipping.workbook("staff-daily", "staff-daily"), file_type=".xlsx").xform
    assert 'id="staff-daily"' in made


def test_the_case_with_tibetan_asks_in_tibetan() -> None:
    for name in ("staff-daily", "department-return", "resident-list", "relatives-daily"):
        found = shipping.reading(name)
        label = {node["name"]: node.get("label", {}) for node in tree.walk(found.tree["questions"])}
        assert "bo" in found.languages
        assert any("\u0f40" <= letter <= "\u0fbc" for words in label.values() for letter in words.get("bo", ""))


@pytest.mark.django_db
def test_a_form_is_brought_as_a_workbook_just_as_it_ships(operation: Operation) -> None:
    verdict = judge(shipping.workbook("relatives-daily", "op.relatives"), "x.xlsx", operation_id=operation.pk)
    assert not verdict.faults
    assert verdict.xform + b"\n" == shipping.xform("relatives-daily", "op.relatives")


def change(kind: str, form: str = "staff-daily", **more: int) -> Change:
    item = {"form": form, **more}
    return Change(kind, "daily", None if kind == ADD else item, None if kind == END else item)


@pytest.mark.django_db
def test_the_section_opens_renews_closes_and_opens_again(operation: Operation, cast: Cast, now: datetime) -> None:
    target = ref(operation)
    with pytest.raises(Forbidden):
        sections.apply_forms([change(ADD)], operation=target, by=cast.village_clerk.viewer, now=now)
    sections.apply_forms([change(ADD)], operation=target, by=BY, now=now)
    row = FormVersion.objects.get()
    assert (row.form.key, row.form.state, row.published_at, row.runner) == ("op.daily", "open", now, "light")
    assert row.mapping["subject"] == {"kind": "person", "self": True}
    assert queries.has_sheet(row.pk)
    sections.apply_forms([change(CHANGE, keep_days=60)], operation=target, by=BY, now=now)
    assert Form.objects.get().keep_days == 60
    sections.apply_forms([change(END)], operation=target, by=BY, now=now)
    assert Form.objects.get().state == "closed"
    later = now + timedelta(days=1)
    sections.apply_forms([change(ADD, keep_days=60)], operation=target, by=BY, now=later)
    assert (Form.objects.get().state, FormVersion.objects.get().published_at) == ("open", now)
    other = Operation.objects.create(
        key="second", titles={"en": "2"}, playbook="x", root=operation.root, level="x", started_at=now
    )
    sections.apply_forms([change(ADD)], operation=replace(target, id=other.pk, key="second"), by=BY, now=now)
    assert sorted(Form.objects.values_list("key", flat=True)) == ["op.daily", "second.daily"]


def test_a_playbook_is_told_what_a_form_needs() -> None:
    (problem,) = sections.check_forms({"branches": {"form": "branch-daily"}}, {"facts": {}})
    assert "members_on_post" in problem.sentence
    assert not sections.check_forms({"branches": {"form": "branch-daily"}}, {"facts": {"members_on_post": {}}})
    wrong = check(
        "playbook: x\nversion: 1\ntitle: {zh-Hans: x, en: x}\nroot: '632726'\nforms:\n  a: {form: nothing-like-it}\n"
    )
    assert any(problem.path[:2] == ("forms", "a") for problem in wrong.problems)


@pytest.mark.parametrize("name", ["qumalai", "ningyang", "huainan", "naiman", "ali"])
def test_every_regime_of_a_case_is_answered_by_one_of_its_forms(name: str) -> None:
    checked = check(shipped()[name])
    stated = []
    for item in checked.sections["forms"].values():
        said, _faults = mapping.mapping_of(shipping.reading(item["form"]).tree)
        stated.append(mapping.stated(said))
    for key, regime in checked.sections["regimes"].items():
        assert any(set(regime["asks"]) <= each for each in stated), f"{name}: {key} asks {regime['asks']}"
