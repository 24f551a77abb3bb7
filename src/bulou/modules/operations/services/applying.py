"""Applying playbooks: every section in the order of the floors, in one transaction, exactly what was previewed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bulou.modules.operations.models import Item, Operation, Override, PlaybookVersion, State
from bulou.modules.operations.queries import operations as reads
from bulou.modules.operations.queries import previews
from bulou.modules.operations.queries.playbooks import Checked, check, owned_sections
from bulou.modules.operations.rules import overrides
from bulou.modules.registry.queries import scopes
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal import services as journal
from bulou.platform.playbooks import END, Change
from bulou.platform.refusals import Conflict, Refusal

RUN = "operations.run_operation"


def activate_operation(*, by: Viewer, key: str, text: str, level: str, why: str, now: datetime) -> Operation:
    """Begin an operation with a playbook at a level; the order that opens it is the reason.

    Refuses (`operations.*`): a faulty playbook, an unknown root or level, a key already used. The root must be in the viewer's reach.
    """
    by.need(RUN)
    checked = _good(text)
    playbook = checked.playbook or {}
    root = scopes.places(by, RUN).filter(code__startswith=str(playbook["root"]), ends=None).order_by("code").first()
    if root is None or root.code.rstrip("0") != str(playbook["root"]).rstrip("0"):
        raise Refusal(
            "operations.no_root",
            _("The place %(place)s is not in the register, or not yours."),
            field="text",
            place=playbook["root"],
        )
    if Operation.objects.filter(key=key).exists():
        raise Refusal("operations.key_taken", _("There is an operation “%(key)s” already."), field="key", key=key)
    with transaction.atomic():
        operation = Operation.objects.create(
            key=key,
            titles=playbook["title"],
            playbook=playbook["playbook"],
            root=root,
            zone=playbook.get("zone", "Asia/Shanghai"),
            level=_level(playbook, level),
            started_at=now,
        )
        _journal(
            operation,
            "operations.operation_activated",
            by=by,
            now=now,
            why=why,
            data={"playbook": playbook["playbook"], "level": level},
        )
        _keep_version(operation, text, by=by, now=now)
        give(operation, previews.wanted_at(checked, level, []), by=by, now=now)
    return operation


def apply_playbook(
    *, by: Viewer, operation: Operation, text: str, state: str, decisions: Mapping[str, str], why: str, now: datetime
) -> Operation:
    """Apply a new version of the playbook to a running operation, as previewed.

    `state` = the preview's; if anything moved since, nothing is applied (`operations.moved`). Every clash with a change by hand needs a
    decision, `keep` or `take` (`operations.undecided`). The version number must count up.
    """
    by.need(RUN)
    checked = _good(text)
    with transaction.atomic():
        locked = _locked(operation)
        if previews.state_of(locked) != state:
            raise Conflict(
                "operations.moved", _("The operation changed since this preview. Look at the new preview, then apply.")
            )
        _why_not_version(locked, checked)
        standing = previews.standing_overrides(locked)
        found = overrides.clashes(checked.sections, standing)
        if open_ones := overrides.undecided(found, decisions):
            raise Refusal(
                "operations.undecided",
                _("Decide first what holds for: %(items)s."),
                items="、".join(clash.id for clash in open_ones),
            )
        held = overrides.kept(standing, found, decisions)
        _end_overrides(locked, {one.address for one in standing} - {one.address for one in held}, now=now)
        _rebase(locked, checked, held)
        level = (
            locked.level
            if locked.level in (checked.playbook or {})["levels"]
            else next(iter((checked.playbook or {})["levels"]))
        )
        locked.level, locked.titles, locked.version = level, (checked.playbook or {})["title"], locked.version + 1
        locked.save()
        _keep_version(locked, text, by=by, now=now)
        count = give(locked, previews.wanted_at(checked, level, held), by=by, now=now)
        _journal(
            locked,
            "operations.playbook_applied",
            by=by,
            now=now,
            why=why,
            data={"changes": count, "decisions": dict(decisions)},
        )
    return locked


def set_level(*, by: Viewer, operation: Operation, level: str, version: int, why: str, now: datetime) -> Operation:
    """Raise or lower the response level: what it lists is switched on, what no level up to it lists is switched off."""
    by.need(RUN)
    with transaction.atomic():
        locked = _locked(operation)
        if locked.version != version:
            raise Conflict(
                "operations.changed_elsewhere", _("Somebody else changed this operation meanwhile. Look at it again.")
            )
        checked = _good(latest_text(locked))
        before, locked.level = locked.level, _level(checked.playbook or {}, level)
        locked.version += 1
        locked.save()
        count = give(locked, previews.wanted_at(checked, level, previews.standing_overrides(locked)), by=by, now=now)
        _journal(
            locked,
            "operations.level_set",
            by=by,
            now=now,
            why=why,
            data={"from": before, "to": level, "changes": count},
        )
    return locked


def give(operation: Operation, wanted: Mapping[str, Mapping[str, Any]], *, by: Viewer, now: datetime) -> int:
    """Give every section what it is to have (the caller holds the transaction); how many items changed."""
    plans = previews.plan(previews.current_items(operation), wanted)
    for name, changes in plans.items():
        owned_sections()[name].apply(changes, operation=reads.ref(operation), by=by, now=now)
        for change in changes:
            _note(operation, name, change, now=now)
    return sum(len(changes) for changes in plans.values())


def latest_text(operation: Operation) -> str:
    """The text of the playbook version in force."""
    newest = reads.versions(operation).first()
    return newest.text if newest else ""


def _note(operation: Operation, section: str, change: Change, *, now: datetime) -> None:
    where = {"operation": operation, "section": section, "key": change.key}
    if change.kind == END:
        Item.objects.filter(**where).update(ends=now)
    else:
        fresh = {"wanted": dict(change.after or {}), "ends": None}
        Item.objects.update_or_create(**where, defaults=fresh, create_defaults={**fresh, "starts": now})


def _good(text: str) -> Checked:
    checked = check(text)
    if not checked.is_good:
        first = checked.problems[0]
        raise Refusal(
            "operations.faulty_playbook",
            _("The playbook has %(n)s faults; the first, in line %(line)s: %(sentence)s"),
            field="text",
            n=len(checked.problems),
            line=first.line,
            sentence=first.sentence,
        )
    return checked


def _level(playbook: Mapping[str, Any], level: str) -> str:
    if level not in playbook["levels"]:
        raise Refusal(
            "operations.no_level",
            _("This playbook has no level “%(level)s”; it has: %(levels)s."),
            field="level",
            level=level,
            levels="、".join(playbook["levels"]),
        )
    return level


def _why_not_version(operation: Operation, checked: Checked) -> None:
    playbook, before = checked.playbook or {}, check(latest_text(operation)).playbook or {}
    if playbook["playbook"] != operation.playbook:
        raise Refusal(
            "operations.other_playbook",
            _("This is the playbook “%(key)s”; the operation runs another."),
            field="text",
            key=playbook["playbook"],
        )
    if playbook["version"] <= before.get("version", 0):
        raise Refusal(
            "operations.version_not_newer",
            _("The version must be higher than %(version)s, which is in force."),
            field="text",
            version=before.get("version", 0),
        )


def _locked(operation: Operation) -> Operation:
    locked = Operation.objects.select_for_update(of=("self",)).select_related("root").get(pk=operation.pk)
    if locked.state != State.ACTIVE:
        raise Refusal("operations.stood_down", _("This operation has been stood down."), status=409)
    return locked


def _keep_version(operation: Operation, text: str, *, by: Viewer, now: datetime) -> None:
    number = (reads.versions(operation).values_list("number", flat=True).first() or 0) + 1
    digest = hashlib.sha256(text.encode()).hexdigest()
    PlaybookVersion.objects.create(
        operation=operation,
        number=number,
        text=text,
        digest=digest,
        applied_at=now,
        actor_id=by.user_id,
        actor_name=by.name,
    )


def _end_overrides(operation: Operation, addresses: set[overrides.Address], *, now: datetime) -> None:
    for section, key, field in addresses:
        Override.objects.filter(operation=operation, section=section, key=key, field=field, ended_at=None).update(
            ended_at=now
        )


def _rebase(operation: Operation, checked: Checked, held: list[overrides.Override]) -> None:
    """The overrides that stand now stand against the new version's values: the same clash is not asked twice."""
    for one in held:
        value = checked.sections.get(one.section, {}).get(one.key, {}).get(one.field)
        Override.objects.filter(
            operation=operation, section=one.section, key=one.key, field=one.field, ended_at=None
        ).update(instead_of=value)


def _journal(
    operation: Operation, action: str, *, by: Viewer, now: datetime, why: str, data: Mapping[str, Any]
) -> None:
    journal.write(
        by=by,
        action=action,
        kind="operations.operation",
        subjects=[operation.pk],
        place_id=operation.root_id,
        now=now,
        why=why,
        data=data,
    )
