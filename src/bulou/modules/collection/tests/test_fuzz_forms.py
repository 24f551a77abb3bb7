"""Strangers' forms: whatever is sent, there is an answer in time, and nothing is half stored.

A minute here; `make soak` goes on for SOAK_MINUTES.
"""

from __future__ import annotations

import io
import os
import random
import time
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bulou.modules.collection.labels.forms import said
from bulou.modules.collection.models import Form, FormVersion, Media
from bulou.modules.collection.rules import mapping, xform
from bulou.modules.collection.services import converting, forms, shipping
from bulou.modules.collection.services.judging import FormRefused, judge
from bulou.modules.collection.tests.sheets import SURVEY, book, daily
from bulou.modules.operations.models import Operation
from bulou.platform.access.viewer import system
from bulou.platform.refusals import Refusal

SHARED = Path(os.environ.get("BULOU_SHARED") or Path(__file__).resolve().parents[6] / "shared") / "data" / "forms"
BY = system("fuzz")
WORDS = st.sampled_from(
    ["type", "name", "label", "label::zh", "relevant", "calculation", "constraint", "bulou::fact", "bulou::subject", "required", "choice_filter", "a", "b",
     "text", "select_one yn", "select_multiple yn", "begin_group", "end_group", "begin_repeat", "end_repeat", "calculate", "${a}", "${a} + ${b} = ''", "range",
     "start=1 end=x", "geopoint", "select_one_from_file people.csv", "temperature", "person", "yes", "\u202e", "=1+1", "🦙", "", " ", "\x0b", "x" * 300,
     "((((((((((", "instance('x')/root/item", "if(${a}, ${b}", "jr:choice-name(${a}, '${a}')", "true()", "# comment", "audit", "max-pixels=abc"]
)  # fmt: skip
CELLS = st.one_of(
    WORDS, st.text(max_size=30), st.integers(-5, 10**6), st.floats(allow_nan=False, allow_infinity=False), st.booleans()
)
TABLES = st.lists(st.lists(CELLS, max_size=8), max_size=12)


def sheet_of(rows: list[list[Any]]) -> list[list[object]]:
    """Rows a spreadsheet can hold: without what XML forbids."""
    return [
        [
            cell
            if not isinstance(cell, str)
            else "".join(c for c in cell if c >= " " and not "\ud800" <= c <= "\udfff")
            for cell in row
        ]
        for row in rows
    ]


def answered(content: bytes, name: str, operation: Operation, now: datetime) -> str:
    """What becomes of a file: kept, or refused in words. Anything else is a failure."""
    began = time.monotonic()
    before = (Form.objects.count(), FormVersion.objects.count(), Media.objects.count())
    outcome, sentences = "kept", ["kept"]
    try:
        forms.bring_form(by=BY, operation=operation, name=name, content=content, now=now)
    except FormRefused as why:
        outcome, sentences = "faults", [said(fault).sentence for fault in why.faults]
    except Refusal as why:
        outcome, sentences = "refused", [why.sentence]
    assert sentences
    assert all(sentences)
    if outcome != "kept":
        assert (Form.objects.count(), FormVersion.objects.count(), Media.objects.count()) == before
    assert time.monotonic() - began < 40
    return outcome


@pytest.mark.django_db
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(survey=TABLES, choices=TABLES, options=TABLES)
def test_any_sheets_are_answered(operation: Operation, now: datetime, survey: Any, choices: Any, options: Any) -> None:
    head: list[list[object]] = [["type", "name", "label", "relevant", "calculation", "bulou::fact"]]
    content = book(survey=head + sheet_of(survey), choices=sheet_of(choices), settings=sheet_of(options))
    answered(content, "f.xlsx", operation, now)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_no_form_or_one(content: bytes) -> None:
    reading = xform.read(content)
    assert reading.faults or reading.tree


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_real_form_with_bytes_changed_is_read_or_refused(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(shipping.names()))
    mutated = changed(shipping.xform(name, name), random.Random(data.draw(st.integers(0, 2**32))))
    reading = xform.read(mutated)
    assert reading.faults or reading.tree
    if reading.tree:
        mapping.mapping_of(reading.tree)


def changed(content: bytes, chance: random.Random) -> bytes:
    """Bytes with some cut out, doubled, flipped, or put from elsewhere."""
    out = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at, length = chance.randrange(max(1, len(out))), chance.randint(1, 60)
        how = chance.randrange(4)
        if how == 0:
            del out[at : at + length]
        elif how == 1:
            out[at:at] = out[at : at + length]
        elif how == 2 and out:
            out[at] = chance.randrange(256)
        else:
            start = chance.randrange(max(1, len(content)))
            out[at:at] = content[start : start + length]
    return bytes(out)


