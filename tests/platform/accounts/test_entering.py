"""Coming in: password, lock-out, second factor, session."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bulou.platform.access.viewer import system
from bulou.platform.accounts import lockout, queries, services
from bulou.platform.accounts.models import SecondFactor, Session, User
from bulou.platform.accounts.services import entering, factors
from bulou.platform.accounts.sessions import SessionStore, digest_of, handle_of
from bulou.platform.journal.models import Line
from bulou.platform.refusals import Refusal
from tests.platform.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def refused(code, verb, *args, **kwargs) -> Refusal:
    with pytest.raises(Refusal) as caught:
        verb(*args, **kwargs)
    assert caught.value.code == code
    return caught.value


def log_in(request, user, real, now):
    found = services.check_password(request, user.username, PASSWORD, real=real, now=now)
    return services.enter(request, found, real=real, now=now)


def test_the_right_password_opens_a_session_that_says_who_and_from_where(request_from, user, real, now):
    request = request_from("10.9.8.7")
    assert log_in(request, user, real, now) is True
    request.session.save()
    session = Session.objects.get()
    assert (session.user_id, session.address, session.agent) == (user.pk, "10.9.8.7", "Firefox on a desk")
    assert Line.objects.filter(action="accounts.logged_in", subjects=[user.pk]).count() == 1


def test_unknown_name_wrong_password_and_deactivated_user_are_told_the_same(
    request_from, user, administrator, real, now
):
    unknown = refused(
        "accounts.wrong_password", services.check_password, request_from(), "nobody", "x", real=real, now=now
    )
    wrong = refused(
        "accounts.wrong_password", services.check_password, request_from(), user.username, "x", real=real, now=now
    )
    services.deactivate_user(user.pk, "left", by=administrator, now=now)
    gone = refused(
        "accounts.wrong_password", services.check_password, request_from(), user.username, PASSWORD, real=real, now=now
    )
    assert unknown.sentence == wrong.sentence == gone.sentence


def test_an_unknown_name_costs_one_hash_like_a_known_one(request_from, user, real, now, monkeypatch):
    calls = []
    plain = User.set_password
    monkeypatch.setattr(User, "set_password", lambda self, raw: (calls.append(raw), plain(self, raw)))
    refused("accounts.wrong_password", services.check_password, request_from(), "nobody", "x", real=real, now=now)
    assert calls == ["x"]


def test_the_session_key_changes_on_log_in(request_from, user, real, now):
    request = request_from()
    request.session["planted"] = True
    request.session.save()
    planted = request.session.session_key
    log_in(request, user, real, now)
    assert request.session.session_key != planted
    assert not SessionStore().exists(planted)


def test_the_table_holds_no_key_that_opens_a_session(request_from, user, real, now):
    request = request_from()
    log_in(request, user, real, now)
    request.session.save()
    key = request.session.session_key
    assert Session.objects.get().session_key == digest_of(key) != key
    assert SessionStore(key).get("_auth_user_id") == str(user.pk)
    assert SessionStore(digest_of(key)).get("_auth_user_id") is None


def test_five_failures_lock_this_name_from_this_address_only(request_from, user, real, now):
    for _attempt in range(4):
        refused(
            "accounts.wrong_password", services.check_password, request_from(), "ZHAXI", "wrong", real=real, now=now
        )
    locked = refused("accounts.locked", services.check_password, request_from(), "zhaxi", "wrong", real=real, now=now)
    assert locked.status == 429
    assert ":" in locked.values["time"]
    refused("accounts.locked", services.check_password, request_from(), "zhaxi", PASSWORD, real=real, now=now)
    assert Line.objects.filter(action="accounts.locked_out", subjects=[user.pk]).count() == 1
    assert log_in(request_from("10.0.0.8"), user, real, now) is True


def test_a_lock_opens_by_itself(request_from, user, real, now, settings):
    for _attempt in range(5):
        with pytest.raises(Refusal):
            services.check_password(request_from(), "zhaxi", "wrong", real=real, now=now)
    assert [address for address, _at in lockout.locks("zhaxi", real)] == ["10.0.0.7"]
    settings.AXES_COOLOFF_TIME = timedelta(0)
    assert log_in(request_from(), user, real, now) is True


def test_an_administrator_opens_a_lock_and_others_do_not(request_from, user, viewer, administrator, real, now):
    for _attempt in range(5):
        with pytest.raises(Refusal):
            services.check_password(request_from(), "zhaxi", "wrong", real=real, now=now)
    refused("access.not_allowed", services.unlock_user, user.pk, by=viewer, now=now)
    assert len(queries.locks_of(administrator, user.pk, real=real)) == 1
    services.unlock_user(user.pk, by=administrator, now=now)
    assert log_in(request_from(), user, real, now) is True
    assert Line.objects.filter(action="accounts.user_unlocked").count() == 1


def test_a_name_that_is_nobodys_never_reaches_the_journal(request_from, db, real, now):
    for _attempt in range(6):
        with pytest.raises(Refusal):
            services.check_password(request_from(), "my-secret-typed-here", "x", real=real, now=now)
    assert not Line.objects.exists()


def test_what_is_far_too_long_is_refused_and_not_kept(request_from, user, real, now):
    from axes.models import AccessAttempt

    request = request_from()
    request.META["CONTENT_LENGTH"] = "900000"
    refused("accounts.wrong_password", services.check_password, request, "zhaxi", PASSWORD, real=real, now=now)
    refused("accounts.wrong_password", services.check_password, request_from(), "z" * 65, "x", real=real, now=now)
    refused("accounts.wrong_password", services.check_password, request_from(), "zha\0xi", "x", real=real, now=now)
    assert not AccessAttempt.objects.exists()


def test_a_one_time_password_opens_once_the_week_is_not_over(request_from, administrator, user, real, now):
    password = services.reset_password(user.pk, by=administrator, real=real, now=now)
    assert services.check_password(request_from(), "zhaxi", password, real=real, now=now).must_change_password
    late = real + timedelta(days=7)
    refused("accounts.one_time_over", services.check_password, request_from(), "zhaxi", password, real=late, now=now)


def with_factor(viewer, real, now) -> tuple[str, list[str]]:
    services.begin_second_factor(by=viewer, now=now)
    secret = factors.secret_of(SecondFactor.objects.get(user_id=viewer.user_id))
    early = real - timedelta(minutes=5)
    codes = services.confirm_second_factor(code_of(secret, early), by=viewer, real=early, now=now)
    return secret, codes


def code_of(secret, at) -> str:
    return factors.code_at(secret, int(at.timestamp()) // 30).decode()


def test_with_a_second_factor_the_password_alone_opens_nothing(request_from, user, viewer, real, now):
    secret, _codes = with_factor(viewer, real, now)
    request = request_from()
    assert log_in(request, user, real, now) is False
    assert "_auth_user_id" not in request.session
    refused("accounts.wrong_code", services.enter_with_code, request, "000000", real=real, now=now)
    waiting_key = request.session.session_key
    services.enter_with_code(request, code_of(secret, real), real=real, now=now)
    assert request.session["_auth_user_id"] == str(user.pk)
    assert request.session.session_key != waiting_key
    assert request.session["factor"] is True


def test_a_code_works_once(request_from, user, viewer, real, now):
    secret, _codes = with_factor(viewer, real, now)
    code = code_of(secret, real)
    first, second = request_from(), request_from()
    log_in(first, user, real, now)
    log_in(second, user, real, now)
    services.enter_with_code(first, code, real=real, now=now)
    refused("accounts.wrong_code", services.enter_with_code, second, code, real=real, now=now)


@pytest.mark.parametrize(("seconds", "opens"), [(-30, True), (0, True), (30, True), (-60, False), (60, False)])
def test_a_phone_half_a_minute_off_is_let_in(request_from, user, viewer, real, now, seconds, opens):
    secret, _codes = with_factor(viewer, real, now)
    assert services.use_code(user, code_of(secret, real + timedelta(seconds=seconds)), real=real, now=now) is opens


def test_a_recovery_code_opens_once_and_is_counted_down(request_from, user, viewer, real, now):
    _secret, codes = with_factor(viewer, real, now)
    assert len(set(codes)) == 10
    assert services.use_code(user, codes[3].upper().replace("-", " "), real=real, now=now)
    assert not services.use_code(user, codes[3], real=real, now=now)
    assert queries.factor_of(viewer, user.pk).codes_left == 9
    assert Line.objects.get(action="accounts.recovery_code_used").data == {"left": 9}


def test_wrong_codes_lock_like_wrong_passwords(request_from, user, viewer, real, now):
    secret, _codes = with_factor(viewer, real, now)
    request = request_from()
    log_in(request, user, real, now)
    for _attempt in range(4):
        refused("accounts.wrong_code", services.enter_with_code, request, "000000", real=real, now=now)
    refused("accounts.locked", services.enter_with_code, request, "000000", real=real, now=now)
    refused("accounts.start_again", services.enter_with_code, request, code_of(secret, real), real=real, now=now)
    refused("accounts.locked", services.check_password, request_from(), "zhaxi", PASSWORD, real=real, now=now)


def test_the_wait_for_a_code_ends_after_ten_minutes_and_when_the_password_changes(
    request_from, user, viewer, administrator, real, now
):
    secret, _codes = with_factor(viewer, real, now)
    request = request_from()
    log_in(request, user, real, now)
    assert entering.pending_user(request, real=real + timedelta(minutes=10)) == user
    assert entering.pending_user(request, real=real + timedelta(minutes=10, seconds=1)) is None
    services.reset_password(user.pk, by=administrator, real=real, now=now)
    refused("accounts.start_again", services.enter_with_code, request, code_of(secret, real), real=real, now=now)


def test_the_published_vectors_of_rfc_6238():
    """Appendix B, SHA-1, shortened to six digits."""
    import base64

    secret = base64.b32encode(b"12345678901234567890").decode()
    expected = {
        59: b"287082",
        1111111109: b"081804",
        1111111111: b"050471",
        1234567890: b"005924",
        2000000000: b"279037",
        20000000000: b"353130",
    }
    assert {at: factors.code_at(secret, at // 30) for at in expected} == expected


def test_the_secret_is_sealed_in_the_table(viewer, real, now):
    secret, _codes = with_factor(viewer, real, now)
    assert secret.encode() not in bytes(SecondFactor.objects.get().sealed)


def test_handles_do_not_give_the_key_away():
    assert handle_of("abc") == handle_of("abc") != handle_of("abd")


def test_the_house_itself_may_set_a_password_and_nobody_else(administrator, real, now):
    made, password = services.create_user(
        "qiang", "强巴", by=administrator, now=now, real=real, password="chosen by somebody"
    )
    assert password != "chosen by somebody"
    assert made.must_change_password
    made, password = services.create_user(
        "demo", "演示", by=system("demo"), now=now, real=real, password="known to all"
    )
    assert password == "known to all"
    assert not made.must_change_password
