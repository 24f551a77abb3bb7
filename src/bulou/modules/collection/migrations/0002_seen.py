"""When a token was last used."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("collection", "0001_initial")]

    operations = [migrations.AddField("token", "seen_at", models.DateTimeField(null=True))]
