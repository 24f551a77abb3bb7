"""Requests to be excused, for whoever may grant them: who asks, until when, why; granted in one tap, declined with a reason."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from bulou.modules.ledger.models import ExcuseRequest
from bulou.modules.ledger.queries import excuse_requests as reads
from bulou.modules.ledger.services import requesting
from bulou.modules.ledger.views.registers import put_names
from bulou.platform.access.guard import needs
from bulou.platform.tables import Choice, Column, Days, Table

Outcome = ExcuseRequest.Outcome
OUTCOMES = {
    "": (pgettext_lazy("request", "Waiting"), "open"),
    Outcome.GRANTED: (pgettext_lazy("request", "Granted"), "good"),
    Outcome.DECLINED: (pgettext_lazy("request", "Declined"), "bad"),
    Outcome.TAKEN_BACK: (pgettext_lazy("request", "Taken back"), "quiet"),
}
STATES = (("waiting", OUTCOMES[""][0]), *((key, OUTCOMES[key][0]) for key in Outcome.values))


class RequestTable(Table):
    """Who asked to be excused, newest first."""

    key = "ledger.requests"
    title = _("Requests to be excused")
    order = "-known_at"
    looks = "ledger.enrolment"
    empty = _("Nobody has asked to be excused.")
    columns = (
        Column("name", _("About"), value=lambda row: row.enrolment.name, width=22),
        Column("regime", _("Regime"), value=lambda row: row.enrolment.regime.title, width=22),
        Column("since", pgettext_lazy("absence", "From"), kind="moment", width=18),
        Column("until", pgettext_lazy("absence", "Until"), kind="moment", width=18),
        Column("reason", _("Reason"), width=36),
        Column("actor_name", pgettext_lazy("request", "Asked by")),
        Column("known_at", _("When"), kind="moment", sort="known_at", width=18),
        Column("outcome", _("Outcome"), value=lambda row: OUTCOMES[row.outcome][0], tone=lambda row: OUTCOMES[row.outcome][1]),
        Column("decider_name", pgettext_lazy("request", "Decided by"), hidden=True),
        Column("decision_reason", pgettext_lazy("request", "Reason of the decision"), hidden=True, width=30),
    )  # fmt: skip
    filters = (
        Choice("state", _("Outcome"), STATES, by=lambda rows, state: rows.filter(outcome="" if state == "waiting" else state)),
        Days("known_at", _("When")),
    )  # fmt: skip

    def complete(self, rows: list[ExcuseRequest]) -> None:
        """Names of those it is about, as the viewer may see them."""
        put_names(self.viewer, [row.enrolment for row in rows])


@needs("ledger.excuse")
@require_safe
def requests(request: HttpRequest) -> HttpResponseBase:
    """What waits for a decision, and everything that was asked."""
    waiting = list(reads.requests(request.viewer).filter(outcome="").order_by("known_at", "pk")[:100])
    put_names(request.viewer, [one.enrolment for one in waiting])
    table = RequestTable(request, reads.requests(request.viewer))
    return table.answer("ledger/chase/requests.html", {"waiting": waiting})


@needs("ledger.excuse")
@require_POST
def grant(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Grant it; twice changes nothing."""
    requesting.grant_request(by=request.viewer, request_id=pk, now=request.now)
    return redirect("ledger:requests")


@needs("ledger.excuse")
@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Decline it, with a reason."""
    requesting.decline_request(by=request.viewer, request_id=pk, why=request.POST.get("why", ""), now=request.now)
    return redirect("ledger:requests")
