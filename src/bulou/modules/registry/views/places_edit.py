"""Forms that change one place: add below, rename, move, retire, reinstate, declare; and loading a county."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bulou.modules.registry.models import Place
from bulou.modules.registry.queries import national, scopes
from bulou.modules.registry.services import places as services
from bulou.modules.registry.services import places_load
from bulou.modules.registry.views.addresses import place_address
from bulou.modules.registry.views.place_forms import (
    AddForm,
    ChangeForm,
    DeclareForm,
    MoveForm,
    ReasonForm,
    levels_below,
)
from bulou.modules.registry.views.places import spoken, trail
from bulou.platform.access.guard import needs
from bulou.platform.access.viewer import Viewer
from bulou.platform.clock import local_day
from bulou.platform.pages.forms import Form, answer

EDIT = "registry.edit_place"


def editable(viewer: Viewer, pk: int, permission: str = EDIT) -> Place:
    """A place the viewer may write to under this permission, retired or not; 404 otherwise."""
    place = scopes.places(viewer, permission).select_related("parent").filter(pk=pk).first()
    if place is None:
        raise Http404
    return place


def page(place: Place, viewer: Viewer, title: str, **more: Any) -> dict[str, Any]:
    """What every form page of a place is given."""
    return {"title": title, "trail": trail(viewer, place), "cancel": place_address(place.pk), **more}


@needs(EDIT)
def add_place(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Add a place below another one."""
    parent = editable(request.viewer, pk)
    if not levels_below(parent) or parent.ends is not None:
        raise Http404
    form = AddForm.of(request).below(parent)
    context = page(parent, request.viewer, _("Add a place below %(name)s") % {"name": parent.name})
    return answer(
        request, form, lambda **v: services.add_place(by=request.viewer, parent_id=pk, now=request.now, **v),
        then=lambda given: place_address(given["id"]), context=context,
    )  # fmt: skip


@needs(EDIT)
def change_place(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Rename a place, or give it another kind or code."""
    place = editable(request.viewer, pk)
    form = ChangeForm.of(request, version=place.version, initial=_standing(place)).of_level(place.level)

    def standing() -> tuple[dict[str, Any], int]:
        fresh = editable(request.viewer, pk)
        return _standing(fresh), fresh.version

    context = page(place, request.viewer, _("Rename or recode %(name)s") % {"name": place.name})
    return answer(
        request, form, lambda **v: services.change_place(by=request.viewer, place_id=pk, now=request.now, **v),
        then=place_address(pk), context=context, standing=standing,
    )  # fmt: skip


@needs(EDIT)
def move_place(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Move a place under another one."""
    place = editable(request.viewer, pk)
    form = MoveForm.of(request, version=place.version)
    form.fields["parent_id"].named = lambda ids: named(request.viewer, ids)

    def standing() -> tuple[dict[str, Any], int]:
        fresh = editable(request.viewer, pk)
        return {"parent_id": fresh.parent_id}, fresh.version

    lead = _("Everything below moves with it: grids, households, people. Its code stays %(code)s.") % {
        "code": place.code
    }
    context = page(place, request.viewer, _("Move %(name)s") % {"name": place.name}, lead=lead, submit=_("Move"))
    return answer(
        request, form, lambda **v: services.move_place(by=request.viewer, place_id=pk, now=request.now, **v),
        then=place_address(pk), context=context, standing=standing,
    )  # fmt: skip


@needs(EDIT)
def retire_place(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Retire an empty place."""
    place = editable(request.viewer, pk)
    form = ReasonForm.of(request, version=place.version)
    lead = _("Only a place that holds nobody can be retired. One that does is merged into another.")
    context = page(place, request.viewer, _("Retire %(name)s") % {"name": place.name}, lead=lead, submit=_("Retire"))
    return answer(
        request, form, lambda **v: services.retire_place(by=request.viewer, place_id=pk, now=request.now, **v),
        then=place_address(pk), context=context, standing=lambda: ({}, editable(request.viewer, pk).version),
    )  # fmt: skip


@needs(EDIT)
def reinstate_place(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Let a retired place stand again."""
    place = editable(request.viewer, pk)
    form = ReasonForm.of(request, version=place.version)
    lead = _("It stands again, empty. Whoever was moved by a merger stays where they are.")
    context = page(
        place, request.viewer, _("Reinstate %(name)s") % {"name": place.name}, lead=lead, submit=_("Reinstate")
    )
    return answer(
        request, form, lambda **v: services.reinstate_place(by=request.viewer, place_id=pk, now=request.now, **v),
        then=place_address(pk), context=context, standing=lambda: ({}, editable(request.viewer, pk).version),
    )  # fmt: skip


@needs(services.DECLARE)
def declare(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Declare the population and the households of a place."""
    place = editable(request.viewer, pk, services.DECLARE)
    form = DeclareForm.of(request, initial={"as_of": local_day(request.now)})
    lead = _(
        "What is declared is the denominator: the register is held against it. A correction keeps what was declared before."
    )
    context = page(place, request.viewer, _("Declared population of %(name)s") % {"name": place.name}, lead=lead)
    return answer(
        request, form, lambda **v: services.declare_population(by=request.viewer, place_id=pk, now=request.now, **v),
        then=place_address(pk), context=context,
    )  # fmt: skip


class LoadForm(Form):
    """Which county to load."""

    code = forms.RegexField(
        r"^\d{2}(\d{2}){0,2}$", label=gettext_lazy("Code of the county"), max_length=6,
        help_text=gettext_lazy("6 digits for a county, 4 for a city or prefecture."),
    )  # fmt: skip


@needs("registry.load_county")
def load_county(request: HttpRequest) -> HttpResponseBase:
    """Load a county from the national list; `?q=` finds its code by name."""
    form = LoadForm.of(request, initial={"code": request.GET.get("code", "")})
    query = request.GET.get("q", "").strip()
    context = {
        "title": _("Load a county"), "trail": [(_("Places"), reverse("registry:places"))], "q": query,
        "found": national.counties_named(query) if query else [], "cancel": reverse("registry:places"),
    }  # fmt: skip

    def load(**values: Any) -> dict[str, Any]:
        loaded = places_load.load_county(by=request.viewer, now=request.now, **values)
        return {"id": loaded.root_id, "added": loaded.added}

    return answer(
        request,
        form,
        load,
        then=lambda given: place_address(given["id"]),
        template="registry/places/load.html",
        context=context,
    )


def named(viewer: Viewer, ids: list[int]) -> list[tuple[int, str]]:
    """Standing places the viewer may edit, as a picker names them."""
    found = scopes.places(viewer, EDIT).filter(pk__in=ids, ends=None).select_related("parent")
    return [(place.pk, spoken(place)) for place in found]


def _standing(place: Place) -> dict[str, Any]:
    return {"name": place.name, "kind": place.kind, "code": place.code}
