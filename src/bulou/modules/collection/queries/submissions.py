"""What was sent, as far as the viewer reaches: a form's submissions, one of them with its chain, the columns they make together.

A submission is seen by whom it is about, where that is known; else by who sent it. Whoever shows it logs the look.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from bulou.modules.collection.models import Form, FormVersion, Held, Joined, Submission
from bulou.modules.collection.queries.accepting import of_version
from bulou.modules.collection.rules.columns import Shape, shape_of
from bulou.modules.registry.queries import scopes
from bulou.platform.access.viewer import Viewer, system

VIEW = "collection.view_submissions"
_ALL = system("submissions")


@dataclass(frozen=True, slots=True)
class Versions:
    """A form with its versions by number, and the columns they make together."""

    form: Form
    versions: tuple[FormVersion, ...]
    shape: Shape


def forms(viewer: Viewer) -> QuerySet[Form]:
    """The forms whose operations the viewer may read submissions of; those nobody uses any more too."""
    grants = viewer.scopes(VIEW)
    rows = Form.objects.select_related("operation").order_by("operation_id", "key")
    if any(grant.operation_id is None for grant in grants):
        return rows
    return rows.filter(operation_id__in=[grant.operation_id for grant in grants])


def form(viewer: Viewer, pk: int) -> Versions:
    """One of them with its columns; else Http404."""
    found = forms(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return versions_of(found)


def versions_of(form: Form) -> Versions:
    """A form's versions and their columns. Not scoped: a form is no secret."""
    rows = tuple(
        FormVersion.objects.filter(form=form).select_related("form").defer("xform", "source").order_by("number")
    )
    secret = {path for row in rows for path in of_version(row).reading.shape.sensitive}
    return Versions(form, rows, shape_of((row.tree for row in rows), secret))


def submissions(viewer: Viewer, form: Form | None = None, *, permission: str = VIEW) -> QuerySet[Any]:
    """Every submission in reach (of one form), as sent, former versions too."""
    rows = Submission.objects.all() if form is None else Submission.objects.filter(form=form)
    wanted = _wanted(viewer, permission, form)
    return rows if wanted is None else rows.filter(wanted)


def submission(viewer: Viewer, pk: int) -> Submission:
    """One in reach; else Http404."""
    found = submissions(viewer).select_related("form__operation", "version").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def chain_of(viewer: Viewer, one: Submission) -> list[Submission]:
    """A submission and every other version of it in reach, the newest first."""
    joined = Joined.objects.filter(submission=one).first()
    chain = joined.chain if joined else one.chain
    later = Joined.objects.filter(chain=chain).values("submission_id")
    rows = (
        submissions(viewer)
        .filter(Q(instance_id=chain) | Q(chain=chain) | Q(pk__in=later))
        .select_related("version", "form__operation")
    )
    places = dict(Joined.objects.filter(chain=chain).values_list("submission_id", "number"))
    return sorted(rows, key=lambda row: (places.get(row.pk, row.number), row.pk), reverse=True)


def held_of(one: Submission) -> list[Held]:
    """What of a submission waited for somebody, or waits, oldest first."""
    return list(Held.objects.filter(Q(submission=one) | Q(instance_id=one.instance_id)).order_by("id"))


def subject_of(one: Submission) -> tuple[str, int | None, int | None]:
    """About whom it is and the record it made, with what was decided since: (kind, id, record)."""
    joined = Joined.objects.filter(submission=one).first()
    settled = (
        Held.objects.filter(submission=one, settled_at__isnull=False).exclude(subject_id=None).order_by("-id").first()
    )
    if settled is not None:
        return settled.subject_kind, settled.subject_id, settled.record_id
    if joined is not None and joined.record_id is not None:
        return one.subject_kind, joined.subject_id, joined.record_id
    return one.subject_kind, one.subject_id, one.record_id


