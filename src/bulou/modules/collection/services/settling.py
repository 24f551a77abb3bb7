"""Settling what is held: whoever leads the worker says what becomes of it. Nothing is ever deleted; every verb is a line with a reason.

A report that counts in the end is filed as it happened and was received, by the one who settles it: the ledger then asks whether that one may
file about the subject. Each verb can be sent again; a second, different one is a conflict.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from bulou.modules.collection.models import Attachment, Held, Joined, Submission
from bulou.modules.collection.queries import held as queries
from bulou.modules.collection.queries import sealed
from bulou.modules.collection.queries.held import Opened
from bulou.modules.collection.queries.submissions import subject_of, submissions
from bulou.modules.collection.rules import holding
from bulou.modules.collection.rules import settling as rules
from bulou.modules.collection.services.looking import reason
from bulou.modules.collection.services.receiving import record_uuid
from bulou.modules.ledger.queries.answering import may_file
from bulou.modules.ledger.services import Filing, correct_record, file_record
from bulou.modules.ledger.services.content import ListLine
from bulou.modules.ledger.services.filing import line_filing
from bulou.modules.registry.queries import scopes
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Conflict, Refusal

FILE = "ledger.file_record"


@transaction.atomic
def assign(*, by: Viewer, held_id: int, subject_id: int, why: str = "", now: datetime) -> Held:
    """It is about this subject (of the kind the form is about): file it so. Out of the viewer's reach: Http404."""
    one, told, done = _begin(by, held_id, rules.ASSIGN)
    if done:
        return one
    kind = queries.kind_of(one, _content(told))
    filing = _file_line if one.reason == holding.LINE else _file
    filed = filing(by, one, _content(told), kind, subject_id)
    return _end(by, one, rules.ASSIGN, why, now, subject_kind=kind, subject_id=subject_id, record_id=filed)


@transaction.atomic
def accept(*, by: Viewer, held_id: int, why: str = "", now: datetime) -> Held:
    """It counts as it is, about whom it names. Refuses `collection.about_nobody` where it names nobody the viewer may file about; a form that is
    about nobody is taken as read."""
    one, told, done = _begin(by, held_id, rules.ACCEPT)
    if done:
        return one
    said = _content(told)
    if not said.kind:
        return _end(by, one, rules.ACCEPT, why, now)
    subject = one.person_id if said.is_own else queries.subject_named(said.kind, said.stated.said)
    if subject is None or not _reaches(by, said.kind, subject, now):
        words = _("It names nobody you file about. Say about whom it is.")
        raise Refusal("collection.about_nobody", words, field="subject_id")
    filed = _file(by, one, said, said.kind, subject)
    return _end(by, one, rules.ACCEPT, why, now, subject_kind=said.kind, subject_id=subject, record_id=filed)


@transaction.atomic
def take(*, by: Viewer, held_id: int, why: str, now: datetime) -> Held:
    """The copy that came later counts: as a correction of the report that stands, or (a file) beside the one that is there."""
    one, told, done = _begin(by, held_id, rules.TAKE)
    if done:
        return one
    why = reason(why)
    if one.file_name:
        _add_file(by, one, now)
        return _end(by, one, rules.TAKE, why, now)
    assert one.submission is not None
    standing = subject_of(one.submission) if one.reason in rules.COPIES else queries.record_of_chain(one.submission)
    kind, subject, record = standing or ("", None, None)
    if subject is None or record is None:
        raise Refusal("collection.nothing_stands", _("What it corrects does not count yet. Settle that first."))
    _correct(by, _content(told), kind, subject, record, why, now)
    return _end(by, one, rules.TAKE, why, now, subject_kind=kind, subject_id=subject, record_id=record)


@transaction.atomic
def keep(*, by: Viewer, held_id: int, why: str, now: datetime) -> Held:
    """What stands stands; the other copy stays beside it, readable, and counts for nothing."""
    one, _told, done = _begin(by, held_id, rules.KEEP)
    return one if done else _end(by, one, rules.KEEP, reason(why), now)


@transaction.atomic
def set_aside(*, by: Viewer, held_id: int, why: str, now: datetime) -> Held:
    """It counts for nothing, for this reason; it is kept as long as the form keeps anything."""
    one, _told, done = _begin(by, held_id, rules.ASIDE)
    return one if done else _end(by, one, rules.ASIDE, reason(why), now)


@transaction.atomic
def join(*, by: Viewer, held_id: int, parent_id: int, why: str = "", now: datetime) -> Held:
    """It corrects this submission, whose chain it joins; what that reported is corrected by it. Both must be in reach, else Http404."""
    one, told, done = _begin(by, held_id, rules.JOIN)
    if done:
        return one
    row = one.submission
    parent = submissions(by, one.form).filter(pk=parent_id).first()
    if row is None or parent is None or parent.pk == row.pk:
        raise Http404
    standing = queries.record_of_chain(parent)
    if standing is not None:
        words = why or str(_("Joined by hand with what it corrects"))
        _correct(by, _content(told), *standing, words, now)
    kind, subject, record = standing or (row.subject_kind, None, None)
    _put_behind(row, parent, subject, record, now)
    return _end(by, one, rules.JOIN, why, now, subject_kind=kind, subject_id=subject, record_id=record)


def _begin(by: Viewer, held_id: int, verb: str) -> tuple[Held, Opened | None, bool]:
    """The row, locked; what it says; and whether this was done before. A different verb before is a conflict."""
    by.need(queries.SETTLE)
    one = queries.held(by).select_for_update(of=("self",)).filter(pk=held_id).first()
    if one is None:
        raise Http404
    if one.settled_at is not None:
        if one.outcome == verb and one.actor_id == by.user_id:
            return one, None, True
        words = _("%(name)s settled this already. Load the page again to see how.")
        raise Conflict("collection.settled_already", words, name=one.actor_name or _("The system"))
    told = queries.opened(one)
    if verb not in queries.verbs_of(one, told):
        raise Refusal("collection.not_so", _("This cannot be settled in this way."))
    return one, told, False


