"""When the answers of regimes whose days are over were last looked for."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0007_requests'),
    ]

    operations = [
        migrations.AddField(
            model_name='regime',
            name='searched_at',
            field=models.DateTimeField(null=True),
        ),
    ]
