"""Merging two rows of one person, and taking it back exactly.

The absorbed row stays and points to the kept one; whatever referred to it refers to the kept row, and the merge lists every row that changed
hands. A module above hangs its own references under `person_moves` on its manifest, as a tuple of `PersonRows`. Of a chain (A into B, B into
C) the last merge is taken back first. Rows are locked in the order of ids, so that two merges at once cannot cross.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from bulou.modules.registry.models import Duplicate, Merge, Person, UserPerson
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.services.people_documents import check_reason
from bulou.modules.registry.services.people_versions import note_version, plain
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.manifest import extras
from bulou.platform.refusals import Refusal


@dataclass(frozen=True, slots=True)
class PersonRows:
    """A column that refers to people: rows of the absorbed person are given to the kept one, and back.

    `unless` (SQL over the rows `r` and `%(kept)s`) leaves rows with the absorbed person which the kept one has already.
    """

    table: str
    column: str
    key: str = "id"
    unless: str = "FALSE"


OWN = (
    PersonRows(
        "registry_document", "person_id",
        unless="EXISTS (SELECT FROM registry_document k WHERE k.person_id = %(kept)s AND k.digest = r.digest AND k.ends IS NULL)",
    ),
    PersonRows(
        "registry_phone", "person_id",
        unless="EXISTS (SELECT FROM registry_phone k WHERE k.person_id = %(kept)s AND k.number = r.number)",
    ),
    PersonRows("registry_relation", "person_id", unless="r.relative_id = %(kept)s"),
    PersonRows("registry_relation", "relative_id", unless="r.person_id = %(kept)s"),
    PersonRows(
        "registry_membership", "person_id",
        unless="EXISTS (SELECT FROM registry_membership k WHERE k.person_id = %(kept)s AND k.unit_id = r.unit_id AND k.part = r.part"
        " AND k.post = r.post AND tstzrange(k.starts, k.ends) && tstzrange(r.starts, r.ends))",
    ),
    PersonRows("registry_household", "head_id"),
    PersonRows("registry_userperson", "person_id", key="user_id"),
)  # fmt: skip
# What the kept row takes over where it is empty itself.
FILLED = (
    "other_name",
    "sex",
    "born_on",
    "home_place_id",
    "household_id",
    "relation",
    "address",
    "employer",
    "languages",
    "qualifications",
)


@transaction.atomic
def merge_people(kept_id: int, absorbed_id: int, *, by: Viewer, now: datetime, why: str) -> Merge:
    """Let `absorbed` stand for `kept` from now on. Merged so already: gives that merge, and changes nothing.

    Both must be within reach (else Http404). Refuses rows merged elsewhere, forgotten rows, and two rows with an account each.
    """
    by.need("registry.merge_person")
    kept, absorbed = _hold_pair(kept_id, absorbed_id, by=by)
    if absorbed.merged_into_id == kept.pk:
        return Merge.objects.get(absorbed=absorbed, undone_at=None)
    check_reason(why)
    _check_mergeable(kept, absorbed)
    filled = _fill(kept, absorbed)
    absorbed.merged_into = kept
    absorbed.save(update_fields=["merged_into"])
    merge = Merge.objects.create(
        kept=kept, absorbed=absorbed, moved={"rows": _move_all(absorbed.pk, kept.pk)}, at=now, why=why
    )
    merge.moved["filled"] = filled
    merge.save(update_fields=["moved"])
    note_version(
        kept,
        "merged",
        {name: old for name, (old, _new) in filled.items()},
        {"absorbed": absorbed.pk},
        by=by,
        now=now,
        why=why,
    )
    note_version(absorbed, "merged", {}, {"merged_into": kept.pk}, by=by, now=now, why=why)
    _decide_pair(kept.pk, absorbed.pk, "merged", now)
    _journal("registry.people_merged", merge, by=by, now=now, why=why)
    return merge


@transaction.atomic
def unmerge_people(merge_id: int, *, by: Viewer, now: datetime, why: str) -> Merge:
    """Take a merge back: every row listed goes back where it was, unless it was changed since. Undone already: nothing happens.

    Refuses while the kept row is itself merged (undo that first), and when content was forgotten meanwhile.
    """
    by.need("registry.merge_person")
    merge = Merge.objects.select_for_update().filter(pk=merge_id).first()
    if merge is None:
        raise Http404
    kept, absorbed = _hold_pair(merge.kept_id, merge.absorbed_id, by=by)
    if merge.undone_at is not None:
        return merge
    check_reason(why)
    if kept.merged_into_id is not None:
        raise Refusal(
            "registry.later_merge_first",
            _("%(name)s was itself merged later. Take that merge back first."),
            name=kept.name,
        )
    if kept.forgotten_at or absorbed.forgotten_at:
        raise Refusal(
            "registry.person_forgotten", _("What was kept of this person was deleted when its time was over.")
        )
    absorbed.merged_into = None
    absorbed.save(update_fields=["merged_into"])
    _move_back(merge)
    _empty(kept, merge.moved["filled"])
    merge.undone_at = now
    merge.save(update_fields=["undone_at"])
    note_version(kept, "unmerged", {}, {"absorbed": absorbed.pk}, by=by, now=now, why=why)
    note_version(absorbed, "unmerged", {"merged_into": kept.pk}, {}, by=by, now=now, why=why)
    _decide_pair(kept.pk, absorbed.pk, "different", now)
    _journal("registry.people_unmerged", merge, by=by, now=now, why=why)
    return merge


def standing_for(person_id: int) -> int:
    """The id of the person a row stands for now, through every merge; its own when it was not merged."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE chain(id, next) AS (SELECT id, merged_into_id FROM registry_person WHERE id = %s UNION ALL"
            " SELECT p.id, p.merged_into_id FROM registry_person p JOIN chain ON p.id = chain.next)"
            " SELECT id FROM chain WHERE next IS NULL",
            [person_id],
        )
        row = cursor.fetchone()
    return row[0] if row else person_id


