"""Coming in and leaving: password first, then the second factor where there is one, then a session under a new key."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import authenticate, login, logout
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bulou.platform.access.viewer import Viewer
from bulou.platform.accounts import lockout
from bulou.platform.accounts.models import User
from bulou.platform.accounts.rules import folded, is_one_time_over, is_pending_over
from bulou.platform.accounts.services.factors import has_second_factor, use_code
from bulou.platform.accounts.services.proving import locked
from bulou.platform.accounts.services.sessions import FACTOR
from bulou.platform.accounts.sessions import ADDRESS, AGENT, SINCE
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal

PENDING = "entering"
LONGEST_BODY = 20_000
BACKEND = "django.contrib.auth.backends.ModelBackend"


def check_password(request: HttpRequest, username: str, password: str, *, real: datetime, now: datetime) -> User:
    """The user of this name and password. An unknown name takes as long and gives the same refusal as a wrong password.

    Refuses `accounts.locked` (says when to try again), `accounts.wrong_password`, `accounts.one_time_over`. `real` is the
    machine's time, by which locks and one-time passwords run; `now` goes to the journal.
    """
    username = folded(username)
    if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST_BODY or "\0" in username or len(username) > 64:
        raise _wrong()  # never counted: the counter keeps what was sent
    user = authenticate(request, username=username, password=password)
    if getattr(request, "axes_locked_out", False):
        _note_lock(username, request, now)
        raise locked(request, username)
    if not isinstance(user, User):
        raise _wrong()
    if is_one_time_over(user.one_time_until, real):
        raise Refusal(
            "accounts.one_time_over",
            _("This one-time password is no longer valid. Ask an administrator for a new one."),
            field="password",
        )
    return user


def enter(request: HttpRequest, user: User, *, real: datetime, now: datetime) -> bool:
    """After the password: open the session, or (with a second factor) begin the wait for it. Gives whether the session is open."""
    if has_second_factor(user):
        request.session.cycle_key()
        request.session[PENDING] = {"user": user.pk, "at": real.isoformat(), "password": user.get_session_auth_hash()}
        return False
    _open(request, user, real=real, now=now, by_factor=False)
    return True


def enter_with_code(request: HttpRequest, code: str, *, real: datetime, now: datetime) -> User:
    """After the second factor: open the session. The code is the authenticator's or a recovery code; either works once.

    Refuses `accounts.start_again` (waited over ten minutes, or no password yet), `accounts.locked`, `accounts.wrong_code`.
    """
    user = pending_user(request, real=real)
    if user is None:
        raise Refusal("accounts.start_again", _("This log-in took too long. Start again with your password."))
    if lockout.is_locked(request, user.username):
        raise locked(request, user.username)
    if not use_code(user, code, real=real, now=now):
        lockout.count_failure(request, user.username)
        if getattr(request, "axes_locked_out", False):
            request.session.pop(PENDING, None)
            _note_lock(user.username, request, now)
            raise locked(request, user.username)
        raise Refusal(
            "accounts.wrong_code", _("This code is wrong, or was used already. Wait for the next one."), field="code"
        )
    request.session.pop(PENDING, None)
    _open(request, user, real=real, now=now, by_factor=True)
    return user


def pending_user(request: HttpRequest, *, real: datetime) -> User | None:
    """The user whose log-in waits for a second factor in this session; None if none does, or too long, or the password changed."""
    pending = request.session.get(PENDING)
    if not pending or is_pending_over(datetime.fromisoformat(pending["at"]), real):
        return None
    user = User.objects.filter(pk=pending["user"], is_active=True).first()
    return user if user and user.get_session_auth_hash() == pending["password"] else None


def leave(request: HttpRequest, *, by: Viewer, now: datetime) -> None:
    """End this session."""
    if by.user_id is not None:
        write(by=by, action="accounts.logged_out", kind="accounts.user", subjects=[by.user_id], now=now)
    logout(request)


@transaction.atomic
def _open(request: HttpRequest, user: User, *, real: datetime, now: datetime, by_factor: bool) -> None:
    login(request, user, backend=BACKEND)
    address = request.META.get("REMOTE_ADDR") or None
    request.session[SINCE] = real.isoformat()
    request.session[ADDRESS] = address
    request.session[AGENT] = request.META.get("HTTP_USER_AGENT", "")[:255].replace("\0", "")
    if by_factor:
        request.session[FACTOR] = True
    data = {"address": address, "second_factor": by_factor}
    write(
        by=Viewer(user.pk, user.display_name),
        action="accounts.logged_in",
        kind="accounts.user",
        subjects=[user.pk],
        now=now,
        data=data,
    )


def _wrong() -> Refusal:
    return Refusal("accounts.wrong_password", _("The log-in name or the password is wrong."), field="password")


def _note_lock(username: str, request: HttpRequest, now: datetime) -> None:
    """One journal line when a lock closes, for users there are; a name that is nobody's may be a mistyped password and is not kept."""
    if getattr(request, "axes_failures_since_start", None) is None:
        return  # it was closed before: the line is written
    user = User.objects.filter(username=username).first()
    if user is not None:
        nobody = Viewer(name=str(_("somebody not logged in")))
        data = {"address": request.META.get("REMOTE_ADDR")}
        write(by=nobody, action="accounts.locked_out", kind="accounts.user", subjects=[user.pk], now=now, data=data)
