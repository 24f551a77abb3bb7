"""Bringing a form, saying what its answers mean, adding its files, publishing it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from bulou.modules.collection.labels import forms as labels
from bulou.modules.collection.labels.forms import Said
from bulou.modules.collection.models import FormVersion
from bulou.modules.collection.queries import forms as queries
from bulou.modules.collection.rules import drawing_up
from bulou.modules.collection.rules.texts import spoken
from bulou.modules.collection.services import forms as services
from bulou.modules.collection.services.judging import FormRefused
from bulou.modules.collection.views.form_shown import MediaForm, near
from bulou.modules.collection.views.forms import address_of
from bulou.modules.ledger.queries.asked import statable
from bulou.modules.operations.queries.operations import operations
from bulou.platform.access.guard import needs
from bulou.platform.pages.forms import Form, answer

EDIT = queries.EDIT


class BringForm(Form):
    """A file, and the operation it is for."""

    operation = forms.TypedChoiceField(label=gettext_lazy("Operation"), coerce=int)
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "An XLSForm (.xlsx or .xls), or an XForm (.xml). It is checked first; nobody sees it before it is published."
        ),
    )


@needs(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponseBase:
    """Send a file; what is wrong with it stands there by sheet, row and column, or the draft is shown."""
    offered = [(row.pk, row.title) for row in operations(request.viewer, EDIT)]
    form = BringForm.of(request, initial={"operation": _first(request, offered)})
    form.fields["operation"].choices = offered
    form.fields["operation"].is_long = True
    found: list[Said] = []

    def run(operation: int, file: Any) -> dict[str, int]:
        target = operations(request.viewer, EDIT).get(pk=operation)
        content = file.read()
        brought = _told(
            found,
            lambda: services.bring_form(
                by=request.viewer, operation=target, name=file.name, content=content, now=request.now
            ),
        )
        return {"form": brought.version.form_id, "version": brought.version.pk}

    return answer(
        request, form, run, lambda given: address_of(given["form"], given["version"]), template="collection/forms/bring.html",
        context={"faults": found, "trail": [(_("Forms"), reverse("collection:forms"))]},
    )  # fmt: skip


def _first(request: HttpRequest, offered: list[tuple[int, str]]) -> int | None:
    asked = request.GET.get("operation", "")
    return int(asked) if asked.isdigit() else (offered[0][0] if offered else None)


def _told(found: list[Said], run: Callable[[], Any]) -> Any:
    """Run a verb; what it refuses of the form is put into `found` for the page."""
    try:
        return run()
    except FormRefused as why:
        found[:] = [labels.said(fault) for fault in why.faults]
        raise


@needs(EDIT)
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Publish a draft; what stands against it is on its page."""
    row = queries.version(request.viewer, pk, EDIT)
    services.publish(by=request.viewer, version_id=pk, now=request.now, why=request.POST.get("why", "")[:400])
    return redirect(address_of(row.form_id))


@needs(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def map_answers(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What the answers of a draft mean, question by question."""
    row = queries.version(request.viewer, pk, EDIT)
    form = _map_form(request, row)
    paths = [node["path"] for node, _repeats in drawing_up.asked(row.tree)]
    found: list[Said] = []

    def run(**said: str) -> dict[str, int]:
        mapping = drawing_up.drawn_up(
            {path: said.get(f"q_{number}", "") for number, path in enumerate(paths)}, row.tree
        )
        _told(found, lambda: services.map_questions(by=request.viewer, version_id=pk, mapping=mapping, now=request.now))
        return {"form": row.form_id}

    return answer(
        request, form, run, address_of(row.form_id, pk), template="collection/forms/map.html",
        context={"faults": found, "row": row, "trail": [(_("Forms"), reverse("collection:forms")), (row.form.title, address_of(row.form_id, pk))]},
    )  # fmt: skip


def _map_form(request: HttpRequest, row: FormVersion) -> Form:
    language = near(list(row.languages), row.tree.get("default", ""))
    facts = statable(row.form.operation_id)
    titles = labels.fact_titles(facts)
    catalogue = queries.catalogue_of(row.form.operation_id)
    now = drawing_up.said_now(row.mapping, catalogue)
    fields: dict[str, forms.Field] = {}
    initial = {}
    for number, (node, repeats) in enumerate(drawing_up.asked(row.tree)):
        offered = list(_words(drawing_up.offered(node, repeats, catalogue), titles))
        label = spoken(node.get("label"), language, row.tree.get("default", "")) or node["name"]
        fields[f"q_{number}"] = forms.ChoiceField(
            label=label[:120],
            required=False,
            choices=[("", _("nothing")), *offered],
            help_text=f"{node['path']} · {labels.KINDS.get(node['kind'], '')}",
        )
        initial[f"q_{number}"] = now.get(node["path"], "")
    return type("MapForm", (Form,), fields).of(request, initial=initial)


def _words(offered: Iterator[str], titles: dict[str, str]) -> Iterator[tuple[str, str]]:
    for what in offered:
        if what.startswith(drawing_up.FACT):
            code = what.removeprefix(drawing_up.FACT)
            yield what, _("states: %(fact)s") % {"fact": titles.get(code, code)}
        elif what.startswith(drawing_up.SUBJECT):
            kind = labels.SUBJECTS[what.removeprefix(drawing_up.SUBJECT)]
            yield what, _("says whom it is about: %(kind)s") % {"kind": kind}
        else:
            yield what, _("says: %(what)s") % {"what": labels.ROLES[what]}


@needs(EDIT)
@require_POST
def add_media(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Put a file to a draft."""
    row = queries.version(request.viewer, pk, EDIT)
    form = MediaForm.of(request)

    def run(file: Any) -> dict[str, int]:
        services.add_media(by=request.viewer, version_id=pk, name=file.name, content=file.read(), now=request.now)
        return {"form": row.form_id}

    return answer(
        request, form, run, address_of(row.form_id, pk), template="collection/forms/media.html",
        context={"row": row, "trail": [(_("Forms"), reverse("collection:forms")), (row.form.title, address_of(row.form_id, pk))]},
    )  # fmt: skip
