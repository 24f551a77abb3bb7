"""Samples of the addresses of chase, sign-off and duty log: an enrolment here and at the neighbour's, a message to the clerk, a watch."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from bulou.modules.ledger import services
from bulou.modules.ledger.models import Absence, Call, Enrolment, Message, Watch
from bulou.modules.ledger.tests.owing import BY, owing
from tests.kit.samples import Sample, World

UNIT_CLERK = frozenset({"unit_clerk"})


def samples(world: World) -> dict[str, Sample]:
    """By name of the address."""
    made = owing(world.county)
    here, there = (made.enrol(world.county.people_of(village)[0]) for village in (0, 2))
    made.open(world.now)
    one = ({"enrolment_id": here.pk}, {"enrolment_id": there.pk})
    more = ({"enrolment_id": here.pk, "outcome": "refused"}, {"enrolment_id": there.pk, "outcome": "refused"})
    calls = [{"pk": _call(world, enrolment.pk)} for enrolment in (here, there)]
    away = [{"pk": _absence(world, village)} for village in (0, 2)]
    watch = Sample({"pk": _watch(world, made.operation.pk)})
    message = {"pk": _message(world)}
    records = [{"pk": _record(world, enrolment)} for enrolment in (here, there)]
    return {
        "record": Sample(*records, blind=UNIT_CLERK),
        "record_lines": Sample(*records, blind=UNIT_CLERK),
        "message": Sample(message, status=404, answers={"village_clerk": 200}),
        "acknowledge": Sample(message, status=405),
        "acknowledge_all": Sample(status=405),
        "call": Sample(*one, blind=UNIT_CLERK),
        "note": Sample(*one, status=405, blind=UNIT_CLERK),
        "note_more": Sample(*more, blind=UNIT_CLERK),
        "grant_excuse": Sample(*calls, status=405, blind=UNIT_CLERK),
        "grant_request": Sample({"pk": 1}, status=405),
        "decline_request": Sample({"pk": 1}, status=405),
        "end_absence": Sample(*away, status=405, blind=UNIT_CLERK),
        **dict.fromkeys(("sign", "send_back", "set_day"), Sample(status=405)),
        "begin_watch": Sample({"key": made.operation.key}),
        **dict.fromkeys(("watch", "write_entry", "hand_over", "take_over"), watch),
    }


def _record(world: World, enrolment: Enrolment) -> int:
    """A list about the enrolment's subject: it opens as a report and as lines."""
    filing = services.Filing(
        uuid4(), enrolment.subject_id, {}, world.now, lines=(services.ListLine(None, {"well": True}, "x"),)
    )
    return services.file_record(by=BY, filing=filing, now=world.now).record_id


def _call(world: World, enrolment_id: int) -> int:
    when = {"at": world.now, "excuse_until": world.now + timedelta(days=2)}
    return Call.objects.create(
        uuid=uuid4(), enrolment_id=enrolment_id, outcome="away", note="x", actor_name="x", **when
    ).pk


def _absence(world: World, village: int) -> int:
    person, deputy = world.county.people_of(village)[1:3]
    span = {"since": world.now, "until": world.now + timedelta(days=2), "known_at": world.now}
    return Absence.objects.create(uuid=uuid4(), person=person, deputy=deputy, actor_name="x", reason="x", **span).pk


def _message(world: World) -> int:
    return Message.objects.create(uuid=uuid4(), person=world.cast.village_clerk.person, at=world.now, lines=[]).pk


def _watch(world: World, operation_id: int) -> int:
    chief = world.cast.chief.user.pk
    people = [{"user": chief, "name": "x"}]
    return Watch.objects.create(
        uuid=uuid4(), operation_id=operation_id, starts=world.now, people=people, actor_id=chief, actor_name="x"
    ).pk
