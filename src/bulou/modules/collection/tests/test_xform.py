"""What a form's XML says, and what is wrong with it."""

from __future__ import annotations

import pytest

from bulou.modules.collection.rules import texts, tree, xform

HEAD = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa"
  xmlns:orx="http://openrosa.org/xforms" xmlns:odk="http://www.opendatakit.org/xforms" xmlns:bulou="https://bulou/xforms"><h:head><h:title>T</h:title><model>"""


def form(
    instance: str,
    binds: str = "",
    body: str = "",
    itext: str = "",
    more: str = "",
    root: str = 'data id="f" version="1"',
) -> bytes:
    """A form of its parts; the instance has a meta block."""
    name = root.split()[0]
    return (
        f"{HEAD}{itext}<instance><{root}>{instance}<meta><instanceID/></meta></{name}></instance>{more}{binds}</model></h:head>"
        f"<h:body>{body}</h:body></h:html>"
    ).encode()


def codes(content: bytes) -> set[str]:
    return {fault.code for fault in xform.read(content).faults}


def warned(content: bytes) -> set[str]:
    reading = xform.read(content)
    assert reading.is_sound, reading.faults
    return {fault.code for fault in reading.warnings}


def questions(content: bytes) -> dict[str, dict[str, object]]:
    reading = xform.read(content)
    assert reading.is_sound, reading.faults
    return {node["path"]: node for node in tree.walk(reading.tree["questions"])}


ASKED = '<input ref="/data/a"><label>A</label></input>'


def test_a_form_says_its_key_version_and_title() -> None:
    reading = xform.read(form("<a/>", body=ASKED))
    assert (reading.key, reading.version, reading.title) == ("f", "1", "T")
    assert reading.tree["meta"] == "plain"
    namespaced = (
        form("<a/>", body='<input ref="/data/a"/>', root='data id="f" orx:version="7"')
        .replace(b"meta>", b"orx:meta>")
        .replace(b"<instanceID", b"<orx:instanceID")
    )
    assert (xform.read(namespaced).version, xform.read(namespaced).tree["meta"]) == ("7", "orx")
    no_id = xform.read(form("<a/>", body=ASKED, root="data"))
    assert (no_id.key, no_id.version, {fault.code for fault in no_id.warnings}) == ("data", "", {"no_id"})
    assert xform.read(form("<a/>", body=ASKED, root='data xmlns="https://county/x"')).key == "https://county/x"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("int", "integer"),
        ("xsd:decimal", "decimal"),
        ("date", "date"),
        ("dateTime", "dateTime"),
        ("geopoint", "geopoint"),
        ("", "text"),
        ("barcode", "barcode"),
    ],
)
def test_the_bind_says_what_is_typed(kind: str, expected: str) -> None:
    assert questions(form("<a/>", f'<bind nodeset="/data/a" type="{kind}"/>', ASKED))["a"]["kind"] == expected


def test_texts_come_in_the_forms_languages() -> None:
    itext = (
        '<itext><translation lang="zh"><text id="a"><value>体温</value><value form="image">jr://images/t.png</value></text></translation>'
        '<translation lang="en" default="true()"><text id="a"><value>Temperature <output value="/data/a"/>?</value></text></translation></itext>'
    )
    reading = xform.read(form("<a/>", body='<input ref="/data/a"><label ref="jr:itext(\'a\')"/></input>', itext=itext))
    node = reading.tree["questions"][0]
    assert (reading.languages, reading.tree["default"]) == (("zh", "en"), "en")
    assert node["media"] == {"image": {"zh": "t.png"}}
    assert node["label"]["en"] == f"Temperature {texts.OPEN}/data/a{texts.CLOSE}?"
    assert texts.spoken(node["label"], "en") == "Temperature …?"
    assert texts.spoken(node["label"], "bo", "zh") == "体温"


def test_nesting_repeats_and_what_nobody_is_asked() -> None:
    body = (
        '<group ref="/data/p"><label>People</label><repeat nodeset="/data/p" jr:count="/data/n"><input ref="/data/p/name"/>'
        '<group ref="/data/p/g"><select1 ref="/data/p/g/s"><item><label>Yes</label><value>y</value></item></select1></group></repeat></group>'
    )
    binds = '<bind nodeset="/data/n" calculate="2"/><bind nodeset="/data/p/c" calculate="../name"/><bind nodeset="/data/when" jr:preload="timestamp" jr:preloadParams="start"/>'
    reading = xform.read(form("<when/><n/><p><name/><c/><g><s/></g></p>", binds, body))
    top = reading.tree["questions"]
    assert [(node["path"], node["kind"]) for node in top] == [
        ("when", "meta"),
        ("n", "calculate"),
        ("p", "repeat"),
        ("meta/instanceID", "meta"),
    ]
    assert top[0]["preload"] == "start"
    assert [node["path"] for node in top[2]["children"]] == ["p/name", "p/c", "p/g"]
    assert (top[2]["count"], top[2]["label"]) == ("/data/n", {"": "People"})
    assert [(node["path"], around) for node, around in tree.answered(reading.tree) if around] == [
        ("p/name", ("p",)),
        ("p/c", ("p",)),
        ("p/g/s", ("p",)),
    ]


def test_choices_stand_in_the_form_or_in_a_list() -> None:
    more = (
        '<instance id="towns"><list><item><name>a</name><label>约改镇</label></item></list></instance>'
        '<instance id="people" src="jr://file-csv/people.csv"/>'
    )
    body = (
        '<select1 ref="/data/t"><itemset nodeset="instance(\'towns\')/list/item[name != /data/p]"><value ref="name"/><label ref="label"/></itemset></select1>'
        '<select ref="/data/p"><itemset nodeset="randomize(instance(\'people\')/list/item[label=\'x\'], 3)"><value ref="code"/><label ref="name"/></itemset></select>'
    )
    found = questions(form("<t/><p/>", body=body, more=more))
    reading = xform.read(form("<t/><p/>", body=body, more=more))
    assert found["t"]["itemset"] == {
        "nodeset": "instance('towns')/list/item[name != /data/p]", "instance": "towns", "filter": "name != /data/p", "value": "name", "label": "label",
    }  # fmt: skip
    assert found["p"]["itemset"]["randomize"]
    assert tree.choices_of(reading.tree, found["t"]) == [{"name": "a", "label": {"": "约改镇"}}]
    assert tree.sources(reading.tree) == {"people.csv": "people"}


def test_our_own_attributes_reach_the_tree() -> None:
    binds = '<bind nodeset="/data/a" type="decimal" bulou:fact="temperature" bulou:sensitive="yes" bulou:subject="person" bulou:happened="yes"/>'
    node = questions(form("<a/>", binds, ASKED))["a"]
    assert (node["fact"], node["sensitive"], node["subject"], node["happened"]) == (
        "temperature",
        True,
        "person",
        "yes",
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no_xml"),
        (b"<h:html/>", "no_xml"),
        (b"<html><head></html>", "no_xml"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', "encoding_unknown"),
        ('<?xml version="1.0" encoding="gb18030"?><a>县</a>'.encode("gb18030"), "encoding_unknown"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "doctype"),
        (b'<!DOCTYPE x SYSTEM "http://x/y.dtd"><x/>', "doctype"),
        (b"<a>" * 200 + b"</a>" * 200, "too_deep"),
        (b"<x/>", "no_form"),
        (b"<html><head><model/></head><body/></html>", "no_instance"),
        (b"<html><head><model><instance><d/></instance></model></head></html>", "no_body"),
        (b"<html><body/><head><model><instance><d/></instance></model></head></html>", "body_first"),
        (form("<a/>", body='<input ref="/data/b"/>'), "question_nowhere"),
        (form("<a/>", body='<input bind="b"/>'), "bind_unknown"),
        (form("<a/>", body="<input/>"), "question_unbound"),
        (form("<a/>", '<bind nodeset="/data/a" calculate="1 +"/>', ASKED), "bad_expression"),
        (form("<a/>", '<bind nodeset="/data/a" constraint=". ~ 3"/>', ASKED), "bad_expression"),
        (form("<a/>", '<bind nodeset="/data/a" calculate="nothing_like_it(3)"/>', ASKED), "function_unknown"),
        (form("<a/>", '<bind nodeset="/data/a[" type="int"/>', ASKED), "bad_path"),
        (form("<a/>", '<bind nodeset="/data/a" calculate="/data/a + 1"/>', ASKED), "circle"),
        (form("<a/><b/>", '<bind nodeset="/data/a" calculate="/data/b"/><bind nodeset="/data/b" relevant="../a = 1"/>', ASKED), "circle"),
        (form("<g><a/></g>", '<bind nodeset="/data/g" relevant="a = 1"/>', '<group ref="/data/g"><input ref="/data/g/a"/></group>'), "circle"),
        (form("<a/>", body='<select1 ref="/data/a"><label>A</label></select1>'), "no_choices"),
        (form("<a/>", body='<select1 ref="/data/a"><item><label>x</label></item></select1>'), "choice_no_value"),
        (form("<a/>", body='<range ref="/data/a" start="x" end="3"/>'), "range_no_number"),
        (form("<a/>", body="<input ref=\"/data/a\"><label ref=\"jr:itext('a')\"/></input>"), "text_missing"),
        (form("<a/>", '<setvalue event="odk-instance-first-load" ref="/data/b" value="1"/>', ASKED), "action_nowhere"),
        (form("<a/>", '<setvalue event="odk-instance-first-load" ref="../../../b" value="1"/>', ASKED), "above_root"),
        (form("<a/>", '<setvalue event="whenever" ref="/data/a" value="1"/>', ASKED), "event_unknown"),
        (form("<a/>", '<setvalue event="odk-new-repeat" ref="/data/a" value="1"/>', ASKED), "event_outside_repeat"),
        (form("<a/>", '<setgeopoint event="odk-instance-load" ref="/data/a"/>', ASKED), "action_namespace"),
        (form("<a/>", '<bind id="x" nodeset="/data/a"/><bind id="x" nodeset="/data/meta"/>', ASKED), "bind_id_twice"),
        (form("<a/><r><b/></r>", body='<repeat nodeset="/data/r"><input ref="/data/a"/></repeat>'), "outside_repeat"),
        (form("<a/>", body=ASKED, itext='<itext><translation lang="zh"/><translation lang="zh"/></itext>'), "language_twice"),
        (form("<a/>", body=ASKED, itext='<itext><translation lang="zh"><text id="a"><value>1</value><value>2</value></text></translation></itext>'), "text_twice"),
        (form("<a/>", '<bind nodeset="/data/a" calculate="count(instance(\'gone\')/list/item)"/>', ASKED), "instance_unknown"),
        (form("<a/>", body=ASKED, root=f'data id="{"x" * 250}"'), "too_long"),
    ],
)  # fmt: skip
def test_what_would_stop_a_form_on_a_device_is_refused_with_its_reason(content: bytes, code: str) -> None:
    assert code in codes(content)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (form("<a/>", '<bind nodeset="/data/gone" type="int"/>', ASKED), "bind_nowhere"),
        (
            form("<a/>", '<bind nodeset="/data/a" type="int"/><bind nodeset="/data/a" constraint=". &gt; 1"/>', ASKED),
            "bind_twice",
        ),
        (form("<a/>", '<bind nodeset="/data/a" constraint="nothing_like_it(.)"/>', ASKED), "function_unknown"),
        (
            form("<a/>", '<bind nodeset="/data/a" calculate="if(1 = 2, nothing_like_it(3), 4)"/>', ASKED),
            "function_unknown",
        ),
        (
            form("<a/><b/>", '<bind nodeset="/data/a" relevant="/data/b = 1" calculate="nothing_like_it(3)"/>', ASKED),
            "function_unknown",
        ),
        (form("<体温/>", body='<input ref="/data/体温"/>'), "name_not_latin"),
        (form("<a/>", body=ASKED, more="</model><model>"), "models_many"),
    ],
)
def test_what_is_only_odd_is_told(content: bytes, code: str) -> None:
    assert code in warned(content)


@pytest.mark.parametrize(
    "expression",
    [
        ". > 3 AND . &lt; 4 or not(selected(../a, 'x'))", "-1 - -1", "/data/a[position() = 1]/../b", "current()/../b", "count(../*) mod 2",
        "instance('x')/list/item[name = current()/../b]/label", "'it''", "/data/a | /data/b", "a div b * .5", "@id", "child::b", "../../data/b",
        "if(/data/b = '', 1, '')or 1",
    ],
)  # fmt: skip
def test_expressions_as_people_write_them_are_read(expression: str) -> None:
    text = expression.replace("'it''", "&quot;it's&quot;")
    assert codes(form("<a/><b/>", f'<bind nodeset="/data/a" constraint="{text}"/>', ASKED)) == set()


def test_a_constraint_may_look_at_its_own_answer_and_a_calculation_at_its_repeat() -> None:
    assert codes(form("<a/>", '<bind nodeset="/data/a" constraint=". &gt; 3"/>', ASKED)) == set()
    body = '<repeat nodeset="/data/r"><input ref="/data/r/x"/></repeat>'
    binds = '<bind nodeset="/data/r/n" calculate="position(..)"/><bind nodeset="/data/t" calculate="sum(/data/r/x) + count(/data/r)"/>'
    assert codes(form("<r><x/><n/></r><t/>", binds, body)) == set()


def test_a_running_total_reads_the_round_before() -> None:
    body = '<repeat nodeset="/data/r"><input ref="/data/r/x"/></repeat>'
    total = "/data/r[position() = position(current()/..) - 1]/t + ../x"
    assert codes(form("<r><x/><t/></r>", f'<bind nodeset="/data/r/t" calculate="{total}"/>', body)) == set()


def test_an_expression_nested_without_end_is_not_looked_into() -> None:
    deep = "(" * 500 + "1" + ")" * 500
    assert "not_looked_into" in warned(form("<a/>", f'<bind nodeset="/data/a" calculate="{deep}"/>', ASKED))
