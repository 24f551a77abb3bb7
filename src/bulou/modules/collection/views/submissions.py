"""Reading what was sent: the forms, a form's register, one submission with its versions and files, and what is opened for a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from bulou.modules.collection.exports.asked import Asked
from bulou.modules.collection.exports.attachments import zip_response
from bulou.modules.collection.exports.files import TYPES, file_response
from bulou.modules.collection.models import Form as CollectionForm
from bulou.modules.collection.models import Submission
from bulou.modules.collection.queries import submissions as queries
from bulou.modules.collection.queries import telling
from bulou.modules.collection.services import looking
from bulou.modules.collection.services.sealing import KIND
from bulou.modules.collection.views import submission_tables as tables
from bulou.modules.ledger.queries.answered import answered_by
from bulou.modules.ledger.queries.names import named
from bulou.platform.access.guard import needs
from bulou.platform.expiry.queries import forgotten
from bulou.platform.journal.services import note_look
from bulou.platform.pages.components.panels import Fact
from bulou.platform.pages.forms import Form
from bulou.platform.refusals import Refusal
from bulou.platform.tables import Column, Table

VIEW, OPEN = "collection.view_submissions", "collection.open_sensitive"
MOST_VERSIONS = 4
# Pictures a browser may draw itself, by their first bytes; whatever a phone says it sent.
_PICTURES = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF8", "image/gif"))


class FormTable(Table):
    """The forms there are submissions of."""

    key = "collection.sent"
    title = gettext_lazy("Submissions")
    order = "-made_at"
    empty = gettext_lazy("There is no form in your operations yet.")
    columns = (
        Column("title", gettext_lazy("Form"), link=lambda row: reverse("collection:submissions", args=[row.pk]), width=36),
        Column("key", gettext_lazy("Key"), kind="code", sort="key"),
        Column("operation", gettext_lazy("Operation"), value=lambda row: row.operation.title),
        Column("state", gettext_lazy("State"), value=lambda row: row.get_state_display()),
        Column("made_at", gettext_lazy("Made"), kind="moment", sort="id", width=20),
    )  # fmt: skip


class WhyForm(Form):
    """A reason."""

    why = forms.CharField(
        label=gettext_lazy("Reason"), max_length=400,
        help_text=gettext_lazy("It stands in the log of looks, and whoever it is about may read it."),
    )  # fmt: skip


class OpenExportForm(WhyForm):
    """Which file, and why with sensitive answers."""

    kind = forms.ChoiceField(
        label=gettext_lazy("File"),
        choices=(("csv", "CSV"), ("xlsx", "Excel"), ("zip", gettext_lazy("CSV with repeats, as zip"))),
    )  # fmt: skip


@needs(VIEW)
@require_safe
def sent(request: HttpRequest) -> HttpResponseBase:
    """The forms."""
    rows: QuerySet[CollectionForm] = queries.forms(request.viewer).order_by()  # type: ignore[attr-defined]
    return FormTable(request, rows).answer("collection/submissions/forms.html")


@needs(VIEW)
@require_safe
def submissions(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A form's register."""
    viewer = request.viewer  # type: ignore[attr-defined]
    of = queries.form(viewer, pk)
    table = tables.table_of(request, of)
    kinds = [("csv", "CSV"), ("xlsx", "Excel"), ("zip", _("CSV with repeats, as zip"))]
    kinds += [("geojson", "GeoJSON")] if of.shape.places else []
    about = {
        "of": of,
        "trail": [(FormTable.title, reverse("collection:sent"))],
        "ways": [
            (title, tables.address_of(table, pk, kind)) for kind, title in [*kinds, ("files", _("Files, as zip"))]
        ],
        "labelled": tables.address_of(table, pk, "xlsx") + "&labels=1",
        "feed": request.build_absolute_uri(reverse("collection:odata", args=[pk])),
        "may_open": viewer.may(OPEN) and of.shape.has_secrets,
    }
    return table.answer("collection/submissions/submissions.html", about)


