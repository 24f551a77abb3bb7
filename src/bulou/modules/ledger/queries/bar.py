"""What of the ledger stands in the bar of every page: one's reminders not yet seen."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from bulou.modules.ledger.queries.chase import unread
from bulou.platform.access.viewer import Viewer
from bulou.platform.pages.navigation import BarMark


def marks(viewer: Viewer) -> Iterator[BarMark]:
    """The bell, with a count where there is something new; for whoever is a person of the registry."""
    if viewer.person_id is not None:
        yield BarMark(_("Reminders"), "ledger:inbox", "bell", unread(viewer))