@pytest.mark.django_db
def test_mutated_workbooks_are_answered(operation: Operation, now: datetime) -> None:
    chance = random.Random(7)
    outcomes = {answered(changed(daily(), chance), "f.xlsx", operation, now) for _ in range(6)}
    outcomes |= {answered(with_cells_swapped(chance), "f.xlsx", operation, now) for _ in range(6)}
    assert outcomes & {"faults", "refused"}


def with_cells_swapped(chance: random.Random) -> bytes:
    """A good form whose cells changed places."""
    rows = [row[:] for row in SURVEY]
    for _ in range(chance.randint(1, 5)):
        a, b = chance.randrange(len(rows)), chance.randrange(len(rows))
        c, d = chance.randrange(len(rows[a])), chance.randrange(len(rows[b]))
        rows[a][c], rows[b][d] = rows[b][d], rows[a][c]
    return daily(f"k{chance.randrange(10**9)}", survey=rows)


def test_a_bomb_is_refused_before_it_unpacks() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/workbook.xml", b"<x/>")
        for number in range(7):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", b"\0" * 100_000_000)
    began = time.monotonic()
    with pytest.raises(Refusal):
        converting.converted(out.getvalue(), "bomb.xlsx")
    assert time.monotonic() - began < 20


@pytest.mark.django_db
def test_ten_thousand_rows_and_a_formula_without_end_are_answered(operation: Operation) -> None:
    long: list[list[object]] = [["type", "name", "label"], *(["text", f"q{number}", "x"] for number in range(10_000))]
    assert [fault.code for fault in judge(daily(survey=long), "long.xlsx", operation_id=operation.pk).faults] == [
        "sheet_too_long"
    ]
    deep = "(" * 3000 + "1" + ")" * 3000
    found = judge(
        daily(survey=[["type", "name", "label", "calculation"], ["calculate", "a", "", deep]]),
        "deep.xlsx",
        operation_id=operation.pk,
    )
    assert found.faults or found.warnings
    full: list[list[object]] = [["type", "name", "label", "relevant"], ["text", "q0", "x", ""]]
    full += [["text", f"q{number}", "x", f"${{q{number - 1}}} != ''"] for number in range(1, 3_000)]
    began = time.monotonic()
    assert not judge(daily("chain", survey=full), "chain.xlsx", operation_id=operation.pk).faults
    assert time.monotonic() - began < 60


def real_files() -> Iterator[tuple[str, bytes]]:
    """The shared forms, spreadsheets and XML."""
    for path in sorted(SHARED.rglob("*")):
        if path.suffix in (".xls", ".xlsx", ".xlsm", ".xml") and path.is_file():
            yield path.name, path.read_bytes()


@pytest.mark.soak
@pytest.mark.django_db
def test_real_forms_mutated_without_end(operation: Operation, now: datetime) -> None:
    """Real files, changed at random, for SOAK_MINUTES."""
    files, chance = list(real_files()) or [("daily.xlsx", daily())], random.Random(os.environ.get("FUZZ_SEED", "1"))
    until = time.monotonic() + float(os.environ.get("SOAK_MINUTES", "10")) * 60
    outcomes: dict[str, int] = {}
    while time.monotonic() < until:
        name, content = chance.choice(files)
        is_inside = (
            name.endswith((".xlsx", ".xlsm")) and zipfile.is_zipfile(io.BytesIO(content)) and chance.random() < 0.7
        )
        outcome = answered((inside_changed if is_inside else changed)(content, chance), name, operation, now)
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    print(outcomes)


def inside_changed(content: bytes, chance: random.Random) -> bytes:
    """A workbook with one of its parts changed, the archive itself sound."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        parts = old.namelist()
        hit = chance.choice(parts)
        for part in parts:
            new.writestr(part, changed(old.read(part), chance) if part == hit else old.read(part))
    return out.getvalue()


def test_a_converter_that_hangs_or_dies_is_a_fault_of_the_form(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(converting, "SECONDS", 0.3)
    for text, code in (
        ("while True: pass", "x_too_slow"),
        ("import os; os.abort()", "x_too_large"),
        ("print('no JSON')", "x_too_large"),
    ):
        child = tmp_path / "child.py"
        child.write_text(text)
        monkeypatch.setattr(converting, "CHILD", child)
        if code == "x_too_large":
            monkeypatch.setattr(converting, "SECONDS", 30)
        assert [fault.code for fault in converting.converted(daily(), "f.xlsx").faults] == [code]
