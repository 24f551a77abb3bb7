"""Forms that change one person, and the page that shows an identity number for a logged reason."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bulou.modules.registry.models import Person
from bulou.modules.registry.queries import people as queries
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.services import people as services
from bulou.modules.registry.services import people_documents as papers
from bulou.modules.registry.services.people_checks import Paper
from bulou.modules.registry.views import people_labels as labels
from bulou.modules.registry.views.addresses import person_address
from bulou.modules.registry.views.people import EDIT, VIEW, editable, home, house, person_context, spoken, trail
from bulou.modules.registry.views.people_forms import (
    CorrectForm,
    DocumentForm,
    EndDocumentForm,
    EndForm,
    MovePersonForm,
    NewPersonForm,
    PhonesForm,
    ReasonForm,
    RelativeForm,
)
from bulou.platform.access.guard import needs
from bulou.platform.access.viewer import Viewer
from bulou.platform.house.queries import is_exercise
from bulou.platform.pages.forms import Form, answer
from bulou.platform.refusals import Refusal


def page(found: Person, title: str, **more: Any) -> dict[str, Any]:
    """What every form page of a person is given."""
    trail_here = [*trail(found), (found.name, person_address(found.pk))]
    return {"title": title, "trail": trail_here, "cancel": person_address(found.pk), **more}


def name_picks(form: Form, viewer: Viewer) -> None:
    """Tell the pick fields which places, households and people this viewer may pick."""
    if "place" in form.fields:
        reach = scopes.places(viewer, EDIT).filter(ends=None).select_related("parent")
        form.fields["place"].named = lambda ids: [(one.pk, home(one)) for one in reach.filter(pk__in=ids)]
    if "household" in form.fields:
        houses = scopes.households(viewer, EDIT).filter(ends=None).select_related("place", "head")
        form.fields["household"].named = lambda ids: [(one.pk, house(one)) for one in houses.filter(pk__in=ids)]
    if "relative" in form.fields:
        people = scopes.people(viewer, EDIT).filter(merged_into=None).select_related("place")
        form.fields["relative"].named = lambda ids: [(one.pk, spoken(one)) for one in people.filter(pk__in=ids)]


@needs(EDIT)
def new_person(request: HttpRequest) -> HttpResponseBase:
    """Register somebody; `?household=` or `?place=` says where."""
    form = NewPersonForm.of(request, initial=_where(request))
    name_picks(form, request.viewer)
    return answer(
        request, form,
        lambda **v: services.register_person(
            by=request.viewer, now=request.now, is_synthetic=is_exercise(), **form.arguments(v)
        ),
        then=lambda given: person_address(given["id"]),
        context={"title": _("Register a person"), "trail": [(_("People"), reverse("registry:people"))], "cancel": reverse("registry:people")},
    )  # fmt: skip


def _where(request: HttpRequest) -> dict[str, Any]:
    """The household or place a page sent along, if the viewer may write there; a clerk of one village need not choose it."""
    household = request.GET.get("household", "")
    if household.isdigit():
        found = scopes.households(request.viewer, EDIT).filter(pk=household, ends=None).first()
        return {"household": found.pk, "place": found.place_id} if found else {}
    if request.GET.get("place", "").isdigit():
        return {"place": request.GET["place"]}
    own = list(scopes.places(request.viewer, EDIT).filter(ends=None).values_list("pk", flat=True)[:2])
    return {"place": own[0]} if len(own) == 1 else {}


@needs(EDIT)
def correct(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Correct what is kept of a person. Changed meanwhile by somebody else: both are shown."""
    found = editable(request.viewer, pk)
    former = services.facts_of(found)
    form = CorrectForm.of(request, version=found.version, initial=CorrectForm.initial_of(former))

    def standing() -> tuple[dict[str, Any], int]:
        fresh = editable(request.viewer, pk)
        return CorrectForm.initial_of(services.facts_of(fresh)), fresh.version

    return answer(
        request, form,
        lambda why, version=0, **v: services.correct_person(
            pk, form.facts(v, former), by=request.viewer, version=version, now=request.now, why=why
        ),
        then=person_address(pk), context=page(found, _("Correct %(name)s") % {"name": found.name}), standing=standing,
    )  # fmt: skip


