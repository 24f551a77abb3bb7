"""Requests to be excused."""

import django.db.models.deletion
from django.db import migrations, models

from bulou.platform.journal import guards


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0006_faster_faces'),
    ]

    operations = [
        migrations.CreateModel(
            name='ExcuseRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(unique=True)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('known_at', models.DateTimeField()),
                ('actor_id', models.BigIntegerField(null=True)),
                ('actor_name', models.CharField(max_length=80)),
                ('reason', models.CharField(max_length=400)),
                ('outcome', models.CharField(blank=True, choices=[('granted', 'Granted'), ('declined', 'Declined'), ('taken_back', 'Taken Back')], max_length=10)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decider_id', models.BigIntegerField(null=True)),
                ('decider_name', models.CharField(blank=True, max_length=80)),
                ('decision_reason', models.CharField(blank=True, max_length=400)),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='ledger.enrolment')),
            ],
            options={
                'indexes': [models.Index(fields=['-known_at', '-id'], name='ledger_excuserequest_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('until__gt', models.F('since'))), name='ledger_excuserequest_in_order'), models.UniqueConstraint(condition=models.Q(('outcome', '')), fields=('enrolment',), name='ledger_excuserequest_one_open')],
            },
        ),
        *guards.may_forget("ledger_excuserequest", columns=("reason", "decision_reason")),
    ]
