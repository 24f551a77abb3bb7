"""Indexes for what pages ask: where cells lie, and what arrived late; the tree adds up branch by branch."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_senders")]

    operations = [
        migrations.AddIndex(
            model_name="cell",
            index=models.Index(fields=["id"], include=["place", "unit"], name="ledger_cell_where"),
        ),
        migrations.AddIndex(
            model_name="discharge",
            index=models.Index(
                fields=["received_at"],
                include=["window_id", "cell_id", "enrolment_id"],
                condition=models.Q(("is_late", True)),
                name="ledger_discharge_late",
            ),
        ),
        migrations.RunSQL((SQL / "trees.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
