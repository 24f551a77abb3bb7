"""Acting as another role of the database for a while: the code inside uses Django's default connection as ever."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.utils import load_backend
from psycopg.conninfo import conninfo_to_dict

from bulou.platform.postgres.doors import dsn_as

_PARTS = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    """Inside, this thread's default connection is a new one that logs in as `role`; it sees only what is committed.

    A connection of its own, not SET ROLE: the application's role may not become the forgetting one.
    """
    usual = connections["default"]
    settings = usual.settings_dict | _where(dsn_as(role))
    connections["default"] = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, "default")
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = usual


def _where(dsn: str) -> dict[str, Any]:
    """A conninfo as Django's settings of a connection. No pool: a pooled connection would be another's role."""
    parts = conninfo_to_dict(dsn)
    found: dict[str, Any] = {setting: parts.pop(part, "") for part, setting in _PARTS.items()}
    return found | {"OPTIONS": parts}
