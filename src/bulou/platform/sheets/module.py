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
    )
)
