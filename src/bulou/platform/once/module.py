"""The manifest of repeatable writes: it only clears up."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from bulou.platform.manifest import Manifest, Tick, hang
from bulou.platform.once.services import clear_done


def clear(now: datetime) -> str:
    """Forget the keys of long ago: a phone that was offline sends again within days, not months."""
    return f"{clear_done(now)} keys"


MANIFEST = hang(
    Manifest(
        name="once",
        title=_("Repeatable writes"),
        ticks=(Tick("once.clear", timedelta(days=1), clear, _("Forget form keys of long ago")),),
    )
)
