"""Held reports: the list for the worker's lead, one of them beside what is proposed, and the verbs that settle it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bulou.modules.collection.models import Held, Submission
from bulou.modules.collection.queries import held as queries
from bulou.modules.collection.queries import submissions as submission_queries
from bulou.modules.collection.queries import telling
from bulou.modules.collection.queries.held import Opened
from bulou.modules.collection.rules import settling as rules
from bulou.modules.collection.services import settling as services
from bulou.modules.collection.views.held_words import OUTCOMES, REASONS, TO_DO
from bulou.modules.ledger.queries.names import named
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.queries.people_search import find_people
from bulou.platform.access.guard import needs
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import note_look
from bulou.platform.pages.components.panels import Fact
from bulou.platform.pages.forms import Form, Pick, answer, picked
from bulou.platform.refusals import Refusal
from bulou.platform.tables import Choice, Column, Days, Table

SETTLE, FILE = "collection.settle", "ledger.file_record"
OFFERED, PROPOSED = 12, 5
PICKERS = {
    "person": "collection:find_person_held",
    "household": "collection:find_household_held",
    "place": "collection:find_place_held",
    "unit": "collection:find_unit_held",
}


class HeldTable(Table):
    """What was received and could not be counted: why, from whom, and what to do."""

    key = "collection.held"
    title = gettext_lazy("Held reports")
    order = "-held_at"
    looks = "collection.held"
    empty = gettext_lazy("Nothing is held. Everything that came counts.")
    columns = (
        Column("held_at", gettext_lazy("Received"), kind="moment", sort="held_at", width=20, link="collection:held_one"),
        Column("reason", gettext_lazy("Why it waits"), value=lambda row: REASONS.get(row.reason, row.reason), width=36),
        Column("to_do", gettext_lazy("What to do"), value=lambda row: TO_DO.get(row.reason, ""), width=60, hidden=True),
        Column("form", gettext_lazy("Form"), value="form.title", width=24),
        Column("sender_name", gettext_lazy("Sent by")),
        Column("place", gettext_lazy("Place"), value=lambda row: row.place_name),
        Column("device", gettext_lazy("Device"), kind="code", hidden=True),
        Column(
            "outcome", gettext_lazy("State"), tone=lambda row: "quiet" if row.settled_at else "warn",
            value=lambda row: OUTCOMES.get(row.outcome, gettext_lazy("Settled")) if row.settled_at else gettext_lazy("Waits"),
        ),
        Column("settled_at", gettext_lazy("Settled"), kind="moment", hidden=True),
        Column("actor_name", gettext_lazy("Settled by"), hidden=True),
        Column("why", gettext_lazy("Reason"), hidden=True, width=40),
    )  # fmt: skip

    def complete(self, rows: list[Any]) -> None:
        """The names of the places."""
        ids = {row.place_id for row in rows if row.place_id is not None}
        names = dict(scopes.places(self.viewer, SETTLE).filter(pk__in=ids).values_list("pk", "name"))
        for row in rows:
            row.place_name = names.get(row.place_id, "")


class WhyForm(Form):
    """A reason."""

    why = forms.CharField(label=gettext_lazy("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


@needs(SETTLE)
@require_safe
def held(request: HttpRequest) -> HttpResponseBase:
    """The list; what waits, unless settled ones are asked for."""
    viewer = request.viewer  # type: ignore[attr-defined]
    rows = queries.held(viewer)
    if request.GET.get("state", "") not in ("settled", "all"):
        rows = rows.filter(settled_at=None)
    table = HeldTable(request, rows)
    titles = {form.pk: form.title for form in submission_queries.forms(viewer)}
    table.filters = (
        Choice("reason", gettext_lazy("Why it waits"), tuple(REASONS.items())),
        Choice("form", gettext_lazy("Form"), [(str(pk), title) for pk, title in titles.items()], field="form_id"),
        Days("held_at", gettext_lazy("Received")),
        Choice(
            "state", gettext_lazy("State"), (("settled", gettext_lazy("Settled")), ("all", gettext_lazy("All"))),
            by=lambda found, value: found.filter(settled_at__isnull=False) if value == "settled" else found,
        ),
    )  # fmt: skip
    return table.answer("collection/held/held.html")


@needs(SETTLE)
@never_cache
@require_safe
def held_one(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One: what it says, beside what stands or whom it may be about, and what may become of it."""
    return _page(request, pk)


