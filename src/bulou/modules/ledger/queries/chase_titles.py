"""What the acts of chase, duty log and absences are called in the journal."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "ledger.chased": _("Reminders sent"),
    "ledger.reminder_acknowledged": _("Reminder seen"),
    "ledger.telephoned": _("Telephoned"),
    "ledger.absence_noted": _("Absence noted"),
    "ledger.absence_ended": _("Absence ended"),
    "ledger.watch_begun": _("Watch begun"),
    "ledger.watch_signed": _("Watch signed"),
    "ledger.log_written": _("Written into the duty log"),
}
