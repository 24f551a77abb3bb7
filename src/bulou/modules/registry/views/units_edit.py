"""Forms that change units and who belongs to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bulou.modules.registry.models import Membership, Unit
from bulou.modules.registry.queries import places as place_queries
from bulou.modules.registry.queries import units as queries
from bulou.modules.registry.services import unit_members, units
from bulou.modules.registry.services.unit_members import Terms
from bulou.modules.registry.views.addresses import unit_address
from bulou.modules.registry.views.places import spoken as place_spoken
from bulou.modules.registry.views.unit_forms import (
    AddMembersForm,
    EndForm,
    EndMemberForm,
    MoveUnitForm,
    NewUnitForm,
    TermsForm,
    UnitForm,
)
from bulou.modules.registry.views.units import EDIT, membership_or_404, trail, unit_or_404
from bulou.platform.access.guard import needs
from bulou.platform.clock import day_span, local_day
from bulou.platform.pages.forms import Form, answer


@needs(EDIT)
def new_unit(request: HttpRequest) -> HttpResponseBase:
    """Create a unit; `?under=` proposes the one above it."""
    form = NewUnitForm.of(request, initial={"parent_id": request.GET.get("under", "")})
    _let_pick(request, form)
    context = {"title": _("New unit"), "trail": trail(request.viewer, None), "cancel": reverse("registry:units")}
    return answer(
        request, form, lambda **v: units.create_unit(by=request.viewer, now=request.now, **v),
        then=lambda given: unit_address(given["id"]), context=context,
    )  # fmt: skip


@needs(EDIT)
def change_unit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Rename a unit or change its particulars."""
    unit = unit_or_404(request.viewer, pk)
    form = UnitForm.of(request, version=unit.version, initial=_standing(unit))
    _let_pick(request, form)

    def standing() -> tuple[dict[str, Any], int]:
        fresh = unit_or_404(request.viewer, pk)
        return _standing(fresh), fresh.version

    return answer(
        request, form, lambda **v: units.change_unit(by=request.viewer, unit_id=pk, now=request.now, **v),
        then=unit_address(pk), context=_page(request, unit, _("Change %(name)s")), standing=standing,
    )  # fmt: skip


@needs(EDIT)
def move_unit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Move a unit with all below it."""
    unit = unit_or_404(request.viewer, pk)
    form = MoveUnitForm.of(request, version=unit.version, initial={"parent_id": unit.parent_id})
    _let_pick(request, form)

    def standing() -> tuple[dict[str, Any], int]:
        fresh = unit_or_404(request.viewer, pk)
        return {"parent_id": fresh.parent_id}, fresh.version

    return answer(
        request, form, lambda **v: units.move_unit(by=request.viewer, unit_id=pk, now=request.now, **v),
        then=unit_address(pk), context=_page(request, unit, _("Move %(name)s"), submit=_("Move")), standing=standing,
    )  # fmt: skip


@needs(EDIT)
def end_unit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """End a unit and every membership in it."""
    unit = unit_or_404(request.viewer, pk)
    form = EndForm.of(request, version=unit.version)
    lead = _("Its memberships end with it. Both stay readable.")
    return answer(
        request, form, lambda **v: units.end_unit(by=request.viewer, unit_id=pk, now=request.now, **v),
        then=unit_address(pk), context=_page(request, unit, _("End %(name)s"), lead=lead, submit=pgettext("unit", "End")),
        standing=lambda: ({}, unit_or_404(request.viewer, pk).version),
    )  # fmt: skip


@needs(EDIT)
def add_members(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take people into a unit."""
    unit = unit_or_404(request.viewer, pk)
    form = AddMembersForm.of(request, initial={"starts": local_day(request.now)}).seen_by(request.viewer)

    def add(*, person_ids: list[int], starts: date, why: str, **terms: Any) -> int:
        return unit_members.add_members(
            by=request.viewer, unit_id=pk, person_ids=person_ids, terms=Terms(**terms),
            starts=day_span(starts)[0], now=request.now, why=why,
        )  # fmt: skip

    context = _page(request, unit, _("Take people into %(name)s"), submit=_("Take in"))
    return answer(request, form, add, then=unit_address(pk), context=context)


@needs(EDIT)
def change_member(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give a member another part, post or terms from now on; the former ones stay in the history."""
    old = membership_or_404(request.viewer, pk)
    form = TermsForm.of(request, version=old.version, initial=_terms(old)).seen_by(request.viewer)

    def change(*, version: int, why: str, **terms: Any) -> Membership:
        return unit_members.change_member(
            by=request.viewer, membership_id=pk, version=version, terms=Terms(**terms), now=request.now, why=why
        )

    def standing() -> tuple[dict[str, Any], int]:
        fresh = membership_or_404(request.viewer, pk)
        return _terms(fresh), fresh.version

    context = _page(request, old.unit, _("A member of %(name)s"), lead=queries.name_for(request.viewer, old.person))
    context["end_href"] = reverse("registry:end_member", args=[pk])
    return answer(
        request, form, change, then=unit_address(old.unit_id), template="registry/units/member.html", context=context,
        standing=standing,
    )  # fmt: skip


@needs(EDIT)
def end_member(request: HttpRequest, pk: int) -> HttpResponseBase:
    """End a membership after a day."""
    old = membership_or_404(request.viewer, pk)
    form = EndMemberForm.of(request, version=old.version, initial={"last_day": local_day(request.now)})

    def end(*, version: int, last_day: date, why: str) -> Membership:
        return unit_members.end_member(
            by=request.viewer,
            membership_id=pk,
            version=version,
            ends=_end(last_day, request.now),
            now=request.now,
            why=why,
        )

    lead = queries.name_for(request.viewer, old.person)
    return answer(
        request, form, end, then=unit_address(old.unit_id),
        context=_page(request, old.unit, _("End a membership of %(name)s"), lead=lead, submit=_("End this membership")),
        standing=lambda: ({}, membership_or_404(request.viewer, pk).version),
    )  # fmt: skip


def _page(request: HttpRequest, unit: Unit, title: str, **more: Any) -> dict[str, Any]:
    named = title % {"name": unit.name}
    return {"title": named, "trail": trail(request.viewer, unit), "cancel": unit_address(unit.pk), **more}


def _let_pick(request: HttpRequest, form: Form) -> None:
    """Let the viewer pick the places and units the viewer sees, and no others."""
    if "place_id" in form.fields:
        seen = place_queries.visible(request.viewer).select_related("parent")
        form.fields["place_id"].named = lambda ids: [(one.pk, place_spoken(one)) for one in seen.filter(pk__in=ids)]
    if "parent_id" in form.fields:
        form.fields["parent_id"].named = lambda ids: queries.named_units(request.viewer, ids)


def _standing(unit: Unit) -> dict[str, Any]:
    return {"name": unit.name, "kind": unit.kind, "phone": unit.phone, "place_id": unit.place_id}


def _terms(one: Membership) -> dict[str, Any]:
    return {"part": one.part, "post": one.post, "terms": one.terms, "seconded_from_id": one.seconded_from_id}


def _end(day: date, now: datetime) -> datetime:
    """The end of a day; today's last day ends now, so that the person is out of the lists at once."""
    return now if day == local_day(now) else day_span(day)[1]
