"""Operations: the list, one operation, its level, changes by hand, and its end."""

from __future__ import annotations

from typing import Any

import yaml
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from bulou.modules.operations import services
from bulou.modules.operations.forms import LevelForm, OverrideForm
from bulou.modules.operations.models import Item, Operation
from bulou.modules.operations.queries import operations as reads
from bulou.modules.operations.queries.keeping import kept
from bulou.modules.operations.queries.playbooks import check, owned_sections, shipped
from bulou.platform import marked
from bulou.platform.access.guard import needs
from bulou.platform.pages.forms import answer
from bulou.platform.refusals import Refusal
from bulou.platform.spoken import said

TRAIL = "operations:index"


@needs("operations.view_operation")
@require_GET
def index(request: HttpRequest) -> HttpResponseBase:
    """The operations in reach, and the playbooks that ship."""
    books = [(key, check(text).playbook or {}) for key, text in shipped().items()]
    context = {
        "operations": reads.operations(request.viewer).select_related("root"),  # type: ignore[attr-defined]
        "books": [(key, said(book.get("title")), book.get("source", ""), book.get("root", "")) for key, book in books],
        "may_run": request.viewer.may("operations.run_operation"),  # type: ignore[attr-defined]
    }
    return render(request, "operations/index.html", context)


@needs("operations.view_operation")
@require_GET
def operation(request: HttpRequest, key: str) -> HttpResponseBase:
    """One operation: its level, what each section has, changes by hand, versions, history."""
    found = reads.operation(request.viewer, key)  # type: ignore[attr-defined]
    return render(request, "operations/operation.html", _page_of(found, request))


@needs("operations.run_operation")
def level(request: HttpRequest, key: str) -> HttpResponseBase:
    """Raise or lower the response level."""
    found = reads.operation(request.viewer, key)  # type: ignore[attr-defined]
    form = LevelForm.of(request, version=found.version, initial={"level": found.level})
    form.fields["level"].choices = levels_of(found)  # type: ignore[attr-defined]
    return answer(
        request,
        form,
        lambda **values: services.set_level(by=request.viewer, operation=found, now=request.now, **values),  # type: ignore[attr-defined]
        reverse("operations:operation", args=[key]),
        context={
            "title": _("Response level"),
            "trail": [(_("Operations"), reverse(TRAIL)), (found.title, reverse("operations:operation", args=[key]))],
        },
        standing=lambda: (
            {"level": reads.operation(request.viewer, key).level},
            reads.operation(request.viewer, key).version,
        ),  # type: ignore[attr-defined]
    )


@needs("operations.run_operation")
def override(request: HttpRequest, key: str, section: str, item: str) -> HttpResponseBase:
    """Change one field of one item by hand."""
    found = reads.operation(request.viewer, key)  # type: ignore[attr-defined]
    row = reads.items(found).filter(section=section, key=item).first()
    if row is None:
        raise Http404(item)
    form = OverrideForm.of(request, initial={"field": request.GET.get("field")})
    properties = owned_sections()[section].schema.get("properties", {})
    form.fields["field"].choices = [(name, name) for name in properties]  # type: ignore[attr-defined]
    form.fields["field"].is_long = True  # type: ignore[attr-defined]
    return answer(
        request,
        form,
        lambda field, value, why: services.override_item(
            by=request.viewer,
            operation=found,
            section=section,
            key=item,
            field=field,
            value=_read(value),
            why=why,
            now=request.now,  # type: ignore[attr-defined]
        ),
        reverse("operations:operation", args=[key]) + f"#{section}",
        template="operations/override.html",
        context={"operation": found, "item": row, "as_yaml": as_yaml(row.wanted), "trail": _trail(found)},
    )


@needs("operations.run_operation")
@require_POST
def take_back(request: HttpRequest, key: str, pk: int) -> HttpResponseBase:
    """Let the playbook's own value hold again."""
    found = reads.operation(request.viewer, key)  # type: ignore[attr-defined]
    services.take_back_override(
        by=request.viewer, operation=found, override_id=pk, why=request.POST.get("why", ""), now=request.now
    )  # type: ignore[attr-defined]
    return redirect("operations:operation", key=key)


@needs("operations.run_operation")
@require_POST
def stand_down(request: HttpRequest, key: str) -> HttpResponseBase:
    """End the operation."""
    found = reads.operation(request.viewer, key)  # type: ignore[attr-defined]
    version = int(request.POST["version"]) if request.POST.get("version", "").isdigit() else 0
    services.stand_down(
        by=request.viewer, operation=found, version=version, why=request.POST.get("why", ""), now=request.now
    )  # type: ignore[attr-defined]
    return redirect("operations:operation", key=key)


def levels_of(operation: Operation) -> list[tuple[str, str]]:
    """The levels of the playbook in force: key and title."""
    return _levels(_book_of(operation))


def _levels(book: dict[str, Any]) -> list[tuple[str, str]]:
    return [(key, said(one["title"])) for key, one in book.get("levels", {}).items()]


def _book_of(operation: Operation) -> dict[str, Any]:
    """The playbook in force, read; empty before one was applied."""
    newest = reads.versions(operation).first()
    return (check(newest.text).playbook if newest else None) or {}


def _trail(operation: Operation) -> list[tuple[str, str]]:
    return [(_("Operations"), reverse(TRAIL)), (operation.title, reverse("operations:operation", args=[operation.key]))]


def _page_of(operation: Operation, request: HttpRequest) -> dict[str, Any]:
    by_section: dict[str, list[Item]] = {}
    for item in reads.items(operation):
        by_section.setdefault(item.section, []).append(item)
    book = _book_of(operation)
    levels = _levels(book)
    return {
        "operation": operation,
        "level_title": dict(levels).get(operation.level, operation.level),
        "levels": levels,
        "sections": [
            (name, section.title, [(one, titled(one)) for one in by_section.get(name, [])])
            for name, section in owned_sections().items()
        ],
        "overrides": [(row, as_yaml(row.value), as_yaml(row.instead_of)) for row in reads.overrides(operation)],
        "versions": reads.versions(operation)[:20],
        "counts": _counts(book),
        "kept": kept(operation),
        "may_run": request.viewer.may("operations.run_operation") and operation.state == "active",  # type: ignore[attr-defined]
        "trail": [(_("Operations"), reverse(TRAIL))],
    }


def _counts(book: dict[str, Any]) -> list[tuple[str, int]]:
    """The playbook's own counts (one orientation, three regimes, …), as it states them."""
    return [(name, len(parts)) for name, parts in (book.get("counts") or {}).items()]


def titled(item: Item) -> str:
    """What an item is called."""
    return said(item.wanted.get("title") or item.wanted.get("name") or item.key)


def as_yaml(value: Any) -> str:
    """A value as it would stand in a playbook."""
    return (
        yaml.safe_dump(value, allow_unicode=True, sort_keys=False, default_flow_style=False)
        .removesuffix("...\n")
        .strip()
    )


def _read(text: str) -> Any:
    read = marked.load(text)
    if read.problems:
        raise Refusal("operations.no_value", "%(sentence)s", field="value", sentence=read.problems[0].sentence)
    return read.data
