"""The log is append-only and sealed; only the forgetting role writes it."""

from django.db import migrations

from bulou.platform.journal import guards


class Migration(migrations.Migration):
    dependencies = [("expiry", "0001_initial"), ("journal", "0002_guards")]

    operations = [
        *guards.append_only("expiry_forgotten"),
        *guards.sealable("expiry_forgotten"),
        migrations.RunSQL(
            "REVOKE INSERT ON expiry_forgotten FROM bulou_app;"
            "GRANT INSERT ON expiry_forgotten TO bulou_forget;"
            "GRANT USAGE, SELECT ON SEQUENCE expiry_forgotten_id_seq TO bulou_forget;",
            "GRANT INSERT ON expiry_forgotten TO bulou_app; REVOKE INSERT ON expiry_forgotten FROM bulou_forget;",
        ),
    ]
