"""The playbook section of field collection: which of the forms that ship an operation uses. Removing one closes it; nothing is deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bulou.core.facts import SHIPPED
from bulou.modules.collection.models import Form, FormVersion
from bulou.modules.collection.rules import mapping
from bulou.modules.collection.services import forms, shipping
from bulou.modules.collection.services.converting import Converted
from bulou.modules.collection.services.judging import judged
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.playbooks import END, Change, Items, OperationRef, Problem

FORM_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "title": "A form that ships, open in the operation",
    "required": ["form"],
    "additionalProperties": False,
    "properties": {
        "form": {"enum": list(shipping.names()), "title": "Its name", "examples": ["staff-daily"]},
        "keep_days": {"type": "integer", "minimum": 1, "title": "Days what was sent is kept after the operation"},
    },
}


def check_forms(items: Items, playbook: Mapping[str, Any]) -> list[Problem]:
    """Facts a form states that the playbook does not have."""
    known = {*SHIPPED.by_code, *(playbook.get("facts") or {})}
    found = []
    for key, item in items.items():
        said, _faults = mapping.mapping_of(shipping.reading(item["form"]).tree)
        for code in sorted(mapping.stated(said) - known):
            words = _("The form “%(form)s” states the fact “%(fact)s”, which this playbook does not have.")
            found.append(
                Problem(("forms", key, "form"), words % {"form": item["form"], "fact": code}, f"facts: {{{code}: …}}")
            )
    return found


def apply_forms(changes: Iterable[Change], *, operation: OperationRef, by: Viewer, now: datetime) -> None:
    """Open, renew and close an operation's forms. A form closed by hand is opened again only when the playbook takes it up anew."""
    by.need(forms.EDIT)
    for change in changes:
        key = f"{operation.key}.{change.key}"
        if change.kind == END:
            _close(key, operation, by=by, now=now)
        else:
            _open(key, change.after or {}, operation, by=by, now=now)


def _close(key: str, operation: OperationRef, *, by: Viewer, now: datetime) -> None:
    for form in Form.objects.filter(key=key, operation_id=operation.id).exclude(state__in=("closed", "retired")):
        form.state = Form.State.CLOSED
        form.lock_version += 1
        form.save(update_fields=["state", "lock_version"])
        _journal(form, "collection.form_closed", operation, by=by, now=now)


def _open(key: str, item: Mapping[str, Any], operation: OperationRef, *, by: Viewer, now: datetime) -> None:
    """Keep the shipped form's version if it is new, publish it, and put the form into the state open."""
    name = str(item["form"])
    source = shipping.workbook(name, key)
    verdict = judged(Converted(shipping.xform(name, key)), source, f"{key}.xlsx", operation_id=operation.id)
    brought = forms.keep(verdict, by=by, operation_id=operation.id, now=now, keep_days=item.get("keep_days"))
    FormVersion.objects.filter(pk=brought.version.pk, published_at=None).update(published_at=now)
    form = Form.objects.get(pk=brought.version.form_id)
    if form.state != Form.State.OPEN or form.keep_days != item.get("keep_days"):
        form.state, form.keep_days = Form.State.OPEN, item.get("keep_days")
        form.lock_version += 1
        form.save(update_fields=["state", "keep_days", "lock_version"])
        _journal(form, "collection.form_published", operation, by=by, now=now)


def _journal(form: Form, action: str, operation: OperationRef, *, by: Viewer, now: datetime) -> None:
    write(
        by=by, action=action, kind="collection.form", subjects=[form.pk], now=now, place_id=operation.root_place_id, why=operation.key,
        data={"form": form.key},
    )  # fmt: skip
