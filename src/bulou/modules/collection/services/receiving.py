"""Taking what devices send. docs/openrosa.md has the table of what is answered to what.

Nothing a phone sent is thrown away and nothing is counted twice: the same again changes nothing, what differs is kept aside, what cannot be
counted waits for a person. The plain case is one round trip (`lines.ask`); files, lists and corrections take a transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bulou.core import phones
from bulou.modules.collection.models import Attachment, Held, Submission
from bulou.modules.collection.queries import accepting, sealed
from bulou.modules.collection.queries.accepting import Accepting
from bulou.modules.collection.queries.senders import Sender
from bulou.modules.collection.rules import answers as rules
from bulou.modules.collection.rules import holding
from bulou.modules.collection.rules.instance import Answers, Instance, Malformed, answers, read
from bulou.modules.collection.services import correcting, lines
from bulou.modules.ledger.services.content import Content, ListLine, content
from bulou.platform import clock, vault
from bulou.platform.access import permissions
from bulou.platform.refusals import Refusal

MOST_XML = 10_000_000
FILE, FILL, EDIT = "ledger.file_record", "collection.fill", "collection.edit_forms"
DIGEST = "collection.digest"
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_RECORDS = UUID("0b9c1c1e-6f0a-5d53-8e0f-3f5a1c7d2e44")

_MALFORMED = {
    "nul": _("The form's data holds a NUL byte, which no form has."),
    "not_utf8": _("The form's data is not UTF-8."),
    "doctype": _("The form's data declares a document type or entities, which is not allowed."),
    "too_many": _("The form's data has more elements than any form."),
    "too_deep": _("The form's data is nested deeper than any form."),
    "not_xml": _("The form's data is not well-formed XML: it broke off, or was changed on the way."),
    "no_form": _("The form's data does not say which form it is (id)."),
    "no_instance": _("The form's data has no instanceID, so that sending it again could not be noticed."),
    "id_too_long": _("An instanceID has at most 249 characters."),
    "corrects_itself": _("The form's data names itself as what it corrects."),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that came with a submission."""

    name: str
    content_type: str
    content: bytes | memoryview


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is answered: the protocol's status (201, 202, 403, 404, 409), a stable code, and why it is held, if it is (rules.holding)."""

    status: int
    code: str
    submission_id: int | None = None
    held: str = ""


@dataclass(slots=True)
class _Read:
    """A submission, read. `sender` is who sent it (of a correction joined later, who had sent that); `uuid` the key of the ledger's record."""

    sender: Sender
    form: Accepting
    instance: Instance
    plain: Answers
    hidden: Answers
    stated: rules.Stated
    uuid: UUID
    said: Content
    received_at: datetime
    source: str
    device: str


def receive(
    *, sender: Sender, submission: bytes, now: datetime, files: Sequence[Sent] = (), source: str = "form", device: str = ""
) -> Receipt:  # fmt: skip
    """Take one submission, received `now`, with its files. When this returns, it is committed.

    Refuses (Refusal, status 400 or 413) what is no submission: `collection.xml_…`, `collection.too_large`. A form or version that is
    unknown, or not this sender's, is a Receipt of 404; a sender that holds no more one of 403.
    """
    if len(submission) > MOST_XML:
        raise Refusal("collection.too_large", _("The form's data is larger than 10 MB."), status=413)
    source = "link" if sender.is_personal else source
    try:
        instance = read(submission)
        for _attempt in range(2):
            form = accepting.accepting(instance.form, instance.version)
            if form is None or (form.is_test and not sender.viewer.may(EDIT)):
                break
            taken = _take(_read(sender, form, instance, now, source, device), submission, files)
            if taken is not None:
                return taken
            accepting.forget(instance.form, instance.version)
    except Malformed as problem:
        raise Refusal(f"collection.xml_{problem.code}", _MALFORMED[problem.code], status=400) from None
    return Receipt(404, "collection.form_unknown")


def record_uuid(instance_id: str) -> UUID:
    """The key under which a submission is filed in the ledger: not the sender's to choose."""
    return uuid5(_RECORDS, instance_id)


def _read(
    sender: Sender, form: Accepting, instance: Instance, received_at: datetime, source: str, device: str
) -> _Read:
    reading = form.reading
    plain, hidden = answers(instance.root, reading.shape)
    stated = rules.stated(reading, instance, plain, hidden, received_at=received_at, zone=clock.COUNTY_ZONE)
    uuid = record_uuid(instance.instance_id)
    said = content(uuid, stated.facts, None, reading.secret)
    device = plain.get(reading.device, "") or instance.device or device
    return _Read(sender, form, instance, plain, hidden, stated, uuid, said, received_at, source, device[:80])


