"""The life of a form: brought as a draft, mapped, given its files, published; closing, closed, retired, opened again.

A published version never changes: neither its bytes, nor its files, nor what its answers mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from bulou.modules.collection.models import Form, FormVersion
from bulou.modules.collection.queries import forms as queries
from bulou.modules.collection.queries.forms import catalogue_of
from bulou.modules.collection.rules import mapping as rules
from bulou.modules.collection.rules.faults import Fault
from bulou.modules.collection.services import files
from bulou.modules.collection.services.judging import FormRefused, Verdict, is_fixed, judge
from bulou.modules.operations.queries.operations import operations
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Conflict, Refusal

EDIT = queries.EDIT
State = Form.State
# state → the states it may be put into, beside the first publication, which opens a draft
MOVES: Mapping[str, frozenset[str]] = {
    State.DRAFT: frozenset((State.RETIRED,)),
    State.OPEN: frozenset((State.CLOSING, State.CLOSED)),
    State.CLOSING: frozenset((State.OPEN, State.CLOSED)),
    State.CLOSED: frozenset((State.OPEN, State.RETIRED)),
    State.RETIRED: frozenset((State.CLOSED,)),
}


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of a file: its version; `is_new` False where that very form was here already; the verdict with its warnings."""

    version: FormVersion
    is_new: bool
    verdict: Verdict


@transaction.atomic
def bring_form(
    *, by: Viewer, operation: Any, name: str, content: bytes, now: datetime, keep_days: int | None = None
) -> Brought:
    """Keep an XLSForm (.xlsx, .xls) or XForm (.xml) as a draft version of the operation's form of its id; the same again changes nothing.

    A draft nobody sent anything in is replaced by one of the same version. Refuses what cannot be taken (FormRefused: faults with their places;
    other bytes under the version of a published one among them), and `sheets.*`. Out of reach: Http404.
    """
    _need(by, operation.pk)
    return keep(
        judge(content, name, operation_id=operation.pk), by=by, operation_id=operation.pk, now=now, keep_days=keep_days
    )


def keep(verdict: Verdict, *, by: Viewer, operation_id: int, now: datetime, keep_days: int | None) -> Brought:
    """Keep a form that was judged, inside the caller's transaction and by the caller's leave; refuses one with faults."""
    if verdict.faults:
        raise FormRefused(verdict.faults)
    form = _form_of(verdict, operation_id, keep_days, now)
    if verdict.is_same and verdict.twin is not None:
        return Brought(verdict.twin, False, verdict)
    row = _stored(form, verdict, by=by, now=now)
    files.put_made(row, verdict.itemsets)
    _journal(form, "collection.form_brought", by=by, now=now, data={"version": row.version, "number": row.number})
    return Brought(row, True, verdict)


def _need(by: Viewer, operation_id: int) -> None:
    by.need(EDIT)
    if not operations(by, EDIT).filter(pk=operation_id).exists():
        raise Http404


def _form_of(verdict: Verdict, operation_id: int, keep_days: int | None, now: datetime) -> Form:
    """The form of that id, held until commit, so that two who bring it stand in line."""
    reading = verdict.reading
    made = {"operation_id": operation_id, "title": reading.title[:250], "made_at": now, "keep_days": keep_days}
    Form.objects.get_or_create(key=reading.key, defaults=made)
    form = Form.objects.select_for_update().get(key=reading.key)
    if form.operation_id != operation_id:
        raise FormRefused([Fault("key_taken", says={"key": reading.key})])
    return form


def _stored(form: Form, verdict: Verdict, *, by: Viewer, now: datetime) -> FormVersion:
    reading = verdict.reading
    values: dict[str, Any] = {
        "title": reading.title[:250], "xform": verdict.xform, "digest": verdict.digest, "source": verdict.content if verdict.is_sheet else None,
        "source_name": verdict.name[:200], "tree": reading.tree, "mapping": dict(verdict.mapping), "languages": list(reading.languages),
        "runner": "full" if verdict.why_full else "light", "why_full": verdict.why_full, "warnings": [asdict(fault) for fault in verdict.warnings],
        "made_at": now, "actor_id": by.user_id, "actor_name": by.name[:80],
    }  # fmt: skip
    twin = FormVersion.objects.select_for_update().filter(form=form, version=reading.version).first()
    if twin is not None:
        if is_fixed(twin):
            raise FormRefused([Fault("version_taken", says={"version": reading.version, "number": str(twin.number)})])
        FormVersion.objects.filter(pk=twin.pk).update(**values)
        twin.refresh_from_db()
        return twin
    number = (
        FormVersion.objects.filter(form=form).order_by("-number").values_list("number", flat=True).first() or 0
    ) + 1
    if not FormVersion.objects.filter(form=form).exclude(published_at=None).exists():
        Form.objects.filter(pk=form.pk).update(title=values["title"])
    return FormVersion.objects.create(form=form, version=reading.version, number=number, **values)


@transaction.atomic
def map_questions(*, by: Viewer, version_id: int, mapping: Mapping[str, Any], now: datetime) -> FormVersion:
    """Say of a draft what becomes of its answers (rules.mapping). Refuses what does not fit (FormRefused), a published version, out of reach."""
    row = _draft(by, version_id)
    cleaned = _cleaned(mapping)
    faults, _warnings = rules.why_not(cleaned, row.tree, catalogue_of(row.form.operation_id))
    if faults:
        raise FormRefused(faults)
    if cleaned != row.mapping:
        row.mapping = cleaned
        row.save(update_fields=["mapping"])
        _journal(row.form, "collection.form_mapped", by=by, now=now, data={"version": row.version})
    return row


