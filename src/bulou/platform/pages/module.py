"""The page kit's own manifest: the page that shows every component, for administrators."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bulou.platform.access.permissions import Permission
from bulou.platform.house.queries import is_exercise
from bulou.platform.manifest import Manifest, MenuItem, hang


def _exercise(now: datetime) -> str | None:
    """What the banner says where this database is an exercise."""
    return gettext("Nothing here is real, and no message leaves the house.") if is_exercise() else None


MANIFEST = hang(
    Manifest(
        name="pages",
        title=_("House"),
        permissions=(Permission("pages.view_kit", _("See the page kit"), frozenset({"administrator"})),),
        menu=(MenuItem(_("Page kit"), "pages:showcase", "pages.view_kit", group="house", order=95, icon="grid"),),
        extras={"exercise": _exercise},
    )
)
