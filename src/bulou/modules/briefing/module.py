"""The manifest of briefing."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from bulou.modules.briefing.rules.parts import SCHEMA
from bulou.modules.briefing.services import fill_due_sheets
from bulou.modules.briefing.services.section import apply, check
from bulou.platform.access.permissions import Permission
from bulou.platform.access.viewer import system
from bulou.platform.manifest import Manifest, MenuItem, Section, Tick, hang

READERS = frozenset({"chief", "duty_officer", "township_lead", "auditor"})
ISSUERS = frozenset({"chief", "duty_officer"})


def fill(now: datetime) -> str:
    """Fill the superior's forms whose hour has come."""
    return f"{fill_due_sheets(by=system('briefing'), now=now)} forms"


MANIFEST = hang(
    Manifest(
        name="briefing",
        title=_("Briefing"),
        menu=(
            MenuItem(
                _("Briefing"), "briefing:index", "briefing.view_briefing", group="situation", order=30, icon="print"
            ),
        ),
        permissions=(
            Permission("briefing.view_briefing", _("Read the situation report"), READERS),
            Permission("briefing.issue_briefing", _("Issue the situation report"), ISSUERS),
            Permission("briefing.edit_sheet", _("Set up the superior's forms"), ISSUERS),
        ),
        extras={
            "actions": {
                "briefing.issued": _("Situation report issued"),
                "briefing.sheet_added": _("Superior's form added"),
                "briefing.sheet_changed": _("Superior's form changed"),
                "briefing.sheet_file_sent": _("Newer file of a superior's form sent"),
                "briefing.sheet_mapped": _("Cells of a superior's form told what fills them"),
                "briefing.sheet_filled": _("Superior's form filled by itself"),
                "briefing.sheet_taken": _("Filled form of the superior's handed out"),
                "briefing.sheet_ended": _("Superior's form put aside"),
            },
            "kinds": {"briefing.issued": _("Issued situation report"), "briefing.sheet": _("Superior's form")},
        },
        ticks=(Tick("briefing.sheets", timedelta(minutes=1), fill, _("Fill the superior's forms at their hour")),),
        sections=(Section("briefing", _("Briefing"), SCHEMA, apply, check=check),),
    )
)