def _cleaned(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """Only what a mapping may hold, without what says nothing."""
    found: dict[str, Any] = {"subject": dict(mapping.get("subject") or {}), "facts": dict(mapping.get("facts") or {})}
    for key in ("happened", "list"):
        if mapping.get(key):
            found[key] = dict(mapping[key])
    if mapping.get("place"):
        found["place"] = str(mapping["place"])
    return found


@transaction.atomic
def add_media(*, by: Viewer, version_id: int, name: str, content: bytes, now: datetime) -> FormVersion:
    """Put a file to a draft that asks for it: a list to select from (.csv, .geojson, .xml) or an image, sound or film. The same name again replaces.

    Refuses (`collection.file_*`): not asked for, made by the house, too large, no list; a published version; out of reach.
    """
    row = _draft(by, version_id)
    files.put(row, name, content)
    _journal(row.form, "collection.file_added", by=by, now=now, data={"version": row.version, "file": name})
    return row


@transaction.atomic
def publish(*, by: Viewer, version_id: int, now: datetime, why: str = "") -> FormVersion:
    """Offer a draft to devices, and open its form if it was a draft too. Published already: nothing happens.

    Refuses (FormRefused) what its mapping, its lists or the catalogue forbid, and a version older than a published one.
    """
    row = _version(by, version_id)
    if row.published_at is not None:
        return row
    if faults := unready(row):
        raise FormRefused(faults)
    row.published_at = now
    row.save(update_fields=["published_at"])
    form = row.form
    form.title = row.title
    if form.state == State.DRAFT:
        form.state = State.OPEN
    form.lock_version += 1
    form.save(update_fields=["title", "state", "lock_version"])
    _journal(
        form, "collection.form_published", by=by, now=now, why=why, data={"version": row.version, "number": row.number}
    )
    return row


def unready(row: FormVersion) -> list[Fault]:
    """What stands against publishing a version."""
    newer = queries.current(row.form_id)
    found = (
        [Fault("older_than_current", says={"version": newer.version})]
        if newer is not None and newer.number > row.number
        else []
    )
    found += [Fault("list_missing", says={"file": name}) for name in queries.missing_media(row)]
    return found + rules.why_not(row.mapping, row.tree, catalogue_of(row.form.operation_id))[0]


def begin_closing(*, by: Viewer, form_id: int, now: datetime, why: str = "", version: int | None = None) -> Form:
    """Take an open form from the lists; what is still on its way is accepted. `version` = the one seen (Conflict if it moved)."""
    return _move(by, form_id, State.CLOSING, "collection.form_closing", now, why, version)


def close(*, by: Viewer, form_id: int, now: datetime, why: str = "", version: int | None = None) -> Form:
    """Close a form: what still comes is held for a person."""
    return _move(by, form_id, State.CLOSED, "collection.form_closed", now, why, version)


def retire(*, by: Viewer, form_id: int, now: datetime, why: str = "", version: int | None = None) -> Form:
    """Take a closed form, or a draft nobody needs, out of the registers."""
    return _move(by, form_id, State.RETIRED, "collection.form_retired", now, why, version)


def reopen(*, by: Viewer, form_id: int, now: datetime, why: str = "", version: int | None = None) -> Form:
    """Open a closing or closed form again; a retired one is closed again first."""
    form = queries.form(by, form_id, EDIT)
    target = State.CLOSED if form.state == State.RETIRED else State.OPEN
    return _move(by, form_id, target, "collection.form_reopened", now, why, version)


@transaction.atomic
def _move(by: Viewer, form_id: int, state: str, action: str, now: datetime, why: str, version: int | None) -> Form:
    by.need(EDIT)
    queries.form(by, form_id, EDIT)
    form = Form.objects.select_for_update().get(pk=form_id)
    if version is not None and version != form.lock_version:
        raise Conflict(
            "collection.form_moved", _("Somebody else changed this form meanwhile. Look at it as it stands now.")
        )
    if form.state == state:
        return form
    if state not in MOVES[form.state] or (state == State.OPEN and queries.current(form_id) is None):
        raise Refusal(
            "collection.no_such_move", _("A form in this state cannot be put into that one."), state=form.state
        )
    form.state = state
    form.lock_version += 1
    form.save(update_fields=["state", "lock_version"])
    _journal(form, action, by=by, now=now, why=why, data={"state": state})
    return form


def _version(by: Viewer, version_id: int) -> FormVersion:
    by.need(EDIT)
    queries.version(by, version_id, EDIT)
    return FormVersion.objects.select_for_update(of=("self",)).select_related("form__operation").get(pk=version_id)


def _draft(by: Viewer, version_id: int) -> FormVersion:
    row = _version(by, version_id)
    if row.published_at is not None:
        raise Refusal(
            "collection.version_published",
            _("Version %(version)s is published and stays as it is. Bring the form again under a new version."),
            version=row.version or row.number,
        )
    return row


def _journal(form: Form, action: str, *, by: Viewer, now: datetime, why: str = "", data: Mapping[str, Any]) -> None:
    place = form.operation.root_id
    write(
        by=by,
        action=action,
        kind="collection.form",
        subjects=[form.pk],
        now=now,
        place_id=place,
        why=why,
        data={"form": form.key, **data},
    )
