"""What the forgetting role may delete and blank when a person's time is over."""

from django.db import migrations

_BLANKED = (
    "name, other_name, name_key, initials, grams, sex, born_on, address, employer, languages, qualifications, no_document, relation, ends, forgotten_at"
)


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]

    operations = [
        migrations.RunSQL(
            f"""
            GRANT DELETE ON registry_document, registry_phone, registry_relation, registry_personversion, registry_duplicate TO bulou_forget;
            GRANT UPDATE (moved, why) ON registry_merge TO bulou_forget;
            GRANT UPDATE (address) ON registry_household TO bulou_forget;
            GRANT UPDATE ({_BLANKED}) ON registry_person TO bulou_forget;
            """,
            f"""
            REVOKE DELETE ON registry_document, registry_phone, registry_relation, registry_personversion, registry_duplicate FROM bulou_forget;
            REVOKE UPDATE (moved, why) ON registry_merge FROM bulou_forget;
            REVOKE UPDATE (address) ON registry_household FROM bulou_forget;
            REVOKE UPDATE ({_BLANKED}) ON registry_person FROM bulou_forget;
            """,
        ),
    ]
