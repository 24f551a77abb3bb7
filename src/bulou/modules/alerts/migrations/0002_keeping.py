"""What the forgetting role may empty of immediate reports."""

from django.db import migrations

from bulou.platform.journal import guards


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_initial"), ("journal", "0002_guards")]

    operations = [*guards.may_forget("alerts_alert", columns=("name", "sealed"))]
