"""The front page: where a person lands after logging in."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from bulou.modules.operations.queries.operations import current_operation
from bulou.platform.access.guard import needs
from bulou.platform.access.permissions import SIGNED_IN

OVERSEERS = frozenset({"chief", "duty_officer", "township_lead", "auditor"})


@needs(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponseBase:
    """While an operation runs, the situation room for those who oversee it; else the county as this person may see it."""
    runs = current_operation(request.viewer) is not None
    if runs and any(grant.role in OVERSEERS for grant in request.viewer.grants):
        return redirect("situation:board")
    return redirect("registry:home")