@needs(EDIT)
def move(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Let a person live elsewhere."""
    found = editable(request.viewer, pk)
    initial = {"place": found.place_id, "household": found.household_id, "relation": found.relation}
    form = MovePersonForm.of(request, version=found.version, initial=initial)
    name_picks(form, request.viewer)
    return answer(
        request, form,
        lambda place, household, relation, why, version=0: services.move_person(
            pk, by=request.viewer, place_id=place, household_id=household, relation=relation, version=version, now=request.now, why=why
        ),
        then=lambda _given: _after_move(request.viewer, pk), context=page(found, _("Move %(name)s") % {"name": found.name}),
        standing=lambda: ({"relation": editable(request.viewer, pk).relation}, editable(request.viewer, pk).version),
    )  # fmt: skip


def _after_move(viewer: Viewer, pk: int) -> str:
    return person_address(pk) if scopes.people(viewer).filter(pk=pk).exists() else reverse("registry:people")


@needs(EDIT)
def end(request: HttpRequest, pk: int) -> HttpResponseBase:
    """End a person's row: died, moved away, or a mistake."""
    found = editable(request.viewer, pk)
    form = EndForm.of(request, version=found.version)
    return answer(
        request, form,
        lambda kind, on, why, version=0: services.end_person(
            pk, by=request.viewer, kind=kind, on=on, version=version, now=request.now, why=why
        ),
        then=person_address(pk), context=page(found, _("End the row of %(name)s") % {"name": found.name}), standing=_version_of(request, pk),
    )  # fmt: skip


@needs(EDIT)
def resume(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take back an end."""
    found = editable(request.viewer, pk)
    form = ReasonForm.of(request, version=found.version)
    return answer(
        request, form, lambda why, version=0: services.resume_person(pk, by=request.viewer, version=version, now=request.now, why=why),
        then=person_address(pk), context=page(found, _("%(name)s is here again") % {"name": found.name}), standing=_version_of(request, pk),
    )  # fmt: skip


@needs(EDIT)
def put_document(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give a person a document, or another number."""
    found = editable(request.viewer, pk)
    form = DocumentForm.of(request, version=found.version)
    return answer(
        request, form,
        lambda document_kind, document_number, why, version=0: papers.put_document(
            pk, Paper(document_kind, document_number), by=request.viewer, version=version, now=request.now, why=why, is_synthetic=is_exercise()
        ),
        then=person_address(pk), context=page(found, _("Document of %(name)s") % {"name": found.name}), standing=_version_of(request, pk),
    )  # fmt: skip


@needs(EDIT)
def end_document(request: HttpRequest, pk: int, document: int) -> HttpResponseBase:
    """Take a document away."""
    found = editable(request.viewer, pk)
    form = EndDocumentForm.of(request)
    return answer(
        request, form,
        lambda no_document, why: papers.end_document(
            pk, document, by=request.viewer, now=request.now, no_document=no_document, why=why
        ),
        then=person_address(pk), context=page(found, _("Take a document of %(name)s away") % {"name": found.name}),
    )  # fmt: skip


@needs(EDIT)
def phones(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Write all telephones of a person."""
    found = editable(request.viewer, pk)
    form = PhonesForm.of(request, version=found.version, initial={"phones": _numbers(found)})

    def standing() -> tuple[dict[str, Any], int]:
        fresh = editable(request.viewer, pk)
        return {"phones": _numbers(fresh)}, fresh.version

    return answer(
        request, form,
        lambda phones, why, version=0: {
            "n": len(papers.set_phones(pk, form.numbers(phones), by=request.viewer, version=version, now=request.now, why=why))
        },
        then=person_address(pk), context=page(found, _("Telephones of %(name)s") % {"name": found.name}), standing=standing,
    )  # fmt: skip


def _numbers(found: Person) -> str:
    return "\n".join(phone.number for phone in found.phones.all())


@needs(EDIT)
def add_relative(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Note a relative who is registered too."""
    found = editable(request.viewer, pk)
    form = RelativeForm.of(request)
    name_picks(form, request.viewer)
    return answer(
        request, form, lambda relative, kind: papers.add_relative(pk, relative, kind, by=request.viewer, now=request.now),
        then=person_address(pk), context=page(found, _("A relative of %(name)s") % {"name": found.name}),
    )  # fmt: skip


@needs(EDIT)
@require_POST
def end_relative(request: HttpRequest, pk: int, relation: int) -> HttpResponseBase:
    """End a relation."""
    papers.end_relative(pk, relation, by=request.viewer, now=request.now)
    return HttpResponseRedirect(person_address(pk))


@needs("registry.view_identity")
def identity(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The numbers in full, for a reason that is logged first. Nothing of this page is kept by the browser."""
    found = queries.person(request.viewer, pk)
    form = ReasonForm.of(request)
    context = page(
        found, _("Identity number of %(name)s") % {"name": found.name}, form=form, submit=_("Show the number")
    )
    if request.method == "POST" and form.is_valid():
        try:
            shown = papers.reveal_identity(pk, by=request.viewer, why=form.values["why"], now=request.now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            titles = dict(labels.DOCUMENT)
            numbers = [(titles[document.kind], number, document.ends) for document, number in shown]
            return _unkept(render(request, "registry/people/identity.html", context | {"numbers": numbers}))
    return _unkept(render(request, "pages/form_page.html", context, status=422 if request.method == "POST" else 200))


@needs(VIEW)
def name(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The page unmasked, once, for somebody who must give a reason (an auditor)."""
    found = queries.person(request.viewer, pk)
    form = ReasonForm.of(request)
    if request.method == "POST" and form.is_valid():
        try:
            papers.reveal_name(pk, by=request.viewer, why=form.values["why"], now=request.now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            found.is_masked = False
            return _unkept(render(request, "registry/people/person.html", person_context(request, found)))
    context = {
        "title": _("Why do you need the name?"),
        "trail": trail(found),
        "cancel": person_address(pk),
        "form": form,
        "submit": _("Show the name"),
    }
    return _unkept(render(request, "pages/form_page.html", context, status=422 if request.method == "POST" else 200))


def _version_of(request: HttpRequest, pk: int) -> Any:
    return lambda: ({}, editable(request.viewer, pk).version)


def _unkept(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