def _take(one: _Read, xml: bytes, files: Sequence[Sent]) -> Receipt | None:
    """The receipt; None where the version is not what this process thinks."""
    if not files and not one.instance.deprecates and one.stated.lines is None:
        outcome, submission, reason, _filed = lines.ask(_values(one, xml))
        if outcome != "waited":
            return _receipt(outcome, submission, reason)
    with transaction.atomic():
        one = _with_lines(one)
        outcome, submission, reason, filed = lines.ask(_values(one, xml, joining=True))
        if submission is not None and outcome in ("new", "held", "edited", "known"):
            added = keep_files(submission, one.instance.instance_id, files, one.received_at) if files else 0
            outcome = "new" if outcome == "known" and added else outcome
        if submission is not None and outcome in ("new", "held", "edited"):
            _follow_up(one, outcome, submission, filed)
    return _receipt(outcome, submission, reason)


def _receipt(outcome: str, submission: int | None, reason: str) -> Receipt | None:
    match outcome:
        case "new" | "edited":
            return Receipt(201, "collection.received", submission)
        case "held":
            return Receipt(202, "collection.held", submission, reason)
        case "known":
            return Receipt(202, "collection.known", submission)
        case "conflict":
            return Receipt(409, "collection.conflict", submission, holding.CONFLICT)
        case "token":
            return Receipt(403, "collection.token_over")
        case "form":
            return Receipt(404, "collection.form_unknown")
    return None


def _values(
    one: _Read, xml: bytes, *, joining: bool = False, again: int | None = None, joined_at: datetime | None = None
) -> list[str | bytes | None]:
    """The values of `collection_receive`, in the order of lines.TYPES."""
    sender, viewer, instance, stated, said = one.sender, one.sender.viewer, one.instance, one.stated, one.said
    reading = one.form.reading
    happened = stated.happened_at
    doubtful = phones.is_clock_doubtful(happened, received_at=one.received_at, device_offset=None)
    sealed_answers = sealed.seal_answers(one.hidden, instance.instance_id) if one.hidden else None
    file_roles, fill_roles = _roles()
    return [
        _id(sender.token_id), _id(viewer.user_id), _id(sender.person_id), viewer.name[:80], file_roles, fill_roles, clock.COUNTY_ZONE.key,
        str(one.form.version_id), _bool(one.form.is_test), instance.instance_id, instance.deprecates,
        vault.blind(xml.decode(), purpose=DIGEST), str(len(xml)), None if again else sealed.seal_xml(xml, instance.instance_id),
        _json(one.plain), sealed_answers,
        reading.kind, stated.said if reading.kind else None, _bool(reading.is_own), _array(stated.wrong),
        str(one.uuid), _json(said.facts), _array(tuple(said.stated)), said.sealed,
        None if said.lines is None else _json(said.lines),
        None if said.lines_stated is None else _array(tuple(said.lines_stated)),
        happened.isoformat(), one.received_at.isoformat(), _bool(doubtful), one.source, one.device,
        _bool(joining), _id(again), None if joined_at is None else joined_at.isoformat(),
    ]  # fmt: skip


def keep_files(submission_id: int, instance_id: str, files: Iterable[Sent], now: datetime) -> int:
    """Keep the files that are not here yet, inside the caller's transaction; gives how many were new. One of the same name with other
    content is kept aside."""
    added = 0
    for file in files:
        digest = vault.blind(sealed.digest_of_file(file.content), purpose=DIGEST)
        had = Attachment.objects.filter(submission_id=submission_id, name=file.name).first()
        if had is None:
            sealed_file = sealed.seal_file(file.content, instance_id, file.name)
            _row, is_new = Attachment.objects.get_or_create(
                submission_id=submission_id, name=file.name,
                defaults={"content_type": file.content_type[:120], "size": len(file.content), "digest": digest, "sealed": sealed_file, "received_at": now},
            )  # fmt: skip
            added += is_new
        elif bytes(had.digest) != digest:
            _keep_aside(submission_id, instance_id, file, digest, now)
    return added


