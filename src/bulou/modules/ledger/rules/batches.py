"""What is forgotten together: what was reported about one subject in one month (UTC). Sealed under one secret, named by one number. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

KIND = "ledger.answers"
MONTHS = 100_000


def kind_of(subject_kind: str) -> str:
    """Under which name batches about subjects of a kind are forgotten and sealed: ids of persons and places overlap."""
    return KIND if subject_kind == "person" else f"{KIND}.{subject_kind}"


def batch_of(subject_id: int, received_at: datetime) -> int:
    """The number of the batch a report lies in: subject × 100,000 + the month counted since 1900."""
    at = received_at.astimezone(UTC)
    return subject_id * MONTHS + (at.year - 1900) * 12 + at.month


def subject_of(batch: int) -> int:
    """The subject of a batch."""
    return batch // MONTHS
