"""The manifest of immediate reports."""

from django.utils.translation import gettext_lazy as _

from bulou.modules.alerts import services
from bulou.modules.alerts.queries import kept_of
from bulou.modules.alerts.views import strip
from bulou.platform.access.permissions import Permission
from bulou.platform.manifest import Forgets, Manifest, MenuItem, hang
from bulou.platform.vault import SealedColumn

LINE = frozenset({"chief", "duty_officer", "township_lead"})
ACKNOWLEDGING = LINE | {"unit_clerk"}
READERS = LINE | {"village_clerk", "unit_clerk", "medic"}
EVERYBODY = READERS | {"checkpoint_officer", "storekeeper", "case_worker"}

MANIFEST = hang(
    Manifest(
        name="alerts",
        title=_("Immediate reports"),
        menu=(
            MenuItem(_("Report at once"), "alerts:report", "alerts.report", "duties", 30, "alert"),
            MenuItem(_("Immediate reports"), "alerts:alerts", "alerts.view", "situation", 40, "bell"),
        ),
        permissions=(
            Permission("alerts.report", _("Report a case at once"), EVERYBODY),
            Permission("alerts.view", _("See one's own immediate reports"), EVERYBODY),
            Permission("alerts.read", _("See the immediate reports of one's places and units"), READERS),
            Permission("alerts.acknowledge", _("Acknowledge immediate reports"), ACKNOWLEDGING),
        ),
        forgets=(Forgets("alerts.alert", services.alerts_due, services.forget_alerts),),
        extras={
            "actions": {
                "alerts.reported": _("Case reported at once"),
                "alerts.acknowledged": _("Immediate report acknowledged"),
                "immediate_report": _("Immediate report"),
            },
            "keeps": kept_of,
            "banners": strip,
            "sealed_columns": (SealedColumn("alerts_alert", "sealed", "alerts.note", "r.uuid"),),
        },
    )
)
