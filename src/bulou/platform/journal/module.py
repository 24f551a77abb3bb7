"""The journal's manifest: its permissions, its sealed tables, and the work of sealing."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from bulou.platform.access.permissions import Permission
from bulou.platform.journal.sealed import SealedTable, by_subjects
from bulou.platform.journal.sealing import head, seal
from bulou.platform.manifest import Manifest, MenuItem, Tick, hang
from bulou.platform.pages.navigation import UserLine

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
            Permission("journal.view_look", _("See who looked at whom"), frozenset({"chief", "auditor"})),
            Permission("journal.verify", _("Verify the journal"), frozenset({"auditor", "administrator"})),
        ),
        menu=(
            MenuItem(_("Journal"), "journal:lines", "journal.view_line", group="house", order=60, icon="journal"),
            MenuItem(_("Looks"), "journal:looks", "journal.view_look", group="house", order=61, icon="eye"),
            MenuItem(_("Seal of the journal"), "journal:seal", "journal.verify", group="house", order=62, icon="lock"),
        ),
        ticks=(Tick("journal.seal", timedelta(minutes=1), seal, _("Seal the journal")),),
        extras={
            "sealed_tables": (LINES, LOOKS),
            "seal_head": lambda: head().short(),
            "user_menu": (UserLine(_("Who looked at me"), "journal:looked_at_me", icon="eye"),),
        },
    )
)