def _end(by: Viewer, one: Held, verb: str, why: str, now: datetime, **about: Any) -> Held:
    """Write down what became of it. A report that counts is of one subject; the line names it by its ids."""
    one.settled_at, one.outcome, one.why = now, verb, why.strip()[:400]
    one.actor_id, one.actor_name = by.user_id, by.name[:80]
    for name, value in about.items():
        setattr(one, name, value)
    one.save(update_fields=["settled_at", "outcome", "why", "actor_id", "actor_name", *about])
    data = {"reason": one.reason, "outcome": verb} | ({"record": one.record_id} if one.record_id is not None else {})
    write(
        by=by, action="collection.held_settled", kind="collection.held", subjects=[one.pk], now=now, why=one.why, place_id=one.place_id, data=data
    )  # fmt: skip
    return one


def _content(told: Opened | None) -> Opened:
    if told is None:
        raise Refusal(
            "collection.forgotten", _("Its content was forgotten. That it came, and what it counted for, remains.")
        )
    return told


def _file(by: Viewer, one: Held, told: Opened, kind: str, subject_id: int) -> int:
    """The ledger's record of it: happened when it says, received when it came."""
    row = one.submission
    filing = Filing(
        uuid=record_uuid(one.instance_id), subject_id=subject_id, subject_kind=kind, facts=told.stated.facts,
        happened_at=told.stated.happened_at, source=row.source if row is not None else "form", device=one.device, lines=_lines(by, told),
    )  # fmt: skip
    received = row.received_at if row is not None else one.held_at
    return file_record(by=_in_office(by, kind, subject_id, received), filing=filing, now=received).record_id


def _file_line(by: Viewer, one: Held, told: Opened, kind: str, subject_id: int) -> int:
    """One line of a list as its person's record, under the key it would have had: `detail` names its number, from 1."""
    number, lines = int(one.detail.get("number", 0)), told.stated.lines or ()
    if not 1 <= number <= len(lines):
        raise Refusal("collection.no_such_line", _("The list has no such line."))
    row = one.submission
    received = row.received_at if row is not None else one.held_at
    whole = Filing(
        uuid=record_uuid(one.instance_id), subject_id=subject_id, subject_kind=kind, facts={}, happened_at=told.stated.happened_at,
        source=row.source if row is not None else "form", device=one.device,
    )  # fmt: skip
    line = ListLine(subject_id, lines[number - 1].facts, lines[number - 1].name)
    filing = line_filing(whole, number, subject_id, line)
    return file_record(by=_in_office(by, kind, subject_id, received), filing=filing, now=received).record_id


def _correct(by: Viewer, told: Opened, kind: str, subject: int, record: int, why: str, now: datetime) -> None:
    correct_record(
        by=_in_office(by, kind, subject, now),
        record_id=record,
        facts=told.stated.facts,
        why=why,
        now=now,
        lines=_lines(by, told),
    )


def _reaches(by: Viewer, kind: str, subject_id: int, now: datetime | None) -> bool:
    """Whether the settling person may file about a subject: where it is enrolled, or (enrolled nowhere) where it lives or lies."""
    if may_file(by, kind, subject_id, now=now):
        return True
    reach: dict[str, Any] = {
        "person": scopes.people, "household": scopes.households, "place": scopes.places, "unit": scopes.units,
    }  # fmt: skip
    found: bool = reach[kind](by, FILE).filter(pk=subject_id).exists()
    return found


def _in_office(by: Viewer, kind: str, subject_id: int, now: datetime) -> Viewer:
    """The settling person, whose right to file about this subject has been asked here; the ledger asks about enrolments only."""
    if not _reaches(by, kind, subject_id, now):
        raise Http404
    return Viewer(by.user_id, by.name, by.grants, by.person_id, is_system=True)


def _lines(by: Viewer, told: Opened) -> tuple[ListLine, ...] | None:
    """A list's lines; known persons the viewer files about by their ids, everybody else by name."""
    if told.stated.lines is None:
        return None
    found = []
    for line in told.stated.lines:
        subject = queries.subject_named("person", line.said)
        is_ours = subject is not None and _reaches(by, "person", subject, None)
        found.append(ListLine(subject if is_ours else None, line.facts, line.name or line.said))
    return tuple(found)


def _add_file(by: Viewer, one: Held, now: datetime) -> None:
    """The other file under a name of its own: what is there is never written over."""
    row = one.submission
    if row is None or one.xml is None:
        raise Http404
    content = sealed.open_file(one.xml, one.instance_id, one.file_name)
    name = f"{one.pk}-{one.file_name}"[-255:]
    Attachment.objects.get_or_create(
        submission=row, name=name,
        defaults={
            "content_type": "", "size": len(content), "digest": one.digest, "sealed": sealed.seal_file(content, one.instance_id, name),
            "received_at": now,
        },
    )  # fmt: skip


def _put_behind(row: Submission, parent: Submission, subject: int | None, record: int | None, now: datetime) -> None:
    joined = Joined.objects.filter(submission=parent).first()
    chain = joined.chain if joined is not None else parent.chain
    last = Submission.objects.filter(chain=chain).aggregate(most=Max("number"))["most"] or 1
    last = max(last, Joined.objects.filter(chain=chain).aggregate(most=Max("number"))["most"] or 1)
    Joined.objects.get_or_create(
        submission=row, defaults={"chain": chain, "number": last + 1, "subject_id": subject, "record_id": record, "joined_at": now}
    )  # fmt: skip
