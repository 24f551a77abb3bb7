"""One report in three statements instead of ten (sql/filing.sql): what it does is as before."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql" / "filing.sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_searched")]

    operations = [
        migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop),
        migrations.RunSQL(
            "DROP FUNCTION IF EXISTS ledger_discharge_plain(ledger_window, bigint, ledger_record)",
            migrations.RunSQL.noop,
        ),
    ]
