"""The code lists and forms know a person by, and what other modules' hot doors ask of the registry (sql/subjects.sql)."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parents[1] / "sql" / "subjects.sql"
UNDO = """
DROP FUNCTION registry_subject(text, text);
DROP FUNCTION registry_home(bigint);
DROP FUNCTION registry_reach_at(bigint, text[], bigint, timestamptz);
DROP FUNCTION registry_lies_in(text, bigint, bigint[], bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_statistics")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="code",
            field=models.CharField(db_collation="C", max_length=32, null=True, unique=True),
        ),
        migrations.RunSQL(
            "GRANT UPDATE (code) ON registry_person TO bulou_forget",
            "REVOKE UPDATE (code) ON registry_person FROM bulou_forget",
        ),
        migrations.RunSQL(SQL.read_text(encoding="utf-8"), UNDO),
    ]
