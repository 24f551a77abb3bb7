"""Expiry's manifest: its sealed log, what verification asks it, and the hourly run."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from bulou.platform.expiry.queries import forgotten_when
from bulou.platform.expiry.services import run
from bulou.platform.journal.sealed import SealedTable
from bulou.platform.manifest import Manifest, Tick, hang

LOG = SealedTable(
    "expiry_forgotten",
    ("key", "at", "kind", "subjects", "why"),
    kind="'expiry.month'",
    subject="to_char(r.at AT TIME ZONE 'UTC', 'YYYYMM')::bigint",
)

MANIFEST = hang(
    Manifest(
        name="expiry",
        title=_("Forgetting"),
        ticks=(Tick("expiry.run", timedelta(hours=1), run, _("Forget what is over")),),
        extras={"sealed_tables": (LOG,), "forgotten_when": forgotten_when},
    )
)
