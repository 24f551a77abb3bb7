"""Users: who may log in. Separate from the people of the registry; duties attach to people, never to users."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class UserManager(BaseUserManager["User"]):
    """Finds users by their log-in name."""


class User(AbstractBaseUser):
    """Somebody who may log in. What they may do there comes from grants, not from here."""

    username = models.CharField(max_length=64, unique=True)
    display_name = models.CharField(max_length=80)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "username"
    objects = UserManager()

    def __str__(self) -> str:
        return self.display_name
