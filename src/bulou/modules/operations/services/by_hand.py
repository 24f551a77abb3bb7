"""Changes by hand on top of a playbook: they stand until taken back, or until a new version is decided against them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from jsonschema import Draft202012Validator

from bulou.modules.operations.models import Operation, Override
from bulou.modules.operations.queries import operations as reads
from bulou.modules.operations.queries import previews
from bulou.modules.operations.queries.playbooks import check, owned_sections
from bulou.modules.operations.rules.levels import on_at
from bulou.modules.operations.services.applying import RUN, _journal, _locked, give, latest_text
from bulou.platform.access.viewer import Viewer
from bulou.platform.refusals import Refusal


def override_item(
    *, by: Viewer, operation: Operation, section: str, key: str, field: str, value: Any, why: str, now: datetime
) -> Operation:
    """Set one field of one item by hand. The item as it then stands must fit the section's schema (`operations.does_not_fit`)."""
    by.need(RUN)
    with transaction.atomic():
        locked = _locked(operation)
        checked = check(latest_text(locked))
        item = on_at(checked.playbook or {}, checked.sections, locked.level).get(section, {}).get(key)
        if item is None:
            raise Refusal(
                "operations.no_item", _("There is no “%(key)s” in %(section)s at this level."), key=key, section=section
            )
        _fits(section, {**item, field: value}, field)
        Override.objects.filter(operation=locked, section=section, key=key, field=field, ended_at=None).update(
            ended_at=now
        )
        Override.objects.create(
            operation=locked,
            section=section,
            key=key,
            field=field,
            value=value,
            instead_of=item.get(field),
            why=why,
            at=now,
            actor_id=by.user_id,
            actor_name=by.name,
        )
        _give_again(locked, by=by, now=now)
        _journal(
            locked,
            "operations.item_overridden",
            by=by,
            now=now,
            why=why,
            data={"item": f"{section}/{key}/{field}", "value": value},
        )
    return locked


def take_back_override(*, by: Viewer, operation: Operation, override_id: int, why: str, now: datetime) -> Operation:
    """Let the playbook's own value hold again. Taken back twice: the second time changes nothing."""
    by.need(RUN)
    with transaction.atomic():
        locked = _locked(operation)
        row = reads.overrides(locked).filter(pk=override_id).first()
        if row is not None:
            row.ended_at = now
            row.save(update_fields=["ended_at"])
            _give_again(locked, by=by, now=now)
            _journal(
                locked,
                "operations.override_taken_back",
                by=by,
                now=now,
                why=why,
                data={"item": f"{row.section}/{row.key}/{row.field}"},
            )
    return locked


def _give_again(operation: Operation, *, by: Viewer, now: datetime) -> None:
    operation.version += 1
    operation.save(update_fields=["version"])
    checked = check(latest_text(operation))
    give(
        operation, previews.wanted_at(checked, operation.level, previews.standing_overrides(operation)), by=by, now=now
    )


def _fits(section: str, item: dict[str, Any], field: str) -> None:
    fault = next(Draft202012Validator(dict(owned_sections()[section].schema)).iter_errors(item), None)
    if fault is not None:
        raise Refusal(
            "operations.does_not_fit",
            _("“%(name)s” cannot be that: %(fault)s"),
            field="value",
            name=field,
            fault=fault.message,
        )
