"""Rows that may be one person: proposed with reasons by the database at once, decided by a person. Never a score, never automatic."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.http import Http404

from bulou.modules.registry.models import Duplicate
from bulou.modules.registry.queries import scopes
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write

# The ways two rows can be one person; `a` is any current row, or one of the rows asked about; `b` every other current one.
_PAIRS = """
WITH now_there AS NOT MATERIALIZED (
    SELECT id, name, name_key, born_on, household_id, place_id FROM registry_person
    WHERE ends IS NULL AND merged_into_id IS NULL AND forgotten_at IS NULL
), asked AS NOT MATERIALIZED (
    SELECT * FROM now_there WHERE %(ids)s::bigint[] IS NULL OR id = ANY(%(ids)s::bigint[])
), pairs(a, b, reason) AS (
    SELECT a.id, b.id, 'same_document' FROM asked a JOIN registry_document x ON x.person_id = a.id
      JOIN registry_document y ON y.digest = x.digest AND y.person_id <> x.person_id JOIN now_there b ON b.id = y.person_id
    UNION ALL
    SELECT a.id, b.id, 'same_name_birth' FROM asked a JOIN now_there b ON b.name = a.name AND b.born_on = a.born_on AND b.id <> a.id
    UNION ALL
    SELECT a.id, b.id, 'same_name_phone' FROM asked a JOIN registry_phone x ON x.person_id = a.id
      JOIN registry_phone y ON y.number = x.number AND y.person_id <> x.person_id
      JOIN now_there b ON b.id = y.person_id AND b.name = a.name
    UNION ALL
    SELECT a.id, b.id, 'same_sound_home' FROM asked a JOIN now_there b
      ON b.household_id = a.household_id AND b.name_key = a.name_key AND b.id <> a.id
    UNION ALL
    SELECT a.id, b.id, 'same_sound_birth' FROM asked a JOIN now_there b
      ON b.name_key = a.name_key AND b.born_on = a.born_on AND b.place_id = a.place_id AND b.name <> a.name
)
INSERT INTO registry_duplicate (first_id, second_id, reasons, state, proposed_at)
SELECT least(a, b), greatest(a, b), array_agg(DISTINCT reason ORDER BY reason), 'proposed', %(now)s FROM pairs GROUP BY 1, 2
ON CONFLICT (first_id, second_id) DO UPDATE SET reasons = excluded.reasons
  WHERE registry_duplicate.state = 'proposed' AND registry_duplicate.reasons <> excluded.reasons
"""


def propose_duplicates(now: datetime) -> int:
    """Look at everybody and propose the pairs that may be one person; gives how many pairs are new or have new reasons.

    Reasons: same_document · same_name_birth · same_name_phone · same_sound_home (same pinyin in one household) · same_sound_birth (same
    pinyin and birth date in one place). A pair that was decided is not proposed again. For a job; may be called twice.
    """
    return _propose(None, now)


def propose_for(person_ids: Sequence[int], *, now: datetime) -> int:
    """The same for these people against everybody, inside the verb that wrote them."""
    return _propose(list(person_ids), now) if person_ids else 0


@transaction.atomic
def keep_apart(duplicate_id: int, *, by: Viewer, now: datetime, why: str = "") -> Duplicate:
    """Decide that two rows are two people. Both must be within the caller's reach; else Http404."""
    by.need("registry.merge_person")
    reach = scopes.people(by, "registry.merge_person").values("id")
    pair = Duplicate.objects.select_for_update().filter(pk=duplicate_id, first__in=reach, second__in=reach).first()
    if pair is None:
        raise Http404
    if pair.state == "proposed":
        pair.state, pair.decided_at = "different", now
        pair.save(update_fields=["state", "decided_at"])
        subjects = [pair.first_id, pair.second_id]
        write(by=by, action="registry.people_kept_apart", kind="registry.person", subjects=subjects, now=now, why=why)
    return pair


def _propose(ids: list[int] | None, now: datetime) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        if (
            ids is None
        ):  # over everybody only hashing will do; on a county just loaded the planner does not know that yet
            cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(_PAIRS, {"ids": ids, "now": now})
        return int(cursor.rowcount)
