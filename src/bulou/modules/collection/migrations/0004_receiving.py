"""The door of what devices send (sql/receiving.sql), and what it needs: places of corrections that came too early, no lock on a form's row."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from bulou.platform.journal import guards

SQL = Path(__file__).parents[1] / "sql" / "receiving.sql"
UNDO = "DROP FUNCTION collection_receive; DROP FUNCTION collection_versions(text);"


def unbound(name: str, to: str) -> migrations.AlterField:
    """A foreign key of a submission without its constraint: each insert would lock the row it points to."""
    key = models.ForeignKey(
        to, django.db.models.deletion.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    return migrations.AlterField("submission", name, key)


class Migration(migrations.Migration):
    dependencies = [
        ("collection", "0003_guards"),
        ("ledger", "0005_senders"),
        ("registry", "0005_codes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Joined",
            fields=[
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="joined",
                        serialize=False,
                        to="collection.submission",
                    ),
                ),
                ("chain", models.CharField(db_collation="C", max_length=249)),
                ("number", models.IntegerField()),
                ("subject_id", models.BigIntegerField(null=True)),
                ("record_id", models.BigIntegerField(null=True)),
                ("joined_at", models.DateTimeField()),
            ],
        ),
        unbound("form", "collection.form"),
        unbound("version", "collection.formversion"),
        migrations.AddIndex(
            "submission",
            models.Index(fields=["deprecates"], condition=models.Q(number=0), name="collection_submission_waits"),
        ),
        migrations.AddConstraint(
            "joined", models.UniqueConstraint(fields=["chain", "number"], name="collection_joined_chain")
        ),
        *guards.append_only("collection_joined"),
        migrations.RunSQL(SQL.read_text(encoding="utf-8"), UNDO),
    ]
