"""Proving oneself again, with the password, before something that weakens the account. Wrong ones count like failed log-ins: whoever
finds a desk unlocked must not be able to try passwords there.
"""

from __future__ import annotations

from django.contrib.auth.hashers import check_password
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from bulou.platform.access.viewer import Viewer
from bulou.platform.accounts import lockout
from bulou.platform.accounts.models import User
from bulou.platform.refusals import Refusal


def prove_self(request: HttpRequest, password: str, *, by: Viewer, field: str = "password") -> User:
    """The user who is asking, once the password is right. Refuses `accounts.wrong_password` and, after five, `accounts.locked`.

    Call it outside the transaction of the verb, so that the failure is kept when the verb is refused.
    """
    user = User.objects.get(pk=by.user_id or 0)
    if lockout.is_locked(request, user.username):
        raise locked(request, user.username)
    if not check_password(password, user.password):
        lockout.count_failure(request, user.username)
        raise Refusal("accounts.wrong_password", _("The password is wrong."), field=field)
    return user


def locked(request: HttpRequest, username: str) -> Refusal:
    """The refusal of somebody locked out: says when to try again."""
    opens = lockout.open_again_at(username, request.META.get("REMOTE_ADDR"))
    at = date_format(timezone.localtime(opens), "H:i") if opens else "–"
    return Refusal(
        "accounts.locked",
        _(
            "Too many failed attempts for this log-in name from this address. Try again after %(time)s, or ask an administrator to unlock it."
        ),
        status=429,
        time=at,
    )
