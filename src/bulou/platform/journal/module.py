"""The journal's manifest: its permissions, its sealed tables, and the work of sealing."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from bulou.platform.access.permissions import Permission
from bulou.platform.journal.sealed import SealedTable, by_subjects
from bulou.platform.journal.sealing import seal
from bulou.platform.manifest import Manifest, Tick, hang

LINES = SealedTable(
    "journal_line",
    ("at", "happened_at", "action", "actor_id", "actor_name", "kind", "subjects", "place_id", "why", "data"),
    **by_subjects("journal.line"),
)
LOOKS = SealedTable(
    "journal_look", ("at", "actor_id", "actor_name", "kind", "subjects", "what", "why"), **by_subjects("journal.look")
)

MANIFEST = hang(
    Manifest(
        name="journal",
        title=_("Journal"),
        permissions=(
            Permission(
                "journal.view_line",
                _("Read the journal"),
                frozenset({"chief", "auditor", "administrator", "township_lead"}),
            ),
            Permission("journal.verify", _("Verify the journal"), frozenset({"auditor", "administrator"})),
        ),
        ticks=(Tick("journal.seal", timedelta(minutes=1), seal),),
        extras={"sealed_tables": (LINES, LOOKS)},
    )
)
