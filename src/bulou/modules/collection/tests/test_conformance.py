"""Every form of the shared collection, beside what ODK Validate said of it.

The table's paths are as at the time of its run; a file may lie there gzipped, or no longer. What is valid is accepted; what is invalid is refused
with a reason, or accepted for a reason of docs/forms.md: what goes wrong only while somebody fills the form.
"""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import md5
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from django.db import transaction
from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from bulou.modules.collection.models import FormVersion, Media, Submission
from bulou.modules.collection.queries import forms as queries
from bulou.modules.collection.queries.senders import sender_for
from bulou.modules.collection.rules import tree, xform
from bulou.modules.collection.rules.model import OPENROSA
from bulou.modules.collection.services import converting, forms, pyxform_child
from bulou.modules.collection.services.receiving import receive
from bulou.modules.operations.models import Operation
from bulou.platform.access.viewer import system
from bulou.platform.refusals import Refusal
from tests.kit.cast import Cast

BY = system("conformance")

SHARED = Path(os.environ.get("BULOU_SHARED") or Path(__file__).resolve().parents[6] / "shared") / "data" / "forms"
FOUND_ONLY_BY_RUNNING = (
    "type mismatch",
    "Error evaluating field",
    "Invalid cast of data",
    "FormInstance.getRoot()",
    "XPath evaluation",
)

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared collection of forms is not there")


def judged() -> Iterator[tuple[str, bool, str, bytes]]:
    """(path, whether ODK Validate opens it, what it said, content) of every form that is there."""
    with (SHARED / "odk_validate_results.tsv").open(encoding="utf-8", newline="") as table:
        for verdict, path, *said in csv.reader(table, delimiter="\t", quoting=csv.QUOTE_NONE):
            if (SHARED / path).is_file():
                yield path, verdict == "VALID", " ".join(said), (SHARED / path).read_bytes()
            elif (SHARED / f"{path}.gz").is_file():
                yield path, verdict == "VALID", " ".join(said), gzip.decompress((SHARED / f"{path}.gz").read_bytes())


@pytest.mark.conformance
def test_every_form_is_judged_as_odk_validate_judges_it(conformance: Callable[[int], None]) -> None:
    wrong, cases = [], 0
    for path, is_valid, said, content in judged():
        reading = xform.read(content)
        is_excused = not is_valid and reading.is_sound and any(words in said for words in FOUND_ONLY_BY_RUNNING)
        if reading.is_sound != is_valid and not is_excused:
            wrong.append(
                f"{path}: {[(fault.code, fault.line) for fault in reading.faults] or 'accepted'}; {said[-200:]}"
            )
        cases += 1
    assert not wrong, "\n".join(wrong)
    assert cases
    conformance(cases)


@pytest.mark.conformance
def test_every_valid_form_has_a_tree_of_named_questions(conformance: Callable[[int], None]) -> None:
    cases = 0
    for path, is_valid, _said, content in judged():
        if not is_valid:
            continue
        reading = xform.read(content)
        nodes = [node for node in tree.walk(reading.tree["questions"]) if node["path"]]
        assert reading.key, path
        assert nodes, path
        assert all(node["path"].rpartition("/")[2] == node["name"] for node in nodes), path
        cases += 1
    conformance(cases)


def filled(row: FormVersion, number: int) -> bytes:
    """A report in a form with nothing answered."""
    root, version = row.tree["root"], f" version={quoteattr(row.version)}" if row.version else ""
    space = f" xmlns={quoteattr(row.tree['ns'])}" if row.tree["ns"] else ""
    meta = f"<orx:meta><orx:instanceID>uuid:{number}</orx:instanceID></orx:meta>"
    return f'<{root}{space} xmlns:orx="{OPENROSA}" id={quoteattr(row.form.key)}{version}>{meta}</{root}>'.encode()


@pytest.mark.conformance
@pytest.mark.django_db
def test_every_valid_form_is_brought_published_kept_byte_for_byte_and_takes_a_submission(
    operation: Operation, cast: Cast, now: datetime, conformance: Callable[[int], None]
) -> None:
    cases = 0
    for path, is_valid, _said, content in judged():
        if not is_valid:
            continue
        with transaction.atomic():
            row = forms.bring_form(
                by=BY, operation=operation, name=path.rpartition("/")[2], content=content, now=now
            ).version
            for name in queries.missing_media(row):
                Media.objects.create(version=row, name=name, content=b"", content_type="text/csv")
            published = forms.publish(by=BY, version_id=row.pk, now=now)
            assert bytes(published.xform) == content, path
            assert published.digest == md5(content, usedforsecurity=False).hexdigest(), path
            assert queries.current(row.form_id) == row, path
            sent = receive(sender=sender_for(cast.chief.viewer), submission=filled(published, cases), now=now)
            assert (sent.status, Submission.objects.get().form_id) == (201, row.form_id), path
            transaction.set_rollback(True)
        cases += 1
    conformance(cases)


@pytest.mark.conformance
def test_every_spreadsheet_becomes_what_pyxform_makes_of_it(
    conformance: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The house's own reader of cells stands in for pyxform's: the same XForm, or both refuse."""
    monkeypatch.setattr(
        converting, "_run", pyxform_child.convert
    )  # a process for each of sixty forms would take a minute
    cases, wrong = 0, []
    for path in sorted(SHARED.rglob("*.xls*")):
        content = path.read_bytes()
        try:
            ours = converting.converted(content, path.name).xform.decode()
        except Refusal as why:
            ours = f"refused: {why.code}"
        try:
            theirs = convert(str(path), warnings=[]).xform
        except (PyXFormError, TypeError):
            continue
        if ours != theirs:
            wrong.append(f"{path.name}: {ours[:120]}")
        cases += 1
    assert not wrong, "\n".join(wrong)
    conformance(cases)
