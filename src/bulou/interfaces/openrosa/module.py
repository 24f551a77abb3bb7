"""The manifest of the form protocol: it has no pages of its own."""

from django.utils.translation import gettext_lazy as _

from bulou.platform.manifest import Manifest, hang

MANIFEST = hang(Manifest(name="openrosa", title=_("Form protocol")))
