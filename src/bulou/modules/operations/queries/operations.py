"""Operations a viewer may see."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.http import Http404

from bulou.modules.operations.models import Item, Operation, Override, PlaybookVersion, State
from bulou.modules.registry.queries import scopes
from bulou.platform.access.viewer import Viewer
from bulou.platform.playbooks import OperationRef

VIEW = "operations.view_operation"


def operations(viewer: Viewer) -> QuerySet[Operation]:
    """The operations in reach: granted by name, or rooted at a place whose tree the viewer's grants touch. Newest first."""
    wanted = Q(pk__in=[])
    for grant in viewer.scopes(VIEW):
        if grant.operation_id is not None:
            wanted |= Q(pk=grant.operation_id)
        elif grant.place_id is None:
            return Operation.objects.order_by("state", "-started_at")
        else:
            wanted |= Q(root_id__in=_line_of(grant.place_id))
    return Operation.objects.filter(wanted).order_by("state", "-started_at")


def _line_of(place_id: int) -> set[int]:
    """A place, everything above it and everything below it: an operation rooted at any of them concerns who is granted there."""
    above = set(scopes.Place.objects.values_list("lineage", flat=True).get(pk=place_id))
    return above | set(scopes.below(scopes.Place, place_id))


def operation(viewer: Viewer, key: str) -> Operation:
    """One operation in reach; 404 otherwise."""
    found = operations(viewer).filter(key=key).select_related("root").first()
    if found is None:
        raise Http404(key)
    return found


def current_operation(viewer: Viewer) -> Operation | None:
    """The operation a face shows unless told otherwise: the active one started last, or None."""
    return operations(viewer).filter(state=State.ACTIVE).select_related("root").first()


def ref(operation: Operation) -> OperationRef:
    """An operation as the sections know it."""
    return OperationRef(operation.pk, operation.key, operation.root_id, ZoneInfo(operation.zone))


def items(operation: Operation) -> QuerySet[Item]:
    """What the sections were given and still have, by section and key."""
    return Item.objects.filter(operation=operation, ends=None).order_by("section", "key")


def overrides(operation: Operation) -> QuerySet[Override]:
    """The changes by hand that stand."""
    return Override.objects.filter(operation=operation, ended_at=None).order_by("section", "key", "field")


def versions(operation: Operation) -> QuerySet[PlaybookVersion]:
    """The playbook texts applied, newest first."""
    return PlaybookVersion.objects.filter(operation=operation).order_by("-number")
