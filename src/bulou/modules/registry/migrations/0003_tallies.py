"""Tallies of current people and households by place, kept by triggers: equal to a count at every moment (tests/test_places_tally)."""

from django.db import migrations, models

PERSON = "ends IS NULL AND merged_into_id IS NULL"
HOUSEHOLD = "ends IS NULL"


def function(table: str, column: str, current: str) -> str:
    """One trigger function: appends what a statement changed. It runs as its owner, as forgetting changes people too."""
    return f"""
CREATE FUNCTION registry_tally_{column}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO registry_tally (place_id, people, households)
        SELECT place_id, {"count(*), 0" if column == "people" else "0, count(*)"} FROM fresh WHERE {current} GROUP BY place_id;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO registry_tally (place_id, people, households)
        SELECT place_id, {"-count(*), 0" if column == "people" else "0, -count(*)"} FROM stale WHERE {current} GROUP BY place_id;
    ELSE
        INSERT INTO registry_tally (place_id, people, households)
        SELECT place_id, {"sum(step), 0" if column == "people" else "0, sum(step)"}
          FROM (SELECT place_id, 1 AS step FROM fresh WHERE {current}
                UNION ALL SELECT place_id, -1 FROM stale WHERE {current}) AS steps
         GROUP BY place_id HAVING sum(step) <> 0;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER registry_tally_insert AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION registry_tally_{column}();
CREATE TRIGGER registry_tally_update AFTER UPDATE ON {table}
    REFERENCING NEW TABLE AS fresh OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION registry_tally_{column}();
CREATE TRIGGER registry_tally_delete AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION registry_tally_{column}();
INSERT INTO registry_tally (place_id, people, households)
SELECT place_id, {"count(*), 0" if column == "people" else "0, count(*)"} FROM {table} WHERE {current} GROUP BY place_id;
"""


def undo(table: str, column: str) -> str:
    """Take the triggers and their function away again."""
    drops = "".join(f"DROP TRIGGER registry_tally_{event} ON {table};\n" for event in ("insert", "update", "delete"))
    return f"{drops}DROP FUNCTION registry_tally_{column}();"


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_forgetting")]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place_id", models.BigIntegerField()),
                ("people", models.IntegerField(default=0)),
                ("households", models.IntegerField(default=0)),
            ],
        ),
        migrations.RunSQL(function("registry_person", "people", PERSON), undo("registry_person", "people")),
        migrations.RunSQL(
            function("registry_household", "households", HOUSEHOLD), undo("registry_household", "households")
        ),
    ]
