"""Reminders, calls, absences and the duty log; what of them is never changed."""

import django.db.models.deletion
from django.db import migrations, models

from bulou.platform.journal import guards


CLOSED = """
CREATE FUNCTION ledger_watch_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM ledger_watchsignature s WHERE s.watch_id = NEW.watch_id) = 2 THEN
    RAISE EXCEPTION 'watch % was handed over: nothing is added to it', NEW.watch_id USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER is_open BEFORE INSERT ON ledger_watchentry FOR EACH ROW EXECUTE FUNCTION ledger_watch_is_open();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0002_functions'),
        ('operations', '0001_initial'),
        ('registry', '0003_tallies'),
    ]

    operations = [
        migrations.CreateModel(
            name='Chase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due', models.DateTimeField()),
                ('step', models.IntegerField()),
                ('to', models.CharField(max_length=12)),
                ('moment', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('outcome', models.CharField(choices=[('sent', 'Sent'), ('nobody', 'Nobody'), ('skipped', 'Skipped')], max_length=8)),
                ('n_open', models.IntegerField(default=0)),
                ('n_people', models.IntegerField(default=0)),
                ('n_unreached', models.IntegerField(default=0)),
                ('regime', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.regime')),
                ('window', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.window')),
            ],
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(unique=True)),
                ('at', models.DateTimeField()),
                ('lines', models.JSONField()),
                ('channel', models.CharField(blank=True, max_length=80)),
                ('acknowledged_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.person')),
            ],
        ),
        migrations.CreateModel(
            name='Chased',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('window_id', models.BigIntegerField(null=True)),
                ('duty_id', models.BigIntegerField(null=True)),
                ('person_id', models.BigIntegerField()),
                ('instead_of_id', models.BigIntegerField(null=True)),
                ('chase', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.chase')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.enrolment')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.message')),
            ],
        ),
        migrations.CreateModel(
            name='Watch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(unique=True)),
                ('starts', models.DateTimeField()),
                ('people', models.JSONField()),
                ('actor_id', models.BigIntegerField()),
                ('actor_name', models.CharField(max_length=80)),
                ('after', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='following', to='ledger.watch')),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='operations.operation')),
            ],
        ),
        migrations.CreateModel(
            name='WatchEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(unique=True)),
                ('happened_at', models.DateTimeField()),
                ('text', models.CharField(max_length=2000)),
                ('at', models.DateTimeField()),
                ('actor_id', models.BigIntegerField(null=True)),
                ('actor_name', models.CharField(max_length=80)),
                ('watch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='ledger.watch')),
            ],
        ),
        migrations.CreateModel(
            name='WatchSignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(unique=True)),
                ('side', models.CharField(choices=[('out', 'Out'), ('in', 'In')], max_length=3)),
                ('note', models.CharField(blank=True, max_length=4000)),
                ('at', models.DateTimeField()),
                ('actor_id', models.BigIntegerField()),
                ('actor_name', models.CharField(max_length=80)),
                ('watch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='ledger.watch')),
            ],
        ),
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(unique=True)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('known_at', models.DateTimeField()),
                ('actor_id', models.BigIntegerField(null=True)),
                ('actor_name', models.CharField(max_length=80)),
                ('reason', models.CharField(max_length=400)),
                ('ended_at', models.DateTimeField(null=True)),
                ('deputy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.person')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.person')),
            ],
            options={
                'indexes': [models.Index(fields=['until', 'since'], name='ledger_absence_span')],
                'constraints': [models.CheckConstraint(condition=models.Q(('until__gt', models.F('since'))), name='ledger_absence_in_order'), models.CheckConstraint(condition=models.Q(('person', models.F('deputy')), _negated=True), name='ledger_absence_somebody_else')],
            },
        ),
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(unique=True)),
                ('outcome', models.CharField(choices=[('will_report', 'Will Report'), ('reported', 'Reported'), ('no_answer', 'No Answer'), ('wrong_number', 'Wrong Number'), ('refused', 'Refused'), ('away', 'Away')], max_length=12)),
                ('note', models.CharField(blank=True, max_length=400)),
                ('excuse_until', models.DateTimeField(null=True)),
                ('at', models.DateTimeField()),
                ('actor_id', models.BigIntegerField(null=True)),
                ('actor_name', models.CharField(max_length=80)),
                ('duty', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.duty')),
                ('enrolment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.enrolment')),
                ('record', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.record')),
                ('window', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.window')),
            ],
            options={
                'indexes': [models.Index(fields=['enrolment', '-at'], name='ledger_call_enrolment')],
            },
        ),
        migrations.AddIndex(
            model_name='chase',
            index=models.Index(fields=['-at', '-id'], name='ledger_chase_at'),
        ),
        migrations.AddIndex(
            model_name='chase',
            index=models.Index(fields=['regime', 'due'], name='ledger_chase_due'),
        ),
        migrations.AddConstraint(
            model_name='chase',
            constraint=models.UniqueConstraint(fields=('regime', 'window', 'due', 'step'), name='ledger_chase_once', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['person', '-at', '-id'], name='ledger_message_inbox'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(models.F('person'), condition=models.Q(('acknowledged_at', None)), name='ledger_message_unread'),
        ),
        migrations.AddConstraint(
            model_name='chased',
            constraint=models.UniqueConstraint(fields=('chase', 'enrolment', 'duty_id', 'person_id'), name='ledger_chased_once', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='watch',
            index=models.Index(fields=['operation', '-starts', '-id'], name='ledger_watch_newest'),
        ),
        migrations.AddConstraint(
            model_name='watch',
            constraint=models.UniqueConstraint(condition=models.Q(('after', None)), fields=('operation',), name='ledger_watch_one_first'),
        ),
        migrations.AddConstraint(
            model_name='watchsignature',
            constraint=models.UniqueConstraint(fields=('watch', 'side'), name='ledger_watchsignature_side'),
        ),
        migrations.RunSQL(CLOSED, "DROP TRIGGER is_open ON ledger_watchentry; DROP FUNCTION ledger_watch_is_open();"),
        *guards.append_only("ledger_chased"),
        *guards.append_only("ledger_call", forgets=("note",)),
        *guards.may_forget("ledger_absence", columns=("reason",)),
        *guards.append_only("ledger_watch"),
        *guards.append_only("ledger_watchentry"),
        *guards.append_only("ledger_watchsignature"),
        *guards.sealable("ledger_call"),
        *guards.sealable("ledger_watch"),
        *guards.sealable("ledger_watchentry"),
        *guards.sealable("ledger_watchsignature"),
    ]
