"""The manifest of the field pages."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bulou.platform.manifest import Manifest, MenuItem, hang

MANIFEST = hang(
    Manifest(
        name="field",
        title=_("In the field"),
        menu=(MenuItem(_("On a phone without a line"), "field:shell", "collection.fill", "duties", 30, "phone"),),
        extras={"form_preview": lambda version_id: reverse("field:preview", args=[version_id])},
    )
)
