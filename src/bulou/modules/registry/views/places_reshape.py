"""The two wizards: merging places, and splitting one. The first step is a question in the address, the second a form that acts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from bulou.modules.registry.models import Place
from bulou.modules.registry.queries import places as queries
from bulou.modules.registry.services import places_reshape as services
from bulou.modules.registry.views.addresses import place_address
from bulou.modules.registry.views.place_forms import ChooseForm, MergeForm, PartsForm, SplitForm
from bulou.modules.registry.views.places_edit import EDIT, editable, named, page
from bulou.platform.access.guard import needs
from bulou.platform.pages.components.panels import Fact
from bulou.platform.pages.components.texts import number
from bulou.platform.pages.forms import answer
from bulou.platform.refusals import Refusal


@needs(EDIT)
def merge_places(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Merge a place with others: choose them, see what moves, decide which one stays."""
    place = editable(request.viewer, pk)
    choice = ChooseForm(request.GET or None)
    choice.fields["others"].named = lambda ids: [pair for pair in named(request.viewer, ids) if pair[0] != pk]
    title = _("Merge %(name)s with others") % {"name": place.name}
    if not choice.is_valid() or not choice.cleaned_data["others"]:
        context = page(place, request.viewer, title, choice=choice, submit=_("Go on"), step=1)
        return render(request, "registry/places/choose.html", context)
    others = [editable(request.viewer, other) for other in choice.cleaned_data["others"]]
    places = [place, *others]
    form = MergeForm.of(request, initial={"into": str(pk), "versions": _versions(places)}).over(places)

    def standing() -> tuple[dict[str, Any], None]:
        data = form.data.copy()  # type: ignore[attr-defined]
        form.data = data
        data["versions"] = _versions([editable(request.viewer, one.pk) for one in places])
        return {}, None

    context = page(place, request.viewer, title, submit=_("Merge"), facts=_what_moves(request, places))
    return answer(
        request, form, lambda **v: _merge(request, **v), then=lambda given: place_address(given["id"]),
        template="registry/places/reshape.html", context=context, standing=standing,
    )  # fmt: skip


@needs(EDIT)
def split_place(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Split a place: name the new ones, then say what goes where."""
    place = editable(request.viewer, pk)
    choice = PartsForm(request.GET or None)
    title = _("Split %(name)s") % {"name": place.name}
    names = list(dict.fromkeys(line.strip() for line in request.GET.get("names", "").splitlines() if line.strip()))
    if not choice.is_valid() or not names:
        context = page(place, request.viewer, title, choice=choice, submit=_("Go on"), step=1)
        return render(request, "registry/places/choose.html", context)
    children = [one for one in queries.below(request.viewer, place) if one.parent_id == pk and one.ends is None]
    form = SplitForm.of(request, version=place.version).over(names, children)
    rest_to = 0 if choice.cleaned_data["rest"] == "retires" else None
    lead = (
        _("%(name)s retires; %(first)s gets the rest.") % {"name": place.name, "first": names[0]}
        if rest_to == 0
        else ""
    )
    context = page(place, request.viewer, title, lead=lead, submit=_("Split"), facts=_what_moves(request, [place]))
    return answer(
        request, form, lambda **v: _split(request, place, names, rest_to, **v), then=place_address(pk),
        template="registry/places/reshape.html", context=context, standing=lambda: ({}, editable(request.viewer, pk).version),
    )  # fmt: skip


def _versions(places: Sequence[Place]) -> str:
    """What the writer saw, to be sent back with the form."""
    return json.dumps({str(one.pk): one.version for one in places})


def _merge(request: HttpRequest, *, into: str, versions: str, name: str, code: str, why: str) -> Place:
    seen = {int(key): int(value) for key, value in json.loads(versions).items()}
    into_id = None if into == "new" else int(into)
    return services.merge_places(
        by=request.viewer, versions=seen, into_id=into_id, name=name, code=code, why=why, now=request.now
    )


def _split(
    request: HttpRequest,
    place: Place,
    names: Sequence[str],
    rest_to: int | None,
    *,
    why: str,
    version: int,
    **given: Any,
) -> dict[str, Any]:
    children: dict[int, list[int]] = {number: [] for number in range(len(names))}
    for key, target in given.items():
        if key.startswith("child_") and target:
            children[int(target)].append(int(key.removeprefix("child_")))
    parts = [
        services.Part(
            name, child_ids=tuple(children[number]), household_ids=_homes(place, number, given[f"homes_{number}"])
        )
        for number, name in enumerate(names)
    ]
    made = services.split_place(
        by=request.viewer, place_id=place.pk, version=version, parts=parts, why=why, now=request.now, rest_to=rest_to
    )
    return {"made": [one.pk for one in made]}


def _homes(place: Place, part: int, text: str) -> tuple[int, ...]:
    """The ids of the households whose codes were written down; a code that is not of this place is named."""
    codes = list(dict.fromkeys(text.replace(",", " ").replace("，", " ").replace("、", " ").split()))
    known = queries.household_ids(place, codes)
    if missing := [code for code in codes if code not in known]:
        words = _("Not a household of %(name)s: %(codes)s")
        listed = "、".join(missing[:5])
        raise Refusal("registry.household_unknown", words, field=f"homes_{part}", name=place.name, codes=listed)
    return tuple(known[code] for code in codes)


def _what_moves(request: HttpRequest, places: Sequence[Place]) -> list[Fact]:
    """What each place holds now, so that nobody merges or splits blindly."""
    below = [one for place in places for one in queries.below(request.viewer, place)]
    found = queries.figures(request.viewer, places, below)
    facts = []
    for place in places:
        held = found[place.pk]
        words = _("%(people)s people in %(households)s households")
        values = {"people": number(held.people), "households": number(held.households)}
        said = words % values if held.people is not None else None
        facts.append(Fact(place.name, said, place_address(place.pk), place.code))
    grants = queries.grants_naming([place.pk for place in places], request.now)
    if grants:
        facts.append(
            Fact(
                _("Grants that name them"), grants, note=_("An administrator gives new ones for what comes out of it.")
            )
        )
    return facts
