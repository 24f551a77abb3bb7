"""A county that owes reports, in a home of its own: run as a process, `python -m tests.chaos.county prepare|start|clock`; answers in JSON."""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

PEOPLE = 240
SPEED = 60.0
LADDER = [{"before": f"{minutes}m", "to": "owing"} for minutes in (15, 10, 5)] + [
    {"after": f"{minutes}m", "to": "answerable" if minutes % 10 else "lead"} for minutes in range(1, 480, 5)
]


def prepare() -> dict[str, Any]:
    """People of one village under a daily report, due tomorrow at ten, with a ladder of a step every five minutes; a clerk logged in."""
    from django.test import Client

    from bulou.core.windows import Daily
    from bulou.modules.ledger import services
    from bulou.modules.ledger.models import Enrolment, Ladder
    from bulou.modules.ledger.services import NewEnrolment
    from bulou.modules.operations.models import Operation
    from bulou.modules.registry.models import Place
    from bulou.modules.registry.services.people_bulk import NewPerson, load_people
    from bulou.modules.registry.services.people_checks import Facts
    from bulou.platform import cast, clock
    from bulou.platform.access.viewer import system
    from bulou.platform.playbooks import OperationRef

    by, now = system("chaos"), clock.now()
    county = (
        Place.objects.get(parent=None)
        if Place.objects.filter(parent=None).count() == 1
        else Place.objects.get(level="county")
    )
    village = Place.objects.filter(level="village").order_by("code")[0]
    town = Place.objects.get(pk=village.parent_id)
    spots = {
        "county": county.code,
        "town": town.code,
        "village": village.code,
        "neighbour_town": town.code,
        "neighbour_village": village.code,
    }
    users = cast.seat(spots | {"unit": _unit(county, now)}, now=now)
    people = load_people(
        [NewPerson(Facts(f"村民{n:03d}"), village.pk) for n in range(PEOPLE)], by=by, now=now, is_synthetic=True
    )
    operation = Operation.objects.create(
        key="chaos", titles={"en": "Chaos"}, playbook="chaos", root=county, level="x", started_at=now
    )
    Ladder.objects.create(operation=operation, key="line", steps={"steps": LADDER})
    ref = OperationRef(operation.pk, operation.key, county.pk, clock.COUNTY_ZONE)
    regime = services.set_regime(
        by=by, operation=ref, key="health", asks=["well"], calendar=Daily(due="10:00"), now=now, about={"ladder": "line"},
        since=clock.day_span(clock.local_day(now) + timedelta(days=1))[0],
    )  # fmt: skip
    clerk = _person_of(users["village_clerk"].pk)
    rows = [NewEnrolment(uuid4(), pk, village.pk, owed_id=pk, answerables=(clerk,)) for pk in people]
    services.enrol_many(by=by, regime=regime, rows=rows, now=now)
    client = Client()
    client.force_login(users["village_clerk"], backend="django.contrib.auth.backends.ModelBackend")
    enrolments = list(Enrolment.objects.filter(regime=regime).order_by("pk").values_list("pk", flat=True))
    return {"session": client.cookies["sessionid"].value, "enrolments": enrolments}


def _unit(county: Any, now: datetime) -> str:
    from bulou.modules.registry.models import Unit

    unit = Unit.objects.create(
        code="CHAOS", name="办公室", kind="work_group", sort_key="bangongshi", place=county, starts=now
    )
    unit.lineage = [unit.pk]
    unit.save(update_fields=["lineage"])
    return unit.code


def _person_of(user_id: int) -> int:
    from bulou.modules.registry.queries.offices import person_of_user

    found = person_of_user(user_id)
    assert found is not None
    return found


def start() -> dict[str, Any]:
    """Let the clock show twenty to ten of tomorrow and run a minute a second."""
    from bulou.platform import clock
    from bulou.platform.access.viewer import system
    from bulou.platform.house.services import set_pace

    tomorrow = clock.day_span(clock.local_day(clock.real_now()) + timedelta(days=1))[0]
    set_pace(tomorrow + timedelta(hours=9, minutes=40), SPEED, by=system("chaos"), now=clock.now())
    return {}


def main() -> None:
    """Do what the first word says in this home, and answer on the last line."""
    from bulou.site.home import django_ready, this_home

    with django_ready(this_home()):
        print(json.dumps({"prepare": prepare, "start": start}[sys.argv[1]]()))


if __name__ == "__main__":
    main()
