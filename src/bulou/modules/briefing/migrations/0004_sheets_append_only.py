"""A superior's file, a mapping and a filling are never changed."""

from django.db import migrations

from bulou.platform.journal import guards


class Migration(migrations.Migration):
    dependencies = [("briefing", "0003_sheets"), ("journal", "0002_guards")]
    operations = [
        *guards.append_only("briefing_sheetfile"),
        *guards.append_only("briefing_sheetmapping"),
        *guards.append_only("briefing_sheetfilling"),
    ]
