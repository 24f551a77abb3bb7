"""The second factor: an authenticator (RFC 6238, six digits, 30 seconds) and recovery codes. Every code works once."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime
from hashlib import sha256

from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bulou.platform import vault
from bulou.platform.access.viewer import Viewer
from bulou.platform.accounts.models import RecoveryCode, SecondFactor, User
from bulou.platform.accounts.rules import (
    ALPHABET,
    RECOVERY_CODES,
    STEP_SECONDS,
    cleaned_code,
    grouped,
    is_authenticator_code,
    steps_accepted,
)
from bulou.platform.accounts.services.proving import prove_self
from bulou.platform.accounts.services.sessions import drop_sessions
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal

PURPOSE = "accounts.second_factor"
_RECOVERY_LENGTH = 16  # of 31 letters: 79 bits, so that a plain digest cannot be searched


def has_second_factor(user: User) -> bool:
    """Whether the user has one that opens."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists()


@transaction.atomic
def begin_second_factor(*, by: Viewer, now: datetime) -> None:
    """Make a new secret for oneself, to be confirmed with a code. Refused while one is in force (`accounts.factor_in_force`)."""
    user = _self(by)
    if has_second_factor(user):
        raise Refusal("accounts.factor_in_force", _("A second factor is set up already. Remove it first."))
    secret = base64.b32encode(secrets.token_bytes(20)).decode()
    factor = SecondFactor(user=user, started_at=now)
    factor.sealed = vault.seal(secret, purpose=PURPOSE, about=factor.uuid)
    SecondFactor.objects.filter(user=user).delete()
    factor.save(force_insert=True)
    write(by=by, action="accounts.second_factor_begun", kind="accounts.user", subjects=[user.pk], now=now)


@transaction.atomic
def confirm_second_factor(code: str, *, by: Viewer, real: datetime, now: datetime) -> list[str]:
    """Put the new secret into force with a code made from it; gives ten recovery codes, to be shown this once.

    Refuses `accounts.factor_not_begun`, `accounts.wrong_code`.
    """
    user = _self(by)
    factor = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at=None).first()
    if factor is None:
        raise Refusal("accounts.factor_not_begun", _("Begin the set-up first."))
    if not _take_step(factor, cleaned_code(code), real):
        raise Refusal(
            "accounts.wrong_code",
            _("This code does not fit. Check that the phone's clock is right and try the next one."),
            field="code",
        )
    SecondFactor.objects.filter(user=user).update(confirmed_at=now)
    write(by=by, action="accounts.second_factor_set", kind="accounts.user", subjects=[user.pk], now=now)
    return _new_codes(user)


def use_code(user: User, code: str, *, real: datetime, now: datetime) -> bool:
    """Whether this code opens for this user now; if it does, it is used up. Two requests with one code: one of them."""
    code = cleaned_code(code)
    if is_authenticator_code(code):
        factor = SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()
        return factor is not None and _take_step(factor, code, real)
    return _take_recovery_code(user, code, now)


def renew_recovery_codes(request: HttpRequest, password: str, *, by: Viewer, now: datetime) -> list[str]:
    """Ten new recovery codes for oneself; the old ones stop working. Refuses a wrong password (see proving)."""
    user = prove_self(request, password, by=by)
    if not has_second_factor(user):
        raise Refusal("accounts.factor_not_begun", _("Begin the set-up first."))
    with transaction.atomic():
        write(by=by, action="accounts.recovery_codes_renewed", kind="accounts.user", subjects=[user.pk], now=now)
        return _new_codes(user)


def remove_second_factor(request: HttpRequest, password: str, *, by: Viewer, now: datetime) -> None:
    """Remove one's own second factor. Refuses a wrong password (see proving). Where the role demands one, the next page asks to set
    it up anew.
    """
    user = prove_self(request, password, by=by)
    with transaction.atomic():
        _remove(user)
        write(by=by, action="accounts.second_factor_removed", kind="accounts.user", subjects=[user.pk], now=now)


@transaction.atomic
def remove_second_factor_of(user_id: int, why: str, *, by: Viewer, now: datetime) -> None:
    """Remove the second factor of somebody who lost the phone and the codes. The reason is journalled; their sessions end."""
    by.need("accounts.manage_users")
    if not why.strip():
        raise Refusal("accounts.why_missing", _("Say why: the reason goes into the journal."), field="why")
    user = User.objects.get(pk=user_id)
    _remove(user)
    drop_sessions(user)
    write(
        by=by,
        action="accounts.second_factor_removed",
        kind="accounts.user",
        subjects=[user_id],
        now=now,
        why=why.strip(),
    )


def secret_of(factor: SecondFactor) -> str:
    """The secret in base 32, as authenticators take it. Only for the page that sets it up."""
    return vault.unseal(bytes(factor.sealed), purpose=PURPOSE, about=factor.uuid)


def code_at(secret: str, step: int) -> bytes:
    """The six digits of a secret (base 32) for a time step (RFC 4226, SHA-1)."""
    return HOTP(base64.b32decode(secret), 6, SHA1()).generate(step)


def enrolment_address(secret: str, username: str, issuer: str) -> str:
    """The otpauth:// address a QR code carries to the authenticator."""
    return TOTP(base64.b32decode(secret), 6, SHA1(), STEP_SECONDS).get_provisioning_uri(username, issuer)


def _take_step(factor: SecondFactor, code: str, real: datetime) -> bool:
    """Whether the code is that of an accepted step; the step is then used up, by one conditional update, so that of two one wins."""
    secret = secret_of(factor)
    for step in steps_accepted(real, factor.last_step):
        if bytes_eq(code_at(secret, step), code.encode()):
            return SecondFactor.objects.filter(pk=factor.pk, last_step__lt=step).update(last_step=step) == 1
    return False


def _take_recovery_code(user: User, code: str, now: datetime) -> bool:
    free = RecoveryCode.objects.filter(user=user, digest=_digest(user, code), used_at=None)
    with transaction.atomic():
        if free.update(used_at=now) != 1:
            return False
        left = RecoveryCode.objects.filter(user=user, used_at=None).count()
        who = Viewer(user.pk, user.display_name)
        data = {"left": left}
        write(
            by=who, action="accounts.recovery_code_used", kind="accounts.user", subjects=[user.pk], now=now, data=data
        )
    return True


def _new_codes(user: User) -> list[str]:
    codes = ["".join(secrets.choice(ALPHABET) for _each in range(_RECOVERY_LENGTH)) for _code in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(user, code)) for code in codes)
    return [grouped(code) for code in codes]


def _digest(user: User, code: str) -> bytes:
    return sha256(f"{user.pk}:{code}".encode()).digest()


def _remove(user: User) -> None:
    SecondFactor.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()


def _self(by: Viewer) -> User:
    return User.objects.get(pk=by.user_id or 0)
