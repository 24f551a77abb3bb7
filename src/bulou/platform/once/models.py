"""The keys of writes already done."""

from django.db import models


class Done(models.Model):
    """A write done under a key somebody sent; its answer, so that the second time answers the same."""

    key = models.UUIDField(primary_key=True)
    actor_id = models.BigIntegerField(null=True)
    verb = models.CharField(max_length=80)
    at = models.DateTimeField()
    answer = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["at"])]
