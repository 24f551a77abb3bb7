"""Which columns a user keeps in a table."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class SavedColumns(models.Model):
    """The columns a user chose for a table, in the table's own order. No row = the table's own choice."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    table = models.CharField(max_length=80)
    columns = ArrayField(models.CharField(max_length=40))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "table"], name="tables_savedcolumns_one")]
