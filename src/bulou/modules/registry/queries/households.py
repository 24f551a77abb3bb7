"""Reading households: the register in scope and one household with its people."""

from __future__ import annotations

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404

from bulou.modules.registry.models import Household, Person
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.queries.people import CURRENT, masks, with_contacts
from bulou.modules.registry.queries.people_search import find_people
from bulou.platform.access.viewer import Viewer


def households(viewer: Viewer, state: str = "") -> QuerySet[Household]:
    """The register of households in scope; `state` ended, or those `headless`."""
    rows = scopes.households(viewer)
    match state:
        case "ended":
            return rows.filter(ends__isnull=False)
        case "headless":
            return rows.filter(ends=None, head=None)
        case _:
            return rows.filter(ends=None)


def with_counts(rows: QuerySet[Household]) -> QuerySet[Household]:
    """The rows with place, head and `people` (how many live there now)."""
    living = (
        Person.objects.filter(CURRENT, household=OuterRef("pk"))
        .order_by()
        .values("household")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return rows.select_related("place", "head").annotate(people_now=Coalesce(Subquery(living), 0))


def household(viewer: Viewer, pk: int) -> Household:
    """One household in scope, with its place and head; else Http404."""
    found = scopes.households(viewer).select_related("place", "head").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def living_in(viewer: Viewer, of: Household) -> list[Person]:
    """Who lives in a household now, in the viewer's scope: the head first, then by age."""
    rows = with_contacts(scopes.people(viewer).annotate(is_masked=masks(viewer)).filter(CURRENT, household=of))
    return sorted(
        rows, key=lambda one: (one.pk != of.head_id, one.born_on is None, one.born_on or one.starts.date(), one.pk)
    )


def matching(viewer: Viewer, rows: QuerySet[Household], text: str) -> QuerySet[Household]:
    """Households by code (its beginning or its last digits), by address, or by who lives there (name, pinyin, telephone, number)."""
    text = text.strip()[:100].replace("\x00", "")
    ids = [person.household_id for person in find_people(viewer, text, limit=50) if person.household_id]
    wanted = Q(pk__in=ids)
    if text[:1].isdigit():
        wanted |= Q(code__gte=text, code__lt=text + "\U0010ffff")
    return rows.filter(wanted)


def found(viewer: Viewer, text: str, limit: int = 10) -> list[Household]:
    """The first few households to pick from, by whatever was typed."""
    return list(
        matching(viewer, scopes.households(viewer, "registry.edit_person").filter(ends=None), text).select_related(
            "place", "head"
        )[:limit]
    )
