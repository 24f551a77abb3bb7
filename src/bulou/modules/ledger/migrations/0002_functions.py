"""The ledger's functions (sql/), guards on what is never changed, and how the hot tables lie on disk."""

from pathlib import Path

from django.db import migrations

from bulou.platform.journal import guards

SQL = Path(__file__).parents[1] / "sql"
FILES = ("states.sql", "settling.sql", "filing.sql", "counting.sql", "trees.sql")
FUNCTIONS = (
    "ledger_gap_rows", "ledger_gap_cells", "ledger_tree", "ledger_counted", "ledger_counts_now", "ledger_counts_at", "ledger_odd_in", "ledger_count_copied", "ledger_resettle", "ledger_file",
    "ledger_discharge_plain", "ledger_open", "ledger_sit", "ledger_cells", "ledger_fold", "ledger_settle", "ledger_hold_all", "ledger_hold",
    "ledger_sparse", "ledger_mixed", "ledger_states", "ledger_version_at", "ledger_first_day", "ledger_answers",
)  # fmt: skip
CONTENT = ("facts", "sealed", "lines")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("journal", "0002_guards")]

    operations = [
        # A tally is rewritten with every report; room on its page keeps the rewrite where it is and out of the indexes.
        migrations.RunSQL(
            "ALTER TABLE ledger_tally SET (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.05);", migrations.RunSQL.noop
        ),
        migrations.RunSQL(
            "CREATE INDEX ledger_seat_answerables ON ledger_seat USING gin (answerables) WHERE answerables <> '{}';",
            "DROP INDEX ledger_seat_answerables;",
        ),
        *(
            migrations.RunSQL(
                (SQL / name).read_text(encoding="utf-8"),
                "".join(f"DROP FUNCTION {one};" for one in FUNCTIONS) if name == FILES[-1] else migrations.RunSQL.noop,
            )
            for name in FILES
        ),
        *guards.append_only("ledger_record", forgets=CONTENT),
        *guards.append_only("ledger_recordversion", forgets=CONTENT),
        *guards.append_only("ledger_reviewstep"),
        *guards.append_only("ledger_seat"),
        *guards.append_only("ledger_ending"),
        *guards.append_only("ledger_regimeversion"),
        *guards.append_only("ledger_signature"),
        *guards.append_only("ledger_daystate"),
        *guards.append_only("ledger_gapreason"),
    ]
