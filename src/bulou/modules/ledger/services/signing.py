"""Putting one's name to figures, village before town before county; sending them back; closing a day; the reason of a gap."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from bulou.modules.ledger.models import DayState, GapReason, Regime, Signature
from bulou.modules.ledger.queries import names, reach, signatures, trees
from bulou.modules.ledger.rules.signing import why_not_sign
from bulou.modules.ledger.services.actors import actor, enrolment_within, own_enrolment, reason
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal

SIGN = "ledger.sign_off"
CLOSE = "ledger.close_day"
NOTE = "ledger.note_gap"


@transaction.atomic
def sign_off(
    *,
    by: Viewer,
    regime: Regime,
    node_kind: str,
    node_id: int,
    start: datetime,
    end: datetime,
    once: UUID,
    now: datetime,
) -> Signature:
    """Sign the figures of a place or unit for windows opening in [start, end), as they stand now; what comes later is a difference.

    Refused (`ledger.sign_below_first`) while a node directly below it that has figures has not signed.
    """
    if found := Signature.objects.filter(uuid=once).first():
        return found
    _need_node(by, regime, node_kind, node_id)
    tree = trees.tree(by, regime.operation_id, start=start, end=end, now=now, regime_id=regime.pk, by=node_kind)
    node = tree.nodes.get(node_id)
    if node is None:
        raise Refusal("ledger.nothing_to_sign", _("Nothing is owed here in that time."))
    below = [child for child in node.children if child is not None]
    waiting = why_not_sign(below, signatures.signed_nodes(regime, node_kind, start, end))
    if waiting:
        told = "、".join(name for name, _phone in names.named(by, node_kind, sorted(waiting)[:5]).values())
        raise Refusal("ledger.sign_below_first", _("These have to sign first: %(nodes)s."), nodes=told)
    made = Signature.objects.create(
        uuid=once, regime=regime, act="signed", node_kind=node_kind, node_id=node_id, starts=start, ends=end, at=now,
        figures=asdict(node.total), **actor(by),
    )  # fmt: skip
    _journal("ledger.signed_off", made, by=by, now=now)
    return made


@transaction.atomic
def return_sign_off(*, by: Viewer, signature_id: int, why: str, once: UUID, now: datetime) -> Signature:
    """Send signed figures back with a reason, from above; the node signs again. What was signed stays readable."""
    if found := Signature.objects.filter(uuid=once).first():
        return found
    signed = Signature.objects.select_related("regime").filter(pk=signature_id, act="signed").first()
    if signed is None:
        raise Http404
    _need_node(by, signed.regime, signed.node_kind, signed.node_id)
    made = Signature.objects.create(
        uuid=once, regime=signed.regime, act="returned", node_kind=signed.node_kind, node_id=signed.node_id, starts=signed.starts,
        ends=signed.ends, at=now, reason=reason(why), **actor(by),
    )  # fmt: skip
    _journal("ledger.sign_off_returned", made, by=by, now=now)
    return made


def close_day(*, by: Viewer, operation_id: int, day: date, once: UUID, now: datetime, why: str = "") -> DayState:
    """Close a local day: its figures are final in name; late reports still count and show as a difference."""
    return _set_day(by, operation_id, day, True, once, now, why)


def reopen_day(*, by: Viewer, operation_id: int, day: date, why: str, once: UUID, now: datetime) -> DayState:
    """Open a closed day again, with a reason."""
    return _set_day(by, operation_id, day, False, once, now, reason(why))


@transaction.atomic
def give_gap_reason(
    *, by: Viewer, enrolment_id: int, about: datetime, why: str, once: UUID, now: datetime, kind: str = ""
) -> GapReason:
    """Say why there is a gap ("telephone broken, visited"), about what was owed at a moment. No figure changes.

    By whoever notes gaps where it counts, and by whoever owes it or may answer for it (a reason of their own); else Http404.
    """
    if found := GapReason.objects.filter(uuid=once).first():
        return found
    enrolment = own_enrolment(by, enrolment_id, now=now) or enrolment_within(by, NOTE, enrolment_id)
    made = GapReason.objects.create(
        uuid=once, enrolment=enrolment, about=about, known_at=now, kind=kind, reason=reason(why), **actor(by)
    )
    write(
        by=by, action="ledger.gap_reason_given", kind=f"registry.{enrolment.subject_kind}", subjects=[enrolment.subject_id], now=now,
        happened_at=about, why=made.reason, data={"enrolment": enrolment.pk, "kind": kind},
    )  # fmt: skip
    return made


@transaction.atomic
def _set_day(
    by: Viewer, operation_id: int, day: date, is_closed: bool, once: UUID, now: datetime, why: str
) -> DayState:
    if found := DayState.objects.filter(uuid=once).first():
        return found
    by.need(CLOSE)
    if reach.reach(by, CLOSE, operation_id).is_nothing:
        raise Http404
    if is_closed and now < trees.day_span(operation_id, day)[1]:
        raise Refusal("ledger.day_not_over", _("%(day)s is not over yet."), field="day", day=day.isoformat())
    made = DayState.objects.create(
        uuid=once, operation_id=operation_id, day=day, is_closed=is_closed, at=now, reason=why[:400], **actor(by)
    )
    write(
        by=by, action="ledger.day_closed" if is_closed else "ledger.day_reopened", kind="operations.operation", subjects=[operation_id],
        now=now, why=why, data={"day": day.isoformat()},
    )  # fmt: skip
    return made


def _need_node(by: Viewer, regime: Regime, node_kind: str, node_id: int) -> None:
    by.need(SIGN)
    if not signatures.covers_node(by, SIGN, regime.operation_id, node_kind, node_id):
        raise Http404


def _journal(action: str, made: Signature, *, by: Viewer, now: datetime) -> None:
    data = {
        "signature": made.pk, "regime": made.regime_id, "start": made.starts.isoformat(), "end": made.ends.isoformat(),
        "figures": made.figures,
    }  # fmt: skip
    write(
        by=by,
        action=action,
        kind=f"registry.{made.node_kind}",
        subjects=[made.node_id],
        now=now,
        why=made.reason,
        data=data,
    )