@needs(VIEW)
@never_cache
@require_safe
def submission(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One submission: its answers beside its other versions', files, what it counted for."""
    return _page(request, pk, None)


@needs(OPEN)
@never_cache
@require_http_methods(["GET", "POST"])
def open_answers(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The same page with the sensitive answers, for a reason."""
    return _for_a_reason(
        request, pk, _("Open sensitive answers"), lambda why: _page(request, pk, _opened(request, pk, why))
    )


@needs(OPEN)
@never_cache
@require_http_methods(["GET", "POST"])
def open_xml(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The XML as received, for a reason, as a file: it is not drawn in the house's pages."""

    def download(why: str) -> HttpResponseBase:
        xml = looking.open_xml(by=request.viewer, submission_id=pk, why=why, now=request.now)  # type: ignore[attr-defined]
        return _safely(HttpResponse(xml, content_type="text/plain; charset=utf-8"), f"{pk}.xml", is_shown=False)

    return _for_a_reason(request, pk, _("XML as received"), download)


@needs(VIEW)
@never_cache
@require_safe
def file(request: HttpRequest, pk: int, file_id: int) -> HttpResponseBase:
    """A file: a picture is shown, everything else comes as a download. One of a sensitive question asks for a reason first."""
    return _file(request, pk, file_id, "")


@needs(OPEN)
@never_cache
@require_http_methods(["GET", "POST"])
def open_file(request: HttpRequest, pk: int, file_id: int) -> HttpResponseBase:
    """A file of a sensitive question, for a reason."""
    return _for_a_reason(request, pk, _("Open a file"), lambda why: _file(request, pk, file_id, why))


@needs(VIEW)
@require_safe
def export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """`as` = csv, xlsx, zip, geojson or files; `labels=1` in words; the register's filters. Sensitive answers are left out."""
    asked = _asked(request, pk, request.GET.get("as", "csv"))
    return zip_response(asked) if asked.kind == "files" else file_response(asked)


@needs(OPEN)
@never_cache
@require_http_methods(["GET", "POST"])
def export_opened(request: HttpRequest, pk: int) -> HttpResponseBase:
    """An export with sensitive answers, for a reason."""
    of = queries.form(request.viewer, pk)  # type: ignore[attr-defined]
    form = OpenExportForm.of(request)
    if request.method == "POST" and form.is_valid():
        return file_response(_asked(request, pk, form.values["kind"], why=form.values["why"]))
    back = reverse("collection:submissions", args=[pk])
    about = {
        "form": form, "title": _("Export with sensitive answers"), "submit": _("Export"), "cancel": back,
        "trail": [(FormTable.title, reverse("collection:sent")), (of.form.title, back)],
        "lead": _("Everybody it is about can read that you took these, and why. Delete the file when you are done."),
    }  # fmt: skip
    return render(request, "pages/form_page.html", about, status=422 if request.method == "POST" else 200)


def _asked(request: HttpRequest, pk: int, kind: str, why: str = "") -> Asked:
    viewer, now = request.viewer, request.now  # type: ignore[attr-defined]
    of = queries.form(viewer, pk)
    table = tables.table_of(request, of, is_whole=True)
    if kind not in (*TYPES, "files"):
        raise Refusal("collection.no_such_export", gettext_lazy("There is no export called %(kind)s."), kind=kind[:20])
    is_labelled = request.GET.get("labels") == "1"
    is_grouped = request.GET.get("groups") != "0"
    filtered = tables.filters_of(table)
    return Asked(viewer, of, table.rows, now, kind, is_labelled, is_grouped, bool(why), why.strip(), filtered)


def _page(request: HttpRequest, pk: int, opened: dict[int, dict[str, Any]] | None) -> HttpResponseBase:
    viewer, now = request.viewer, request.now  # type: ignore[attr-defined]
    row = queries.submission(viewer, pk)
    chain = queries.chain_of(viewer, row)[:MOST_VERSIONS]
    row = next((one for one in chain if one.pk == row.pk), row)
    if row not in chain:
        chain = [row, *chain][:MOST_VERSIONS]
    kind, subject, record = queries.subject_of(row)
    name = named(viewer, kind, [subject]).get(subject, ("", ""))[0] if kind and subject is not None else ""
    note_look(by=viewer, kind="collection.submission", subjects=[one.pk for one in chain], what="submission", now=now)
    if kind == "person" and subject is not None:
        note_look(by=viewer, kind="registry.person", subjects=[subject], what="submission", now=now)
    languages = telling.languages_of(row.version, get_language() or "zh-hans")
    said = [telling.Said(one.answers or {}, (opened or {}).get(one.pk) if opened is not None else None, one.sealed is not None) for one in chain]  # fmt: skip
    tables.put_states(viewer, chain)
    gone = forgotten(KIND, [one.pk for one in chain if one.xml is None])
    about = {
        "row": row,
        "chain": chain,
        "lines": telling.lines(row.version, said, languages),
        "facts": _facts(row, kind, name, record),
        "files": _files(row, opened is not None),
        "held": queries.held_of(row),
        "answered": answered_by(record) if record is not None else [],
        "record": record,
        "gone": {one.pk: gone.get(one.pk) for one in chain if one.xml is None},
        "forgotten_at": gone.get(row.pk),
        "is_gone": row.xml is None,
        "has_hidden": any(one.sealed is not None for one in chain),
        "is_opened": opened is not None,
        "may_open": viewer.may(OPEN),
        "may_settle": viewer.may("collection.settle"),
        "trail": _trail(row),
    }
    return render(request, "collection/submissions/submission.html", about)


def _facts(row: Any, kind: str, name: str, record: int | None) -> list[Fact]:
    return [
        Fact(_("About"), name or None),
        Fact(_("State"), tables.STATES[row.state][0]),
        Fact(_("Happened"), row.happened_at, note=_("clock doubtful") if row.is_doubtful else ""),
        Fact(_("Received"), row.received_at),
        Fact(_("Sent by"), row.sender_name),
        Fact(_("Way"), tables.SOURCES.get(row.source, row.source)),
        Fact(_("Device"), row.device),
        Fact(_("Version of the form"), row.version.version or None),
        Fact(_("Report it made"), f"#{record}" if record else None, href=reverse("ledger:record", args=[record]) if record else ""),
    ]  # fmt: skip


def _files(row: Submission, is_opened: bool) -> list[dict[str, Any]]:
    found = []
    for one in row.attachments.defer("sealed").order_by("id"):
        plain = looking.is_plain(row, one.name)
        name = "collection:file" if plain else "collection:open_file"
        is_picture = plain and row.xml is not None and one.content_type.startswith("image/")
        found.append(
            {"one": one, "href": reverse(name, args=[row.pk, one.pk]), "is_picture": is_picture, "is_plain": plain}
        )
    return found


def _opened(request: HttpRequest, pk: int, why: str) -> dict[int, dict[str, Any]]:
    """The sensitive answers of every version on the page, each a look of its own."""
    viewer, now = request.viewer, request.now  # type: ignore[attr-defined]
    chain = queries.chain_of(viewer, queries.submission(viewer, pk))[:MOST_VERSIONS]
    return {one.pk: looking.open_answers(by=viewer, submission_id=one.pk, why=why, now=now) for one in chain}


def _for_a_reason(request: HttpRequest, pk: int, title: str, then: Any) -> HttpResponseBase:
    row = queries.submission(request.viewer, pk)  # type: ignore[attr-defined]
    form = WhyForm.of(request)
    if request.method == "POST" and form.is_valid():
        try:
            answer: HttpResponseBase = then(form.values["why"])
            return answer
        except Refusal as refusal:
            form.refuse(refusal)
    back = reverse("collection:submission", args=[pk])
    about = {
        "form": form,
        "title": title,
        "submit": _("Open"),
        "cancel": back,
        "trail": [*_trail(row), (str(row.received_at.date()), back)],
    }
    return render(request, "pages/form_page.html", about, status=422 if request.method == "POST" else 200)


def _trail(row: Submission) -> list[tuple[Any, str]]:
    return [
        (FormTable.title, reverse("collection:sent")),
        (row.form.title, reverse("collection:submissions", args=[row.form_id])),
    ]


def _file(request: HttpRequest, pk: int, file_id: int, why: str) -> HttpResponseBase:
    found, content = looking.open_file(by=request.viewer, submission_id=pk, file_id=file_id, why=why, now=request.now)  # type: ignore[attr-defined]
    kind = next((kind for first, kind in _PICTURES if content.startswith(first)), "")
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        kind = "image/webp"
    response = HttpResponse(content, content_type=kind or "application/octet-stream")
    return _safely(response, found.name, is_shown=bool(kind))


def _safely(response: HttpResponse, name: str, *, is_shown: bool) -> HttpResponse:
    """What somebody's phone sent never runs here: no guessing of its type, no scripts, no origin."""
    disposition = content_disposition_header(not is_shown, name.replace("\r", "").replace("\n", ""))
    response.headers["Content-Disposition"] = disposition or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    return response
