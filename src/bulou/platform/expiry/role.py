"""Acting as another role of the database for a while: the code inside uses Django's default connection as ever."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections
from django.db.utils import load_backend

from bulou.platform.postgres.doors import dsn_as


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    """Inside, this thread's default connection is a new one that logs in as `role`; it sees only what is committed.

    A connection of its own, not SET ROLE: the application's role may not become the forgetting one.
    """
    from bulou.site.settings import databases

    usual = connections["default"]
    settings = usual.settings_dict | databases(dsn_as(role))["default"]
    settings["OPTIONS"] = {key: value for key, value in settings["OPTIONS"].items() if key != "pool"}
    connections["default"] = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, "default")
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = usual
