"""Forms, their versions and files, for those who may see them: in reach is a form of an operation one's grants reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from bulou.core.facts import Catalogue
from bulou.modules.collection.models import Form, FormVersion, Media, Submission
from bulou.modules.collection.queries.entities import COLUMNS
from bulou.modules.collection.rules import mapping as rules
from bulou.modules.ledger.queries.asked import statable
from bulou.modules.ledger.queries.reach import regimes
from bulou.modules.operations.queries.operations import operations
from bulou.platform.access.viewer import Viewer, system

VIEW, EDIT = "collection.view_forms", "collection.edit_forms"
ENTITY_LISTS = {f"{kind}.csv": kind for kind in COLUMNS}


def forms(viewer: Viewer, permission: str = VIEW) -> QuerySet[Form]:
    """The forms in reach, with `newest` (version word), `published` (when it last was), by operation and key."""
    versions = FormVersion.objects.filter(form=OuterRef("pk")).order_by("-number")
    out = versions.exclude(published_at=None)
    return (
        Form.objects.filter(operation__in=operations(viewer, permission))
        .select_related("operation")
        .annotate(
            newest=Subquery(versions.values("version")[:1]),
            versions_count=Subquery(versions.values("number")[:1]),
            published=Subquery(out.values("published_at")[:1]),
            runner=Subquery(out.values("runner")[:1]),
        )
    )


def named_like(rows: QuerySet[Form], words: str) -> QuerySet[Form]:
    """Those whose title or key contains all the words."""
    for word in words.split():
        rows = rows.filter(Q(title__icontains=word) | Q(key__icontains=word))
    return rows


def form(viewer: Viewer, pk: int, permission: str = VIEW) -> Form:
    """One form in reach; Http404 otherwise."""
    found = forms(viewer, permission).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def version(viewer: Viewer, pk: int, permission: str = VIEW) -> FormVersion:
    """One version of a form in reach; Http404 otherwise."""
    found = FormVersion.objects.select_related("form__operation").filter(pk=pk).first()
    if found is None or not forms(viewer, permission).filter(pk=found.form_id).exists():
        raise Http404
    return found


def versions_of(form_id: int) -> list[FormVersion]:
    """The versions of a form, newest first, without their bytes."""
    rows = FormVersion.objects.filter(form_id=form_id).order_by("-number")
    return list(rows.defer("xform", "source"))


def current(form_id: int) -> FormVersion | None:
    """The version devices are offered: the newest published one."""
    return FormVersion.objects.filter(form_id=form_id).exclude(published_at=None).order_by("-number").first()


def shown_first(form_id: int) -> FormVersion | None:
    """The version a form's page shows unless asked: the one on devices, else the newest draft."""
    newest = FormVersion.objects.filter(form_id=form_id).order_by("-number").first()
    return current(form_id) or newest


def media_of(version_id: int) -> list[Media]:
    """The files of a version, without their bytes."""
    return list(Media.objects.filter(version_id=version_id).order_by("name").defer("content"))


def has_sheet(version_id: int) -> bool:
    """Whether a version was brought as a spreadsheet."""
    return FormVersion.objects.filter(pk=version_id).exclude(source=None).exists()


def missing_media(row: FormVersion) -> list[str]:
    """The lists a version takes choices from and does not have. An image that is missing is only a gap."""
    there = set(Media.objects.filter(version=row).values_list("name", flat=True))
    return [name for name, kind in row.tree.get("files", {}).items() if kind == "list" and name not in there]


def has_submissions(row: FormVersion) -> bool:
    """Whether anything was sent in a version."""
    return Submission.objects.filter(form_id=row.form_id, version_id=row.pk).exists()


def counts(form_ids: Iterable[int]) -> Mapping[int, int]:
    """How many versions wait to be published, by form."""
    rows = FormVersion.objects.filter(form_id__in=list(form_ids), published_at=None).values_list("form_id", flat=True)
    found: dict[int, int] = {}
    for form_id in rows:
        found[form_id] = found.get(form_id, 0) + 1
    return found


def catalogue_of(operation_id: int) -> Catalogue:
    """The facts the operation's forms may state."""
    return Catalogue(tuple(one.fact for one in statable(operation_id)))


@dataclass(frozen=True, slots=True)
class Answering:
    """A regime and the forms of its operation that are about its kind of subject. `lacking` no such form states; `by` = titles of those that state all."""

    regime: Any
    lacking: tuple[str, ...]
    by: tuple[str, ...]

    @property
    def minutes(self) -> float:
        return float(self.regime.minutes)


@dataclass(frozen=True, slots=True)
class _Stating:
    """A form: what kinds of subjects it is about (those of its list too), which facts it states, whether only about its sender."""

    title: str
    kinds: frozenset[str]
    facts: frozenset[str]
    is_own: bool


def answering(operation_id: int, *, beside: FormVersion | None = None) -> list[Answering]:
    """What the operation's regimes ask and which of its open forms answer it, `beside` taken as if it were published."""
    stating = _open(operation_id, beside)
    found = []
    for regime in regimes(system("forms"), operation_id=operation_id):
        asks = _asks(regime)
        if not asks:
            continue
        kind = regime.who.get("subject", "none")
        about = [
            each
            for each in stating
            if kind in each.kinds or (kind == "none" and "person" in each.kinds and not each.is_own)
        ]
        by = tuple(each.title for each in about if set(asks) <= each.facts)
        said = frozenset[str]().union(*(each.facts for each in about))
        found.append(
            Answering(regime, () if by else tuple(code for code in asks if code not in said) or tuple(asks), by)
        )
    return found


def asked_twice(row: FormVersion) -> list[tuple[str, tuple[str, ...]]]:
    """Other open forms about the same kind of subject that state the same facts: (title, codes). Report once."""
    mine = _stating(row)
    found = []
    for other in _open(row.form.operation_id, None, without=row.form_id):
        if (
            mine.kinds & other.kinds
            and mine.is_own == other.is_own
            and (shared := tuple(sorted(mine.facts & other.facts)))
        ):
            found.append((other.title, shared))
    return found


def _asks(regime: Any) -> Sequence[str]:
    newest = regime.versions.order_by("-number").first()
    return list(newest.asks) if newest else []


def _open(operation_id: int, beside: FormVersion | None, without: int | None = None) -> list[_Stating]:
    """What the current versions of the operation's open forms state."""
    rows: list[Any] = [
        row
        for row in FormVersion.objects.filter(form__operation=operation_id, form__state=Form.State.OPEN)
        .exclude(published_at=None)
        .order_by("form_id", "-number")
        .distinct("form_id")
        .only("title", "mapping", "form_id")
        if row.form_id != without and (beside is None or row.form_id != beside.form_id)
    ]
    if beside is not None:
        rows.append(beside)
    return [_stating(row) for row in rows]


def _stating(row: FormVersion) -> _Stating:
    subject = row.mapping.get("subject") or {}
    kinds = {subject.get("kind", "")} | ({"person"} if (row.mapping.get("list") or {}).get("subject") else set())
    return _Stating(row.title, frozenset(kinds - {""}), rules.stated(row.mapping), bool(subject.get("self")))
