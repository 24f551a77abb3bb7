"""Chains of corrections: the versions of a submission in their order, and the files that each stands with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from bulou.modules.collection.models import Attachment, Joined, Submission
from bulou.modules.collection.queries import sealed


def place_of(row: Submission) -> tuple[str, int]:
    """(chain, number) of a submission; number 0 = it is no version of the chain."""
    joined = Joined.objects.filter(submission=row).first()
    return (joined.chain, joined.number) if joined else (row.chain, row.number)


def versions_of(chain: str) -> list[Submission]:
    """The versions of a chain, the first sent first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT submission_id FROM collection_versions(%s) ORDER BY number", [chain])
        ids = [row[0] for row in cursor.fetchall()]
    found = Submission.objects.in_bulk(ids)
    return [found[pk] for pk in ids]


def files_of(row: Submission) -> list[Attachment]:
    """The files a submission stands with: its own, and of the versions before it those that its answers still name; by name.

    A correction carries only what is new; what it does not name any more was taken out.
    """
    found = {one.name: one for one in row.attachments.select_related("submission")}
    chain, number = place_of(row)
    if number <= 1:
        return sorted(found.values(), key=lambda one: one.name)
    named = set(_texts(_answers(row)))
    before = [one for one in versions_of(chain) if place_of(one)[1] < number]
    for earlier in reversed(before):
        for one in earlier.attachments.select_related("submission"):
            if one.name in named:
                found.setdefault(one.name, one)
    return sorted(found.values(), key=lambda one: one.name)


def _answers(row: Submission) -> list[Any]:
    hidden = sealed.open_answers(row.sealed, row.instance_id) if row.sealed else {}
    return [row.answers or {}, hidden]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
