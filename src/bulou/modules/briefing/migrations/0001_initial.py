"""The tables of briefing."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('operations', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Issued',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField()),
                ('day', models.DateField()),
                ('as_of', models.DateTimeField()),
                ('report', models.JSONField()),
                ('texts', models.JSONField()),
                ('digest', models.CharField(max_length=64)),
                ('seal_head', models.CharField(max_length=40)),
                ('issued_at', models.DateTimeField()),
                ('actor_id', models.BigIntegerField(null=True)),
                ('actor_name', models.CharField(max_length=80)),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='operations.operation')),
            ],
            options={
                'indexes': [models.Index(fields=['issued_at', 'id'], name='briefing_issued_when')],
                'constraints': [models.UniqueConstraint(fields=('operation', 'number'), name='briefing_issued_number'), models.CheckConstraint(condition=models.Q(('as_of__lte', models.F('issued_at'))), name='briefing_issued_past')],
            },
        ),
    ]
