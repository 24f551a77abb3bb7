"""A resident's daily report in three languages, as an XForm: skip logic, a constraint, choices, a repeat, a photograph, a place. Published, with links."""

from __future__ import annotations

from datetime import datetime
from hashlib import md5
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape

from bulou.modules.collection.models import Form, FormVersion
from bulou.modules.collection.rules import light, xform
from bulou.modules.collection.services import links
from bulou.platform.access.viewer import Viewer

WORDS = {
    "title": ("每日健康报告", "ཉིན་རེའི་བདེ་ཐང་སྙན་ཐོ།", "Daily health report"),
    "well": ("您今天身体好吗？", "དེ་རིང་ཁྱེད་ཀྱི་གཟུགས་པོ་བདེ་མོ་ཡིན་ནམ།", "Are you well today?"),
    "yes": ("好", "བདེ་མོ་ཡིན།", "Yes"),
    "no": ("不好", "མི་བདེ།", "No"),
    "temperature": ("体温（℃）", "ལུས་ཀྱི་དྲོད་ཚད། (℃)", "Temperature (℃)"),
    "odd": ("体温应在 34 到 43 之间", "དྲོད་ཚད་ 34 ནས་ 43 བར་ཡིན་དགོས།", "Between 34 and 43"),
    "symptoms": ("有哪些症状？", "ནད་རྟགས་གང་ཡོད།", "Which symptoms?"),
    "fever": ("发热", "ཚ་བ།", "Fever"),
    "cough": ("咳嗽", "གློ་རྒྱག་པ།", "Cough"),
    "tired": ("乏力", "ངལ་དུབ།", "Tiredness"),
    "whereabouts": ("今天在哪里？", "དེ་རིང་གང་དུ་ཡོད།", "Where are you today?"),
    "home": ("在家", "ཁྱིམ་ན་ཡོད།", "At home"),
    "pasture": ("在牧场", "འབྲོག་ས་ན་ཡོད།", "On the pasture"),
    "away": ("外出", "ཕྱི་ལ་སོང་ཡོད།", "Away"),
    "place": ("您的位置", "ཁྱེད་ཀྱི་གནས་ས།", "Your place"),
    "photo": ("体温计照片", "དྲོད་ཚད་འཇལ་ཆས་ཀྱི་པར།", "Photo of the thermometer"),
    "kin": ("从外地回来的家人", "ཕྱི་ནས་ལོག་པའི་ནང་མི།", "Relatives back from elsewhere"),
    "name": ("姓名", "མིང་།", "Name"),
    "note": ("还有什么要说的？", "གཞན་ཅི་བཤད་རྒྱུ་ཡོད།", "Anything else to say?"),
}
LANGUAGES = ("zh", "bo", "en")
CHOICES = {"well": ("yes", "no"), "symptoms": ("fever", "cough", "tired"), "whereabouts": ("home", "pasture", "away")}
MAPPING = {"subject": {"kind": "person", "path": "person_id"}, "facts": {"well": "well", "temperature": "temperature"}}
BINDS = (
    ("person_id", 'type="string" required="true()"'),
    ("well", 'type="string" required="true()"'),
    ("temperature", 'type="decimal" relevant="/data/well = \'no\'" required="true()" constraint=". &gt;= 34 and . &lt;= 43" jr:constraintMsg="jr:itext(\'odd\')"'),
    ("symptoms", 'type="string" relevant="/data/well = \'no\'"'),
    ("whereabouts", 'type="string"'),
    ("place", 'type="geopoint"'),
    ("photo", 'type="binary"'),
    ("kin/name", 'type="string" required="true()"'),
    ("count", 'type="string" calculate="count(/data/kin)"'),
    ("note", 'type="string"'),
    ("start", 'type="dateTime" jr:preload="timestamp" jr:preloadParams="start"'),
    ("end", 'type="dateTime" jr:preload="timestamp" jr:preloadParams="end"'),
)  # fmt: skip


def report(key: str = "resident_daily", version: str = "1") -> bytes:
    """The XForm."""
    told = "".join(
        f'<translation lang="{tongue}"{" default=" + chr(34) + "true()" + chr(34) if not n else ""}>'
        + "".join(f'<text id="{word}"><value>{escape(said[n])}</value></text>' for word, said in WORDS.items())
        + "</translation>"
        for n, tongue in enumerate(LANGUAGES)
    )
    binds = "".join(f'<bind nodeset="/data/{path}" {rest}/>' for path, rest in BINDS)
    return f"""<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:orx="http://openrosa.org/xforms" xmlns:jr="http://openrosa.org/javarosa">
<h:head><h:title>{WORDS["title"][0]}</h:title><model><itext>{told}</itext>
<instance><data id="{key}" version="{version}"><start/><end/><person_id/><well/><temperature/><symptoms/><whereabouts/><place/><photo/>
<kin jr:template=""><name/></kin><count/><note/><orx:meta><orx:instanceID/></orx:meta></data></instance>{binds}
<bind nodeset="/data/orx:meta/orx:instanceID" type="string" jr:preload="uid"/></model></h:head><h:body>
<input ref="/data/person_id"><label>ID</label></input>{_select("select1", "well")}{_ask("input", "temperature")}{_select("select", "symptoms")}
{_select("select1", "whereabouts")}{_ask("input", "place")}<upload ref="/data/photo" mediatype="image/*">{_label("photo")}</upload>
<group ref="/data/kin">{_label("kin")}<repeat nodeset="/data/kin"><input ref="/data/kin/name">{_label("name")}</input></repeat></group>{_ask("input", "note")}
</h:body></h:html>""".encode()


def _label(word: str) -> str:
    return f"<label ref=\"jr:itext('{word}')\"/>"


def _ask(control: str, name: str) -> str:
    return f'<{control} ref="/data/{name}">{_label(name)}</{control}>'


def _select(control: str, name: str) -> str:
    items = "".join(f"<item>{_label(one)}<value>{one}</value></item>" for one in CHOICES[name])
    return f'<{control} ref="/data/{name}">{_label(name)}{items}</{control}>'


def published(
    operation: Any, now: datetime, content: bytes | None = None, mapping: dict[str, Any] | None = None
) -> FormVersion:
    """The form, open, in one version."""
    content = content or report()
    reading = xform.read(content)
    assert not reading.faults, reading.faults
    form = Form.objects.create(
        operation=operation, key=reading.key, title=reading.title, state=Form.State.OPEN, made_at=now
    )
    reasons = light.why_not(reading.tree)
    return FormVersion.objects.create(
        form=form, version=reading.version, number=1, title=reading.title, xform=content, digest=md5(content).hexdigest(), tree=reading.tree,
        mapping=MAPPING if mapping is None else mapping, languages=list(reading.languages), runner="full" if reasons else "light",
        why_full=reasons, made_at=now, published_at=now, actor_name="tests",
    )  # fmt: skip


def linked(by: Viewer, version: FormVersion, person: Any, now: datetime, days: int = 7, language: str = "") -> str:
    """The text of a link for one person."""
    made = links.issue_links(
        by=by, form_id=version.form_id, people=[person.pk], days=days, language=language, once=uuid4(), now=now
    )
    return made[0].text
