"""Loading a case: the county's places and people, the operation with its playbook, everybody in their units, everybody enrolled."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from bulou.modules.ledger.models import Enrolment
from bulou.modules.operations.models import Operation
from bulou.modules.operations.queries.operations import ref
from bulou.modules.operations.queries.playbooks import check, shipped
from bulou.modules.operations.services import activate_operation, set_level
from bulou.modules.registry.models import Membership, Person, Place
from bulou.modules.registry.services.places_load import load_county
from bulou.modules.registry.services.synthetic.filling import fill
from bulou.platform import clock
from bulou.platform.access.viewer import system
from bulou.platform.house.queries import house
from bulou.platform.refusals import Refusal
from bulou.site.scenarios.cases import CASES, ORDER, Case
from bulou.site.scenarios.enrolling import Enrolling
from bulou.site.scenarios.returning import Returnee, bring_back
from bulou.site.scenarios.seating import Seats, seat

BY = system("scenario")
QUIET = "level-4"  # asks nothing yet: everybody takes a seat first, and is enrolled at once when the level is raised
_DATE = re.compile(r"\b20[0-9]{2}-[01][0-9]-[0-3][0-9]\b")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A loaded case: its operation, who sits where, who came back, and the villages to which nobody did."""

    case: Case
    operation: Operation
    seed: int
    seats: Seats
    returnees: tuple[Returnee, ...] = ()
    villages_without: tuple[int, ...] = ()


def load(
    case: str, *, seed: int, now: datetime, residents: int | None = None, key: str = "", processes: int = 1
) -> Loaded:
    """Load one of the five cases as an operation that begins `now`; the same case, seed and day give the same people in the same places.

    `residents` made-up people are spread over the county's villages, the case's own number unless told; villages that have some already
    keep them. `key` is the operation's, the case's name unless told. With `processes` > 1 the caller must not be inside a transaction.
    Refuses a real county's database (`scenario.real_house`), an unknown case (`scenario.unknown`), and fewer residents than its units
    need (`scenario.too_few`).
    """
    wanted = _case(case)
    count = wanted.residents if residents is None else residents
    _check(wanted, count)
    root = _root(shipped_root(wanted.key), now)
    fill(root, count, now=now, seed=seed, processes=processes)
    text = _moved(shipped()[wanted.key], clock.local_day(now) - wanted.order_day)
    operation = activate_operation(by=BY, key=key or wanted.key, text=text, level=QUIET, why=ORDER, now=now)
    seats = seat(wanted, ref(operation), by=BY, seed=seed, now=now)
    back, without = bring_back(wanted.returnees, root, by=BY, seed=seed, now=now) if wanted.returnees else ([], [])
    operation = set_level(by=BY, operation=operation, level=wanted.level, version=operation.version, why=ORDER, now=now)
    Enrolling(wanted, ref(operation), BY, seed, now).those_no_filter_finds(seats, back)
    return Loaded(wanted, operation, seed, seats, tuple(back), tuple(without))


def digest(loaded: Loaded) -> str:
    """A print of who sits where and who came back, free of the database's own numbers: the same for the same case, seed and day."""
    said = hashlib.sha256()
    for line in sorted(_lines(loaded)):
        said.update(line.encode() + b"\n")
    return said.hexdigest()


def shipped_root(case: str) -> str:
    """The code of the place a shipped playbook is rooted at."""
    return str((check(shipped()[case]).playbook or {})["root"])


def _lines(loaded: Loaded) -> Iterator[str]:
    prefix = f"{loaded.operation.pk}."
    rows = Membership.objects.filter(unit__code__startswith=prefix).values_list(
        "unit__name", "person__uuid", "part", "post", "terms", "starts"
    )
    for name, uuid, *rest in rows:
        yield f"{name} {uuid} {rest}"
    enrolled = Enrolment.objects.filter(regime__operation=loaded.operation, subject_kind="person").values_list(
        "regime__key", "subject_id"
    )
    uuids = dict(Person.objects.filter(pk__in={pk for _key, pk in enrolled}).values_list("pk", "uuid"))
    for regime, pk in enrolled:
        yield f"{regime} {uuids[pk]}"
    origins = {one.person_id: one for one in loaded.returnees}
    people = Person.objects.filter(pk__in=origins).annotate(place_code=F("place__code"))
    for person in people:
        one = origins[person.pk]
        yield f"{person.uuid} {person.name} {person.place_code} {one.back_from} {one.back_since.isoformat()}"


def _case(name: str) -> Case:
    if name not in CASES:
        words = _("There is no case “%(case)s”; there are: %(cases)s.")
        raise Refusal("scenario.unknown", words, case=name, cases=", ".join(CASES))
    return CASES[name]


def _check(case: Case, residents: int) -> None:
    held = house()
    if held is not None and held.kind == held.Kind.REAL:
        raise Refusal("scenario.real_house", _("This is a real county's database: nobody invented comes in here."))
    if residents < case.fewest:
        words = _("The case “%(case)s” needs at least %(fewest)s residents.")
        raise Refusal("scenario.too_few", words, case=case.key, fewest=case.fewest)


def _moved(text: str, by: timedelta) -> str:
    """A playbook's text with its dates moved: an order is of the day it is given."""
    return _DATE.sub(lambda found: (date.fromisoformat(found[0]) + by).isoformat(), text)


def _root(code: str, now: datetime) -> str:
    if not Place.objects.filter(code=code).exists():
        load_county(by=BY, code=code, now=now)
    return code
