"""Settings only tests have: a secret that dies with the run, and password hashes that cost nothing."""

from __future__ import annotations

import secrets

import pytest


@pytest.fixture(autouse=True, scope="session")
def test_settings() -> None:
    """Sessions and forms are signed with a key of this run; hashing a password a million times is Django's own test, not ours."""
    from django.conf import settings

    settings.SECRET_KEY = secrets.token_urlsafe(32)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
