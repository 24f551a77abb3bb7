"""Forgetting what is due, and forgetting again what a restored backup still knows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.db import transaction

from bulou.platform.expiry import copy
from bulou.platform.expiry.models import Forgotten
from bulou.platform.expiry.role import acting_as
from bulou.platform.journal.forgetting import forget_about
from bulou.platform.journal.models import Chain
from bulou.platform.manifest import Forgets, manifests
from bulou.platform.postgres.roles import FORGET

BATCH = 500


def run(now: datetime) -> int:
    """Delete the content of everything whose time is over at `now`; gives how many subjects.

    Every module says by its manifest what is due and how it is deleted. In batches, each one transaction with its line in the log;
    what an earlier run left is caught up, a second run finds nothing. First, what a restored backup brought back is forgotten again.
    A kind that fails holds up no other; what failed is raised at the end, together.
    """
    total, failed = 0, []
    for forgets in every_forgets():
        try:
            total += _replay(forgets) + _forget_due(forgets, now)
        except Exception as problem:  # one module's mistake must not keep another's content alive
            problem.add_note(f"while forgetting {forgets.kind}")
            failed.append(problem)
    if failed:
        raise ExceptionGroup("not everything could be forgotten", failed)
    return total


def replay() -> int:
    """Forget again what the copy outside names and this database does not: it was restored from before. Gives how many subjects."""
    return sum(_replay(forgets) for forgets in every_forgets())


def forget(forgets: Forgets, subjects: list[int], *, why: str, now: datetime) -> None:
    """Delete the content of these subjects now, as the forgetting role, and write it in the log and its copy outside."""
    entry = copy.Entry(Chain.objects.get().key, uuid4(), now, forgets.kind, subjects, why)
    copy.append(
        settings.HOME, entry
    )  # before the commit: a line too many is replayed and finds nothing, a line too few would be a leak
    with acting_as(FORGET):
        _carry_out(forgets, entry)


def every_forgets() -> Iterator[Forgets]:
    """What the modules forget, highest floor first: what points to a person goes before the person."""
    for manifest in reversed(manifests()):
        yield from manifest.forgets


def _forget_due(forgets: Forgets, now: datetime) -> int:
    due = forgets.due(now)
    for start in range(0, len(due), BATCH):
        forget(forgets, due[start : start + BATCH], why="expired", now=now)
    return len(due)


def _replay(forgets: Forgets) -> int:
    total = 0
    for entry in _not_in_database(forgets.kind):
        with acting_as(FORGET):
            _carry_out(forgets, entry)
        total += len(entry.subjects)
    return total


@transaction.atomic
def _carry_out(forgets: Forgets, entry: copy.Entry) -> None:
    forgets.forget(entry.subjects)
    for kind, ids in forget_about(entry.kind, entry.subjects, entry.at).items():
        key = entry.key if kind == entry.kind else uuid5(entry.key, kind)
        Forgotten.objects.create(key=key, at=entry.at, kind=kind, subjects=ids, why=entry.why)


def _not_in_database(kind: str) -> Iterator[copy.Entry]:
    ours = (entry for entry in copy.read(settings.HOME, Chain.objects.get().key) if entry.kind == kind)
    while batch := list(islice(ours, 1000)):
        yield from _unknown(batch)


def _unknown(entries: list[copy.Entry]) -> list[copy.Entry]:
    known: set[UUID] = set(Forgotten.objects.filter(key__in=[e.key for e in entries]).values_list("key", flat=True))
    return [entry for entry in entries if entry.key not in known]
