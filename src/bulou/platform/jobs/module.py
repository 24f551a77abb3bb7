"""The manifest of background work."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from bulou.platform import clock
from bulou.platform.access.permissions import Permission
from bulou.platform.jobs import services
from bulou.platform.manifest import Manifest, MenuItem, Tick, hang

ADMINISTRATOR = frozenset({"administrator"})


def rescue(now: datetime) -> str:
    """Bring back the jobs of workers that died. By the machine's clock."""
    return services.rescue_jobs(clock.real_now())


def clear(now: datetime) -> str:
    """Forget old failures. By the machine's clock."""
    return services.clear_failures(clock.real_now())


MANIFEST = hang(
    Manifest(
        name="jobs",
        title=_("Background work"),
        permissions=(
            Permission("jobs.view_jobs", _("See background work"), ADMINISTRATOR),
            Permission("jobs.retry_job", _("Try failed background work again"), ADMINISTRATOR),
        ),
        menu=(MenuItem(_("Background work"), "jobs:jobs", "jobs.view_jobs", group="house", order=80, icon="settings"),),
        ticks=(
            Tick("jobs.rescue", timedelta(minutes=1), rescue, _("Bring back jobs whose worker died")),
            Tick("jobs.clear", timedelta(days=1), clear, _("Forget failures of long ago")),
        ),
    )
)
