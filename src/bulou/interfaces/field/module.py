"""The manifest of the field pages."""

from django.utils.translation import gettext_lazy as _

from bulou.platform.manifest import Manifest, hang

MANIFEST = hang(Manifest(name="field", title=_("In the field")))
