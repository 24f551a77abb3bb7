"""The three roles and what each may do, the same in the embedded server and in a county's own.

`bulou_owner` owns the tables and migrates; `bulou_app` is the running application (append-only tables are taken from it by
migrations); `bulou_forget` reads, and deletes only where an expiring module lets it. None of them is a superuser.
"""

from __future__ import annotations

import psycopg
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from bulou.platform.refusals import Refusal

OWNER, APP, FORGET = "bulou_owner", "bulou_app", "bulou_forget"
ROLES = (OWNER, APP, FORGET)
DATABASE = "bulou"
OLDEST = 150000


def make_roles(connection: psycopg.Connection, passwords: dict[str, str]) -> None:
    """Make the roles that are missing and set the passwords given; `bulou_owner` may act as the other two (tests and repairs do)."""
    for role in ROLES:
        _make_role(connection, role, passwords.get(role))
    connection.execute(sql.SQL("GRANT {}, {} TO {}").format(*map(sql.Identifier, (APP, FORGET, OWNER))))


def make_database(connection: psycopg.Connection, name: str = DATABASE, owner: str = OWNER) -> None:
    """Make the database when it is missing: UTF-8, order of code points (our own columns carry Chinese order). Needs autocommit."""
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return
    words = "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
    connection.execute(sql.SQL(words).format(sql.Identifier(name), sql.Identifier(owner)))


def give_default_rights(connection: psycopg.Connection, database: str = DATABASE) -> None:
    """As the owner, inside the database: what the owner makes from now on, the application may use and the forgetter may read."""
    app, forget, name = sql.Identifier(APP), sql.Identifier(FORGET), sql.Identifier(database)
    for words in (
        "REVOKE ALL ON DATABASE {name} FROM PUBLIC",
        "GRANT CONNECT, TEMPORARY ON DATABASE {name} TO {app}, {forget}",
        "GRANT USAGE ON SCHEMA public TO {app}, {forget}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {forget}",
    ):
        connection.execute(sql.SQL(words).format(app=app, forget=forget, name=name))


def prepare_foreign(dsn: str) -> None:
    """Prepare a PostgreSQL of the county's own, reached as the owner of its database: version, roles, default rights.

    Refuses a server older than 15, a database that is not UTF-8, and an owner that may not make the roles when they are missing.
    """
    try:
        with psycopg.connect(dsn, autocommit=True, connect_timeout=10) as connection:
            _check_server(connection)
            _ensure_foreign_roles(connection)
            give_default_rights(connection, connection.info.dbname)
    except psycopg.OperationalError as error:
        raise Refusal(
            "postgres.unreachable",
            _("The database of DATABASE_URL does not answer: %(reason)s"),
            reason=str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__,
        ) from None


def _check_server(connection: psycopg.Connection) -> None:
    version = connection.info.server_version
    if version < OLDEST:
        raise Refusal(
            "postgres.too_old",
            _("DATABASE_URL leads to PostgreSQL %(found)s; Bulou needs 15 or newer."),
            found=f"{version // 10000}.{version % 10000}",
        )
    encoding = connection.execute("SHOW server_encoding").fetchone()
    if encoding is None or encoding[0] != "UTF8":
        raise Refusal(
            "postgres.not_utf8",
            _("The database of DATABASE_URL is not UTF-8 and cannot hold every name. Make it with ENCODING 'UTF8'."),
        )


def _ensure_foreign_roles(connection: psycopg.Connection) -> None:
    user = connection.info.user
    for role in (APP, FORGET):
        try:
            _make_role(connection, role, None)
            if not _may_act_as(connection, role):
                connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(user)))
        except psycopg.errors.InsufficientPrivilege:
            raise Refusal(
                "postgres.roles_missing",
                _(
                    "The role “%(user)s” of DATABASE_URL may not make the role “%(role)s”. Let an administrator run: "
                    "CREATE ROLE %(role)s LOGIN; GRANT %(role)s TO %(user)s;"
                ),
                user=user,
                role=role,
            ) from None


def _may_act_as(connection: psycopg.Connection, role: str) -> bool:
    row = connection.execute("SELECT pg_has_role(current_user, %s, 'USAGE')", [role]).fetchone()
    return bool(row and row[0])


def _make_role(connection: psycopg.Connection, role: str, password: str | None) -> None:
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
    if password is not None:
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password)))
