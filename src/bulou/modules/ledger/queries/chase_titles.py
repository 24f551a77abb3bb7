"""What the acts of chase, duty log and absences are called in the journal."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "ledger.chased": _("Reminders sent"),
    "ledger.reminder_acknowledged": _("Reminder seen"),
    "ledger.telephoned": _("Telephoned"),
    "ledger.excuse_asked": _("Asked to be excused"),
    "ledger.excuse_request_granted": _("Request to be excused granted"),
    "ledger.excuse_request_declined": _("Request to be excused declined"),
    "ledger.excuse_request_taken_back": _("Request to be excused taken back"),
    "ledger.gap_reason_given": _("Reason of a gap given"),
    "ledger.lines_exported": _("Lines of a list exported"),
    "ledger.absence_noted": _("Absence noted"),
    "ledger.absence_ended": _("Absence ended"),
    "ledger.watch_begun": _("Watch begun"),
    "ledger.watch_signed": _("Watch signed"),
    "ledger.log_written": _("Written into the duty log"),
}
