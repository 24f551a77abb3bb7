"""What the verdict page shows: the counts, the mapping with samples, and the rows asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bulou.platform.access.viewer import Viewer
from bulou.platform.pages.components.texts import plain_day
from bulou.platform.sheets import judging, services
from bulou.platform.sheets import layout as layouts
from bulou.platform.sheets.fields import plain, short
from bulou.platform.sheets.forms import LEFT_OUT, MappingForm
from bulou.platform.sheets.judging import Verdict
from bulou.platform.sheets.layout import Layout
from bulou.platform.sheets.models import Upload
from bulou.platform.sheets.reading import Sheet, Workbook
from bulou.platform.sheets.spec import BAD, CHANGE, NEW, SAME, ImportSpec, spec_of

PAGE = 100
SAMPLES = 3
WORDS = {NEW: _("New"), CHANGE: _("Changes"), SAME: _("Already so"), BAD: _("Cannot be loaded")}
TONES = {NEW: "good", CHANGE: "info", SAME: "quiet", BAD: "bad"}


def judged(
    upload: Upload, viewer: Viewer, now: datetime, book: Workbook | None = None
) -> tuple[Sheet, Layout, Verdict]:
    """The chosen sheet of an upload, its layout, and the verdict on it at `now`."""
    sheet = (book or services.open_upload(upload)).sheets[upload.sheet]
    layout = services.layout_of(upload, sheet)
    return (
        sheet,
        layout,
        judging.judge(spec_of(upload.spec), sheet, layout, services.mapping_of(upload), viewer=viewer, now=now),
    )


def verdict_page(upload: Upload, viewer: Viewer, now: datetime, asked: Mapping[str, str]) -> dict[str, Any]:
    """Everything the page needs. `asked` may hold show (a verdict) and from (the first row number to show)."""
    spec, book = spec_of(upload.spec), services.open_upload(upload)
    sheet, layout, verdict = judged(upload, viewer, now, book)
    show = asked.get("show", "") if asked.get("show") in TONES else (BAD if verdict.counts[BAD] else "")
    start = int(asked["from"]) if asked.get("from", "").isdigit() else 0
    wanted = [row for row in verdict.rows if (not show or row.verdict == show) and row.number >= start]
    form = mapping_form(upload, book)
    used = [one for one in spec.fields if one.key in services.mapping_of(upload).values()]
    return {
        "upload": upload,
        "spec": spec,
        "verdict": verdict,
        "counts": verdict.counts,
        "good_count": len(verdict.good),
        "total": len(verdict.rows),
        "notices": book.notices,
        "show": show,
        "next_from": wanted[PAGE].number if len(wanted) > PAGE else None,
        "columns": [one.label for one in used],
        "rows": [_shown(row, [one.key for one in used], sheet, upload, spec) for row in wanted[:PAGE]],
        "span": len(used) + 1,
        "mapping_form": form,
        "mapping_rows": mapping_rows(form, sheet, layout),
        "mapping_row": layout.first + 1,
        "sheet_name": sheet.name,
        "bad_tone": "bad" if verdict.counts[BAD] else "",
        "trail": trail(spec),
        "is_mapping_open": bool(verdict.missing),
    }


def mapping_form(upload: Upload, book: Workbook, data: Any = None) -> MappingForm:
    """The mapping as a form, filled from the upload or bound to `data`."""
    sheet = book.sheets[upload.sheet]
    width = len(services.layout_of(upload, sheet).headings)
    chosen = services.mapping_of(upload)
    initial: dict[str, Any] = {f"column_{column}": chosen.get(column, LEFT_OUT) for column in range(width)}
    initial |= {"sheet": upload.sheet, "first": upload.header_first + 1, "depth": upload.header_depth}
    names = [one.name for one in book.sheets]
    return MappingForm(
        data,
        spec=spec_of(upload.spec),
        sheets=names,
        width=width,
        version=upload.version,
        initial=initial,
        prefix="map",
    )


def trail(spec: ImportSpec) -> list[tuple[object, str]]:
    """The way down to an import."""
    return [
        (gettext("Import from Excel"), reverse("sheets:index")),
        (spec.title, reverse("sheets:start", args=[spec.key])),
    ]


def mapping_rows(form: MappingForm, sheet: Sheet, layout: Layout) -> list[tuple[str, str, Any]]:
    """Each column: its heading (or its letter), the first few values below it, and the control that says what it holds."""
    below = [cells for _number, cells in layouts.body(sheet, layout).rows[:SAMPLES]]
    named = []
    for column, heading in enumerate(layout.headings):
        samples = [short(cells[column]) for cells in below if column < len(cells) and plain(cells[column])]
        title = heading or gettext("Column %(letter)s") % {"letter": letter(column)}
        named.append((title, " · ".join(samples), form[f"column_{column}"]))
    return named


def mapping_rows_of(upload: Upload, form: MappingForm) -> list[tuple[str, str, Any]]:
    """The mapping's rows for a form somebody sent."""
    sheet = services.open_upload(upload).sheets[upload.sheet]
    return mapping_rows(form, sheet, services.layout_of(upload, sheet))


def letter(column: int) -> str:
    """A column as Excel names it: 0 → A, 26 → AA."""
    name = ""
    while column >= 0:
        name, column = chr(65 + column % 26) + name, column // 26 - 1
    return name


def _shown(row: Any, keys: list[str], sheet: Sheet, upload: Upload, spec: ImportSpec) -> dict[str, Any]:
    """One line of the table: what was understood, or what stood in the file where it was not."""
    columns = {key: column for column, key in services.mapping_of(upload).items()}
    wrong = {reason.field for reason in row.reasons if reason.is_fatal}
    cells = sheet.rows[row.number - 1]
    labels = {one.key: str(one.label) for one in spec.fields}
    said = []
    for key in keys:
        value = row.values.get(key)
        as_sent = short(cells[columns[key]]) if columns[key] < len(cells) else ""
        said.append((labels[key], as_sent if value is None or key in wrong else _said(value, as_sent), key in wrong))
    reasons = [
        (_unless_said(labels.get(reason.field, ""), reason.sentence), reason.sentence, reason.is_fatal)
        for reason in row.reasons
    ]
    return {
        "number": row.number,
        "verdict": row.verdict,
        "tone": TONES[row.verdict],
        "word": WORDS[row.verdict],
        "cells": said,
        "reasons": reasons,
    }


def _said(value: Any, as_sent: str) -> str:
    """A day as it was understood, everything else as it was written: a reader looks for his own words."""
    return plain_day(value) if hasattr(value, "isoformat") else as_sent


def _unless_said(label: str, sentence: str) -> str:
    """The column's label, unless the sentence names it."""
    return "" if label in sentence else label
