"""The manifest of briefing."""

from django.utils.translation import gettext_lazy as _

from bulou.modules.briefing.rules.parts import SCHEMA
from bulou.modules.briefing.services.section import apply, check
from bulou.platform.access.permissions import Permission
from bulou.platform.manifest import Manifest, MenuItem, Section, hang

READERS = frozenset({"chief", "duty_officer", "township_lead", "auditor"})

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
            Permission(
                "briefing.issue_briefing", _("Issue the situation report"), frozenset({"chief", "duty_officer"})
            ),
        ),
        extras={
            "actions": {"briefing.issued": _("Situation report issued")},
            "kinds": {"briefing.issued": _("Issued situation report")},
        },
        sections=(Section("briefing", _("Briefing"), SCHEMA, apply, check=check),),
    )
)
