"""Issued briefings are never changed."""

from django.db import migrations

from bulou.platform.journal import guards


class Migration(migrations.Migration):
    dependencies = [("briefing", "0001_initial"), ("journal", "0002_guards")]
    operations = [*guards.append_only("briefing_issued")]
