"""What a brought form is worth, before anything is stored: its identity, what is wrong with it, what it states, what changes against the version before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import md5
from typing import Any

from django.utils.translation import gettext_lazy as _

from bulou.modules.collection.models import Form, FormVersion
from bulou.modules.collection.queries.forms import catalogue_of, has_submissions
from bulou.modules.collection.rules import light, mapping, sheetcheck
from bulou.modules.collection.rules.comparing import Changes, changes
from bulou.modules.collection.rules.faults import Fault
from bulou.modules.collection.rules.xform import Reading, read
from bulou.modules.collection.services.converting import Converted, converted, is_xform
from bulou.platform.refusals import Refusal
from bulou.platform.sheets.reading import OLE

MOST_BYTES = 10 * 1024 * 1024


class FormRefused(Refusal):
    """A form that cannot be taken; `faults` say why, each with its place."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            "collection.form_refused",
            _("This form cannot be taken: %(count)s things are to be mended. Each is named with its place."),
            count=len(self.faults),
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """A form held against the house. `standing` is the version it would be beside, `twin` the one of the same word; `is_same` = that very form is here."""

    content: bytes
    name: str
    xform: bytes = b""
    reading: Reading = field(default_factory=Reading)
    mapping: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    notices: tuple[object, ...] = ()
    itemsets: str = ""
    standing: FormVersion | None = None
    twin: FormVersion | None = None
    changes: Changes = field(default_factory=Changes)

    @property
    def is_same(self) -> bool:
        return self.twin is not None and bytes(self.twin.xform) == self.xform

    @property
    def digest(self) -> str:
        """MD5 of the XForm, as OpenRosa's list wants it."""
        return md5(self.xform, usedforsecurity=False).hexdigest()

    @property
    def is_sheet(self) -> bool:
        return not is_xform(self.content)

    @property
    def why_full(self) -> list[dict[str, str]]:
        return light.why_not(self.reading.tree)


def judge(content: bytes, name: str, *, operation_id: int) -> Verdict:
    """Gives the verdict on a file for an operation. Stores nothing. Refuses (Refusal) only what is no readable file at all."""
    if len(content) > MOST_BYTES:
        raise Refusal("collection.form_too_large", _("A form has at most %(most)s MB."), most=MOST_BYTES >> 20)
    return judged(converted(content, name), content, name, operation_id=operation_id)


def judged(found: Converted, content: bytes, name: str, *, operation_id: int) -> Verdict:
    """Gives the verdict on what was converted already."""
    if found.faults:
        return Verdict(content, name, faults=found.faults, warnings=found.warnings, notices=found.notices)
    reading = read(found.xform)
    faults = sheetcheck.located(reading.faults, found.book)
    warnings = [*misnamed(content, name), *found.warnings, *sheetcheck.located(reading.warnings, found.book)]
    said: Mapping[str, Any] = {}
    if reading.tree:
        said, wrong = mapping.mapping_of(reading.tree)
        fatal, odd = mapping.why_not(said, reading.tree, catalogue_of(operation_id))
        faults += sheetcheck.located([*wrong, *fatal], found.book)
        warnings += sheetcheck.located(odd, found.book)
    form = Form.objects.filter(key=reading.key).first() if reading.key else None
    if form is not None and form.operation_id != operation_id:
        faults.append(Fault("key_taken", says={"key": reading.key}))
        form = None
    standing, twin = _versions(form, reading.version)
    verdict = Verdict(
        content, name, found.xform, reading, said, tuple(faults), tuple(warnings), found.notices, found.itemsets, standing, twin,
        changes(standing.tree if standing else None, reading.tree),
    )  # fmt: skip
    if twin is not None and not verdict.is_same and is_fixed(twin):
        wrong_version = Fault(
            "version_taken",
            says={"version": reading.version, "number": str(twin.number), "next": next_version(reading.version)},
        )
        return _with(verdict, wrong_version)
    return verdict


def misnamed(content: bytes, name: str) -> list[Fault]:
    """A file whose ending is not what it holds: it is read all the same, and told."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    kinds = {"xml": ("xml",), "xls": ("xls",), "xlsx": ("xlsx", "xlsm")}
    inside = (
        "xml"
        if is_xform(content)
        else "xls"
        if content.startswith(OLE)
        else "xlsx"
        if content.startswith(b"PK")
        else ""
    )
    is_right = not inside or ending in kinds[inside]
    return [] if is_right else [Fault("file_misnamed", says={"name": name[:80], "kind": f".{inside}"})]


def is_fixed(version: FormVersion) -> bool:
    """Whether a version stands for good: published, or something was sent in it."""
    return version.published_at is not None or has_submissions(version)


def next_version(version: str) -> str:
    """A word for the next version: the number in it plus one."""
    head = version.rstrip("0123456789")
    digits = version[len(head) :]
    return f"{head}{int(digits) + 1:0{len(digits)}d}" if digits else f"{version}2" if version else "1"


def _versions(form: Form | None, version: str) -> tuple[FormVersion | None, FormVersion | None]:
    if form is None:
        return None, None
    rows = list(FormVersion.objects.filter(form=form).order_by("-number"))
    twin = next((row for row in rows if row.version == version), None)
    return next((row for row in rows if row is not twin), None) or twin, twin


def _with(verdict: Verdict, fault: Fault) -> Verdict:
    return replace(verdict, faults=(*verdict.faults, fault))
