"""What acts, looks and kinds are called: the platform's own here, a module's hung under `actions` and `kinds` on its manifest."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bulou.platform.manifest import extras

KINDS = {
    "accounts.user": _("User"),
    "sheets.upload": _("Upload"),
    "jobs.job": _("Job"),
    "house": _("The house"),
    "journal.chain": _("Journal"),
}

ACTIONS = {
    "journal.exported": _("Journal exported"),
    "house.founded": _("House founded"),
    "house.clock_set": _("Clock of the exercise set"),
    "accounts.logged_in": _("User logged in"),
    "accounts.logged_out": _("User logged out"),
    "accounts.locked_out": _("Locked out"),
    "accounts.user_created": _("User made"),
    "accounts.user_edited": _("User edited"),
    "accounts.user_activated": _("User activated again"),
    "accounts.user_deactivated": _("User deactivated"),
    "accounts.user_unlocked": _("User unlocked"),
    "accounts.password_changed": _("Password changed"),
    "accounts.password_reset": _("Password reset"),
    "accounts.second_factor_begun": _("Second factor begun"),
    "accounts.second_factor_set": _("Second factor set up"),
    "accounts.second_factor_removed": _("Second factor removed"),
    "accounts.recovery_code_used": _("Recovery code used"),
    "accounts.recovery_codes_renewed": _("Recovery codes renewed"),
    "accounts.session_ended": _("Session ended"),
    "sheets.upload_received": _("File received"),
    "sheets.upload_mapped": _("Columns matched"),
    "sheets.upload_judged_again": _("File judged again"),
    "sheets.upload_loaded": _("File loaded"),
    "sheets.upload_dropped": _("File dropped"),
    "tables.exported": _("Register exported"),
    "jobs.job_retried": _("Background work tried again"),
    "list": _("List"),
    "page": _("Page"),
    "download": _("Download"),
    "household": _("Household"),
    "identity_number": _("Identity number"),
    "name": _("Name"),
    "picked": _("Picked from a list"),
    "export": _("Export"),
}


def action_title(action: str) -> str | Promise:
    """What an act or a look is called; its code where nobody has said."""
    return _title("actions", ACTIONS, action)


def kind_title(kind: str) -> str | Promise:
    """What a kind of subject is called; its code where nobody has said."""
    return _title("kinds", KINDS, kind)


def _title(key: str, ours: Mapping[str, Promise], code: str) -> str | Promise:
    return ours.get(code) or next((titles[code] for titles in extras(key) if code in titles), code)
