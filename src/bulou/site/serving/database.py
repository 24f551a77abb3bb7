"""Bringing the database's tables to this version, and refusing a database that a newer Bulou has already changed."""

from __future__ import annotations

import os
import subprocess
import sys

from django.db import ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext_lazy as _

from bulou.platform.postgres import OWNER
from bulou.platform.refusals import Refusal
from bulou.site.commands.terminal import gettext, say
from bulou.site.home import Home, environment


def bring_up_to_date(home: Home) -> None:
    """Bring the tables to this version where they are older, saying so; refuses a newer database."""
    if is_behind():
        say(gettext("Tables: bringing them to this version"))
        migrate(home)


def is_founded() -> bool:
    """Whether somebody has said what this database is; False also before it has tables."""
    from bulou.platform.house.queries import house

    try:
        return house() is not None
    except ProgrammingError:
        return False


def is_behind() -> bool:
    """Whether migrations of this version are missing; refuses a database that a newer version has changed."""
    executor = MigrationExecutor(connection)
    known = set(executor.loader.disk_migrations)
    ours = {app for app, _name in known}
    newer = sorted(
        f"{app}.{name}" for app, name in executor.loader.applied_migrations if app in ours and (app, name) not in known
    )
    if newer:
        raise Refusal(
            "site.newer_database",
            _(
                "A newer Bulou has changed this database (%(change)s). Start it with that version; an older one could damage it."
            ),
            change=newer[-1],
        )
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate(home: Home) -> None:
    """Bring the tables to this version, as their owner, in a process of its own (this one may be the application)."""
    done = subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--no-input", "--verbosity", "0"],
        env=os.environ | environment(home, role=OWNER) | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["?"])[-1]
        raise Refusal(
            "site.migration_failed", _("The tables could not be brought to this version: %(reason)s"), reason=reason
        )
