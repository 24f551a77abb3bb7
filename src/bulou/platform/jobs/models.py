"""What ran when, and what failed."""

from django.db import models


class TickRun(models.Model):
    """The last run of a tick. `ran_at` is the machine's time when it began, `showed` what the clock of duties showed then."""

    name = models.CharField(max_length=80, primary_key=True)
    ran_at = models.DateTimeField(null=True)
    showed = models.DateTimeField(null=True)
    took_ms = models.IntegerField(null=True)
    said = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=300, blank=True)
    failed_at = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)
    runs = models.BigIntegerField(default=0)

    class Meta:
        db_table = "jobs_tick"


class JobFailure(models.Model):
    """Why a job of the queue failed, the last time it did. `job_id` points into the queue's own table."""

    job_id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    error = models.CharField(max_length=300)
