"""The duty log: a turn of duty begins, lines are written, the note is signed by who leaves and by who comes. Nothing of it is ever changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import connection, transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from bulou.modules.ledger.models import Watch, WatchEntry, WatchSignature
from bulou.modules.ledger.queries.reach import reach
from bulou.modules.ledger.rules.watches import why_not_hand_over, why_not_take_over
from bulou.modules.ledger.services.actors import actor
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal

KEEP = "ledger.keep_log"
SLACK = timedelta(minutes=5)
REACH_BACK = timedelta(days=2)
SENTENCES = {
    "not_on_duty": _("Only somebody who has the watch can hand it over."),
    "handed_over": _("This watch has been handed over already."),
    "note_needed": _("Write what the next watch has to know."),
    "not_offered": _("This watch has not been handed over yet."),
    "same_person": _("Whoever hands over cannot take over: two people sign."),
    "taken_over": _("This watch has been taken over already."),
}


@transaction.atomic
def begin_watch(*, by: Viewer, operation_id: int, once: UUID, now: datetime, with_names: Sequence[str] = ()) -> Watch:
    """Begin the first watch of an operation. There is one already: refused (`ledger.watch_runs`), take over instead."""
    if found := Watch.objects.filter(uuid=once).first():
        return found
    _need(by, operation_id)
    _hold(operation_id)
    if Watch.objects.filter(operation_id=operation_id).exists():
        raise Refusal("ledger.watch_runs", _("A watch runs already: take it over instead."))
    return _begin(by, operation_id, None, with_names, once, now)


@transaction.atomic
def write_entry(
    *, by: Viewer, watch_id: int, text: str, once: UUID, now: datetime, happened_at: datetime | None = None
) -> WatchEntry:  # fmt: skip
    """Write a line into a watch that runs. Refuses an empty line, one from the future or from over two days before the watch, and any once both
    have signed."""
    if found := WatchEntry.objects.filter(uuid=once).first():
        return found
    watch = _watch(by, watch_id)
    happened = happened_at or now
    if not text.strip():
        raise Refusal("ledger.entry_empty", _("Write what happened."), field="text")
    if happened > now + SLACK:
        raise Refusal("ledger.entry_future", _("This has not happened yet."), field="happened_at")
    if happened < watch.starts - REACH_BACK:
        raise Refusal("ledger.entry_past", _("This lies too far before the watch."), field="happened_at")
    if watch.signatures.count() == 2:
        raise Refusal(
            "ledger.watch_closed",
            _("This watch is closed: both have signed. Write into the one that runs."),
            field="text",
        )
    made = WatchEntry.objects.create(
        uuid=once, watch=watch, happened_at=happened, text=text.strip()[:2000], at=now, **actor(by)
    )
    _journal("ledger.log_written", watch, by, now, {"entry": made.pk})
    return made


@transaction.atomic
def hand_over(*, by: Viewer, watch_id: int, note: str, once: UUID, now: datetime) -> WatchSignature:
    """Sign the hand-over note of a watch one has. The watch goes on until somebody else has taken over."""
    if found := WatchSignature.objects.filter(uuid=once).first():
        return found
    watch = _watch(by, watch_id)
    signed = dict(watch.signatures.values_list("side", "actor_id"))
    _refuse(why_not_hand_over(by.user_id, [one["user"] for one in watch.people], signed, note), field="note")
    return _sign(by, watch, "out", note.strip()[:4000], once, now)


@transaction.atomic
def take_over(*, by: Viewer, watch_id: int, once: UUID, now: datetime, with_names: Sequence[str] = ()) -> Watch:
    """Countersign a hand-over and begin the next watch; gives that. Not by who handed over (`ledger.same_person`)."""
    if found := Watch.objects.filter(uuid=once).first():
        return found
    watch = _watch(by, watch_id)
    signed = dict(watch.signatures.values_list("side", "actor_id"))
    _refuse(why_not_take_over(by.user_id, signed))
    _sign(by, watch, "in", "", uuid5(once, "signature"), now)
    return _begin(by, watch.operation_id, watch, with_names, once, now)


def _begin(
    by: Viewer, operation_id: int, after: Watch | None, with_names: Sequence[str], once: UUID, now: datetime
) -> Watch:
    others = [{"user": None, "name": name.strip()[:80]} for name in with_names if name.strip()]
    people = [{"user": by.user_id, "name": by.name[:80]}, *others[:9]]
    made = Watch.objects.create(
        uuid=once, operation_id=operation_id, after=after, starts=now, people=people, **actor(by)
    )
    _journal("ledger.watch_begun", made, by, now, {"after": after.pk if after else None})
    return made


def _sign(by: Viewer, watch: Watch, side: str, note: str, once: UUID, now: datetime) -> WatchSignature:
    made = WatchSignature.objects.create(uuid=once, watch=watch, side=side, note=note, at=now, **actor(by))
    _journal("ledger.watch_signed", watch, by, now, {"side": side})
    return made


def _refuse(fault: str | None, field: str = "") -> None:
    if fault:
        raise Refusal(f"ledger.{fault}", SENTENCES[fault], field=field)


def _watch(by: Viewer, watch_id: int) -> Watch:
    watch = Watch.objects.filter(pk=watch_id).first()
    if watch is None:
        raise Http404
    _need(by, watch.operation_id)
    _hold(watch.operation_id)
    return watch


def _need(by: Viewer, operation_id: int) -> None:
    by.need(KEEP)
    if reach(by, KEEP, operation_id).is_nothing or by.user_id is None:
        raise Http404


def _hold(operation_id: int) -> None:
    """One at a time: rows that are never changed cannot be locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('ledger.watch', %s))", [operation_id])


def _journal(action: str, watch: Watch, by: Viewer, now: datetime, data: dict[str, object]) -> None:
    write(
        by=by,
        action=action,
        kind="operations.operation",
        subjects=[watch.operation_id],
        now=now,
        data={"watch": watch.pk, **data},
    )
