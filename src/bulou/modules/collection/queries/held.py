"""What waits for somebody to settle it, where the viewer leads: by the place or unit of whoever sent it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import Http404

from bulou.modules.collection.models import FormVersion, Held, Submission
from bulou.modules.collection.queries import sealed
from bulou.modules.collection.queries.accepting import of_version
from bulou.modules.collection.queries.submissions import current, submissions
from bulou.modules.collection.rules import answers as rules
from bulou.modules.collection.rules import holding, settling
from bulou.modules.collection.rules.instance import answers as answers_of
from bulou.modules.collection.rules.instance import read
from bulou.modules.registry.queries import scopes
from bulou.platform import clock
from bulou.platform.access.viewer import Viewer

SETTLE = "collection.settle"
FILE = "ledger.file_record"
COUNTED = 99
CANDIDATES = 8


@dataclass(frozen=True, slots=True)
class Opened:
    """A held report, read: its version, its answers plain and sensitive, what they state, whom it names (`said`), whether that form is about
    the sender."""

    version: FormVersion
    plain: dict[str, Any]
    hidden: dict[str, Any]
    stated: rules.Stated
    kind: str
    is_own: bool


def held(viewer: Viewer) -> QuerySet[Held]:
    """Everything held where the viewer settles, settled ones too."""
    wanted = Q(pk__in=[])
    for grant in viewer.scopes(SETTLE):
        part = Q(pk__gt=0) if grant.operation_id is None else Q(operation_id=grant.operation_id)
        wanted |= part & _of_grant(viewer, grant)
    return Held.objects.filter(wanted).select_related("form", "operation", "submission")


def held_one(viewer: Viewer, pk: int) -> Held:
    """One of them; else Http404."""
    found = held(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def waiting(viewer: Viewer) -> int:
    """How many wait for this viewer; counted up to COUNTED + 1."""
    if not viewer.may(SETTLE):
        return 0
    return held(viewer).select_related(None).filter(settled_at=None).order_by()[: COUNTED + 1].count()


def opened(one: Held) -> Opened | None:
    """What it says; None when its content was forgotten or it is a file. Whoever shows it logs the look."""
    row = one.submission
    blob = one.xml if one.xml is not None and not one.file_name else row.xml if row is not None else None
    if blob is None or one.file_name:
        return None
    instance = read(sealed.open_xml(blob, one.instance_id))
    version = FormVersion.objects.select_related("form").filter(form=one.form, version=instance.version).first()
    version = version or (row.version if row is not None else None)
    if version is None:
        return None
    reading = of_version(version).reading
    plain, hidden = answers_of(instance.root, reading.shape)
    received = row.received_at if row is not None else one.held_at
    stated = rules.stated(reading, instance, plain, hidden, received_at=received, zone=clock.COUNTY_ZONE)
    return Opened(version, plain, hidden, stated, reading.kind, reading.is_own)


def kind_of(one: Held, told: Opened | None) -> str:
    """The kind of subject it must be about; "" for none: a line of a list is about a person, whatever the list is about."""
    if told is None:
        return ""
    return "person" if one.reason == holding.LINE else told.kind


def verbs_of(one: Held, told: Opened | None) -> tuple[str, ...]:
    """What may become of it."""
    is_gone = told is None and not (one.file_name and one.xml is not None)
    return settling.verbs_of(one.reason, is_gone=is_gone, answers=kind_of(one, told))


def subject_named(kind: str, said: str) -> int | None:
    """The subject that an answer names (uuid, code), wherever they are; None for nobody. Not scoped: the caller asks who may file about it."""
    if not kind or not said:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_subject(%s, %s)", [kind, said])
        found: int | None = cursor.fetchone()[0]
        return found


def parents_of(viewer: Viewer, one: Held) -> list[Submission]:
    """What a correction without its parent may belong to: the newest of the same form and the same sender or device, in reach."""
    row = one.submission
    if row is None:
        return []
    same = Q(device=row.device) if row.device else Q(pk__in=[])
    same |= Q(person_id=row.person_id) if row.person_id is not None else Q(pk__in=[])
    same |= Q(token_id=row.token_id) if row.token_id is not None else Q(pk__in=[])
    rows = current(submissions(viewer, row.form)).filter(same, received_at__lte=row.received_at).exclude(pk=row.pk)
    return list(rows.defer("xml", "sealed").order_by("-id")[:CANDIDATES])


def record_of_chain(row: Submission) -> tuple[str, int, int] | None:
    """(kind, subject, record) that the chain of a submission stands for, as far as anything of it counts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT v.subject_kind, v.subject_id, v.record_id FROM collection_versions(%s) v WHERE v.record_id IS NOT NULL"
            " ORDER BY v.number DESC LIMIT 1",
            [row.chain],
        )
        found: tuple[str, int, int] | None = cursor.fetchone()
        return found


def _of_grant(viewer: Viewer, grant: Any) -> Q:
    alone = Viewer(viewer.user_id, viewer.name, (grant,), viewer.person_id, viewer.is_system)
    (reach,) = scopes.reaches(alone, SETTLE)
    if reach.is_everything:
        return Q()
    part = Q()
    if reach.place_ids is not None:
        part &= Q(place_id__in=scopes.places(alone, SETTLE).values("pk"))
    if reach.unit_ids is not None:
        part &= Q(unit_id__in=reach.unit_ids) | Q(person_id__in=scopes.people(alone, SETTLE).values("pk"))
    return part
