"""Who may hand a watch over, and who may take it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def why_not_hand_over(
    user_id: int | None, on_duty: Collection[int | None], signed: Mapping[str, int], note: str
) -> str | None:
    """The fault, or None: by somebody who has the watch, once, with a note. `signed` = who signed, by side (out, in)."""
    if user_id is None or user_id not in on_duty:
        return "not_on_duty"
    if "out" in signed:
        return "handed_over"
    return None if note.strip() else "note_needed"


def why_not_take_over(user_id: int | None, signed: Mapping[str, int]) -> str | None:
    """The fault, or None: after it was handed over, once, by somebody else than who handed over."""
    if "out" not in signed:
        return "not_offered"
    if "in" in signed:
        return "taken_over"
    return "same_person" if user_id is None or signed["out"] == user_id else None
