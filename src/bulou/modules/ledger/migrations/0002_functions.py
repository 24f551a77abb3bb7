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
SEALED = (
    "ledger_record", "ledger_recordversion", "ledger_reviewstep", "ledger_seat", "ledger_ending", "ledger_regimeversion", "ledger_signature",
    "ledger_daystate", "ledger_gapreason",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("journal", "0002_guards")]

    operations = [
        # A tally is rewritten with every report; room on its page keeps the rewrite where it is and out of the indexes.
        migrations.RunSQL(
            "ALTER TABLE ledger_tally SET (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.05);", migrations.RunSQL.noop
        ),
        *(
            migrations.RunSQL(
                (SQL / name).read_text(encoding="utf-8"),
                "".join(f"DROP FUNCTION IF EXISTS {one};" for one in FUNCTIONS) if name == FILES[-1] else migrations.RunSQL.noop,
            )
            for name in FILES
        ),
        *guards.append_only("ledger_record", forgets=CONTENT),
        *guards.append_only("ledger_recordversion", forgets=CONTENT),
        *guards.append_only("ledger_reviewstep", forgets=("reason",)),
        *guards.append_only("ledger_seat", forgets=("reason",)),
        *guards.append_only("ledger_ending", forgets=("reason",)),
        *guards.append_only("ledger_regimeversion"),
        *guards.append_only("ledger_signature"),
        *guards.append_only("ledger_daystate"),
        *guards.append_only("ledger_gapreason", forgets=("reason",)),
        *guards.may_forget("ledger_enrolment", columns=("reason",)),
        *guards.may_forget("ledger_excuse", columns=("reason", "removal_reason")),
        *(operation for table in SEALED for operation in guards.sealable(table)),
    ]
