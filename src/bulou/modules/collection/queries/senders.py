"""Who sends: the device, browser or link behind a token, or an account, with what it may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from bulou.modules.collection.models import Token
from bulou.modules.registry.queries import scopes
from bulou.platform import clock
from bulou.platform.access.viewer import Viewer

HELD_FOR = 5.0
MOST_HELD = 20_000


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends. `kind`: device, browser, personal, or account where somebody gave a password. A personal link is about `person_id`, in one form."""

    token_id: int | None
    kind: str
    viewer: Viewer
    operation_id: int | None = None
    form_id: int | None = None
    person_id: int | None = None
    language: str = ""

    @property
    def is_personal(self) -> bool:
        return self.kind == Token.Kind.PERSONAL


def sender_of(text: str, now: datetime) -> Sender | None:
    """The sender behind the text of a token, with the grants in force at `now`; None where it is unknown, revoked or over."""
    found = (
        Token.objects.select_related("user", "person")
        .filter(hash=sha256(text.encode(errors="replace")).digest(), revoked_at=None)
        .first()
    )
    if found is None or (found.expires_at is not None and found.expires_at <= now):
        return None
    if found.user is not None and not found.user.is_active:
        return None
    return _sender(found, now)


def sender_for(viewer: Viewer) -> Sender:
    """The sender that an account is by itself."""
    return Sender(None, "account", viewer, person_id=viewer.person_id)


_held: dict[str, tuple[float, Sender]] = {}


def held_sender(text: str, now: datetime) -> Sender | None:
    """As `sender_of`, at most five seconds old: for the hot door, which asks again itself whether the token still holds."""
    ticks = clock.ticks()
    held = _held.get(text)
    if held is not None and ticks - held[0] < HELD_FOR:
        return held[1]
    found = sender_of(text, now)
    if found is None:
        _held.pop(text, None)
        return None
    if len(_held) >= MOST_HELD:
        _held.clear()
    _held[text] = (ticks, found)
    return found


def forget_senders() -> None:
    """Ask anew at the next question (between tests)."""
    _held.clear()


def _sender(token: Token, now: datetime) -> Sender:
    if token.user is not None:
        grants, person_id = scopes.grants_of(token.user.pk, now)
        viewer = Viewer(token.user.pk, token.user.display_name, grants, token.person_id or person_id)
    else:
        person = token.person
        assert person is not None  # a token acts for somebody (collection_token_somebody)
        viewer = Viewer(None, person.name, (), person.pk)
    return Sender(token.pk, token.kind, viewer, token.operation_id, token.form_id, viewer.person_id, token.language)
