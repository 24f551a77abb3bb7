"""Days as people type them into forms and addresses: none so far off that no calendar of ours reaches it."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)


def is_near(day: date) -> bool:
    """Whether a day can be meant: of this century."""
    return FIRST <= day < LAST


def near(day: date) -> None:
    """A form's validator."""
    if not is_near(day):
        raise ValidationError(_("Look at the year: no such day can be meant."))
