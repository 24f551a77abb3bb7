"""The same code at the same moment: one gets in."""

from __future__ import annotations

import pytest

from bulou.platform import clock
from bulou.platform.access.viewer import Viewer, system
from bulou.platform.accounts import services
from bulou.platform.accounts.models import User
from tests.platform.accounts.conftest import NOW, PASSWORD
from tests.platform.accounts.test_entering import code_of, with_factor
from tests.platform.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def ready() -> tuple[User, str, list[str]]:
    user, _password = services.create_user(
        "zhaxi", "扎西", by=system("test"), now=NOW, real=clock.real_now(), password=PASSWORD
    )
    secret, codes = with_factor(Viewer(user.pk, user.display_name), clock.real_now(), NOW)
    return user, secret, codes


def test_one_authenticator_code_sent_six_times_at_once_opens_once():
    user, secret, _codes = ready()
    real = clock.real_now()
    code = code_of(secret, real)
    assert sorted(at_once(lambda _n: services.use_code(user, code, real=real, now=NOW), 6)) == [False] * 5 + [True]


def test_one_recovery_code_sent_six_times_at_once_opens_once():
    user, _secret, codes = ready()
    found = at_once(lambda _n: services.use_code(user, codes[0], real=clock.real_now(), now=NOW), 6)
    assert sorted(found) == [False] * 5 + [True]


def test_two_recovery_codes_at_once_both_open():
    user, _secret, codes = ready()
    assert at_once(lambda n: services.use_code(user, codes[n], real=clock.real_now(), now=NOW)) == [True, True]
