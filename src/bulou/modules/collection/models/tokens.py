"""What opens the door to a device or a link without a password."""

from django.db import models


class Token(models.Model):
    """128 random bits, of which only the SHA-256 lies here. It acts as `user` where one is named, else as `person`, and never for more.

    `kind`: device (ODK Collect and its like), browser (the field pages of one worker), personal (a resident's link: `form` about `person` only).
    `seen_at` is kept to within minutes.
    """

    class Kind(models.TextChoices):
        DEVICE = "device"
        BROWSER = "browser"
        PERSONAL = "personal"

    hash = models.BinaryField(max_length=32, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    label = models.CharField(max_length=80, blank=True)
    operation = models.ForeignKey("operations.Operation", models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey("registry.Person", models.PROTECT, null=True, related_name="+")
    form = models.ForeignKey("collection.Form", models.PROTECT, null=True, related_name="+")
    language = models.CharField(max_length=40, blank=True)
    issued_at = models.DateTimeField()
    issuer_id = models.BigIntegerField(null=True)
    issuer_name = models.CharField(max_length=80)
    expires_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoker_id = models.BigIntegerField(null=True)
    revoker_name = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=False) | models.Q(person__isnull=False),
                name="collection_token_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="personal")
                | models.Q(form__isnull=False, person__isnull=False, user__isnull=True, expires_at__isnull=False),
                name="collection_token_personal",
            ),
        ]
