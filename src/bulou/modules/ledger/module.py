"""The ledger's manifest."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from bulou.modules.ledger.queries import bar, chase_titles, registers
from bulou.modules.ledger.services import forgetting, forgetting_answers, listening, sealing, sections
from bulou.modules.ledger.services.chase import chase
from bulou.modules.ledger.services.windows import open_windows
from bulou.modules.registry.services.merging import PersonRows
from bulou.platform.access.permissions import SIGNED_IN, Permission
from bulou.platform.manifest import Forgets, Manifest, MenuItem, Section, Tick, hang

LEADS = frozenset({"chief", "township_lead"})
CLERKS = frozenset({"village_clerk", "unit_clerk"})
DESK = LEADS | CLERKS | {"duty_officer"}

MANIFEST = hang(
    Manifest(
        name="ledger",
        title=_("Ledger"),
        menu=(
            MenuItem(_("Regimes"), "ledger:regimes", "ledger.view_standing", group="registers", order=60, icon="level"),
            MenuItem(
                _("Enrolments"), "ledger:enrolments", "ledger.view_standing", group="registers", order=62, icon="table"
            ),
            MenuItem(_("Reports"), "ledger:records", "ledger.view_content", group="registers", order=64, icon="note"),
            MenuItem(_("Reminders"), "ledger:inbox", SIGNED_IN, group="duties", order=30, icon="bell"),
            MenuItem(_("Duty log"), "ledger:duty_log", "ledger.view_log", group="situation", order=60, icon="journal"),
            MenuItem(_("Sign-off"), "ledger:sign_off", "ledger.sign_off", group="situation", order=50, icon="edit"),
            MenuItem(
                _("Reminders sent"), "ledger:steps", "ledger.view_standing", group="situation", order=55, icon="phone"
            ),
            MenuItem(
                _("Requests to be excused"),
                "ledger:requests",
                "ledger.excuse",
                group="situation",
                order=57,
                icon="note",
            ),
            MenuItem(
                _("Away and deputies"),
                "ledger:absences",
                "ledger.note_absence",
                group="situation",
                order=58,
                icon="people",
            ),
        ),
        permissions=(
            Permission(
                "ledger.view_standing",
                _("See who owes what, and how it stands"),
                DESK | {"auditor", "case_worker", "medic"},
            ),
            Permission(
                "ledger.view_names", _("See the names and telephones of those who owe"), DESK | {"case_worker", "medic"}
            ),
            Permission("ledger.view_content", _("See what was reported"), LEADS | CLERKS | {"case_worker", "medic"}),
            Permission("ledger.view_versions", _("See versions, excuses and reviews"), DESK | {"auditor"}),
            Permission("ledger.file_record", _("File reports for others"), DESK | {"medic"}),
            Permission("ledger.enrol", _("Enrol, transfer and end enrolments"), LEADS | CLERKS),
            Permission("ledger.excuse", _("Excuse"), LEADS | {"unit_clerk"}),
            Permission("ledger.review", _("Question, uphold and return reports"), LEADS | {"duty_officer"}),
            Permission("ledger.sign_off", _("Sign figures off, or send them back"), LEADS | CLERKS),
            Permission("ledger.close_day", _("Close and reopen a day"), frozenset({"chief"})),
            Permission("ledger.note_gap", _("Give the reason of a gap"), DESK),
            Permission("ledger.chase", _("Telephone those who owe, and note what they said"), DESK),
            Permission("ledger.note_absence", _("Note that somebody is away, and who stands in"), LEADS | CLERKS),
            Permission("ledger.view_log", _("Read the duty log"), frozenset({"chief", "duty_officer", "auditor"})),
            Permission(
                "ledger.keep_log", _("Keep the duty log, hand over and take over"), frozenset({"chief", "duty_officer"})
            ),
            Permission("ledger.run_regime", _("Set regimes"), frozenset({"chief"})),
        ),
        sections=(
            Section("facts", _("Facts"), sections.FACT_SCHEMA, sections.apply_facts, check=sections.check_facts),
            Section("ladders", _("Ladders"), sections.LADDER_SCHEMA, sections.apply_ladders),
            Section(
                "regimes", _("Regimes"), sections.REGIME_SCHEMA, sections.apply_regimes, check=sections.check_regimes
            ),
        ),
        listens=listening.LISTENS,
        ticks=(
            Tick("ledger.open_windows", timedelta(minutes=1), open_windows),
            Tick("ledger.chase", timedelta(minutes=1), chase, _("Remind those who owe, step by step")),
        ),
        forgets=(
            *forgetting_answers.forgets(),
            Forgets("ledger.reports", forgetting.reports_due, forgetting.forget_reports),
        ),
        extras={
            "actions": chase_titles.ACTIONS,
            "bar": bar.marks,
            "keeps": registers.kept_of,
            "person_moves": (
                PersonRows("ledger_message", "person_id"),
                PersonRows("ledger_absence", "deputy_id", unless="r.person_id = %(kept)s"),
                PersonRows("ledger_absence", "person_id", unless="r.deputy_id = %(kept)s"),
            ),
            "sealed_tables": sealing.TABLES,
        },
    )
)
