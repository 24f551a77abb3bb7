"""Who may file about whom, as it stood at a moment: asked by the hot door of collection (sql/senders.sql)."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql" / "senders.sql"
UNDO = "DROP FUNCTION ledger_may_file(text, bigint, bigint, bigint, bigint[], bigint[], timestamptz)"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_answerables")]

    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), UNDO)]
