"""The manifest of imports: one permission to open the pages; each import asks for its own besides."""

from django.utils.translation import gettext_lazy as _

from bulou.platform.access.permissions import Permission
from bulou.platform.manifest import Manifest, hang

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
    )
)
