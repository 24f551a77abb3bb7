"""By telephone: whom, what to say, how it went, in two taps; and the steps the house has taken itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bulou.modules.ledger.queries import chase as queries
from bulou.modules.ledger.queries import names
from bulou.modules.ledger.queries.asked import asked
from bulou.modules.ledger.services import answering_chase as services
from bulou.modules.ledger.services.answering_chase import Said
from bulou.modules.ledger.views.chase_words import (
    CALL_OUTCOMES,
    STEP_OUTCOMES,
    TO,
    AwayForm,
    NoteForm,
    ReportForm,
    default_script,
)
from bulou.platform.access.guard import needs
from bulou.platform.clock import day_span
from bulou.platform.journal.services import note_look
from bulou.platform.pages.components.texts import plain_moment
from bulou.platform.pages.context import lent
from bulou.platform.pages.forms import Form, answer
from bulou.platform.tables import Choice, Column, Days, Table

ONE_TAP = ("will_report", "no_answer", "wrong_number")
FORMS: dict[str, type[Form]] = {"reported": ReportForm, "refused": NoteForm, "away": AwayForm}


@needs("ledger.chase")
@require_safe
def call(request: HttpRequest, enrolment_id: int) -> HttpResponseBase:
    """The page to telephone from: the number, what to say, how it went; what was done before. `?window=` says about which window."""
    owed = queries.open_of(request.viewer, enrolment_id, now=request.now, window_id=_window(request))
    return render(request, "ledger/chase/call.html", _page(request, owed))


@needs("ledger.chase")
@require_POST
def note(request: HttpRequest, enrolment_id: int) -> HttpResponseBase:
    """One tap: reached and will report, no answer, wrong number."""
    outcome = request.POST.get("outcome", "")
    owed = queries.open_of(request.viewer, enrolment_id, now=request.now, window_id=_window(request))
    if outcome not in ONE_TAP:
        raise Http404
    services.note_call(
        by=request.viewer, enrolment_id=enrolment_id, said=Said(outcome), once=_once(request), now=request.now,
        window_id=owed.window.pk if owed.window else None,
    )  # fmt: skip
    return redirect(_back(request) or _address(owed))


@needs("ledger.chase")
@require_http_methods(["GET", "POST"])
def note_more(request: HttpRequest, enrolment_id: int, outcome: str) -> HttpResponseBase:
    """What needs words: the report as told on the telephone; refused; away."""
    owed = queries.open_of(request.viewer, enrolment_id, now=request.now, window_id=_window(request))
    if outcome not in FORMS:
        raise Http404
    form: Any = FORMS[outcome].of(request)
    questions = asked(owed.enrolment.regime.operation_id, owed.asks)
    if isinstance(form, ReportForm):
        form.ask(questions)

    def save(**values: Any) -> Any:
        said = Said(outcome, facts=form.facts(questions)) if isinstance(form, ReportForm) else _told(outcome, values)
        return services.note_call(
            by=request.viewer, enrolment_id=enrolment_id, said=said, once=form.once_key, now=request.now,
            window_id=owed.window.pk if owed.window else None,
        )  # fmt: skip

    context = _page(request, owed) | {"outcome": CALL_OUTCOMES[outcome][0], "cancel": _address(owed)}
    return answer(
        request, form, save, then=_back(request) or _address(owed), template="ledger/chase/note.html", context=context
    )


@needs("ledger.excuse")
@require_POST
def grant_excuse(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Grant the excuse a call proposed."""
    made = services.grant_excuse(by=request.viewer, call_id=pk, now=request.now)
    return redirect("ledger:call", made.enrolment_id)


