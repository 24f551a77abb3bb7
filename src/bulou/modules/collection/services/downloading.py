"""Giving submissions out one by one, as they came: each is a look, in the journal before its content is opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import md5

from django.db import transaction

from bulou.modules.collection.models import Attachment, Submission
from bulou.modules.collection.queries import chains, sealed, submissions
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import note_look

KIND = "collection.submission"


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file of an opened submission; `md5` of its content, as the protocol wants it."""

    pk: int
    name: str
    md5: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A submission as it came, opened."""

    instance_id: str
    received_at: datetime
    xml: bytes
    files: tuple[OpenedFile, ...]


@transaction.atomic
def opened(viewer: Viewer, key: str, instance_id: str, now: datetime) -> Opened | None:
    """One submission of a form in reach; None where there is none, or its content is forgotten."""
    row = _row(viewer, form__key=key, instance_id=instance_id)
    if row is None or row.xml is None:
        return None
    note_look(by=viewer, kind=KIND, subjects=[row.pk], what="download", now=now, why="collection.briefcase")
    files = tuple(OpenedFile(one.pk, one.name, _md5(one)) for one in chains.files_of(row) if one.sealed is not None)
    return Opened(row.instance_id, row.received_at, sealed.open_xml(row.xml, row.instance_id), files)


@transaction.atomic
def file(viewer: Viewer, attachment_id: int, now: datetime) -> tuple[str, str, bytes] | None:
    """(name, content type, content) of a file of a submission in reach; None where there is none, or it is forgotten."""
    one = Attachment.objects.select_related("submission").filter(pk=attachment_id).first()
    if one is None or one.sealed is None or _row(viewer, pk=one.submission_id) is None:
        return None
    note_look(by=viewer, kind=KIND, subjects=[one.submission_id], what="download", now=now, why="collection.briefcase")
    return one.name, one.content_type, sealed.open_file(one.sealed, one.submission.instance_id, one.name)


def _row(viewer: Viewer, **which: object) -> Submission | None:
    if not viewer.may(submissions.VIEW):
        return None
    return submissions.submissions(viewer).filter(**which).first()


def _md5(one: Attachment) -> str:
    content = sealed.open_file(one.sealed or b"", one.submission.instance_id, one.name)
    return md5(content, usedforsecurity=False).hexdigest()
