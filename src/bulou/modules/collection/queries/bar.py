"""What of field collection stands in the bar of every page: how much waits to be settled by this viewer."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from bulou.modules.collection.queries.held import SETTLE, waiting
from bulou.platform.access.viewer import Viewer
from bulou.platform.pages.navigation import BarMark


def marks(viewer: Viewer) -> Iterator[BarMark]:
    """A box with the number, for whoever settles."""
    if viewer.may(SETTLE) and (count := waiting(viewer)):
        yield BarMark(_("Held reports"), "collection:held", "box", count)
