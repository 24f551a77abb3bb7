"""The house's own manifest: who may set an exercise's clock."""

from django.utils.translation import gettext_lazy as _

from bulou.platform.access.permissions import Permission
from bulou.platform.manifest import Manifest, MenuItem, hang

MANIFEST = hang(
    Manifest(
        name="house",
        title=_("Clock"),
        permissions=(Permission("house.set_clock", _("Set the clock of an exercise"), frozenset({"administrator"})),),
        menu=(MenuItem(_("Clock"), "house:clock", "house.set_clock", group="house", order=75, icon="clock"),),
    )
)
