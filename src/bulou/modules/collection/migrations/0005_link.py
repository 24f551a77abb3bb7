"""What came by personal links is found by its link; what comes from devices, a thousand a second, pays nothing for it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("collection", "0004_receiving")]

    operations = [
        migrations.AddIndex(
            "submission",
            models.Index(
                fields=["token_id", "id"], condition=models.Q(source="link"), name="collection_submission_link"
            ),
        )
    ]
