"""Users: who may log in, with their second factor and their sessions. Separate from the people of the registry; duties attach
to people, never to users.
"""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class UserManager(BaseUserManager["User"]):
    """Finds users by their log-in name."""


class User(AbstractBaseUser):
    """Somebody who may log in. What they may do there comes from grants, not from here.

    `username` is kept folded (see rules.folded), `sort_key` is the pinyin of the name to show; `one_time_until` set = the password is a
    one-time one, good until then.
    """

    username = models.CharField(max_length=64, unique=True)
    display_name = models.CharField(max_length=80)
    sort_key = models.CharField(max_length=200, default="", db_collation="C")
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    one_time_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    USERNAME_FIELD = "username"
    objects = UserManager()

    class Meta:
        indexes = [models.Index(fields=["sort_key", "id"])]

    def __str__(self) -> str:
        return self.display_name


class SecondFactor(models.Model):
    """A user's authenticator: the sealed secret, and the last time step used, so that a code works once.

    `confirmed_at` null = being set up: it opens nothing yet.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="second_factor")
    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    sealed = models.BinaryField()
    last_step = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)


class RecoveryCode(models.Model):
    """One recovery code, as a digest; it works once, in place of the authenticator."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    digest = models.BinaryField(max_length=32)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="accounts_recoverycode_once")]


class Session(AbstractBaseSession):
    """A session: who, from which address and browser, since when. The key is kept as a digest: a stolen dump opens no session.

    `handle` names the session on pages; `last_seen` is coarse (a minute), so that reading a page seldom writes.
    """

    handle = models.UUIDField(unique=True)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField()
    last_seen = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "last_seen"])]

    @classmethod
    def get_session_store_class(cls) -> type:
        from bulou.platform.accounts.sessions import SessionStore

        return SessionStore
