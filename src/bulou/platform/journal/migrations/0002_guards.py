"""What models cannot say: append-only tables, transaction numbers, the chain's name."""

from django.db import migrations

from bulou.platform.journal import guards


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [
        guards.ROLES,
        guards.FUNCTIONS,
        *guards.append_only("journal_line", forgets=("why", "data")),
        *guards.sealable("journal_line"),
        *guards.append_only("journal_look", forgets=("why",)),
        *guards.sealable("journal_look"),
        *guards.append_only("journal_block"),
        *guards.append_only("journal_chain"),
        *guards.append_only("journal_salt", forgets=("salt", "forgotten_at")),
        migrations.RunSQL(
            # Digests do not compress; the application has no business adding a second chain.
            "ALTER TABLE journal_block ALTER COLUMN entries SET STORAGE EXTERNAL;"
            "INSERT INTO journal_chain (id, key) VALUES (1, gen_random_uuid());"
            "REVOKE INSERT ON journal_chain FROM bulou_app;",
            migrations.RunSQL.noop,
        ),
    ]
