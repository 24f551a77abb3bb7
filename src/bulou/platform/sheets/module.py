"""The manifest of imports: one permission to open the pages; each import asks for its own besides."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from bulou.platform.access.permissions import Permission
from bulou.platform.manifest import Manifest, Tick, hang
from bulou.platform.sheets import services

MANIFEST = hang(
    Manifest(
        name="sheets",
        title=_("Import from Excel"),
        permissions=(
            Permission(
                "sheets.import_rows",
                _("Import from Excel what one may edit by hand"),
                frozenset(
                    {"administrator", "chief", "township_lead", "village_clerk", "unit_clerk", "storekeeper", "medic"}
                ),
            ),
        ),
        ticks=(Tick("sheets.clear_expired", timedelta(hours=6), lambda now: services.clear_expired(now=now)),),
    )
)
