"""Rows through Python: where labels stand for choices, or sensitive answers are opened one by one. Slower, in constant memory all the same."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, BinaryIO

from django.db.models import Case, Value, When

from bulou.modules.collection.exports import copying
from bulou.modules.collection.exports.asked import Asked
from bulou.modules.collection.models import Held, Submission
from bulou.modules.collection.queries import sealed
from bulou.modules.collection.rules.columns import Question, Rounds, harmless, merged, rounds_of, spoken, word
from bulou.platform.pages.components.texts import plain_moment
from bulou.platform.pages.context import lent

CHUNK = 1000


def heads_of(asked: Asked, questions: Sequence[Question]) -> list[str]:
    """The columns' names: labels where they are wanted, else paths."""
    if not asked.is_labelled:
        return [one.header(grouped=asked.is_grouped) for one in questions]
    return [word(one.label, asked.languages) or one.header(grouped=False) for one in questions]


def submissions(asked: Asked) -> Iterator[Submission]:
    """Every row by a cursor on the server, in the order they came, with `said`: its answers, sensitive ones where a reason was given."""
    wanted = asked.rows.only(*copying.FIELDS[:-2], "answers", "sealed", "subject_kind", "subject_id").order_by("id")
    held = _held(asked)
    for row in wanted.annotate(is_gone=_gone()).iterator(chunk_size=CHUNK):
        row.said = answers_of(asked, row)
        row.state = state_of(row, held)
        yield row


def answers_of(asked: Asked, row: Submission) -> dict[str, Any]:
    """What it says; {} when it was forgotten."""
    plain = row.answers or {}
    if asked.is_opened and row.sealed:
        return merged(plain, sealed.open_answers(row.sealed, row.instance_id))
    return plain


def state_of(row: Any, held: frozenset[int]) -> str:
    """forgotten, test, held, settled or received."""
    if row.is_gone:
        return "forgotten"
    if row.is_test:
        return "test"
    if row.is_held:
        return "held" if row.pk in held else "settled"
    return "received"


def meta_of(asked: Asked, row: Submission) -> list[Any]:
    """The columns before the answers, as copying.META."""
    names = {one.pk: one.version for one in asked.of.versions}
    return [
        row.instance_id, names.get(row.version_id, ""), max(row.number - 1, 0), row.received_at, row.happened_at, row.sender_name, row.source,
        row.device, row.state,  # type: ignore[attr-defined]
    ]  # fmt: skip


def cells_of(asked: Asked, said: Mapping[str, Any], questions: Sequence[Question]) -> list[str]:
    """The answers to these questions, in words where labels are wanted."""
    found = []
    for one in questions:
        text = said.get(one.path, "")
        text = text if isinstance(text, str) else ""
        found.append(spoken(one, text, asked.languages) if asked.is_labelled else text)
    return found


def write_main(asked: Asked, out: BinaryIO) -> int:
    """As copying.write_main; gives how many."""
    questions = copying.shown(asked, asked.of.shape.questions)
    exercise = lent("exercise", asked.now)
    first = ["exercise"] if exercise else []
    lines = (
        [*([exercise] if exercise else []), *map(text_of, meta_of(asked, row)), *cells_of(asked, row.said, questions)]  # type: ignore[attr-defined]
        for row in submissions(asked)
    )
    return _write([*first, *copying.META, *heads_of(asked, questions)], lines, out)


def write_rounds(asked: Asked, rounds: Rounds, out: BinaryIO) -> int:
    """As copying.write_rounds; gives how many."""
    questions = copying.shown(asked, rounds.questions)
    return _write(["instance_id", "round", *heads_of(asked, questions)], rounds_lines(asked, rounds, questions), out)


def rounds_lines(asked: Asked, rounds: Rounds, questions: Sequence[Question]) -> Iterator[list[str]]:
    """Each round as a line: of which submission, its number, its answers."""
    for row in submissions(asked):
        for numbers, own in rounds_of(row.said, rounds.path):  # type: ignore[attr-defined]
            yield [row.instance_id, ".".join(map(str, numbers)), *cells_of(asked, own, questions)]


def _write(heads: Sequence[str], lines: Iterator[list[str]], out: BinaryIO) -> int:
    out.write(copying.heading([harmless(head) for head in heads]))
    count = 0
    while part := list(islice(lines, CHUNK)):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([harmless(cell) for cell in line] for line in part)
        out.write(text.getvalue().encode())
        count += len(part)
    return count


def text_of(value: Any) -> str:
    return plain_moment(value) if hasattr(value, "astimezone") else str(value)


def _gone() -> Any:
    return Case(When(xml=None, then=Value(True)), default=Value(False))


def _held(asked: Asked) -> frozenset[int]:
    waiting = Held.objects.filter(form=asked.of.form, settled_at=None).exclude(submission=None)
    return frozenset(waiting.values_list("submission_id", flat=True))
