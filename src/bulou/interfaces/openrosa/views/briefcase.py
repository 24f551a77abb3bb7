"""Briefcase's way out: what was sent for a form, page by page, one by one, with its files. Every look is logged."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from bulou.interfaces.openrosa.answering import XML, said
from bulou.interfaces.openrosa.views.letting_in import address_of, let_in, response
from bulou.modules.collection.queries import submissions
from bulou.modules.collection.queries.senders import Sender
from bulou.modules.collection.services import downloading
from bulou.platform import clock
from bulou.platform.access.guard import needs
from bulou.platform.access.permissions import PUBLIC

NAMESPACE = "http://opendatakit.org/submissions"
MOST = 1_000
_ID = re.compile(r"^(?P<form>[^\[/]+)(\[.*?\])?/[^\[]*\[@key=(?P<key>.+)\]$", re.DOTALL)
_DECLARATION = re.compile(rb"^\s*<\?xml[^>]*\?>")
_ROOT = re.compile(rb"^(\s*(?:<!--.*?-->\s*)*<[^\s/>]+)", re.DOTALL)


@needs(PUBLIC)
@let_in
def submission_list(request: HttpRequest, sender: Sender) -> HttpResponseBase:
    """The instanceIDs of a form's submissions in reach, the current versions, `numEntries` at a time from the cursor on."""
    form = submissions.forms(sender.viewer).filter(key=request.GET.get("formId", "")).first()
    if form is None or not sender.viewer.may(submissions.VIEW):
        return response(said(404, "collection.form_unknown", sender.language))
    cursor, many = _number(request.GET.get("cursor"), 0), _number(request.GET.get("numEntries"), MOST)
    rows = submissions.current(submissions.submissions(sender.viewer, form)).filter(pk__gt=cursor).order_by("pk")
    found = list(rows.values_list("pk", "instance_id")[: max(1, min(many, MOST))])
    ids = "".join(f"<id>{escape(instance)}</id>" for _pk, instance in found)
    after = found[-1][0] if found else cursor
    return HttpResponse(
        f'<idChunk xmlns="{NAMESPACE}"><idList>{ids}</idList><resumptionCursor>{after}</resumptionCursor></idChunk>',
        content_type=XML,
    )


@needs(PUBLIC)
@let_in
def download(request: HttpRequest, sender: Sender) -> HttpResponseBase:
    """One submission as it came, with the addresses of its files; `formId` is Briefcase's path of it."""
    asked = _ID.match(request.GET.get("formId", ""))
    found = downloading.opened(sender.viewer, asked["form"], asked["key"], clock.now()) if asked else None
    if found is None:
        return response(said(404, "collection.no_such_page", sender.language))
    below = address_of(request)
    files = "".join(
        f"<mediaFile><filename>{escape(one.name)}</filename><hash>md5:{one.md5}</hash>"
        f"<downloadUrl>{escape(f'{below}view/file/{one.pk}/{quote(one.name, safe=str())}')}</downloadUrl></mediaFile>"
        for one in found.files
    )
    said_at = f" instanceID={quoteattr(found.instance_id)} submissionDate={quoteattr(found.received_at.isoformat())}"
    inner = _ROOT.sub(lambda root: root[1] + said_at.encode(), _DECLARATION.sub(b"", found.xml, count=1), count=1)
    whole = f'<submission xmlns="{NAMESPACE}" xmlns:orx="http://openrosa.org/xforms"><data>'.encode() + inner
    return HttpResponse(whole + f"</data>{files}</submission>".encode(), content_type=XML)


@needs(PUBLIC)
@let_in
def file(request: HttpRequest, sender: Sender, attachment_id: int, name: str) -> HttpResponseBase:
    """A file of a submission in reach."""
    found = downloading.file(sender.viewer, attachment_id, clock.now())
    if found is None or found[0] != name:
        return response(said(404, "collection.no_such_page", sender.language))
    made = HttpResponse(found[2], content_type="application/octet-stream")
    made.headers["Content-Disposition"] = "attachment"
    return made


def _number(text: Any, default: int) -> int:
    return int(text) if text and str(text).isascii() and str(text).isdigit() and len(str(text)) < 16 else default
