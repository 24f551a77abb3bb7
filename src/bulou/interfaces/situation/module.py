"""The situation room's manifest: lines of the navigation. Its permissions are the ledger's."""

from django.utils.translation import gettext_lazy as _

from bulou.platform.manifest import Manifest, MenuItem, hang

MANIFEST = hang(
    Manifest(
        name="situation",
        title=_("Situation room"),
        menu=(
            MenuItem(
                _("Situation room"), "situation:board", "ledger.view_standing", group="situation", order=5, icon="grid"
            ),
            MenuItem(
                _("Who is missing"), "situation:rows", "ledger.view_standing", group="situation", order=6, icon="bell"
            ),
            MenuItem(
                _("Since I came on"),
                "situation:since",
                "ledger.view_standing",
                group="situation",
                order=8,
                icon="history",
            ),
            MenuItem(
                _("Denominators"),
                "situation:denominators",
                "ledger.view_standing",
                group="situation",
                order=10,
                icon="people",
            ),
        ),
        extras={
            "actions": {
                "situation.exported": _("List of standings exported"),
                "situation.list_copied": _("List of those missing written for a chat group"),
            }
        },
    )
)
