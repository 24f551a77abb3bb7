"""A small county that owes a temperature a day, and its form: what the tests of the door post, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import md5
from typing import Any
from uuid import uuid4

from bulou.core.windows import Daily
from bulou.modules.collection.models import Form, FormVersion, Token
from bulou.modules.collection.queries import accepting, senders
from bulou.modules.collection.queries.tokens import digest_of, text_of
from bulou.modules.ledger import services as ledger
from bulou.modules.ledger.models import Regime, Tally
from bulou.modules.operations.models import Operation
from bulou.modules.registry.models import Person
from bulou.platform import clock
from bulou.platform.access.viewer import system
from bulou.platform.playbooks import OperationRef
from tests.kit.cast import NOW, Cast, County

BY = system("tests")
KEY = "daily_health"
TREE: dict[str, Any] = {
    "root": "data", "meta": "orx", "languages": [], "title": "Daily health report",
    "questions": [
        {"path": "start", "name": "start", "kind": "dateTime", "preload": "start"},
        {"path": "end", "name": "end", "kind": "dateTime", "preload": "end"},
        {"path": "deviceid", "name": "deviceid", "kind": "hidden", "preload": "deviceid"},
        {"path": "person_id", "name": "person_id", "kind": "text"},
        {"path": "report_date", "name": "report_date", "kind": "date"},
        {"path": "temperature", "name": "temperature", "kind": "decimal", "fact": "temperature"},
        {"path": "test_result", "name": "test_result", "kind": "text", "fact": "test_result", "sensitive": True},
        {"path": "symptoms", "name": "symptoms", "kind": "text"},
        {"path": "location", "name": "location", "kind": "text"},
    ],
}  # fmt: skip
MAPPING = {
    "subject": {"kind": "person", "path": "person_id"},
    "happened": {"path": "report_date"},
    "facts": {"temperature": "temperature", "test_result": "test_result"},
}
XFORM = b'<?xml version="1.0"?><h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>Daily health report</h:title></h:head></h:html>\n'


def new_id() -> str:
    return f"uuid:{uuid4()}"


def xml(
    instance: str, *, person: str = "P000001", temperature: str = "36.6", deprecates: str = "", day: str = "2020-01-26", form: str = KEY,
    version: str = "1", extra: str = "", end: str = "T09:00:00.000+08:00",
) -> bytes:  # fmt: skip
    """A submission of the daily report, as Collect sends it."""
    was = f"<orx:deprecatedID>{deprecates}</orx:deprecatedID>" if deprecates else ""
    return (
        f'<?xml version=\'1.0\'?><data xmlns:orx="http://openrosa.org/xforms" id="{form}" version="{version}">'
        f"<start>{day}T08:00:00.000+08:00</start><end>{day}{end}</end><deviceid>collect:1</deviceid><person_id>{person}</person_id>"
        f"<report_date>{day}</report_date><temperature>{temperature}</temperature>{extra}"
        f"<orx:meta><orx:instanceID>{instance}</orx:instanceID>{was}</orx:meta></data>"
    ).encode()


@dataclass(slots=True)
class Doors:
    """What was set up. People of village 0 have the codes P000000 …, those of village 2 (the neighbour's) P000020 …"""

    county: County
    cast: Cast
    operation: Operation
    regime: Regime
    form: Form
    version: FormVersion
    tokens: dict[str, str]

    def sender(self, who: str) -> senders.Sender:
        found = senders.sender_of(self.tokens[who], NOW)
        assert found is not None
        return found

    def token(self, text: str | None = None, **given: Any) -> str:
        """A further token."""
        made = text or text_of(uuid4().bytes)
        said = {"kind": "device", "operation": self.operation, "issued_at": NOW, "issuer_name": "tests"} | given
        Token.objects.create(hash=digest_of(made), **said)
        return made

    def counted(self) -> int:
        """How many are counted as reported."""
        return sum(one.n_on_time + one.n_late for one in Tally.objects.all())


def doors(county: County, cast: Cast) -> Doors:
    """The county with its form open, and a token for the village clerk, the county chief and the neighbour's lead."""
    accepting.forget()
    senders.forget_senders()
    start = NOW - timedelta(days=2)
    operation = Operation.objects.create(
        key="drill", titles={"en": "Drill"}, playbook="x", root=county.root, level="x", started_at=start
    )
    regime = _regime(operation, county, start)
    form, version = published(operation)
    made = Doors(county, cast, operation, regime, form, version, {})
    for key in ("village_clerk", "chief", "neighbour"):
        made.tokens[key] = made.token(user=getattr(cast, key).user)
    return made


def published(
    operation: Operation, *, key: str = KEY, version: str = "1", state: str = Form.State.OPEN, tree: dict[str, Any] | None = None,
    mapping: dict[str, Any] | None = None, xform: bytes = XFORM, now: datetime = NOW,
) -> tuple[Form, FormVersion]:  # fmt: skip
    """A form with one version; draft forms stay unpublished."""
    form, _is_new = Form.objects.get_or_create(
        key=key, defaults={"operation": operation, "title": "Daily health report", "state": state, "made_at": now}
    )
    made = FormVersion.objects.create(
        form=form, version=version, number=form.versions.count() + 1, title=form.title, xform=xform, digest=md5(xform).hexdigest(),
        tree=TREE if tree is None else tree, mapping=MAPPING if mapping is None else mapping, made_at=now,
        published_at=None if state == Form.State.DRAFT else now, actor_name="tests",
    )  # fmt: skip
    return form, made


def _regime(operation: Operation, county: County, start: datetime) -> Regime:
    ref = OperationRef(operation.pk, operation.key, operation.root_id, clock.COUNTY_ZONE)
    regime: Regime = ledger.set_regime(
        by=BY, operation=ref, key="temperature", asks=["temperature"], calendar=Daily(due="20:00"), now=start, about={"titles": {"en": "T"}}
    )  # fmt: skip
    people = [*enumerate(county.people_of(0)), *enumerate(county.people_of(2), start=20)]
    for number, person in people:
        Person.objects.filter(pk=person.pk).update(code=f"P{number:06d}")
    new = [ledger.NewEnrolment(uuid4(), person.pk, person.place_id) for _number, person in people]
    ledger.enrol_many(by=BY, regime=regime, rows=new, now=start, why="tests")
    ledger.open_windows(NOW)
    return regime
