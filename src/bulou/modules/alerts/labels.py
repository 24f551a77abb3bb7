"""Words for coded values."""

from django.utils.translation import gettext_lazy as _

KINDS = {"suspected": _("Suspected"), "confirmed": _("Confirmed")}
ABOUT = {"staff": _("Staff"), "family": _("Families of staff")}
TONES = {"suspected": "late", "confirmed": "bad"}
