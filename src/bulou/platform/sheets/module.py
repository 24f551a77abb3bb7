"""The manifest of imports: one permission to open the pages; each import asks for its own besides."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from bulou.platform.access.permissions import Permission
from bulou.platform.manifest import Manifest, MenuItem, Tick, hang
from bulou.platform.sheets import services

MANIFEST = hang(
    Manifest(
        name="sheets",
        title=_("Import from Excel"),
        menu=(
            MenuItem(
                _("Import from Excel"), "sheets:index", "sheets.import_rows", group="registers", order=90, icon="upload"
            ),
        ),
        permissions=(
            Permission(
                "sheets.import_rows",
                _("Import from Excel what one may edit by hand"),
                frozenset(
                    {"administrator", "chief", "township_lead", "village_clerk", "unit_clerk", "storekeeper", "medic"}
                ),
            ),
        ),
        ticks=(
            Tick(
                "sheets.clear_expired",
                timedelta(hours=6),
                lambda now: services.clear_expired(now=now),
                _("Clear imports nobody finished"),
            ),
        ),
        extras={
            "kinds": {"sheets.upload": _("File sent")},
            "actions": {
                "sheets.upload_received": _("File received for import"),
                "sheets.upload_mapped": _("File read another way"),
                "sheets.upload_judged_again": _("File judged again"),
                "sheets.upload_loaded": _("File loaded"),
                "sheets.upload_dropped": _("File put aside"),
            },
        },
    )
)
