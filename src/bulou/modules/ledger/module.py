"""The ledger's manifest."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from bulou.modules.ledger.services.windows import open_windows
from bulou.platform.access.permissions import Permission
from bulou.platform.access.roles import ROLES
from bulou.platform.journal.sealed import SealedTable
from bulou.platform.manifest import Manifest, Tick, hang
from bulou.platform.vault import SealedColumn

LEADS = frozenset({"chief", "township_lead"})
CLERKS = frozenset({"village_clerk", "unit_clerk"})
DESK = LEADS | CLERKS | {"duty_officer"}

MANIFEST = hang(
    Manifest(
        name="ledger",
        title=_("Ledger"),
        permissions=(
            Permission("ledger.view_standing", _("See who owes what, and how it stands"), DESK | {"auditor", "case_worker", "medic"}),
            Permission("ledger.view_names", _("See the names and telephones of those who owe"), DESK | {"case_worker", "medic"}),
            Permission("ledger.view_content", _("See what was reported"), LEADS | CLERKS | {"case_worker", "medic"}),
            Permission("ledger.view_versions", _("See versions, excuses and reviews"), DESK | {"auditor"}),
            Permission("ledger.file_record", _("File reports for others"), DESK | {"medic"}),
            Permission("ledger.enrol", _("Enrol, transfer and end enrolments"), LEADS | CLERKS),
            Permission("ledger.excuse", _("Excuse"), LEADS | {"unit_clerk"}),
            Permission("ledger.review", _("Question, uphold and return reports"), LEADS | {"duty_officer"}),
            Permission("ledger.sign_off", _("Sign figures off, or send them back"), LEADS | CLERKS),
            Permission("ledger.close_day", _("Close and reopen a day"), frozenset({"chief"})),
            Permission("ledger.note_gap", _("Give the reason of a gap"), DESK),
            Permission("ledger.run_regime", _("Set regimes"), frozenset({"chief"})),
        ),
        ticks=(Tick("ledger.open_windows", timedelta(minutes=1), open_windows),),
        extras={
            "sealed_columns": (
                SealedColumn("ledger_record", "sealed", "ledger.record", "r.uuid"),
            ),
        },
    )
)
assert ROLES and SealedTable
