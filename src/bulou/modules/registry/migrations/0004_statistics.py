"""A function that lets the running app have the planner's statistics taken after a bulk load: only the owner of a table may otherwise."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_tallies")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION registry_take_statistics() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
            BEGIN
              ANALYZE registry_person, registry_document, registry_phone, registry_household, registry_place;
            END $$;
            REVOKE ALL ON FUNCTION registry_take_statistics() FROM PUBLIC;
            GRANT EXECUTE ON FUNCTION registry_take_statistics() TO bulou_app;
            """,
            "DROP FUNCTION registry_take_statistics()",
        ),
    ]
