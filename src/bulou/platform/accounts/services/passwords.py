"""Passwords: changing one's own, and a reset by an administrator, who gets a one-time password to hand over."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bulou.platform.access.viewer import Viewer
from bulou.platform.accounts import lockout
from bulou.platform.accounts.models import User
from bulou.platform.accounts.rules import ALPHABET, grouped, one_time_until
from bulou.platform.accounts.services.proving import prove_self
from bulou.platform.accounts.services.sessions import drop_sessions
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal

_ONE_TIME_LENGTH = 12  # of 31 letters: 59 bits, good for a week


def change_password(request: HttpRequest, old: str, new: str, again: str, *, by: Viewer, now: datetime) -> None:
    """Change one's own password; this session stays under a new key, one's others end.

    Refuses a wrong old password (see proving), two unlike new ones, the old one anew, and what Django's checks find weak.
    """
    user = prove_self(request, old, by=by, field="old")
    if new != again:
        raise Refusal("accounts.passwords_differ", _("The two new passwords are not the same."), field="again")
    if new == old:
        raise Refusal("accounts.password_same", _("The new password is the old one."), field="new")
    check_strength(new, user)
    with transaction.atomic():
        user.set_password(new)
        user.must_change_password, user.one_time_until = False, None
        user.save(update_fields=["password", "must_change_password", "one_time_until"])
        update_session_auth_hash(request, user)
        drop_sessions(user, keep=request.session.session_key)
        write(by=by, action="accounts.password_changed", kind="accounts.user", subjects=[user.pk], now=now)


@transaction.atomic
def reset_password(user_id: int, *, by: Viewer, real: datetime, now: datetime, why: str = "") -> str:
    """Give a user a one-time password, good for a week; their sessions and locks end. It is returned once and kept nowhere.

    The second factor stays: whoever resets a password does not thereby get in. One's own is changed, not reset.
    """
    by.need("accounts.manage_users")
    if user_id == by.user_id:
        raise Refusal("accounts.reset_own", _("Change your own password on your account page."))
    user = User.objects.select_for_update().get(pk=user_id)
    password = give_one_time_password(user, real)
    user.save(update_fields=["password", "must_change_password", "one_time_until"])
    drop_sessions(user)
    lockout.unlock(user.username)
    write(by=by, action="accounts.password_reset", kind="accounts.user", subjects=[user_id], now=now, why=why.strip())
    return password


def give_one_time_password(user: User, real: datetime) -> str:
    """Set a new one-time password on the (unsaved) user and give it."""
    password = grouped("".join(secrets.choice(ALPHABET) for _each in range(_ONE_TIME_LENGTH)))
    user.set_password(password)
    user.must_change_password, user.one_time_until = True, one_time_until(real)
    return password


def check_strength(password: str, user: User) -> None:
    """Refuse a weak password with every reason Django's checks give, in the reader's language."""
    try:
        validate_password(password, user)
    except ValidationError as problem:
        raise Refusal("accounts.password_weak", " ".join(problem.messages), field="new") from None
