"""The forms as devices get them: those a sender may fill, byte for byte as published, and their files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from bulou.modules.collection.models import Form, FormVersion, Media
from bulou.modules.collection.queries.fillable import FILL, fillable
from bulou.modules.collection.queries.senders import Sender


@dataclass(frozen=True, slots=True)
class Published:
    """A version as the list of forms names it. `digest` is the MD5 of its bytes."""

    version_id: int
    key: str
    version: str
    title: str
    digest: str
    has_files: bool


@dataclass(frozen=True, slots=True)
class File:
    """A file of a version; of a list made for each worker (`entities` = people or households) there is no digest."""

    pk: int
    name: str
    content_type: str
    digest: str
    entities: str


def listed(sender: Sender, now: datetime, *, key: str | None = None) -> list[Published]:
    """The newest version of each open form the sender may fill, by key; only `key`, if given."""
    wanted = {one.key: one.version for one in fillable(sender, now) if key in (None, one.key)}
    rows = _rows().filter(form__key__in=wanted, published_at__isnull=False)
    found = [_published(row) for row in rows if wanted[row["form__key"]] == row["version"]]
    return sorted(found, key=lambda one: one.key)


def one(sender: Sender, now: datetime, key: str, version: str | None) -> Published | None:
    """A published version of a form the sender may fill, or might until it began closing; the newest where none is named."""
    rows = _rows().filter(form__key=key, published_at__lte=now, form__state__in=(Form.State.OPEN, Form.State.CLOSING))
    row = (rows if version is None else rows.filter(version=version)).order_by("-number").first()
    return _published(row) if row is not None and _may(sender, row, now) else None


def xform(version_id: int) -> bytes:
    """The very bytes of a version."""
    return bytes(FormVersion.objects.values_list("xform", flat=True).get(pk=version_id))


def files(version_id: int) -> list[File]:
    """The files of a version, by name; one whose content is still missing is left out."""
    rows = Media.objects.filter(version=version_id).exclude(entities="", content=None).order_by("name")
    return [File(*row) for row in rows.values_list("pk", "name", "content_type", "digest", "entities")]


def file(sender: Sender, now: datetime, media_id: int) -> File | None:
    """One of them, of a form the sender may fill."""
    row = Media.objects.select_related("version__form").defer("content").filter(pk=media_id).first()
    if row is None or one(sender, now, row.version.form.key, row.version.version) is None:
        return None
    return File(row.pk, row.name, row.content_type, row.digest, row.entities)


def content(media_id: int) -> bytes:
    """The bytes of a file."""
    return bytes(Media.objects.values_list("content", flat=True).get(pk=media_id) or b"")


def _rows() -> Any:
    there = Media.objects.filter(version=OuterRef("pk")).exclude(entities="", content=None)
    return FormVersion.objects.annotate(has_files=Exists(there)).values(
        "pk", "form__key", "version", "title", "digest", "has_files", "form_id", "form__operation_id"
    )


def _published(row: dict[str, Any]) -> Published:
    return Published(
        row["pk"], row["form__key"], row["version"], row["title"] or row["form__key"], row["digest"], row["has_files"]
    )


def _may(sender: Sender, row: dict[str, Any], now: datetime) -> bool:
    if sender.form_id not in (None, row["form_id"]) or sender.operation_id not in (None, row["form__operation_id"]):
        return False
    if sender.form_id is not None:
        return True
    if any(grant.operation_id in (None, row["form__operation_id"]) for grant in sender.viewer.scopes(FILL)):
        return True
    return any(one.key == row["form__key"] for one in fillable(sender, now))
