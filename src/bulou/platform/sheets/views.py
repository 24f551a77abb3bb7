"""The pages of an import: send a file, see the verdict, correct the mapping, load, or take the bad rows back."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bulou.platform.access.guard import needs
from bulou.platform.pages.forms import answer
from bulou.platform.sheets import queries, services, showing, writing
from bulou.platform.sheets.forms import LoadForm, UploadForm
from bulou.platform.sheets.models import State
from bulou.platform.sheets.spec import spec_of, specs_for

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs("sheets.import_rows")
@require_GET
def index(request: HttpRequest) -> HttpResponseBase:
    """What this person may import."""
    return render(request, "sheets/index.html", {"specs": specs_for(request.viewer)})  # type: ignore[attr-defined]


@needs("sheets.import_rows")
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, spec: str) -> HttpResponseBase:
    """Send a file for one import; the files sent before stand below."""
    found = spec_of(spec)
    viewer, now = request.viewer, request.now  # type: ignore[attr-defined]
    viewer.need(found.permission)
    form = UploadForm.of(request)

    def receive(file: Any) -> dict[str, str]:
        upload = services.receive_upload(
            by=viewer, spec=found, name=file.name, content=file.read(), once=form.once_key, now=now
        )
        return {"id": str(upload.pk)}

    return answer(
        request,
        form,
        receive,
        lambda given: reverse("sheets:upload", args=[given["id"]]),
        template="sheets/start.html",
        context={"spec": found, "uploads": queries.uploads(viewer, spec)[:20], "trail": showing.trail(found)[:1]},
    )


@needs("sheets.import_rows")
@require_GET
def upload(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """The verdict on a file: what each row would do, and why some cannot be loaded."""
    found = queries.upload(request.viewer, key)  # type: ignore[attr-defined]
    if found.state != State.JUDGED:
        spec = spec_of(found.spec)
        context = {
            "upload": found,
            "spec": spec,
            "trail": showing.trail(spec),
            "has_content": found.content is not None,
        }
        return render(request, "sheets/done.html", context)
    context = showing.verdict_page(found, request.viewer, request.now, request.GET)  # type: ignore[attr-defined]
    return render(request, "sheets/upload.html", context | {"form": LoadForm(version=found.version)})


@needs("sheets.import_rows")
@require_POST
def remap(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Read the file another way."""
    viewer, now = request.viewer, request.now  # type: ignore[attr-defined]
    found = queries.upload(viewer, key)
    form = showing.mapping_form(found, services.open_upload(found), data=request.POST)

    def remapped(**values: Any) -> dict[str, str]:
        read = {
            "sheet": values["sheet"] or 0,
            "first": values["first"] - 1,
            "depth": values["depth"],
            "mapping": form.mapping,
        }
        services.map_upload(by=viewer, upload=found, version=values.get("version") or 0, now=now, **read)
        return {"id": str(found.pk)}

    context = showing.verdict_page(found, viewer, now, request.GET) | {"is_mapping_open": True}
    context |= {"mapping_form": form, "mapping_rows": showing.mapping_rows_of(found, form)}
    form_of_loading = LoadForm(version=found.version)
    return answer(
        request,
        form,
        remapped,
        lambda given: reverse("sheets:upload", args=[given["id"]]),
        template="sheets/upload.html",
        context=context | {"form": form_of_loading},
    )


@needs("sheets.import_rows")
@require_POST
def load(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Load what the verdict showed."""
    viewer, now = request.viewer, request.now  # type: ignore[attr-defined]
    found = queries.upload(viewer, key)
    form = LoadForm.of(request)

    def loaded(only_good: bool, why: str, version: int = 0) -> dict[str, str]:
        done = services.load_upload(by=viewer, upload=found, only_good=only_good, version=version, why=why, now=now)
        return {"id": str(done.pk)}

    def standing() -> tuple[dict[str, Any], int]:
        return {}, services.judge_again(by=viewer, upload=queries.upload(viewer, key), now=now).version

    if found.state != State.JUDGED:
        return redirect("sheets:upload", key=found.pk)
    return answer(
        request,
        form,
        loaded,
        lambda given: reverse("sheets:upload", args=[given["id"]]),
        template="sheets/upload.html",
        context=showing.verdict_page(found, viewer, now, request.GET),
        standing=standing,
    )


@needs("sheets.import_rows")
@require_POST
def drop(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Put a file aside unloaded."""
    found = queries.upload(request.viewer, key)  # type: ignore[attr-defined]
    services.drop_upload(by=request.viewer, upload=found, now=request.now)  # type: ignore[attr-defined]
    return redirect("sheets:start", spec=found.spec)


@needs("sheets.import_rows")
@require_GET
def bad_rows(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """The rows that were not or will not be loaded, as Excel, with the reasons."""
    found = queries.upload(request.viewer, key)  # type: ignore[attr-defined]
    sheet, layout, verdict = showing.judged(found, request.viewer, request.now)  # type: ignore[attr-defined]
    content = writing.bad_rows(spec_of(found.spec), sheet, layout, verdict, found.returned_rows)
    return _file(content, f"{found.name.rsplit('.', 1)[0]}-returned.xlsx")


@needs("sheets.import_rows")
@require_GET
def template(request: HttpRequest, spec: str) -> HttpResponseBase:
    """An empty file whose headings are always understood."""
    found = spec_of(spec)
    request.viewer.need(found.permission)  # type: ignore[attr-defined]
    return _file(writing.template(found), f"{found.title}.xlsx")


def _file(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=XLSX, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    )
