"""Pairs of rows that may be one person: the list, the two side by side, and the decision; and taking a merge back."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from bulou.modules.registry.models import Merge, Person
from bulou.modules.registry.queries import people as queries
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.queries.people_search import find_people
from bulou.modules.registry.services import merging
from bulou.modules.registry.services.people_duplicates import keep_apart
from bulou.modules.registry.views import people_labels as labels
from bulou.modules.registry.views.addresses import person_address
from bulou.modules.registry.views.people import facts_of, phones_of, spoken
from bulou.modules.registry.views.people_forms import MergeForm, ReasonForm
from bulou.modules.registry.views.people_tables import DuplicatesTable, shown_name
from bulou.platform.access.guard import needs
from bulou.platform.journal.services import note_look
from bulou.platform.pages.forms import answer

MERGE = "registry.merge_person"


@needs(MERGE)
def duplicates(request: HttpRequest) -> HttpResponseBase:
    """Pairs to decide."""
    return DuplicatesTable(request).answer(
        "registry/people/duplicates.html", {"trail": [(_("People"), reverse("registry:people"))]}
    )


@needs(MERGE)
def duplicate(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Two rows side by side; one form merges them, the other keeps them apart."""
    pair = queries.duplicate(request.viewer, pk)
    return _decide(
        request,
        pair.first_id,
        pair.second_id,
        reasons=[str(dict(labels.REASON).get(r, r)) for r in pair.reasons],
        pair=pair,
    )


@needs(MERGE)
def merge_with(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Merge a person with one found by hand (`?with=`): a stranger who is known now."""
    other = request.GET.get("with", "")
    if not other.isdigit():
        person = queries.person(request.viewer, pk)
        words = request.GET.get("q", "").strip()
        reach = scopes.people(request.viewer, MERGE).select_related("place").exclude(pk=pk)
        found = (
            [(one.pk, spoken(one)) for one in find_people(request.viewer, words, limit=12, within=reach)]
            if words
            else []
        )
        context = {"person": person, "found": found, "q": words, "trail": [(shown_name(person), person_address(pk))]}
        return render(request, "registry/people/merge_with.html", context)
    return _decide(request, pk, int(other))


def _decide(request: HttpRequest, first_id: int, second_id: int, **more: Any) -> HttpResponseBase:
    if first_id == second_id:
        raise Http404
    pair = [_within(request, pk) for pk in (first_id, second_id)]
    note_look(
        by=request.viewer,
        kind="registry.person",
        subjects=[one.pk for one in pair],
        what="page",
        now=request.now,
        why="registry.duplicates",
    )
    form = MergeForm.of(request, initial={"keep": str(_fuller(pair).pk)})
    form.fields["keep"].choices = form.fields["keep"].widget.choices = [
        (str(one.pk), f"{one.name}（{one.pk}）") for one in pair
    ]
    context = {
        "trail": [(_("People"), reverse("registry:people")), (_("Possible duplicates"), reverse("registry:duplicates"))],
        "sides": [{"person": one, "facts": _compared(request, one), "href": person_address(one.pk)} for one in pair],
        "form": form, **more,
    }  # fmt: skip

    def merge(keep: str, why: str) -> Any:
        kept = int(keep)
        absorbed = second_id if kept == first_id else first_id
        return merging.merge_people(kept, absorbed, by=request.viewer, now=request.now, why=why) and {"kept": kept}

    return answer(
        request,
        form,
        merge,
        then=lambda given: person_address(given["kept"]),
        template="registry/people/decide.html",
        context=context,
    )


def _within(request: HttpRequest, pk: int) -> Person:
    if not scopes.people(request.viewer, MERGE).filter(pk=pk).exists():
        raise Http404
    return queries.person(request.viewer, pk)


def _fuller(pair: list[Person]) -> Person:
    """Which row to offer to keep: not a temporary one, with a document, the older."""
    return min(pair, key=lambda one: (one.is_temporary, not list(one.documents.all()), one.pk))


def _compared(request: HttpRequest, one: Person) -> list[Any]:
    return [
        (_("Name"), shown_name(one)), *facts_of(request, one), (_("Telephones"), "、".join(number for number, _href in phones_of(one))),
        (_("Document"), "、".join(document.masked for document in one.documents.all())), (_("Registered"), one.starts.date()),
    ]  # fmt: skip


@needs(MERGE)
def apart(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Decide that they are two people."""
    pair = queries.duplicate(request.viewer, pk)
    form = ReasonForm.of(request, initial={"why": _("Compared: two people")})
    context = {
        "title": _("%(one)s and %(other)s are two people") % {"one": pair.first.name, "other": pair.second.name},
        "trail": [(_("Possible duplicates"), reverse("registry:duplicates"))], "cancel": reverse("registry:duplicate", args=[pk]),
    }  # fmt: skip
    return answer(
        request,
        form,
        lambda why: keep_apart(pk, by=request.viewer, now=request.now, why=why),
        then=reverse("registry:duplicates"),
        context=context,
    )


@needs(MERGE)
def unmerge(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take a merge back."""
    reach = scopes.people(request.viewer, MERGE)
    merge = Merge.objects.filter(pk=pk, kept__in=reach, absorbed__in=reach).select_related("kept", "absorbed").first()
    if merge is None:
        raise Http404
    form = ReasonForm.of(request)
    context = {
        "title": _("Take the merge of %(name)s back") % {"name": merge.kept.name}, "trail": [(merge.kept.name, person_address(merge.kept_id))],
        "cancel": person_address(merge.kept_id),
    }  # fmt: skip
    return answer(
        request, form, lambda why: merging.unmerge_people(pk, by=request.viewer, now=request.now, why=why),
        then=person_address(merge.kept_id), context=context,
    )  # fmt: skip
