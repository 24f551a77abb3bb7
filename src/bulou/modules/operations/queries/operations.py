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


def operations(viewer: Viewer, permission: str = VIEW) -> QuerySet[Operation]:
    """The operations in reach: granted by name, or rooted on the line of a granted place or unit. Newest first.

    A grant that names an operation reaches that one alone, whatever place it names besides.
    """
    by_name = {grant.operation_id for grant in viewer.scopes(permission) if grant.operation_id is not None}
    line = scopes.line_in_reach(grant for grant in viewer.scopes(permission) if grant.operation_id is None)
    rows = Operation.objects.order_by("state", "-started_at")
    return rows if line is None else rows.filter(Q(root_id__in=line) | Q(pk__in=by_name))


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