def current(rows: QuerySet[Any], *, is_whole: bool = False) -> QuerySet[Any]:
    """Of these submissions those without a later version. `is_whole` = all of them will be read, not a page: then one pass over what was
    corrected is quicker than asking for each row."""
    later = Submission.objects.filter(chain=OuterRef("chain"), number__gt=1).filter(number__gt=OuterRef("number"))
    joined = Joined.objects.filter(chain=OuterRef("chain"), number__gt=OuterRef("number"))
    if is_whole:
        return rows.filter(~Exists(later), ~Exists(joined))
    one, other = Subquery(later.values("pk")[:1]), Subquery(joined.values("pk")[:1])
    return rows.alias(later=one, later_joined=other).filter(later=None, later_joined=None)


def _wanted(viewer: Viewer, permission: str, form: Form | None) -> Q | None:
    """The condition of scope; None = everything (of this form)."""
    wanted = Q(pk__in=[])
    for grant in viewer.scopes(permission):
        if form is not None and grant.operation_id not in (None, form.operation_id):
            continue
        alone = Viewer(viewer.user_id, viewer.name, (grant,), viewer.person_id, viewer.is_system)
        part = _of_grant(alone, permission)
        if grant.operation_id is not None and form is None:
            part = Q(form__operation_id=grant.operation_id) & (part if part is not None else Q())
        if part is None:
            return None
        wanted |= part
    return wanted


def _of_grant(alone: Viewer, permission: str) -> Q | None:
    if alone.is_system or any(reach.is_everything for reach in scopes.reaches(alone, permission)):
        return None
    people = scopes.people(alone, permission).values("pk")
    wanted = Q(subject_kind="person", subject_id__in=people)
    wanted |= Q(subject_kind="household", subject_id__in=scopes.households(alone, permission).values("pk"))
    wanted |= Q(subject_kind="place", subject_id__in=scopes.places(alone, permission).values("pk"))
    wanted |= Q(subject_kind="unit", subject_id__in=scopes.units(alone, permission).values("pk"))
    return wanted | Q(subject_id=None, person_id__in=people)


def state_of(row: Submission, is_gone: bool, is_waiting: bool) -> str:
    """forgotten, test, held (waits), settled or received."""
    if is_gone:
        return "forgotten"
    if row.is_test:
        return "test"
    if row.is_held:
        return "held" if is_waiting else "settled"
    return "received"


def in_state(rows: QuerySet[Submission], state: str) -> QuerySet[Submission]:
    """The rows in one of these states."""
    if state == "forgotten":
        return rows.filter(xml=None)
    if state == "test":
        return rows.filter(is_test=True, xml__isnull=False)
    waits = Exists(Held.objects.filter(submission=OuterRef("pk"), settled_at=None))
    if state == "held":
        return rows.filter(waits, is_held=True, xml__isnull=False)
    if state == "settled":
        return rows.filter(~waits, is_held=True, xml__isnull=False)
    return rows.filter(is_held=False, is_test=False, xml__isnull=False)


def in_place(rows: QuerySet[Submission], place_id: int) -> QuerySet[Submission]:
    """The rows about somebody or something that lives or lies in a place or below it."""
    places = scopes.places(_ALL).filter(lineage__contains=[place_id]).values("pk")
    people = scopes.people(_ALL).filter(place__in=places).values("pk")
    homes = scopes.households(_ALL).filter(place__in=places).values("pk")
    return rows.filter(
        Q(subject_kind="person", subject_id__in=people)
        | Q(subject_kind="household", subject_id__in=homes)
        | Q(subject_kind="place", subject_id__in=places)
    )


def waiting(ids: Collection[int]) -> set[int]:
    """Which of these submissions wait to be settled."""
    return set(Held.objects.filter(submission__in=ids, settled_at=None).values_list("submission_id", flat=True))


def forgotten_among(ids: Collection[int]) -> set[int]:
    """Which of these submissions have no content any more."""
    return set(Submission.objects.filter(pk__in=ids, xml=None).values_list("pk", flat=True))


def version_names(ids: Collection[int]) -> dict[int, str]:
    """What the authors called these versions."""
    return dict(FormVersion.objects.filter(pk__in=ids).values_list("pk", "version"))
