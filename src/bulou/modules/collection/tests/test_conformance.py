"""Every form of the shared collection, beside what ODK Validate said of it.

The table's paths are as at the time of its run; a file may lie there gzipped, or no longer. What is valid is accepted; what is invalid is refused
with a reason, or accepted for a reason of docs/forms.md: what goes wrong only while somebody fills the form.
"""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bulou.modules.collection.rules import tree, xform

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