def _keep_aside(submission_id: int, instance_id: str, file: Sent, digest: bytes, now: datetime) -> None:
    one = Submission.objects.select_related("form").get(pk=submission_id)
    Held.objects.get_or_create(
        instance_id=instance_id, digest=digest, reason=holding.FILE, file_name=file.name,
        defaults={
            "submission": one, "form": one.form, "operation_id": one.form.operation_id, "xml": sealed.seal_file(file.content, instance_id, file.name),
            "person_id": one.person_id, "sender_name": one.sender_name, "device": one.device, "held_at": now,
        },
    )  # fmt: skip


def _with_lines(one: _Read) -> _Read:
    """A list's lines with the persons they are about, as far as the sender may file about them; the others keep the name that was given."""
    if one.stated.lines is None:
        return one
    found = []
    for line in one.stated.lines:
        subject = correcting.subject_in_reach(one.sender, one.form.operation_id, line.said, one.stated.happened_at)
        found.append(ListLine(subject, line.facts, line.name or line.said))
    said = content(one.uuid, one.stated.facts, found, one.form.reading.secret)
    return replace(one, said=said)


def _follow_up(one: _Read, outcome: str, submission: int, filed: int | None) -> None:
    """What a submission brings with it, in its transaction: the lines of a list filed, a correction told to the ledger, waiting ones joined."""
    if outcome == "edited" and filed is not None:
        correcting.correct(one.sender.viewer, filed, one.said, one.received_at)
    if outcome == "new" and filed is not None and one.stated.lines is not None:
        correcting.file_lines(one.sender.viewer, filed, one.uuid, one.stated.lines, one.said, one.form.reading.secret)
    _join_waiting(one.instance.instance_id, one.received_at)


def _join_waiting(instance_id: str, now: datetime) -> None:
    """Judge anew the corrections of this one that came before it, and then theirs. The first received is the correction, others were late."""
    waiting = Submission.objects.filter(
        deprecates=instance_id, number=0, chain__isnull=False, joined=None, xml__isnull=False
    ).order_by("id")
    for row in waiting.select_related("version__form"):
        if row.chain != row.instance_id:
            continue  # it was judged when what it corrects was here
        xml = sealed.open_xml(row.xml or b"", row.instance_id)
        one = _again(row, xml)
        outcome, _submission, reason, filed = lines.ask(_values(one, xml, joining=True, again=row.pk, joined_at=now))
        if reason == holding.PARENT_UNKNOWN:
            continue
        if outcome == "edited" and filed is not None:
            correcting.correct(one.sender.viewer, filed, one.said, now)
        Held.objects.filter(submission=row, reason=holding.PARENT_UNKNOWN, settled_at=None).update(
            settled_at=now, outcome="joined", record_id=filed
        )
        _join_waiting(row.instance_id, now)


def join_held(said: Iterable[str], *, now: datetime) -> int:
    """Judge anew what waits because nobody knew whom it is about, now that these are known (uuids in lower case, codes); gives how many count."""
    waiting = Held.objects.filter(
        reason=holding.SUBJECT, settled_at=None, submission__isnull=False, detail__said__in=list(said)
    )
    return sum(_joined(row, now) for row in waiting.select_related("submission__version__form").order_by("id"))


def _joined(held: Held, now: datetime) -> bool:
    """Whether it counts now; if not, nothing was written."""
    row = held.submission
    if row is None or row.xml is None:
        return False
    xml = sealed.open_xml(row.xml, row.instance_id)
    one = _again(row, xml)
    with transaction.atomic():
        outcome, _submission, _reason, filed = lines.ask(_values(one, xml, joining=True, again=row.pk, joined_at=now))
        if outcome not in ("new", "edited") or filed is None:
            transaction.set_rollback(True)
            return False
        _follow_up(one, outcome, row.pk, filed)
        Held.objects.filter(pk=held.pk).update(settled_at=now, outcome="joined", record_id=filed)
    return True


def _again(row: Submission, xml: bytes) -> _Read:
    """A submission that is here already, read as it was when it came."""
    sender = correcting.sender_of_row(row)
    return _with_lines(
        _read(sender, accepting.of_version(row.version), read(xml), row.received_at, row.source, row.device)
    )


@lru_cache(maxsize=1)
def _roles() -> tuple[str, str]:
    table = {one.key: one.roles for one in permissions.table()}
    return _array(tuple(sorted(table[FILE]))), _array(tuple(sorted(table[FILL])))


@lru_cache(maxsize=1024)
def _array(values: tuple[str, ...]) -> str:
    return "{" + ",".join('"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"' for one in values) + "}"


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)


def _bool(value: bool) -> str:
    return "t" if value else "f"
