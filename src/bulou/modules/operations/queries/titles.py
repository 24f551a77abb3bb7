"""What the acts and kinds of operations are called in the journal."""

from django.utils.translation import gettext_lazy as _

KINDS = {"operations.operation": _("Operation")}
ACTIONS = {
    "operations.operation_activated": _("Operation activated"),
    "operations.playbook_applied": _("Playbook applied"),
    "operations.level_set": _("Response level set"),
    "operations.item_overridden": _("Playbook changed by hand"),
    "operations.override_taken_back": _("Change by hand taken back"),
    "operations.operation_stood_down": _("Operation stood down"),
}
