"""Moving a database to another server, whose transaction numbers start anew: the shift that keeps the journal's growing."""

from __future__ import annotations

import psycopg

from bulou.platform.postgres.doors import dsn_as
from bulou.platform.postgres.roles import OWNER

REBASE = """
DO $rebase$
DECLARE
  highest bigint := coalesce((SELECT max(through_xact) FROM journal_block), 0);
  of_table bigint;
  place regclass;
BEGIN
  FOR place IN
    SELECT a.attrelid::regclass FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE a.attname = 'xact' AND c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
  LOOP
    EXECUTE format('SELECT max(xact) FROM %s', place) INTO of_table;
    highest := greatest(highest, of_table);
  END LOOP;
  EXECUTE format('CREATE OR REPLACE FUNCTION journal_shift() RETURNS bigint LANGUAGE sql IMMUTABLE AS %L',
    format('SELECT %s::bigint', greatest(0, highest + 1 - pg_current_xact_id()::text::bigint)));
END $rebase$;
"""


def rebase() -> None:
    """After a dump was loaded into another server by hand: let new rows count from above the highest that came along. Acts as the owner."""
    with psycopg.connect(dsn_as(OWNER)) as connection:
        connection.execute(REBASE)
