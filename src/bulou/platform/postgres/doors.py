"""A way into the database Django uses, as another role than the application's. For migrations, backups and expiry, never for pages."""

from __future__ import annotations

from django.conf import settings
from django.db import connections
from psycopg.conninfo import make_conninfo

from bulou.platform.postgres import socket_folder
from bulou.platform.postgres.folders import Folders
from bulou.platform.postgres.roles import OWNER


def dsn_as(role: str) -> str:
    """A libpq conninfo for `role` on the default connection's database.

    In the embedded server the role logs in with its own password; on a server of the county's own the session acts as the role,
    and for `bulou_owner` as whoever owns the database there.
    """
    now_used = connections["default"].settings_dict
    where = {"dbname": now_used["NAME"], "host": now_used["HOST"], "port": now_used["PORT"]}
    folders = Folders(settings.HOME)
    if folders.is_made() and now_used["HOST"] == str(socket_folder.recorded(folders)):
        return make_conninfo(**where, user=role, password=folders.read_passwords()[role])
    own = {key: value for key, value in now_used["OPTIONS"].items() if isinstance(value, str) and key != "options"}
    role = _owner() if role == OWNER else role
    return make_conninfo(
        **where, user=now_used["USER"], password=now_used["PASSWORD"], **own, options=f"-c role={role}"
    )


def _owner() -> str:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()")
        return str(cursor.fetchone()[0])
