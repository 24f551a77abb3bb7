"""Imports, step by step: a file is received and judged, its mapping changed, its good rows loaded, or it is dropped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping as MappingOf
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bulou.platform import vault
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal import services as journal
from bulou.platform.refusals import Conflict, Refusal
from bulou.platform.sheets import judging, reading
from bulou.platform.sheets import layout as layouts
from bulou.platform.sheets.judging import Verdict
from bulou.platform.sheets.layout import Layout
from bulou.platform.sheets.models import Mapping, State, Upload
from bulou.platform.sheets.reading import Workbook
from bulou.platform.sheets.spec import BAD, ImportSpec, spec_of

KEPT = timedelta(days=7)
PURPOSE = "sheets.upload"


def receive_upload(*, by: Viewer, spec: ImportSpec, name: str, content: bytes, once: UUID, now: datetime) -> Upload:
    """Take a file in, find its header, and judge it; nothing is loaded. The same `once` again gives the same upload."""
    by.need(spec.permission)
    book = reading.read(content, name)
    number, layout, mapping = judging.best_sheet(spec, book, _remembered(spec))
    verdict = judging.judge(spec, book.sheets[number], layout, mapping, viewer=by, now=now)
    with transaction.atomic():
        upload, is_new = Upload.objects.get_or_create(
            id=once,
            defaults={
                "spec": spec.key,
                "name": name[-200:],
                "size": len(content),
                "content": vault.seal(base64.b64encode(content).decode(), purpose=PURPOSE, about=once),
                "sheet": number,
                "actor_id": by.user_id or 0,
                "at": now,
                "expires_at": now + KEPT,
                **_seen(layout, mapping, verdict),
            },
        )
        if not is_new and (upload.actor_id, upload.spec) != (by.user_id, spec.key):
            raise Conflict(
                "once.key_reused", _("This form was already used for something else. Open it again and retry.")
            )
        if is_new:
            _journal(
                upload,
                "sheets.upload_received",
                by=by,
                now=now,
                data={"spec": spec.key, "name": name[-200:], **verdict.counts},
            )
    return upload


def map_upload(
    *,
    by: Viewer,
    upload: Upload,
    sheet: int,
    first: int,
    depth: int,
    mapping: MappingOf[int, str],
    version: int,
    now: datetime,
) -> Upload:
    """Read the file another way: another sheet, header or columns; judge it again."""
    spec = spec_of(upload.spec)
    by.need(spec.permission)
    book = open_upload(upload)
    layout = _checked_layout(book, sheet, first, depth)
    wanted = _checked_mapping(spec, mapping, len(layout.headings))
    verdict = judging.judge(spec, book.sheets[sheet], layout, wanted, viewer=by, now=now)
    with transaction.atomic():
        locked = _locked(upload, by=by, version=version)
        locked.sheet = sheet
        for key, value in _seen(layout, wanted, verdict).items():
            setattr(locked, key, value)
        locked.version += 1
        locked.save()
        _journal(locked, "sheets.upload_mapped", by=by, now=now, data=verdict.counts)
    return locked


def load_upload(*, by: Viewer, upload: Upload, only_good: bool, version: int, why: str, now: datetime) -> Upload:
    """Load what the verdict showed: all rows, or (`only_good`) the good ones while the others go back with their reasons.

    Judged again inside the transaction: if anything moved since the verdict was shown, nothing is loaded (`sheets.moved`). Loaded twice: the
    second time changes nothing.
    """
    spec = spec_of(upload.spec)
    by.need(spec.permission)
    with transaction.atomic():
        locked = Upload.objects.select_for_update().get(pk=upload.pk)
        if locked.state == State.LOADED:
            return locked
        locked = _locked(upload, by=by, version=version)
        verdict = verdict_of(locked, viewer=by, now=now)
        _why_not_load(locked, verdict, only_good=only_good)
        locked.returned_rows = [row.number for row in verdict.rows if row.verdict == BAD]
        locked.loaded_rows = spec.load(verdict.good, by, now, why)
        locked.state, locked.loaded_at, locked.version = State.LOADED, now, locked.version + 1
        locked.save()
        _remember(spec, locked, by=by, now=now)
        _journal(
            locked,
            "sheets.upload_loaded",
            by=by,
            now=now,
            why=why,
            data={"loaded": locked.loaded_rows, "returned": verdict.counts[BAD]},
        )
    return locked


def judge_again(*, by: Viewer, upload: Upload, now: datetime) -> Upload:
    """Take note of the verdict as it is now, after the register moved, so that what is loaded next is what was shown."""
    by.need(spec_of(upload.spec).permission)
    with transaction.atomic():
        locked = Upload.objects.select_for_update().get(pk=upload.pk)
        verdict = verdict_of(locked, viewer=by, now=now)
        if locked.state == State.JUDGED and verdict.digest != locked.digest:
            locked.counts = verdict.counts | {"left_out": len(verdict.left_out)}
            locked.digest, locked.version = verdict.digest, locked.version + 1
            locked.save()
            _journal(locked, "sheets.upload_judged_again", by=by, now=now, data=verdict.counts)
    return locked


def drop_upload(*, by: Viewer, upload: Upload, now: datetime) -> Upload:
    """Put a file aside unloaded; its content is deleted at once."""
    by.need(spec_of(upload.spec).permission)
    with transaction.atomic():
        locked = Upload.objects.select_for_update().get(pk=upload.pk)
        if locked.state == State.JUDGED:
            locked.state, locked.content, locked.version = State.DROPPED, None, locked.version + 1
            locked.save()
            _journal(locked, "sheets.upload_dropped", by=by, now=now)
    return locked


def clear_expired(*, now: datetime) -> int:
    """Delete the content of every file with `expires_at` ≤ now; what was loaded from it stays. Gives how many."""
    with transaction.atomic():
        return Upload.objects.filter(expires_at__lte=now).exclude(content=None).update(content=None)


def open_upload(upload: Upload) -> Workbook:
    """The sheets of an upload, read again from what was sent. Refuses when its content is gone (`sheets.content_gone`)."""
    return reading.read(content_of(upload), upload.name)


def content_of(upload: Upload) -> bytes:
    """The file as it was sent."""
    if upload.content is None:
        raise Refusal(
            "sheets.content_gone",
            _("The content of this file has been deleted, as it should be after some days. Send it again."),
        )
    return base64.b64decode(vault.unseal(bytes(upload.content), purpose=PURPOSE, about=upload.pk))


def verdict_of(upload: Upload, *, viewer: Viewer, now: datetime) -> Verdict:
    """The verdict on an upload as things stand at `now`."""
    sheet = open_upload(upload).sheets[upload.sheet]
    layout = layout_of(upload, sheet)
    return judging.judge(spec_of(upload.spec), sheet, layout, mapping_of(upload), viewer=viewer, now=now)


def mapping_of(upload: Upload) -> dict[int, str]:
    """Column (0-based) → field key."""
    return {int(column): key for column, key in upload.mapping.items()}


def layout_of(upload: Upload, sheet: reading.Sheet) -> Layout:
    """Where the upload's header stands in a sheet, with its headings."""
    return Layout(
        upload.header_first, upload.header_depth, layouts.headings_at(sheet, upload.header_first, upload.header_depth)
    )


