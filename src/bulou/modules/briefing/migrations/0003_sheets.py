"""The superior's sheets: what was sent, what fills it, what it was filled with."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('briefing', '0002_append_only'),
        ('operations', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Sheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('wanted_by', models.CharField(max_length=80)),
                ('due', models.CharField(blank=True, max_length=80)),
                ('fill_at', models.TimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('version', models.IntegerField(default=1)),
                ('operation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='operations.operation')),
            ],
        ),
        migrations.CreateModel(
            name='SheetFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField()),
                ('file_name', models.CharField(max_length=200)),
                ('content', models.BinaryField()),
                ('size', models.IntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('actor_id', models.BigIntegerField(null=True)),
                ('actor_name', models.CharField(max_length=80)),
                ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='briefing.sheet')),
            ],
        ),
        migrations.CreateModel(
            name='SheetMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField()),
                ('cells', models.JSONField()),
                ('at', models.DateTimeField()),
                ('actor_id', models.BigIntegerField(null=True)),
                ('actor_name', models.CharField(max_length=80)),
                ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mappings', to='briefing.sheet')),
            ],
        ),
        migrations.CreateModel(
            name='SheetFilling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('as_of', models.DateTimeField()),
                ('cells', models.JSONField()),
                ('digest', models.CharField(max_length=64)),
                ('seal_head', models.CharField(max_length=40)),
                ('at', models.DateTimeField()),
                ('actor_name', models.CharField(max_length=80)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='briefing.sheetfile')),
                ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fillings', to='briefing.sheet')),
                ('mapping', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='briefing.sheetmapping')),
            ],
        ),
        migrations.AddConstraint(
            model_name='sheet',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('operation', 'name'), name='briefing_sheet_name'),
        ),
        migrations.AddConstraint(
            model_name='sheetfile',
            constraint=models.UniqueConstraint(fields=('sheet', 'number'), name='briefing_sheetfile_number'),
        ),
        migrations.AddConstraint(
            model_name='sheetmapping',
            constraint=models.UniqueConstraint(fields=('sheet', 'number'), name='briefing_sheetmapping_number'),
        ),
        migrations.AddConstraint(
            model_name='sheetfilling',
            constraint=models.UniqueConstraint(fields=('sheet', 'day'), name='briefing_sheetfilling_day'),
        ),
        migrations.AddConstraint(
            model_name='sheetfilling',
            constraint=models.CheckConstraint(condition=models.Q(('as_of__lte', models.F('at'))), name='briefing_sheetfilling_past'),
        ),
    ]