@needs(SETTLE)
@never_cache
@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, pk: int) -> HttpResponseBase:
    """It is about this person (household, place, unit)."""
    viewer = request.viewer  # type: ignore[attr-defined]
    one = queries.held_one(viewer, pk)
    told = queries.opened(one)
    kind = queries.kind_of(one, told)
    if kind not in PICKERS:
        raise Http404
    form = _assign_form(kind).of(request)
    form.fields["subject_id"].named = lambda ids: _named(viewer, kind, ids)  # type: ignore[attr-defined]
    back = reverse("collection:held_one", args=[pk])
    about = {
        "title": _("Whom is it about?"),
        "trail": [(HeldTable.title, reverse("collection:held")), (str(one.form.title), back)],
        "cancel": back,
    }

    def settle(subject_id: int, why: str) -> Held:
        return services.assign(by=viewer, held_id=pk, subject_id=subject_id, why=why, now=request.now)  # type: ignore[attr-defined]

    return answer(request, form, settle, then=back, context=about)


@needs(SETTLE)
@require_POST
def propose(request: HttpRequest, pk: int, subject_id: int) -> HttpResponseBase:
    """The one who was proposed."""
    return _settled(request, pk, lambda **said: services.assign(subject_id=subject_id, **said))


@needs(SETTLE)
@require_POST
def join(request: HttpRequest, pk: int, parent_id: int) -> HttpResponseBase:
    """It corrects this one."""
    return _settled(request, pk, lambda **said: services.join(parent_id=parent_id, **said))


_VERBS: dict[str, Callable[..., Held]] = {
    "accept": services.accept,
    "take": services.take,
    "keep": services.keep,
    "aside": services.set_aside,
}


@needs(SETTLE)
@require_POST
def settle(request: HttpRequest, pk: int, verb: str) -> HttpResponseBase:
    """accept, take, keep or aside."""
    if verb not in _VERBS:
        raise Http404
    return _settled(request, pk, _VERBS[verb])


@needs(SETTLE)
@require_safe
def find_person_held(request: HttpRequest) -> HttpResponseBase:
    """People one files about."""
    return _find(request, "person")


@needs(SETTLE)
@require_safe
def find_household_held(request: HttpRequest) -> HttpResponseBase:
    """Households one files about."""
    return _find(request, "household")


@needs(SETTLE)
@require_safe
def find_place_held(request: HttpRequest) -> HttpResponseBase:
    """Places one files about."""
    return _find(request, "place")


@needs(SETTLE)
@require_safe
def find_unit_held(request: HttpRequest) -> HttpResponseBase:
    """Units one files about."""
    return _find(request, "unit")


def _settled(request: HttpRequest, pk: int, verb: Callable[..., Held]) -> HttpResponseBase:
    viewer, why = request.viewer, request.POST.get("why", "")  # type: ignore[attr-defined]
    try:
        verb(by=viewer, held_id=pk, why=why, now=request.now)  # type: ignore[attr-defined]
    except Refusal as refusal:
        return _page(request, pk, problem=refusal)
    return redirect("collection:held_one", pk)


def _page(request: HttpRequest, pk: int, problem: Refusal | None = None) -> HttpResponseBase:
    viewer, now = request.viewer, request.now  # type: ignore[attr-defined]
    one = queries.held_one(viewer, pk)
    told = queries.opened(one)
    verbs = queries.verbs_of(one, told) if one.settled_at is None else ()
    proposed = _proposed(viewer, one, told) if rules.ASSIGN in verbs else []
    parents = queries.parents_of(viewer, one) if rules.JOIN in verbs else []
    note_look(by=viewer, kind="collection.held", subjects=[one.pk], what="held", now=now)
    shown = {person.pk for person in proposed} | (
        {one.subject_id} if one.subject_kind == "person" and one.subject_id else set()
    )
    if shown:
        note_look(by=viewer, kind="registry.person", subjects=sorted(shown), what="held", now=now)
    chain, lines = _beside(one, told)
    about = {
        "one": one,
        "reason": REASONS.get(one.reason, one.reason),
        "to_do": TO_DO.get(one.reason, ""),
        "outcome": OUTCOMES.get(one.outcome, one.outcome),
        "problem": problem,
        "verbs": set(verbs),
        "is_file": bool(one.file_name),
        "is_gone": told is None and not one.file_name,
        "proposed": proposed,
        "parents": parents,
        "chain": chain,
        "lines": lines,
        "row": one.submission,
        "facts": _facts(viewer, one, told),
        "trail": [(HeldTable.title, reverse("collection:held"))],
    }
    return render(request, "collection/held/one.html", about, status=problem.status if problem else 200)


