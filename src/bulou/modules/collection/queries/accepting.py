"""What the door must know of a form's version to take a submission: kept by each process for a minute, since published versions never change."""

from __future__ import annotations

from dataclasses import dataclass

from bulou.modules.collection.models import Form, FormVersion
from bulou.modules.collection.rules import answers
from bulou.modules.ledger.queries.asked import catalogue
from bulou.platform import clock

HELD_FOR = 60.0


@dataclass(frozen=True, slots=True)
class Accepting:
    """A version that takes submissions. `is_test` = not published, or of a form nobody sees yet: what comes is kept and never counted."""

    version_id: int
    form_id: int
    operation_id: int
    is_test: bool
    reading: answers.Reading


_held: dict[tuple[str, str], tuple[float, Accepting]] = {}


def accepting(key: str, version: str) -> Accepting | None:
    """The version of this form that submissions name; None where there is none."""
    held = _held.get((key, version))
    if held is not None and clock.ticks() - held[0] < HELD_FOR:
        return held[1]
    row = FormVersion.objects.select_related("form").filter(form__key=key, version=version).first()
    if row is None:
        return None
    found = of_version(row)
    if not found.is_test:
        _held[key, version] = (clock.ticks(), found)
    return found


def of_version(row: FormVersion) -> Accepting:
    """What the door must know of this version."""
    mapped = {*(row.mapping.get("facts") or {}), *((row.mapping.get("list") or {}).get("facts") or {})}
    is_test = row.published_at is None or row.form.state == Form.State.DRAFT
    reading = answers.reading_of(row.tree, row.mapping, catalogue(row.form.operation_id, mapped))
    return Accepting(row.pk, row.form_id, row.form.operation_id, is_test, reading)


def forget(key: str = "", version: str = "") -> None:
    """Read this version anew at the next question; all of them without a key."""
    if key:
        _held.pop((key, version), None)
    else:
        _held.clear()
