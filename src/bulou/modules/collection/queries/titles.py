"""What the acts of field collection are called in the journal, and what its rows are."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "collection.token_issued": _("Device or link given"),
    "collection.token_revoked": _("Device or link revoked"),
    "device": _("List on a phone"),
}
KINDS = {
    "collection.submission": _("Submission"),
    "collection.held": _("Held report"),
    "collection.form": _("Form"),
}