class StepTable(Table):
    """Every step of a ladder the house has taken."""

    key = "ledger.steps"
    title = gettext_lazy("Reminders sent")
    order = "-at"
    empty = gettext_lazy("Nobody was reminded yet.")
    columns = (
        Column("at", gettext_lazy("When"), kind="moment", sort="at"),
        Column("regime", gettext_lazy("Regime"), value="regime.title"),
        Column("due", pgettext_lazy("chase", "Due"), kind="moment", sort="due"),
        Column("to", pgettext_lazy("chase", "To"), value=lambda row: TO[row.to]),
        Column(
            "outcome",
            gettext_lazy("Outcome"),
            value=lambda row: STEP_OUTCOMES[row.outcome][0],
            tone=lambda row: STEP_OUTCOMES[row.outcome][1],
        ),
        Column("n_open", pgettext_lazy("chase", "Not reported"), kind="number"),
        Column("n_people", gettext_lazy("People written to"), kind="number"),
        Column("n_unreached", gettext_lazy("Nobody found for"), kind="number"),
        Column("moment", gettext_lazy("Came due"), kind="moment", hidden=True),
    )
    filters = (
        Choice("to", pgettext_lazy("chase", "To"), tuple(TO.items()), field="to"),
        Choice(
            "outcome",
            gettext_lazy("Outcome"),
            tuple((key, words) for key, (words, _tone) in STEP_OUTCOMES.items()),
            field="outcome",
        ),
        Days("at", gettext_lazy("When"), field="at"),
    )


@needs("ledger.view_standing")
@require_safe
def steps(request: HttpRequest) -> HttpResponseBase:
    """The steps taken, in operations the viewer reaches."""
    return StepTable(request, queries.steps(request.viewer)).answer("ledger/chase/steps.html")


def _page(request: HttpRequest, owed: queries.Open) -> dict[str, Any]:
    enrolment, viewer = owed.enrolment, request.viewer
    note_look(
        by=viewer,
        kind=f"registry.{enrolment.subject_kind}",
        subjects=[enrolment.subject_id],
        what="telephone",
        now=request.now,
    )
    owes = names.named(viewer, enrolment.owed_kind, [enrolment.owed_id]).get(enrolment.owed_id, ("", ""))
    subject = names.named(viewer, enrolment.subject_kind, [enrolment.subject_id]).get(enrolment.subject_id, ("", ""))
    regime = enrolment.regime
    calls = queries.calls_of(enrolment.pk)
    return {
        "owed": owed,
        "subject": subject[0],
        "people": [one for one in dict.fromkeys([owes, subject]) if one[0]],
        "script": queries.script(regime)
        or default_script(lent("house_name"), viewer.name, regime.title, plain_moment(owed.due)),
        "one_tap": [(key, *CALL_OUTCOMES[key]) for key in ONE_TAP],
        "more": [(key, CALL_OUTCOMES[key][0]) for key in FORMS],
        "calls": [(one, *CALL_OUTCOMES[one.outcome]) for one in calls],
        "steps": [(one, TO[one.to]) for one in queries.steps_about(enrolment.pk)],
        "last": queries.last_report(enrolment),
        "may_excuse": viewer.may("ledger.excuse"),
        "once": uuid4(),
        "back": _back(request),
        "query": f"?{request.GET.urlencode()}" if request.GET else "",
        "trail": [(_("Reminders sent"), reverse("ledger:steps"))],
    }


def _told(outcome: str, values: dict[str, Any]) -> Said:
    last = values.get("until")
    until: datetime | None = day_span(last + timedelta(days=0))[1] if last else None
    return Said(outcome, note=values["note"], until=until)


def _window(request: HttpRequest) -> int | None:
    asked_for = request.GET.get("window", "")
    return int(asked_for) if asked_for.isdigit() and len(asked_for) < 19 else None


def _once(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("once", ""))
    except ValueError:
        raise Http404 from None


def _back(request: HttpRequest) -> str:
    """Where the caller came from (`?back=`): a path of this house, nothing else."""
    back = request.GET.get("back", "")
    return back if back.startswith("/") and not back.startswith(("//", "/\\")) else ""


def _address(owed: queries.Open) -> str:
    return reverse("ledger:call", args=[owed.enrolment.pk])
