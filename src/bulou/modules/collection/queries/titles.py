"""What the acts of field collection are called in the journal, and what its rows are."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "collection.token_issued": _("Device or link given"),
    "collection.token_revoked": _("Device or link revoked"),
    "collection.links_issued": _("Personal links given"),
    "collection.exported": _("Submissions exported"),
    "collection.form_brought": _("Form brought"),
    "collection.form_mapped": _("Form's answers mapped"),
    "collection.file_added": _("File added to a form"),
    "collection.form_published": _("Form published"),
    "collection.form_closing": _("Form closing"),
    "collection.form_closed": _("Form closed"),
    "collection.form_retired": _("Form retired"),
    "collection.form_reopened": _("Form opened again"),
    "collection.held_settled": _("Held report settled"),
    "submission": _("Submission"),
    "held": _("Held report"),
    "feed": _("Feed for a spreadsheet program"),
    "device": _("List on a phone"),
    "sensitive_answers": _("Sensitive answers"),
    "submission_xml": _("XML as received"),
    "submission_file": _("File of a submission"),
}
KINDS = {
    "collection.submission": _("Submission"),
    "collection.held": _("Held report"),
    "collection.form": _("Form"),
    "collection.token": _("Device or link"),
}
