"""Tokens a viewer may know of: one's own, those one gave, those of people in reach. Never their text: it is kept nowhere."""

from __future__ import annotations

from base64 import b32encode
from datetime import datetime
from hashlib import sha256

from django.db.models import Q, QuerySet
from django.http import Http404

from bulou.modules.collection.models import Token
from bulou.modules.registry.queries import offices, scopes
from bulou.platform.access.viewer import Viewer

ISSUE = "collection.issue_token"
BYTES, LENGTH = 16, 26


def text_of(random: bytes) -> str:
    """128 bits as they are written: 26 small letters and digits (base32 without padding), easily read aloud."""
    return b32encode(random[:BYTES]).decode().rstrip("=").lower()


def digest_of(text: str) -> bytes:
    """What the database keeps of a token: its SHA-256. A token has 128 random bits, so nothing slower is needed."""
    return sha256(text.encode()).digest()


def looks_like_one(text: str) -> bool:
    """Whether a text could be a token at all."""
    return len(text) == LENGTH and text.isascii() and text.isalnum() and text == text.lower()


def tokens(viewer: Viewer) -> QuerySet[Token]:
    """The tokens of the viewer, those they issued, and those of everybody in reach; newest first."""
    rows = Token.objects.select_related("person__place", "user", "form", "operation").order_by("-id")
    if viewer.is_system:
        return rows
    own = Q(user_id=viewer.user_id) | Q(issuer_id=viewer.user_id)
    if not viewer.may(ISSUE):
        return rows.filter(own)
    reach = scopes.people(viewer, ISSUE)
    if not reach.query.where:
        return rows
    return rows.filter(own | Q(person__in=reach.values("pk")) | Q(user__in=offices.accounts_of(reach)))


def token(viewer: Viewer, pk: int) -> Token:
    """One of them; else Http404."""
    found = tokens(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def narrowed(rows: QuerySet[Token], state: str, now: datetime) -> QuerySet[Token]:
    """Those that open, are over, or were revoked."""
    if state == "revoked":
        return rows.filter(revoked_at__isnull=False)
    over = Q(expires_at__lte=now)
    return rows.filter(over, revoked_at=None) if state == "over" else rows.exclude(over).filter(revoked_at=None)


def state_of(token: Token, now: datetime) -> str:
    """open, over or revoked."""
    if token.revoked_at is not None:
        return "revoked"
    return "over" if token.expires_at is not None and token.expires_at <= now else "open"


def who(token: Token) -> str:
    """As whom it acts: the user's name, else the person's."""
    return token.user.display_name if token.user else token.person.name if token.person else ""


def members_to_equip(viewer: Viewer, unit_id: int, now: datetime) -> list[int]:
    """The people of a unit and all below it, as far as the viewer may give them tokens, by name."""
    living = scopes.people(viewer, ISSUE).filter(merged_into=None, forgotten_at=None, ends=None)
    reach = living.filter(pk__in=offices.members_below(unit_id, now))
    return list(reach.order_by("name_key", "id").values_list("pk", flat=True))
