"""A way into the database Django uses, as another role than the application's. For migrations, backups and expiry, never for pages."""

from __future__ import annotations

from django.conf import settings
from django.db import connections
from psycopg.conninfo import make_conninfo

from bulou.platform.postgres import socket_folder
from bulou.platform.postgres.folders import Folders


def dsn_as(role: str) -> str:
    """A libpq conninfo for `role` on the default connection's database.

    In the embedded server the role logs in with its own password; on a server of the county's own the session acts as the role.
    """
    now_used = connections["default"].settings_dict
    where = {"dbname": now_used["NAME"], "host": now_used["HOST"], "port": now_used["PORT"]}
    folders = Folders(settings.HOME)
    if folders.is_made() and now_used["HOST"] == str(socket_folder.recorded(folders)):
        return make_conninfo(**where, user=role, password=folders.read_passwords()[role])
    own = {key: value for key, value in now_used["OPTIONS"].items() if isinstance(value, str) and key != "options"}
    return make_conninfo(
        **where, user=now_used["USER"], password=now_used["PASSWORD"], **own, options=f"-c role={role}"
    )
