"""Migration operations that make a table append-only, and sealable. For hand-written migrations:

    operations = [*guards.append_only("stock_movement"), *guards.sealable("stock_movement")]

After it nobody changes or removes a row: not the application (it has no right to) and not the owner (a trigger refuses), save the
forgetting role, and it only what `forgets` names.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.migrations.operations import RunSQL

APP, FORGET = "bulou_app", "bulou_forget"

ROLES = RunSQL(
    """
DO $$
DECLARE missing text;
BEGIN
  FOREACH missing IN ARRAY ARRAY['bulou_app', 'bulou_forget'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = missing) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', missing);
      EXCEPTION
        WHEN insufficient_privilege THEN
          RAISE EXCEPTION 'The role % is missing and % may not create it. Let an administrator run: CREATE ROLE % LOGIN; GRANT % TO %;',
            missing, current_user, missing, missing, current_user;
        WHEN duplicate_object THEN NULL;
      END;
    END IF;
  END LOOP;
END $$;
""",
    RunSQL.noop,
)

FUNCTIONS = RunSQL(
    """
CREATE FUNCTION bulou_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_user = 'bulou_forget' AND TG_OP = ANY (TG_ARGV) THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'table % is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

-- Transaction numbers start anew on another server; the shift, set by a restore, keeps ours growing for ever.
CREATE FUNCTION journal_shift() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 0::bigint';
CREATE FUNCTION journal_xact() RETURNS bigint LANGUAGE sql STABLE AS
  'SELECT pg_current_xact_id()::text::bigint + journal_shift()';
CREATE FUNCTION journal_horizon() RETURNS bigint LANGUAGE sql STABLE AS
  'SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + journal_shift()';
""",
    """
DROP FUNCTION journal_horizon();
DROP FUNCTION journal_xact();
DROP FUNCTION journal_shift();
DROP FUNCTION bulou_append_only();
""",
)


def append_only(table: str, *, forgets: Sequence[str] = (), forgets_rows: bool = False) -> list[RunSQL]:
    """Operations that leave INSERT and SELECT only. The forgetting role may still empty the columns in `forgets`, and delete rows if told."""
    allowed = [*(["UPDATE"] if forgets else []), *(["DELETE"] if forgets_rows else [])]
    words = [
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP};",
        f"GRANT SELECT ON {table} TO {FORGET};",
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION bulou_append_only({', '.join(repr(word) for word in allowed)});",
    ]
    if forgets:
        words.append(f"GRANT UPDATE ({', '.join(forgets)}) ON {table} TO {FORGET};")
    if forgets_rows:
        words.append(f"GRANT DELETE ON {table} TO {FORGET};")
    undo = [
        f"DROP TRIGGER append_only ON {table};",
        f"REVOKE UPDATE, DELETE ON {table} FROM {FORGET};",
        f"GRANT UPDATE, DELETE ON {table} TO {APP};",
    ]
    return [RunSQL("\n".join(words), "\n".join(undo))]


def sealable(table: str) -> list[RunSQL]:
    """Operations that give a table (with a bigint `id`) its transaction number `xact`, by which the sealing job takes only settled rows.

    The database fills it; models do not name it. The same table is named in the module's manifest: `extras={"sealed_tables": …}`.
    """
    return [
        RunSQL(
            f"ALTER TABLE {table} ADD COLUMN xact bigint NOT NULL DEFAULT journal_xact();\n"
            f"CREATE INDEX {table}_xact ON {table} (xact, id);",
            f"ALTER TABLE {table} DROP COLUMN xact;",
        )
    ]


def may_forget(table: str, *, columns: Sequence[str] = (), rows: bool = False) -> list[RunSQL]:
    """For ordinary tables that hold what expires: the forgetting role may empty `columns`, and delete rows if told."""
    words = [f"GRANT SELECT ON {table} TO {FORGET};"]
    if columns:
        words.append(f"GRANT UPDATE ({', '.join(columns)}) ON {table} TO {FORGET};")
    if rows:
        words.append(f"GRANT DELETE ON {table} TO {FORGET};")
    return [RunSQL("\n".join(words), f"REVOKE UPDATE, DELETE ON {table} FROM {FORGET};")]