def _seen(layout: Layout, mapping: MappingOf[int, str], verdict: Verdict) -> dict[str, object]:
    return {
        "header_first": layout.first,
        "header_depth": layout.depth,
        "mapping": {str(column): key for column, key in mapping.items()},
        "counts": verdict.counts | {"left_out": len(verdict.left_out)},
        "digest": verdict.digest,
    }


def _checked_layout(book: Workbook, sheet: int, first: int, depth: int) -> Layout:
    if not 0 <= sheet < len(book.sheets):
        raise Refusal("sheets.no_such_sheet", _("This file has no such sheet."), field="sheet")
    if not (0 <= first < len(book.sheets[sheet].rows) and 1 <= depth <= layouts.MOST_HEADER_ROWS + 2):
        raise Refusal("sheets.no_such_header", _("The header cannot stand there."), field="first")
    return Layout(first, depth, layouts.headings_at(book.sheets[sheet], first, depth))


def _checked_mapping(spec: ImportSpec, mapping: MappingOf[int, str], width: int) -> dict[int, str]:
    known = {one.key: one for one in spec.fields}
    wanted = {column: key for column, key in mapping.items() if key in known and 0 <= column < width}
    doubled = [key for key in set(wanted.values()) if list(wanted.values()).count(key) > 1]
    if doubled:
        raise Refusal(
            "sheets.mapped_twice",
            _("Two columns are set to “%(label)s”. Choose one."),
            label=str(known[doubled[0]].label),
            field="mapping",
        )
    return wanted


def _locked(upload: Upload, *, by: Viewer, version: int) -> Upload:
    locked = Upload.objects.select_for_update().get(pk=upload.pk)
    if locked.version != version or locked.state != State.JUDGED:
        raise Conflict(
            "sheets.changed_elsewhere",
            _("This import was changed in another window. Look at it again before you go on."),
        )
    return locked


def _why_not_load(upload: Upload, verdict: Verdict, *, only_good: bool) -> None:
    if verdict.digest != upload.digest:
        raise Conflict(
            "sheets.moved",
            _("The register changed since this verdict was shown. Nothing was loaded; look at the new verdict."),
        )
    if verdict.missing:
        raise Refusal(
            "sheets.columns_missing",
            _("These are needed and no column holds them: %(labels)s."),
            labels="、".join(verdict.missing),
        )
    if verdict.counts[BAD] and not only_good:
        raise Refusal(
            "sheets.bad_rows",
            _("%(bad)s rows cannot be loaded. Load the good ones, or mend the file."),
            bad=verdict.counts[BAD],
        )
    if not verdict.good:
        raise Refusal("sheets.nothing_to_load", _("No row of this file would change anything."))


def _remembered(spec: ImportSpec) -> dict[str, dict[int, str]]:
    return _BySignature(
        {
            row.signature: {int(c): key for c, key in row.columns.items()}
            for row in Mapping.objects.filter(spec=spec.key)
        }
    )


class _BySignature(dict[str, dict[int, str]]):
    """Looked up by a layout's signature, kept by its hash: headings can be long."""

    def __contains__(self, signature: object) -> bool:
        return super().__contains__(_hash(str(signature)))

    def __getitem__(self, signature: str) -> dict[int, str]:
        return super().__getitem__(_hash(signature))


def _hash(signature: str) -> str:
    return hashlib.sha256(signature.encode()).hexdigest()


def _remember(spec: ImportSpec, upload: Upload, *, by: Viewer, now: datetime) -> None:
    layout = layout_of(upload, open_upload(upload).sheets[upload.sheet])
    Mapping.objects.update_or_create(
        spec=spec.key,
        signature=_hash(layout.signature),
        defaults={"columns": upload.mapping, "actor_id": by.user_id, "at": now},
    )


def _journal(
    upload: Upload, action: str, *, by: Viewer, now: datetime, why: str = "", data: MappingOf[str, object] | None = None
) -> None:
    journal.write(
        by=by,
        action=action,
        kind="sheets.upload",
        subjects=[],
        now=now,
        why=why,
        data={"upload": str(upload.pk), **(data or {})},
    )
