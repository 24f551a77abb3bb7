"""The report of a day, issuing it, and what was issued."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from bulou.modules.briefing import exports, services
from bulou.modules.briefing.forms import IssuedTable, IssueForm
from bulou.modules.briefing.queries import composing, wording
from bulou.modules.briefing.queries import issued as reads
from bulou.modules.briefing.rules.report import Report
from bulou.modules.briefing.views.reading import day_of
from bulou.modules.operations.queries import operations
from bulou.platform import clock
from bulou.platform.access.guard import needs
from bulou.platform.journal.sealing import head
from bulou.platform.pages.forms import answer

ISSUE = "briefing.issue_briefing"


@needs("briefing.view_briefing")
@require_GET
def index(request: HttpRequest) -> HttpResponseBase:
    """The operations in reach, and what was issued."""
    table = IssuedTable(request, reads.issued(request.viewer))
    found = operations.operations(request.viewer).select_related("root")
    return table.answer("briefing/index.html", {"operations": found})


@needs("briefing.view_briefing")
@require_GET
def report(request: HttpRequest, key: str) -> HttpResponseBase:
    """The report of a day as it stands now; `?format=` as a file."""
    operation = operations.operation(request.viewer, key)
    day = day_of(request.GET.get("day", ""))
    if kind := _wanted(request):
        base = f"{request.scheme}://{request.get_host()}"
        shown = exports.of_day(request.viewer, operation, now=request.now, day=day, base=base)
        return _file(
            exports.written(shown, kind), kind, f"{key}-{clock.local_day(request.now, ZoneInfo(operation.zone))}"
        )
    made = composing.report(request.viewer, operation, now=request.now, day=day)
    page = wording.page(made)
    addresses = {name: exports.rows_address(made, one) for name, one in made.figures.items()}
    context = _shown(page, addresses) | {
        "operation": operation,
        "made": made,
        "is_part": not reads.reaches_all(request.viewer, "briefing.view_briefing", operation),
        "may_issue": operation.state == "active" and reads.reaches_all(request.viewer, ISSUE, operation),
        "issued": reads.issued(request.viewer).filter(operation_id=operation.pk)[:6],
        "trail": [(_("Briefing"), reverse("briefing:index"))],
        "head": head().short(),
    }
    return render(request, "briefing/report.html", context | _days(made, operation, request))


@needs("briefing.issue_briefing")
def issue(request: HttpRequest, key: str) -> HttpResponseBase:
    """Number and freeze the report of today."""
    operation = operations.operation(request.viewer, key)
    form = IssueForm.of(request)
    return answer(
        request,
        form,
        lambda **values: services.issue_briefing(by=request.viewer, operation=operation, now=request.now, **values),
        lambda given: reverse("briefing:one_issued", args=[given["id"]]),
        context={
            "title": _("Issue the situation report"),
            "lead": _(
                "The report is counted now, numbered and frozen with the head of the journal; what turns out different later is shown beside it."
            ),
            "submit": _("Issue"),
            "cancel": reverse("briefing:report", args=[key]),
            "trail": _trail(operation),
        },
    )


@needs("briefing.view_briefing")
@require_GET
def one_issued(request: HttpRequest, pk: int) -> HttpResponseBase:
    """An issued briefing, and what is different since; `?format=` as a file."""
    one = reads.one_issued(request.viewer, pk)
    if kind := _wanted(request):
        base = f"{request.scheme}://{request.get_host()}" if kind != "txt" else ""
        name = f"{one.operation.key}-{one.number}"
        return _file(exports.written(exports.of_issued(one, now=request.now, base=base), kind), kind, name)
    kept = Report.of(one.report)
    page = wording.page(kept, number=one.number, by=one.actor_name, seal_head=one.seal_head)
    addresses = {name: reverse("briefing:issued_figure", args=[pk, name]) for name in kept.figures}
    other = [found for found in reads.compared(request.viewer, one, now=request.now) if found.is_other]
    context = _shown(page, addresses) | {
        "one": one,
        "others": [(found, wording.named(found.figure)) for found in other],
        "trail": _trail(one.operation),
    }
    return render(request, "briefing/issued.html", context)


def _wanted(request: HttpRequest) -> str:
    wanted = request.GET.get("format", "")
    return wanted if wanted in exports.KINDS else ""


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=exports.KINDS[kind],
        headers={"Content-Disposition": f'attachment; filename="briefing-{name}.{kind}"', "Cache-Control": "no-store"},
    )


def _shown(page: wording.Page, addresses: dict[str, str]) -> dict[str, Any]:
    """The sections with each figure's address beside its words."""

    def linked(words: Any) -> list[tuple[Any, str]]:
        return [(one, addresses.get(one.figure, "")) for one in words]

    sections = [
        (one, linked(one.sentence), [linked(row) for row in one.grid.rows] if one.grid else []) for one in page.sections
    ]
    return {"page": page, "sections": sections}


def _days(made: Report, operation: Any, request: HttpRequest) -> dict[str, Any]:
    """The days before and after, as far as there are any."""
    day = day_of(made.day)
    assert day is not None
    zone = ZoneInfo(operation.zone)
    first, last = clock.local_day(operation.started_at, zone), clock.local_day(request.now, zone)
    return {
        "day": day,
        "before": (day - timedelta(days=1)).isoformat() if day > first else "",
        "after": (day + timedelta(days=1)).isoformat() if day < last else "",
    }


def _trail(operation: Any) -> list[tuple[str, str]]:
    return [
        (_("Briefing"), reverse("briefing:index")),
        (operation.title, reverse("briefing:report", args=[operation.key])),
    ]