def _hold_pair(kept_id: int, absorbed_id: int, *, by: Viewer) -> tuple[Person, Person]:
    reach = scopes.people(by, "registry.merge_person").filter(id__in=(kept_id, absorbed_id))
    held = {person.pk: person for person in reach.select_for_update(of=("self",)).order_by("id")}
    if kept_id == absorbed_id:
        raise Refusal("registry.same_person", _("Choose two different people."))
    if len(held) != 2:
        raise Http404
    return held[kept_id], held[absorbed_id]


def _check_mergeable(kept: Person, absorbed: Person) -> None:
    if kept.merged_into_id is not None or absorbed.merged_into_id is not None:
        raise Refusal(
            "registry.merged_elsewhere",
            _("One of the two was merged with somebody else meanwhile. Look at them again."),
        )
    if kept.forgotten_at or absorbed.forgotten_at:
        raise Refusal(
            "registry.person_forgotten", _("What was kept of this person was deleted when its time was over.")
        )
    if UserPerson.objects.filter(person__in=(kept, absorbed)).count() == 2:
        raise Refusal(
            "registry.two_accounts", _("Both have an account. Let an administrator take one of them away first.")
        )


def _every_rows() -> Iterator[PersonRows]:
    yield from OWN
    for more in extras("person_moves"):
        yield from more


def _move_all(absorbed_id: int, kept_id: int) -> list[dict[str, Any]]:
    moved = []
    for rows in _every_rows():
        words = sql.SQL(
            "UPDATE {table} r SET {column} = %(kept)s WHERE r.{column} = %(absorbed)s AND NOT ({unless}) RETURNING r.{key}"
        )
        with connection.cursor() as cursor:
            cursor.execute(_named(words, rows), {"kept": kept_id, "absorbed": absorbed_id})
            keys = [row[0] for row in cursor.fetchall()]
        if keys:
            moved.append({"table": rows.table, "column": rows.column, "keys": keys})
    return moved


def _move_back(merge: Merge) -> None:
    known = {(rows.table, rows.column): rows for rows in _every_rows()}
    for moved in reversed(merge.moved["rows"]):
        rows = known[moved["table"], moved["column"]]
        words = sql.SQL(
            "UPDATE {table} r SET {column} = %(absorbed)s WHERE r.{column} = %(kept)s AND r.{key} = ANY(%(keys)s)"
        )
        with connection.cursor() as cursor:
            cursor.execute(
                _named(words, rows), {"kept": merge.kept_id, "absorbed": merge.absorbed_id, "keys": moved["keys"]}
            )


def _named(words: sql.SQL, rows: PersonRows) -> sql.Composed:
    return words.format(
        table=sql.Identifier(rows.table),
        column=sql.Identifier(rows.column),
        key=sql.Identifier(rows.key),
        unless=sql.SQL(rows.unless),
    )


def _fill(kept: Person, absorbed: Person) -> dict[str, list[Any]]:
    """Take over what the kept row lacks; gives the old and new value of each field, as JSON."""
    taken = {name: getattr(absorbed, name) for name in FILLED if not getattr(kept, name) and getattr(absorbed, name)}
    if absorbed.place_id != kept.place_id:
        taken.pop("household_id", None)
        taken.pop("relation", None)
    old = plain({name: getattr(kept, name) for name in taken})
    for name, value in taken.items():
        setattr(kept, name, value)
    if taken:
        kept.save(update_fields=[name.removesuffix("_id") for name in taken])
    return {name: [old[name], value] for name, value in plain(taken).items()}


def _empty(kept: Person, filled: dict[str, list[Any]]) -> None:
    """Give back what the merge filled in, where nobody changed it since."""
    back = [name for name, (_old, new) in filled.items() if plain({name: getattr(kept, name)})[name] == new]
    for name in back:
        old = filled[name][0]
        setattr(kept, name, date.fromisoformat(old) if name == "born_on" and old else old)
    if back:
        kept.save(update_fields=[name.removesuffix("_id") for name in back])


def _decide_pair(one: int, other: int, state: str, now: datetime) -> None:
    pair = Q(first_id=min(one, other), second_id=max(one, other))
    Duplicate.objects.filter(pair).update(state=state, decided_at=now)


def _journal(action: str, merge: Merge, *, by: Viewer, now: datetime, why: str) -> None:
    data = {"merge": merge.pk, "kept": merge.kept_id, "absorbed": merge.absorbed_id}
    write(
        by=by,
        action=action,
        kind="registry.person",
        subjects=[merge.kept_id, merge.absorbed_id],
        now=now,
        why=why,
        data=data,
    )
