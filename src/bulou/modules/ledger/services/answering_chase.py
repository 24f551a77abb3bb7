"""What people do about reminders: acknowledge them, telephone, note an absence and its deputy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from bulou.modules.ledger.models import Absence, Call, Message
from bulou.modules.ledger.queries import chase as queries
from bulou.modules.ledger.services.actors import actor, reason
from bulou.modules.ledger.services.excusing import excuse
from bulou.modules.ledger.services.filing import Filing, file_record
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.queries.units import fellows
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal

ABSENCE = "ledger.note_absence"
NOTE_NEEDED = (Call.Outcome.REFUSED, Call.Outcome.AWAY)


@transaction.atomic
def acknowledge(*, by: Viewer, message_id: int | None = None, now: datetime) -> int:
    """Say that one has seen a message of one's own, or all; gives how many were new. Somebody else's: Http404."""
    mine = Message.objects.filter(person_id=by.person_id or 0)
    if message_id is not None:
        mine = mine.filter(pk=message_id)
        if not mine.exists():
            raise Http404
    fresh = list(mine.filter(acknowledged_at=None).values_list("pk", flat=True))
    Message.objects.filter(pk__in=fresh).update(acknowledged_at=now)
    if fresh:
        write(
            by=by, action="ledger.reminder_acknowledged", kind="registry.person", subjects=[by.person_id or 0], now=now,
            data={"messages": fresh[:200], "count": len(fresh)},
        )  # fmt: skip
    return len(fresh)


@dataclass(frozen=True, slots=True)
class Said:
    """How a call went: `outcome` (Call.Outcome), a `note`; the `facts` that were reported; until when somebody is away."""

    outcome: str
    note: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)
    until: datetime | None = None


@transaction.atomic
def note_call(
    *, by: Viewer, enrolment_id: int, said: Said, once: UUID, now: datetime, window_id: int | None = None
) -> Call:  # fmt: skip
    """Note a call about what an enrolment owes. The same `once` again changes nothing. Out of reach: Http404.

    *reported* files the record the caller was told (`filed_by` the caller, source telephone) and needs the facts asked (`ledger.facts_needed`).
    *refused* and *away* need a note. *away* with an end proposes an excuse, which whoever may excuse grants (`grant_excuse`).
    """
    if found := Call.objects.filter(uuid=once).first():
        return found
    by.need(queries.CHASE)
    owed = queries.open_of(by, enrolment_id, now=now, window_id=window_id)
    note = said.note.strip()[:400]
    if said.outcome not in Call.Outcome.values:
        raise Refusal("ledger.outcome_unknown", _("Say how the call went."), field="outcome")
    if said.outcome in NOTE_NEEDED and not note:
        raise Refusal("ledger.reason_needed", _("Say why: others will read it."), field="note")
    if said.outcome == Call.Outcome.AWAY and said.until is not None and said.until <= now:
        raise Refusal("ledger.until_past", _("This must lie after now."), field="until")
    record_id = _file(by, owed, said, once, now) if said.outcome == Call.Outcome.REPORTED else None
    made = Call.objects.create(
        uuid=once, enrolment=owed.enrolment, window=owed.window, duty=owed.duty, outcome=said.outcome, note=note, record_id=record_id,
        excuse_until=said.until if said.outcome == Call.Outcome.AWAY else None, at=now, **actor(by),
    )  # fmt: skip
    write(
        by=by, action="ledger.telephoned", kind=f"registry.{owed.enrolment.subject_kind}", subjects=[owed.enrolment.subject_id], now=now,
        data={"call": made.pk, "enrolment": enrolment_id, "regime": owed.enrolment.regime_id, "outcome": said.outcome, "record": record_id},
    )  # fmt: skip
    return made


def _file(by: Viewer, owed: queries.Open, said: Said, once: UUID, now: datetime) -> int:
    missing = [code for code in owed.asks if said.facts.get(code) in (None, "")]
    if missing:
        raise Refusal(
            "ledger.facts_needed",
            _("What was reported is missing: %(facts)s."),
            field=missing[0],
            facts=", ".join(missing),
        )
    filing = Filing(
        uuid5(once, "record"),
        owed.enrolment.subject_id,
        said.facts,
        subject_kind=owed.enrolment.subject_kind,
        source="telephone",
    )
    return file_record(by=by, filing=filing, now=now).record_id


@transaction.atomic
def grant_excuse(*, by: Viewer, call_id: int, now: datetime) -> Call:
    """Grant the excuse a call proposed, from the due time it was about until its end. Granted already: nothing changes."""
    call = Call.objects.select_related("enrolment", "enrolment__regime", "window", "duty").filter(pk=call_id).first()
    if call is None or call.excuse_until is None:
        raise Http404
    about = call.window or call.duty
    since = min(about.due, call.at) if about else call.at
    excuse(
        by=by,
        enrolment_id=call.enrolment_id,
        since=since,
        until=call.excuse_until,
        why=call.note,
        once=uuid5(call.uuid, "excuse"),
        now=now,
    )
    return call


@transaction.atomic
def note_absence(
    *, by: Viewer, person_id: int, deputy_id: int, since: datetime, until: datetime, why: str, once: UUID, now: datetime
) -> Absence:  # fmt: skip
    """Say that a person is away in [since, until) and who stands in. One's own, or with ledger.note_absence anybody's in reach (else Http404).

    Without that office the deputy is somebody of a unit one belongs to (else Http404).
    Refuses an end that is past or before the beginning, and a deputy who is the person. The same `once` again changes nothing.
    """
    if found := Absence.objects.filter(uuid=once).first():
        return found
    _need_person(by, person_id)
    if until <= since or until <= now:
        raise Refusal("ledger.absence_order", _("An absence ends after it begins, and not in the past."), field="until")
    if deputy_id == person_id:
        raise Refusal("ledger.deputy_self", _("Somebody else has to stand in."), field="deputy_id")
    if not by.is_system and not by.may(ABSENCE) and deputy_id not in dict(fellows(person_id, now)):
        raise Http404
    made = Absence.objects.create(
        uuid=once,
        person_id=person_id,
        deputy_id=deputy_id,
        since=since,
        until=until,
        known_at=now,
        reason=reason(why),
        **actor(by),
    )
    write(
        by=by, action="ledger.absence_noted", kind="registry.person", subjects=[person_id, deputy_id], now=now, happened_at=since,
        why=made.reason, data={"absence": made.pk, "until": until.isoformat()},
    )  # fmt: skip
    return made


@transaction.atomic
def end_absence(*, by: Viewer, absence_id: int, now: datetime) -> Absence:
    """The person is back. Ended already: nothing changes."""
    found = Absence.objects.select_for_update(of=("self",)).filter(pk=absence_id).first()
    if found is None:
        raise Http404
    _need_person(by, found.person_id)
    if found.ended_at is None:
        found.ended_at = now
        found.save(update_fields=["ended_at"])
        write(
            by=by, action="ledger.absence_ended", kind="registry.person", subjects=[found.person_id, found.deputy_id], now=now,
            data={"absence": found.pk},
        )  # fmt: skip
    return found


def _need_person(by: Viewer, person_id: int) -> None:
    if by.is_system or (by.person_id is not None and by.person_id == person_id):
        return
    by.need(ABSENCE)
    if not scopes.people(by, ABSENCE).filter(pk=person_id).exists():
        raise Http404
