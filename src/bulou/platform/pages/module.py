"""The page kit's own manifest: the page that shows every component, for administrators."""

from django.utils.translation import gettext_lazy as _

from bulou.platform.access.permissions import Permission
from bulou.platform.manifest import Manifest, MenuItem, hang

MANIFEST = hang(
    Manifest(
        name="pages",
        title=_("House"),
        permissions=(Permission("pages.view_kit", _("See the page kit"), frozenset({"administrator"})),),
        menu=(MenuItem(_("Page kit"), "pages:showcase", "pages.view_kit", group="house", order=95, icon="grid"),),
    )
)
