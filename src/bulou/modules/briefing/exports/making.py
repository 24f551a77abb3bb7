"""A briefing to hand on: text, Word, PDF; the figures are links where the house's address is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from bulou.modules.briefing.exports.pdf import pdf_of
from bulou.modules.briefing.exports.word import docx_of
from bulou.modules.briefing.models import Issued
from bulou.modules.briefing.queries import composing, wording
from bulou.modules.briefing.queries.counting import LISTS
from bulou.modules.briefing.rules.figures import Definition, Figure
from bulou.modules.briefing.rules.report import Report
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.sealing import head
from bulou.platform.pages.context import lent
from bulou.platform.refusals import Refusal

KINDS = {
    "txt": "text/plain; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A briefing in words, where each of its figures opens, and the frozen text where it was issued."""

    page: wording.Page
    addresses: dict[str, str]
    frozen: str = ""


def of_day(viewer: Viewer, operation: Any, *, now: datetime, day: date | None = None, base: str = "") -> Shown:
    """The briefing of a day as it stands now."""
    made = composing.report(viewer, operation, now=now, day=day)
    page = wording.page(made, house=lent("house_name"), exercise=lent("exercise", now), seal_head=head().short(), by="")
    return Shown(page, {key: base + rows_address(made, one) for key, one in made.figures.items()} if base else {})


def of_issued(one: Issued, *, now: datetime, base: str = "") -> Shown:
    """An issued briefing, as it was issued."""
    kept = Report.of(one.report)
    page = wording.page(
        kept,
        number=one.number,
        house=lent("house_name"),
        exercise=lent("exercise", now),
        seal_head=one.seal_head,
        by=one.actor_name,
    )
    addresses = {key: base + reverse("briefing:issued_figure", args=[one.pk, key]) for key in kept.figures}
    return Shown(page, addresses if base else {}, one.texts.get(get_language() or "", ""))


def rows_address(report: Report, figure: Figure) -> str:
    """Where a figure of a report opens to its rows, as of the report's moment."""
    return figure_address(report.operation, figure.definition, report.as_of)


def figure_address(operation: str, definition: Definition, as_of: str) -> str:
    """Where a figure opens to its rows, as of a moment (ISO)."""
    given = {name: ",".join(value) if name in LISTS else value for name, value in definition.parameters.items()}
    path = reverse("briefing:rows", args=[operation, definition.query])
    return f"{path}?{urlencode(given | {'as_of': as_of})}"


def written(shown: Shown, kind: str) -> bytes:
    """The file's content. An issued briefing's text is the one kept, unless addresses are wanted beside its figures."""
    return _WRITERS[kind](shown)


def _txt(shown: Shown) -> bytes:
    if shown.frozen and not shown.addresses:
        return shown.frozen.encode()
    return wording.text(shown.page, addresses=shown.addresses).encode()


def _document(shown: Shown, setter: Callable[[wording.Page, Mapping[str, str]], bytes]) -> bytes:
    """Set by what the optional packages bring; without them refused with what to do."""
    try:
        return setter(shown.page, shown.addresses)
    except ImportError as fault:
        words = _(
            "Word and PDF need the package %(package)s, which is not installed here: run “python3 tools/bootstrap.py set-up”."
        )
        raise Refusal("briefing.no_documents", words, package=fault.name or "") from fault


_WRITERS: dict[str, Callable[[Shown], bytes]] = {
    "txt": _txt,
    "docx": lambda shown: _document(shown, docx_of),
    "pdf": lambda shown: _document(shown, pdf_of),
}
