"""One subject of an operation: under which regimes it stands, and how each of its obligations stood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bulou.core.standing import Judged
from bulou.modules.ledger.models import Enrolment
from bulou.modules.ledger.queries import answering, names
from bulou.modules.ledger.queries.gaps import judged_of
from bulou.modules.ledger.queries.reach import VIEW
from bulou.platform.access.viewer import Viewer


@dataclass(slots=True)
class Under:
    """A regime the subject is under: who owes it, and every obligation of the span, the oldest first (ids as text, as core names them)."""

    enrolment_id: int
    regime: str
    subject_kind: str
    subject_id: int
    owed_kind: str
    owed_id: int
    judged: Sequence[Judged]
    name: str = ""
    phone: str = ""
    owed_name: str = ""
    owed_phone: str = ""


@dataclass(slots=True)
class Subject:
    """A subject with its name and telephone as the viewer may see them."""

    subject_kind: str
    subject_id: int
    name: str
    phone: str
    under: list[Under] = field(default_factory=list)


def subject(
    viewer: Viewer, operation_id: int, kind: str, subject_id: int, *, start: datetime, end: datetime, now: datetime,
    as_of: datetime | None = None,
) -> Subject | None:  # fmt: skip
    """A subject with every obligation in reach that opens in [start, end); None if neither they nor the subject are in reach.

    Whoever shows it logs the look.
    """
    at = now if as_of is None else min(as_of, now)
    found = Enrolment.objects.filter(subject_kind=kind, subject_id=subject_id, regime__operation_id=operation_id)
    enrolments = list(found.select_related("regime").order_by("regime__key", "pk"))
    judged = judged_of(viewer, [one.pk for one in enrolments], start=start, end=end, at=at)
    is_here = bool(answering.subjects_within(viewer, VIEW, kind, [subject_id]))
    under = []
    for one in enrolments:
        mine = sorted(
            (each for each in judged if each.obligation.enrolment == str(one.pk)),
            key=lambda each: each.obligation.window,
        )
        if mine or is_here:
            under.append(Under(one.pk, one.regime.title, kind, subject_id, one.owed_kind, one.owed_id, mine))
    if not under:
        return None
    names.put_names(viewer, under)
    return Subject(kind, subject_id, under[0].name, under[0].phone, under)
