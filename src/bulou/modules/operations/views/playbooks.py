"""Playbooks: read one that ships, check a text, activate it, preview and apply a new version."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bulou.modules.operations import services
from bulou.modules.operations.forms import ActivateForm, ApplyForm, TextForm
from bulou.modules.operations.queries import operations as reads
from bulou.modules.operations.queries.playbooks import Checked, check, owned_sections, schema, shipped
from bulou.modules.operations.queries.previews import Preview, preview
from bulou.modules.operations.views.operations import as_yaml
from bulou.platform.access.guard import needs
from bulou.platform.pages.forms import answer
from bulou.platform.spoken import said


@needs("operations.view_operation")
@require_GET
def playbook(request: HttpRequest, key: str) -> HttpResponseBase:
    """A playbook that ships: what it holds, and its text."""
    if key not in shipped():
        raise Http404(key)
    return render(request, "operations/playbook.html", _checked_page(request, shipped()[key], key))


@needs("operations.run_operation")
@require_http_methods(["GET", "HEAD", "POST"])
def checking(request: HttpRequest) -> HttpResponseBase:
    """Check a text: its faults by line, or what activating it would set up."""
    form = TextForm.of(request)
    context: dict[str, Any] = {"form": form, "trail": _trail()}
    if request.method == "POST" and form.is_valid():
        context |= _checked_page(request, form.cleaned_data["text"], "")
    return render(request, "operations/check.html", context)


@needs("operations.run_operation")
@require_POST
def activate(request: HttpRequest) -> HttpResponseBase:
    """Begin an operation with a playbook."""
    text = request.POST.get("text", "")
    form = _activate_form(check(text), text, data=request.POST)
    return answer(
        request,
        form,
        lambda **values: {"key": services.activate_operation(by=request.viewer, now=request.now, **values).key},  # type: ignore[attr-defined]
        lambda given: reverse("operations:operation", args=[given["key"]]),
        template="operations/check.html",
        context=_checked_page(request, text, "")
        | {"activate": form, "form": TextForm(initial={"text": text}), "trail": _trail()},
    )


@needs("operations.run_operation")
@require_http_methods(["GET", "HEAD", "POST"])
def new_version(request: HttpRequest, key: str) -> HttpResponseBase:
    """Type or send a new version of the playbook; its preview follows on the same page."""
    found = reads.operation(request.viewer, key)  # type: ignore[attr-defined]
    newest = reads.versions(found).first()
    form = TextForm.of(request, initial={"text": newest.text if newest else ""})
    context: dict[str, Any] = {"operation": found, "form": form, "trail": _trail(found)}
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        shown = preview(found, text, level=found.level)
        context |= {
            "preview": shown,
            "changes": _told(shown),
            "apply": None if shown.problems else _apply_form(shown, text),
        }
    return render(request, "operations/new_version.html", context)


@needs("operations.run_operation")
@require_POST
def apply(request: HttpRequest, key: str) -> HttpResponseBase:
    """Apply what was previewed."""
    found = reads.operation(request.viewer, key)  # type: ignore[attr-defined]
    text = request.POST.get("text", "")
    shown = preview(found, text, level=found.level)
    form = _apply_form(shown, text, data=request.POST)

    def applied(text: str, state: str, why: str, **_clashes: str) -> object:
        decisions = form.decisions
        return services.apply_playbook(
            by=request.viewer, operation=found, text=text, state=state, decisions=decisions, why=why, now=request.now
        )  # type: ignore[attr-defined]

    context = {
        "operation": found,
        "form": TextForm(initial={"text": text}),
        "preview": shown,
        "changes": _told(shown),
        "apply": form,
        "trail": _trail(found),
    }
    return answer(
        request,
        form,
        applied,
        reverse("operations:operation", args=[key]),
        template="operations/new_version.html",
        context=context,
    )


@needs("operations.view_operation")
@require_GET
def playbook_schema(request: HttpRequest) -> HttpResponseBase:
    """The JSON Schema of playbooks, as this house understands them, for an editor that checks while one types."""
    return JsonResponse(schema(), json_dumps_params={"ensure_ascii": False, "indent": 2, "default": str})


def _trail(operation: Any = None) -> list[tuple[str, str]]:
    here = [(_("Operations"), reverse("operations:index"))]
    return [*here, (operation.title, reverse("operations:operation", args=[operation.key]))] if operation else here


def _checked_page(request: HttpRequest, text: str, key: str) -> dict[str, Any]:
    checked = check(text)
    book = checked.playbook or {}
    context: dict[str, Any] = {
        "checked": checked,
        "book": book,
        "text": text,
        "key": key,
        "book_title": said(book.get("title")),
        "trail": _trail(),
    }
    if checked.is_good:
        context["contents"] = [
            (
                owned_sections()[name].title,
                [(one, said(item.get("title") or item.get("name"))) for one, item in items.items()],
            )
            for name, items in checked.sections.items()
        ]
        context["levels"] = [
            (level, said(one["title"]), one.get("switches_on") or {}) for level, one in book["levels"].items()
        ]
        if request.viewer.may("operations.run_operation"):  # type: ignore[attr-defined]
            context["activate"] = _activate_form(checked, text)
    return context


def _activate_form(checked: Checked, text: str, data: Any = None) -> ActivateForm:
    book = checked.playbook or {}
    form = ActivateForm(data, initial={"text": text, "key": book.get("playbook", "")})
    levels = book.get("levels") if isinstance(book.get("levels"), dict) else {}
    form.fields["level"].choices = [
        (key, said(one.get("title")) if isinstance(one, dict) else key) for key, one in (levels or {}).items()
    ]  # type: ignore[attr-defined]
    return form


def _apply_form(shown: Preview, text: str, data: Any = None) -> ApplyForm:
    clashes = []
    for clash in shown.clashes:
        words = _("%(item)s: by hand %(by_hand)s, new version %(new)s")
        label = words % {"item": clash.id, "by_hand": as_yaml(clash.override.value), "new": as_yaml(clash.new)}
        clashes.append((clash.id, label))
    return ApplyForm(data, clashes=clashes, initial={"text": text, "state": shown.state})


def _told(shown: Preview) -> list[tuple[str, list[dict[str, Any]]]]:
    """The changes for the page: by section, each with what stood and what will stand."""
    told = []
    for section, changes in shown.changes.items():
        lines = []
        for one in changes:
            before, after = one.before or {}, one.after or {}
            fields = (
                [(name, as_yaml(before.get(name)), as_yaml(after.get(name))) for name in one.fields]
                if one.before and one.after
                else []
            )
            lines.append({"kind": one.kind, "key": one.key, "fields": fields})
        told.append((section, lines))
    return told
