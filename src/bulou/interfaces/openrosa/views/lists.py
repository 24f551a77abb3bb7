"""The list of forms, the forms as published, their files and lists of entities."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified

from bulou.interfaces.openrosa.answering import XML, said
from bulou.interfaces.openrosa.views.letting_in import address_of, let_in, response
from bulou.modules.collection.queries import entities, published
from bulou.modules.collection.queries.published import File, Published
from bulou.modules.collection.queries.senders import Sender
from bulou.modules.collection.services.entities import csv_for, integrity_xml
from bulou.modules.collection.services.tokens import note_seen
from bulou.platform import clock
from bulou.platform.access.guard import needs
from bulou.platform.access.permissions import PUBLIC

FORMS = "http://openrosa.org/xforms/xformsList"
MANIFEST = "http://openrosa.org/xforms/xformsManifest"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
CSV = "text/csv; charset=utf-8"


@needs(PUBLIC)
@let_in
def form_list(request: HttpRequest, sender: Sender) -> HttpResponseBase:
    """The forms this sender may fill now; `?formID=` one of them, `?verbose=true` with what they are called."""
    below = address_of(request)
    if sender.token_id is not None:
        note_seen(sender.token_id, by=sender.viewer, now=clock.now())
    found = published.listed(sender, clock.now(), key=request.GET.get("formID"))
    is_verbose = request.GET.get("verbose", "").lower() == "true"
    rows = "".join(_form(one, below, is_verbose) for one in found)
    return HttpResponse(f'{HEAD}<xforms xmlns="{FORMS}">{rows}</xforms>', content_type=XML)


@needs(PUBLIC)
@let_in
def form(request: HttpRequest, sender: Sender, key: str) -> HttpResponseBase:
    """A form's XForm, byte for byte as published."""
    found = published.one(sender, clock.now(), key, request.GET.get("version"))
    if found is None:
        return response(said(404, "collection.form_unknown", sender.language))
    return HttpResponse(published.xform(found.version_id), content_type=XML)


@needs(PUBLIC)
@let_in
def manifest(request: HttpRequest, sender: Sender, key: str) -> HttpResponseBase:
    """The files that go with a form."""
    found = published.one(sender, clock.now(), key, request.GET.get("version"))
    if found is None:
        return response(said(404, "collection.form_unknown", sender.language))
    rows = "".join(_file(one, sender, address_of(request)) for one in published.files(found.version_id))
    return HttpResponse(f'{HEAD}<manifest xmlns="{MANIFEST}">{rows}</manifest>', content_type=XML)


@needs(PUBLIC)
@let_in
def media(request: HttpRequest, sender: Sender, media_id: int, name: str) -> HttpResponseBase:
    """A file of a form this sender may fill; a list of entities is made for them."""
    found = published.file(sender, clock.now(), media_id)
    if found is None or found.name != name:
        return response(said(404, "collection.no_such_page", sender.language))
    if found.entities:
        return _entities(request, sender, found)
    return _with_tag(
        request,
        f'"{found.digest}"',
        found.content_type or "application/octet-stream",
        lambda: published.content(media_id),
    )


@needs(PUBLIC)
@let_in
def integrity(request: HttpRequest, sender: Sender, kind: str) -> HttpResponseBase:
    """Which of the entities a phone holds are gone from its list."""
    if kind not in entities.COLUMNS:
        raise Http404
    names = request.GET.get("id", "").split(",")
    return HttpResponse(integrity_xml(sender, kind, names, clock.now()), content_type=XML)


def _form(one: Published, below: str, is_verbose: bool) -> str:
    query = f"?{urlencode({'version': one.version})}"
    key = quote(one.key, safe="")
    parts = {
        "formID": one.key, "name": one.title, "version": one.version, "hash": f"md5:{one.digest}",
        "downloadUrl": f"{below}forms/{key}.xml{query}",
    }  # fmt: skip
    if is_verbose:
        parts["descriptionText"] = one.title
    if one.has_files:
        parts["manifestUrl"] = f"{below}formManifest/{key}{query}"
    return _element("xform", parts.items())


def _file(one: File, sender: Sender, below: str) -> str:
    digest = entities.listing(sender, one.entities, clock.now()).digest if one.entities else one.digest
    address = f"{below}media/{one.pk}/{quote(one.name, safe='')}"
    parts = {"filename": one.name, "hash": f"md5:{digest}", "downloadUrl": address}
    if one.entities:
        parts["integrityUrl"] = f"{below}integrity/{one.entities}"
    kind = ' type="entityList"' if one.entities else ""
    return _element("mediaFile", parts.items(), kind)


def _element(name: str, parts: Iterable[tuple[str, str]], attributes: str = "") -> str:
    inner = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in parts)
    return f"<{name}{attributes}>{inner}</{name}>"


def _entities(request: HttpRequest, sender: Sender, found: File) -> HttpResponseBase:
    now = clock.now()
    tag = entities.listing(sender, found.entities, now).etag
    return _with_tag(request, tag, CSV, lambda: csv_for(sender, found.entities, now).body)


def _with_tag(request: HttpRequest, tag: str, kind: str, content: object) -> HttpResponseBase:
    held = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    made = HttpResponseNotModified() if tag in held else HttpResponse(content(), content_type=kind)  # type: ignore[operator]
    made.headers["ETag"] = tag
    made.headers["Cache-Control"] = "private, no-cache"
    return made
