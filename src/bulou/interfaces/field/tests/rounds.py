"""A village on its round: everybody owes "well?" daily since yesterday, the clerk a temperature for herself, and two forms to answer with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import md5
from uuid import uuid4
from zoneinfo import ZoneInfo

from bulou.core.windows import Daily
from bulou.modules.collection.models import Form, FormVersion
from bulou.modules.collection.queries import accepting, senders
from bulou.modules.collection.rules import xform
from bulou.modules.collection.services.tokens import issue_token
from bulou.modules.ledger import services
from bulou.modules.ledger.models import Regime
from bulou.modules.operations.models import Operation
from bulou.platform import clock
from bulou.platform.access.viewer import system
from bulou.platform.playbooks import OperationRef
from tests.kit.cast import Cast, County, Seated

BY = system("tests")

# A daily report: one tap where somebody is well, more where not, a picture if one likes.
DAILY = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:orx="http://openrosa.org/xforms" xmlns:jr="http://openrosa.org/javarosa">
<h:head><h:title>每日健康</h:title><model>
<itext>
<translation lang="zh" default="true()"><text id="well"><value>身体正常吗？</value></text><text id="yes"><value>正常</value></text><text id="no"><value>不适</value></text>
<text id="t"><value>体温（℃）</value></text><text id="p"><value>照片</value></text><text id="who"><value>人员编号</value></text></translation>
<translation lang="bo"><text id="well"><value>གཟུགས་པོ་བདེ་པོ་ཡིན་ནམ།</value></text><text id="yes"><value>བདེ་པོ་ཡིན།</value></text><text id="no"><value>མི་བདེ།</value></text>
<text id="t"><value>ལུས་དྲོད།</value></text><text id="p"><value>པར།</value></text><text id="who"><value>མི་གྲངས།</value></text></translation>
</itext>
<instance><data id="daily_health" version="1"><person_id/><well/><temperature/><photo/><orx:meta><orx:instanceID/></orx:meta></data></instance>
<bind nodeset="/data/person_id" type="string" required="true()"/>
<bind nodeset="/data/well" type="string" required="true()"/>
<bind nodeset="/data/temperature" type="decimal" relevant="/data/well = 'no'" constraint=". &gt;= 34 and . &lt;= 43"/>
<bind nodeset="/data/photo" type="binary"/>
<bind nodeset="/data/orx:meta/orx:instanceID" type="string" jr:preload="uid"/>
</model></h:head>
<h:body>
<input ref="/data/person_id"><label ref="jr:itext('who')"/></input>
<select1 ref="/data/well"><label ref="jr:itext('well')"/><item><label ref="jr:itext('yes')"/><value>yes</value></item><item><label ref="jr:itext('no')"/><value>no</value></item></select1>
<input ref="/data/temperature"><label ref="jr:itext('t')"/></input>
<upload ref="/data/photo" mediatype="image/*"><label ref="jr:itext('p')"/></upload>
</h:body></h:html>"""
HEAT = (
    DAILY.replace("daily_health", "heat").replace("每日健康", "体温登记").replace(" relevant=\"/data/well = 'no'\"", "")
)
DAILY_MAP = {"subject": {"kind": "person", "path": "person_id"}, "facts": {"well": "well"}}
HEAT_MAP = {"subject": {"kind": "person", "path": "person_id"}, "facts": {"well": "well", "temperature": "temperature"}}


@dataclass
class Round:
    """What stands."""

    county: County
    cast: Cast
    operation: OperationRef
    daily: FormVersion
    heat: FormVersion
    health: Regime

    def token(self, who: str = "village_clerk", now: datetime | None = None) -> str:
        """The text of a browser token of one of the cast."""
        seated: Seated = getattr(self.cast, who)
        return issue_token(by=seated.viewer, kind="browser", user=seated.user.pk, now=now or clock.now()).text


def lay(county: County, cast: Cast) -> Round:
    """The round, open now."""
    accepting.forget()  # what this process holds of another test's forms
    senders.forget_senders()
    now = clock.now()
    yesterday = now - timedelta(days=1)
    row = Operation.objects.create(
        key="round", titles={"zh-Hans": "演练"}, playbook="x", root=county.root, level="x", started_at=yesterday
    )
    operation = OperationRef(row.pk, row.key, county.root.pk, ZoneInfo("Asia/Shanghai"))
    health = _regime(operation, "health", "每日健康报告", ["well"], yesterday)
    heat = _regime(operation, "heat", "体温登记", ["well", "temperature"], yesterday)
    for village in (0, 2):
        place = county.villages[village].pk
        people = [services.NewEnrolment(uuid4(), one.pk, place) for one in county.people_of(village)]
        services.enrol_many(by=BY, regime=health, rows=people, now=yesterday, starts=yesterday)
    clerk, kin = cast.village_clerk.person, county.people_of(0)[1]
    place = county.villages[0].pk
    own = [
        services.NewEnrolment(uuid4(), clerk.pk, place),
        services.NewEnrolment(uuid4(), kin.pk, place, owed_id=clerk.pk),
    ]
    services.enrol_many(by=BY, regime=heat, rows=own, now=yesterday, starts=yesterday)
    mine = [services.NewEnrolment(uuid4(), one.pk, place, owed_id=clerk.pk) for one in county.people_of(1)[:3]]
    services.enrol_many(by=BY, regime=health, rows=mine, now=yesterday, starts=yesterday)
    services.open_windows(now)
    return Round(
        county, cast, operation, form(row, DAILY, DAILY_MAP, yesterday), form(row, HEAT, HEAT_MAP, yesterday), health
    )


def form(
    operation: Operation, source: str, mapping: dict[str, object], at: datetime, version: str = "1"
) -> FormVersion:
    """A form of an operation, published."""
    read = xform.read(source.encode())
    assert read.is_sound, read.faults
    made, _new = Form.objects.get_or_create(
        key=read.key, defaults={"operation": operation, "title": read.title, "state": Form.State.OPEN, "made_at": at}
    )
    return FormVersion.objects.create(
        form=made, version=version, number=1, title=read.title, xform=source.encode(), digest=md5(source.encode()).hexdigest(),
        tree=read.tree, mapping=mapping, languages=list(read.languages), runner="light", made_at=at, published_at=at, actor_name="tests",
    )  # fmt: skip


def _regime(operation: OperationRef, key: str, title: str, asks: list[str], at: datetime) -> Regime:
    about = {"titles": {"zh-Hans": title, "en": key}}
    return services.set_regime(
        by=BY, operation=operation, key=key, asks=asks, calendar=Daily(due="23:59"), now=at, about=about
    )
