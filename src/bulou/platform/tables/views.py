"""The one address of the tables: keeping a choice of columns."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from bulou.platform.access.guard import needs
from bulou.platform.access.permissions import SIGNED_IN
from bulou.platform.tables import services


@needs(SIGNED_IN)
@require_POST
def keep_columns(request: HttpRequest) -> HttpResponseBase:
    """Keep the ticked columns (or, with `reset`, the table's own) and come back to the table."""
    ticked = [] if "reset" in request.POST else request.POST.getlist("column")
    services.keep_columns(by=request.viewer, table=request.POST.get("table", ""), columns=ticked)  # type: ignore[attr-defined]
    back = request.POST.get("next", "/")
    return HttpResponseRedirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "/")