def _beside(one: Held, told: Opened | None) -> tuple[list[Any], list[telling.Line]]:
    """What came, beside what stands where there is something: sensitive answers as a mask."""
    if told is None:
        return [], []
    came = telling.Said(told.plain, None, bool(told.hidden))
    columns: list[Any] = [{"title": _("What came"), "at": one.held_at, "who": one.sender_name}]
    said = [came]
    if (stands := _stands(one)) is not None:
        columns.append({"title": _("What stands"), "at": stands.received_at, "who": stands.sender_name})
        said.append(telling.Said(stands.answers or {}, None, stands.sealed is not None))
    languages = telling.languages_of(told.version, get_language() or "zh-hans")
    return columns, telling.lines(told.version, said, languages)


def _stands(one: Held) -> Submission | None:
    """The submission a second copy, or a further correction, is held against."""
    row = one.submission
    if row is None or one.reason in rules.COPIES:
        return row
    if one.reason not in ("not_current", "changed"):
        return None
    newest = Submission.objects.filter(chain=row.chain).exclude(pk=row.pk).exclude(number=0).order_by("-number").first()
    return newest or Submission.objects.filter(instance_id=row.chain).exclude(pk=row.pk).first()


def _proposed(viewer: Viewer, one: Held, told: Opened | None) -> list[Any]:
    """Whom it may be about: who is named, else who is called so, of those the viewer files about."""
    if told is None or queries.kind_of(one, told) != "person":
        return []
    reach = scopes.people(viewer, FILE).filter(ends=None, merged_into=None).select_related("place", "household")
    exact = queries.subject_named("person", told.stated.said)
    found = list(reach.filter(pk=exact)) if exact is not None else []
    words = told.stated.said or next(
        (text for path, text in told.plain.items() if "name" in path and isinstance(text, str)), ""
    )
    if not found and words:
        found = find_people(viewer, words, limit=PROPOSED, within=reach)
    return found


def _facts(viewer: Viewer, one: Held, told: Opened | None) -> list[Fact]:
    place = scopes.places(viewer, SETTLE).filter(pk=one.place_id or 0).values_list("name", flat=True).first()
    said = told.stated.said if told is not None else ""
    if told is not None and told.kind == "person" and (meant := queries.subject_named("person", said)) is not None:
        said = scopes.people(viewer, FILE).filter(pk=meant).values_list("name", flat=True).first() or said
    name = ""
    if one.subject_id is not None and one.subject_kind:
        name = named(viewer, one.subject_kind, [one.subject_id]).get(one.subject_id, ("", ""))[0]
    return [
        Fact(_("Form"), one.form.title),
        Fact(_("Sent by"), one.sender_name),
        Fact(_("Place"), place),
        Fact(_("Device"), one.device),
        Fact(_("Received"), one.held_at),
        Fact(_("Happened"), told.stated.happened_at if told is not None else None),
        Fact(_("Names"), said or None),
        *([Fact(_("About"), name)] if name else []),
    ]


def _assign_form(kind: str) -> type[Form]:
    class AssignForm(Form):
        subject_id = Pick(url=PICKERS[kind], label=gettext_lazy("About"))
        why = forms.CharField(label=gettext_lazy("Reason"), max_length=400, required=False)

    return AssignForm


def _reach(viewer: Viewer, kind: str) -> Any:
    if kind == "person":
        return (
            scopes.people(viewer, FILE).filter(ends=None, merged_into=None, forgotten_at=None).select_related("place")
        )
    if kind == "household":
        return scopes.households(viewer, FILE).filter(ends=None).select_related("place", "head")
    return (scopes.places if kind == "place" else scopes.units)(viewer, FILE).filter(ends=None)


def _named(viewer: Viewer, kind: str, ids: list[int]) -> list[tuple[int, str]]:
    return [(row.pk, _spoken(kind, row)) for row in _reach(viewer, kind).filter(pk__in=ids)]


def _spoken(kind: str, row: Any) -> str:
    if kind == "person":
        return f"{row.name} · {row.place.name}"
    if kind == "household":
        return f"{row.head.name if row.head else row.code} · {row.address or row.code} · {row.place.name}"
    return str(row.name)


def _find(request: HttpRequest, kind: str) -> HttpResponseBase:
    viewer = request.viewer  # type: ignore[attr-defined]
    reach = _reach(viewer, kind)

    def search(letters: str) -> list[tuple[int, str]]:
        if kind == "person":
            rows = find_people(viewer, letters, limit=OFFERED, within=reach)
        elif kind == "household":
            people = [
                one.household_id for one in find_people(viewer, letters, limit=50, within=_reach(viewer, "person"))
            ]
            rows = list(
                reach.filter(pk__in=[pk for pk in people if pk])[:OFFERED]
                or reach.filter(code__startswith=letters)[:OFFERED]
            )
        else:
            rows = list(reach.filter(name__contains=letters).order_by("code")[:OFFERED])
        return [(row.pk, _spoken(kind, row)) for row in rows]

    return picked(request, search)
