"""What the light runner takes, and why it leaves the rest."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bulou.modules.collection.labels.light import SENTENCES, sentences
from bulou.modules.collection.rules import light, xform

LISTS = {
    "towns": [{"name": "a", "label": "A"}],
    "roads": {"src": "jr://file-csv/roads.csv"},
    "shapes": {"src": "jr://file/x.geojson"},
}


def question(path="q", kind="text", **more):
    return {"path": path, "name": path.rpartition("/")[2], "kind": kind, **more}


def tree(*questions, **more):
    return {"root": "data", "questions": list(questions), "instances": LISTS, **more}


def codes(*questions, **more):
    return [one["code"] for one in light.why_not(tree(*questions, **more))]


def test_a_daily_report_is_light():
    report = [
        question("start", "meta", preload="start"),
        question("well", "select", choices=[{"name": "yes"}, {"name": "no"}], required="true()"),
        question("temperature", "decimal", relevant="/data/well = 'no'", constraint=". >= 34 and . <= 43"),
        question(
            "town",
            "select",
            itemset={"instance": "towns", "filter": "name = /data/well", "value": "name", "label": "label"},
        ),
        question(
            "people",
            "repeat",
            children=[question("people/name"), question("people/n", "calculate", calculate="position(..)")],
        ),
        question("note", "note", label={"zh": "\ue000count(/data/people)\ue001"}),
    ]
    assert light.why_not(tree(*report)) == []


@pytest.mark.parametrize(
    ("wanted", "node", "more"),
    [
        ("kind", question(kind="audio"), {}),
        ("appearance", question(kind="image", appearance="signature"), {}),
        ("appearance", question(appearance="ex:org.app"), {}),
        ("media", question(kind="note", media={"image": {"zh": "a.png"}}), {}),
        ("query", question(kind="select", query="instance('x')"), {}),
        ("list", question(kind="select", itemset={"nodeset": "/data/people"}), {}),
        ("list", question(kind="select", itemset={"instance": "shapes"}), {}),
        ("randomize", question(kind="select", itemset={"instance": "towns", "randomize": True}), {}),
        ("nested_repeat", question("r", "repeat", children=[question("r/s", "repeat", children=[])]), {}),
        ("fixed_repeat", question("r", "repeat", fixed=True, children=[]), {}),
        ("shape", question("g", "group", children=[question("other/q")]), {}),
        ("entity", question("meta/entity/label", "meta"), {}),
        ("actions", question(), {"actions": ["setvalue"]}),
        ("own_repeat", question("r", "repeat", children=[question("r/a", relevant="/data/r/b = 1"), question("r/b")]), {}),
        ("random", question(kind="calculate", calculate="random() * /data/q"), {}),
    ],
)  # fmt: skip
def test_what_needs_the_full_engine_is_named(wanted, node, more):
    found = light.why_not(tree(node, **more))
    assert wanted in {one["code"] for one in found}
    assert light.why_not(tree(question())) == []


def test_a_group_nothing_shows_that_decides_needs_the_full_engine():
    def form(bind):
        return f"""<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>f</h:title><model>
        <instance><data id="f"><a/><g><q/></g></data></instance><bind nodeset="/data/a" type="string"/>{bind}<bind nodeset="/data/g/q" type="string"/></model></h:head>
        <h:body><input ref="/data/a"><label>a</label></input><input ref="/data/g/q"><label>q</label></input></h:body></h:html>""".encode()

    assert light.why_not(xform.read(form("")).tree) == []
    found = light.why_not(xform.read(form('<bind nodeset="/data/g" relevant="/data/a = 1"/>')).tree)
    assert found == [{"code": "shape", "path": "g", "what": "g"}]


def test_every_reason_has_its_sentence():
    given = [{"code": code, "path": "a/b", "what": "X"} for code in sorted(SENTENCES)]
    said = sentences(given)
    assert len(set(said)) == len(given)
    assert all("%(" not in one for one in said)
    source = Path(light.__file__).read_text(encoding="utf-8")
    assert set(re.findall(r'yield "(\w+)"', source)) == set(SENTENCES)


@pytest.mark.parametrize(
    ("wanted", "expression"),
    [
        ("function", "digest('a', 'MD5')"),
        ("function", "jr:itext('a')"),
        ("arguments", "selected(/data/q)"),
        ("axis", "//q = 1"),
        ("axis", "../following-sibling::q"),
        ("axis", "@x"),
        ("axis", "../text()"),
        ("path", "$x + 1"),
        ("path", "count(/)"),
        ("path", "instance('towns')/a/b"),
        ("path", "('a')[1]"),
        ("list", "instance('nowhere')/root/item"),
        ("list", "instance(/data/q)/root/item"),
        ("pattern", "regex(., /data/q)"),
        ("pattern", r"regex(., '\p{L}+')"),
        ("pattern", "format-date(., '%a')"),
        ("expression", "1 +"),
    ],
)
def test_an_expression_beyond_the_subset_is_named(wanted, expression):
    assert codes(question(relevant=expression)) == [wanted]
    assert codes(question(label={"zh": f"\ue000{expression}\ue001"})) == [wanted]


@pytest.mark.parametrize(
    "expression",
    [
        ". > 3 and . < 5", "../q != ''", "current()/../q = 'a'", "count(../*[name = 'x']) > 1", "if(selected(., 'a'), 1, 2)", "self::node() = 1",
        "instance('towns')/root/item[name = /data/q]/label", "pulldata('roads', 'length', 'name', .)", "once(random())", "uuid()", "-(1) div 2",
        "indexed-repeat(/data/r/q, /data/r, 2)", r"regex(., '^[0-9]{11}$')", "format-date(today(), '%Y-%m-%d')", "(/data/q | /data/q)[1]", "parent::node()/q",
        "child::q", ". = 1 OR 2 DIV 1",
    ],
)  # fmt: skip
def test_an_expression_of_the_subset_is_light(expression):
    assert codes(question(calculate=expression)) == []
