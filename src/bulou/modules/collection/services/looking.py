"""Opening what is sealed of a submission: sensitive answers, the XML as received, a file. Each is a look with a reason, logged before it opens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from bulou.modules.collection.models import Attachment, Submission
from bulou.modules.collection.queries import sealed
from bulou.modules.collection.queries import submissions as queries
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import note_look
from bulou.platform.refusals import Refusal

OPEN = "collection.open_sensitive"


def open_answers(*, by: Viewer, submission_id: int, why: str, now: datetime) -> dict[str, Any]:
    """The answers to sensitive questions, by path. Needs collection.open_sensitive and a reason; out of scope Http404."""
    by.need(OPEN)
    row = queries.submission(by, submission_id)
    _note(by, row, "sensitive_answers", reason(why), now)
    return sealed.open_answers(row.sealed, row.instance_id) if row.sealed else {}


def open_xml(*, by: Viewer, submission_id: int, why: str, now: datetime) -> bytes:
    """The XML as the phone sent it; needs collection.open_sensitive and a reason. Refuses when it was forgotten (`collection.forgotten`)."""
    by.need(OPEN)
    row = queries.submission(by, submission_id)
    _note(by, row, "submission_xml", reason(why), now)
    if row.xml is None:
        raise Refusal(
            "collection.forgotten", _("Its content was forgotten. That it came, and what it counted for, remains.")
        )
    return sealed.open_xml(row.xml, row.instance_id)


def open_file(*, by: Viewer, submission_id: int, file_id: int, why: str, now: datetime) -> tuple[Attachment, bytes]:
    """A file and its content. One that belongs to a sensitive question needs collection.open_sensitive and a reason; others none."""
    row = queries.submission(by, submission_id)
    found = Attachment.objects.filter(pk=file_id, submission=row).first()
    if found is None or found.sealed is None:
        raise Http404
    if not is_plain(row, found.name):
        by.need(OPEN)
        reason(why)
    _note(by, row, "submission_file", why.strip()[:400], now)
    return found, sealed.open_file(found.sealed, row.instance_id, found.name)


def is_plain(row: Submission, name: str) -> bool:
    """Whether a file answers a question that is not sensitive (or none that is sealed at all)."""
    return row.sealed is None or _holds(row.answers or {}, name)


def reason(why: str) -> str:
    """The reason tidied; refuses none, and one of more than 400 characters."""
    text = why.strip()
    if not text:
        raise Refusal("collection.reason_needed", _("Say why: others will read it."), field="why")
    if len(text) > 400:
        raise Refusal("collection.reason_long", _("The reason is longer than 400 characters."), field="why")
    return text


@transaction.atomic
def _note(by: Viewer, row: Submission, what: str, why: str, now: datetime) -> None:
    note_look(by=by, kind="collection.submission", subjects=[row.pk], what=what, now=now, why=why)
    kind, subject, _record = queries.subject_of(row)
    if kind == "person" and subject is not None:
        note_look(by=by, kind="registry.person", subjects=[subject], what=what, now=now, why=why)


def _holds(answers: dict[str, Any], name: str) -> bool:
    return any(
        any(_holds(one, name) for one in value) if isinstance(value, list) else value == name
        for value in answers.values()
    )
