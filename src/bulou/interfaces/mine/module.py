"""The manifest of my duties: its two lines of the menu."""

from django.utils.translation import gettext_lazy as _

from bulou.interfaces.mine.workbooks import Workbooks
from bulou.platform.access.permissions import SIGNED_IN
from bulou.platform.manifest import Manifest, MenuItem, hang

MANIFEST = hang(
    Manifest(
        name="mine",
        title=_("My duties"),
        extras={"imports": Workbooks()},
        menu=(
            MenuItem(_("What I owe now"), "mine:duties", SIGNED_IN, "duties", 10, "duties"),
            MenuItem(_("Enter for a village or unit"), "mine:sheets", "ledger.file_record", "duties", 20, "table"),
        ),
    )
)
