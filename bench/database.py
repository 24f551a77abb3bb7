"""A founded house for benchmarks: embedded PostgreSQL as in production (fsync on) in a temporary home, migrated, with Django as bulou_app."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def house(county: str = "370921") -> Iterator[Path]:
    """A running exercise of a county; everything is gone afterwards. One at a time in a process (Django is set up once)."""
    with TemporaryDirectory(prefix="bulou-bench-") as folder:
        os.environ["BULOU_HOME"] = str(Path(folder) / "home")
        os.environ.pop("DATABASE_URL", None)
        from bulou.site.commands.init import found
        from bulou.site.home import django_ready, this_home

        home = this_home()
        with django_ready(home):
            _point_django_here(home.dsn(), home.path)
            found(home, "exercise", county)
            yield home.path


def _point_django_here(dsn: str, home: Path) -> None:
    """Settings are read once in a process: a second house has to tell Django where it is."""
    from django.conf import settings
    from django.db import connections

    from bulou.site.settings import databases

    connections["default"].close()
    connections["default"].settings_dict.update(databases(dsn)["default"])
    settings.HOME = home
