"""Who logs in here: a plain user, an administrator, and requests from their desks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory

from bulou.platform import clock
from bulou.platform.access.viewer import Grant, Viewer, system
from bulou.platform.accounts import services
from bulou.platform.accounts.models import User

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PASSWORD = "mountain goats sleep late"


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def real() -> datetime:
    return clock.real_now()


@pytest.fixture
def user(db, now, real) -> User:
    return services.create_user("zhaxi", "扎西", by=system("test"), now=now, real=real, password=PASSWORD)[0]


@pytest.fixture
def administrator(db, now, real) -> Viewer:
    made = services.create_user("root.county", "管理员", by=system("test"), now=now, real=real, password=PASSWORD)[0]
    return Viewer(made.pk, made.display_name, (Grant("administrator"),))


@pytest.fixture
def viewer(user) -> Viewer:
    return Viewer(user.pk, user.display_name, (Grant("village_clerk", place_id=1),))


@pytest.fixture
def request_from() -> Callable[..., HttpRequest]:
    """A POST from an address, with a new session (or that of a key)."""

    def make(address: str = "10.0.0.7", key: str | None = None) -> HttpRequest:
        request = RequestFactory().post("/account/log-in", REMOTE_ADDR=address, HTTP_USER_AGENT="Firefox on a desk")
        request.session = import_module(django_settings.SESSION_ENGINE).SessionStore(key)
        request.user = AnonymousUser()
        return request

    return make
