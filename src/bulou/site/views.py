"""The front page: where a person lands after logging in."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from bulou.modules.operations.queries.operations import current_operation
from bulou.platform.access.guard import needs
from bulou.platform.access.permissions import SIGNED_IN

OVERSEERS = frozenset({"chief", "duty_officer", "township_lead", "auditor"})
REPORTERS = frozenset({"village_clerk", "unit_clerk", "medic", "checkpoint_officer", "case_worker"})


@needs(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponseBase:
    """While an operation runs, the situation room for those who oversee it, my duties for those who report; else the county as one may see it."""
    roles = {grant.role for grant in request.viewer.grants} if current_operation(request.viewer) is not None else set()
    if roles & OVERSEERS:
        return redirect("situation:board")
    if roles & REPORTERS:
        return redirect("mine:duties")
    return redirect("registry:home")
