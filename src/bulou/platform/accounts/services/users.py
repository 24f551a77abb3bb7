"""The users' register: making, editing, deactivating, unlocking. A user is never deleted: the journal speaks of them."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bulou.platform import chinese, clock
from bulou.platform.access.viewer import Viewer, system
from bulou.platform.accounts import lockout
from bulou.platform.accounts.models import User
from bulou.platform.accounts.rules import folded, why_not_display_name, why_not_username
from bulou.platform.accounts.services.passwords import give_one_time_password
from bulou.platform.accounts.services.sessions import drop_sessions
from bulou.platform.journal.services import write
from bulou.platform.manifest import extras
from bulou.platform.refusals import Conflict, Refusal


@transaction.atomic
def create_user(
    username: str,
    display_name: str,
    *,
    by: Viewer,
    now: datetime,
    real: datetime,
    language: str = settings.LANGUAGE_CODE,
    password: str | None = None,
) -> tuple[User, str]:
    """Make a user and give them with a one-time password, which is kept nowhere. Needs `accounts.manage_users`.

    Only the house itself (a command, the demonstration) may set `password`; it is then returned and need not be changed.
    Refuses `accounts.username_form`, `accounts.username_taken`, `accounts.name_empty`, `accounts.language_unknown`.
    """
    by.need("accounts.manage_users")
    user = User(
        username=_username(username), display_name=_name(display_name), language=_language(language), created_at=now
    )
    user.sort_key = chinese.sort_key(user.display_name)
    if password is not None and by.is_system:
        user.set_password(password)
    else:
        password = give_one_time_password(user, real)
    user.save(force_insert=True)
    data = {"username": user.username}
    write(by=by, action="accounts.user_created", kind="accounts.user", subjects=[user.pk], now=now, data=data)
    return user, password


@transaction.atomic
def create_first_administrator(username: str, display_name: str, now: datetime) -> str:
    """Make a user who is administrator of the whole house, and give the one-time password (`bulou init` prints it).

    Whoever may run commands on the machine may do this again later: it is the way back in when every administrator is lost.
    """
    by = system("bulou")
    user, password = create_user(username, display_name, by=by, now=now, real=clock.real_now())
    for make_administrator in extras("make_administrator"):
        make_administrator(user.pk, by=by, now=now)
    return password


@transaction.atomic
def edit_user(user_id: int, *, display_name: str, language: str, version: int, by: Viewer, now: datetime) -> User:
    """Change a user's name and language. Refuses when somebody changed them meanwhile (`version` is the one that was read)."""
    by.need("accounts.manage_users")
    user = User.objects.select_for_update().get(pk=user_id)
    if user.version != version:
        raise Conflict(
            "accounts.changed_meanwhile",
            _("Somebody else changed this user meanwhile. Look again and repeat your change."),
        )
    before = {"display_name": user.display_name, "language": user.language}
    user.display_name, user.language, user.version = _name(display_name), _language(language), version + 1
    user.sort_key = chinese.sort_key(user.display_name)
    user.save(update_fields=["display_name", "sort_key", "language", "version"])
    write(
        by=by, action="accounts.user_edited", kind="accounts.user", subjects=[user_id], now=now, data={"before": before}
    )
    return user


@transaction.atomic
def deactivate_user(user_id: int, why: str, *, by: Viewer, now: datetime) -> None:
    """Let a user in no more; their sessions end at once, their grants stay on record. Not oneself. Done already: nothing happens."""
    by.need("accounts.manage_users")
    if user_id == by.user_id:
        raise Refusal("accounts.deactivate_self", _("You cannot deactivate yourself. Ask another administrator."))
    user = User.objects.select_for_update().get(pk=user_id)
    if user.is_active:
        User.objects.filter(pk=user_id).update(is_active=False, version=user.version + 1)
        drop_sessions(user)
        write(
            by=by,
            action="accounts.user_deactivated",
            kind="accounts.user",
            subjects=[user_id],
            now=now,
            why=why.strip(),
        )


@transaction.atomic
def activate_user(user_id: int, why: str, *, by: Viewer, now: datetime) -> None:
    """Let a deactivated user in again. Done already: nothing happens."""
    by.need("accounts.manage_users")
    user = User.objects.select_for_update().get(pk=user_id)
    if not user.is_active:
        User.objects.filter(pk=user_id).update(is_active=True, version=user.version + 1)
        write(
            by=by, action="accounts.user_activated", kind="accounts.user", subjects=[user_id], now=now, why=why.strip()
        )


@transaction.atomic
def unlock_user(user_id: int, *, by: Viewer, now: datetime) -> None:
    """Open a user's locks, from every address."""
    by.need("accounts.manage_users")
    user = User.objects.get(pk=user_id)
    if lockout.unlock(user.username):
        write(by=by, action="accounts.user_unlocked", kind="accounts.user", subjects=[user_id], now=now)


def _username(text: str) -> str:
    username = folded(text)
    if why_not_username(username):
        raise Refusal(
            "accounts.username_form",
            _("A log-in name has 2 to 64 letters, digits or . _ - @ and no spaces."),
            field="username",
        )
    if User.objects.filter(username=username).exists():
        raise Refusal(
            "accounts.username_taken",
            _("The log-in name “%(username)s” is taken."),
            field="username",
            username=username,
        )
    return username


def _name(text: str) -> str:
    problem = why_not_display_name(text)
    if problem == "empty":
        raise Refusal("accounts.name_empty", _("Give the name others will see."), field="display_name")
    if problem == "long":
        raise Refusal("accounts.name_long", _("The name has more than 80 characters."), field="display_name")
    return text.strip()


def _language(code: str) -> str:
    if code not in dict(settings.LANGUAGES):
        raise Refusal("accounts.language_unknown", _("The house does not speak this language."), field="language")
    return code
