"""Sealed reports brought by somebody else: another phone, the desk, or the same phone while nobody is signed in to it.

Each item was sealed for the county where it was written (P-256 ECDH, HKDF-SHA-256, AES-256-GCM). The private key is made from the ring's index
key, so it lies in BULOU_HOME/keys, stands on the recovery sheet, and never changes. An opened item goes through the same door as if its own
phone had sent it, under the token it holds, so whoever carries it learns and may do nothing.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils.translation import gettext_lazy as _

from bulou.modules.collection.queries.senders import Sender, sender_of
from bulou.modules.collection.services.envelopes import Carried, Envelope, Unreadable, content, envelopes
from bulou.modules.collection.services.newcomers import receive_newcomers
from bulou.modules.collection.services.receiving import Sent, receive
from bulou.platform import vault
from bulou.platform.refusals import Refusal

PURPOSE = "collection.carry"
INFO = b"bulou carry 1"
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of one carried item: the status its own phone would have been given, a code, a sentence, and whether it is held."""

    id: str
    kind: str
    status: int
    code: str = ""
    sentence: str = ""
    held: str = ""


def county_key() -> Mapping[str, str]:
    """The public key phones seal for: {kid, key} (an uncompressed point, base64)."""
    point = _public(_private())
    return {"kid": sha256(point).hexdigest()[:16], "key": b64encode(point).decode()}


def deliver(data: bytes, *, now: datetime, source: str = "carried") -> list[Delivered]:
    """Take in every item of a file, each for itself; gives what became of each, in order.

    The same file again changes nothing. Refuses with `collection.not_a_file` what is no such file or was cut off; an item that does not
    open, or whose token is no longer valid, is answered and hinders no other.
    """
    try:
        found = envelopes(data)
    except Unreadable:
        words = _("This is no file of reports, or it was cut off. Export it again on the phone it came from.")
        raise Refusal("collection.not_a_file", words, status=400) from None
    return [_deliver(one, now, source) for one in found]


def _deliver(envelope: Envelope, now: datetime, source: str) -> Delivered:
    try:
        head, files = content(_opened(envelope))
    except (Unreadable, InvalidTag, ValueError):
        words = _("Sealed for another county, or altered on the way.")
        return Delivered(envelope.id, envelope.kind, 422, "collection.not_opened", str(words))
    sender = sender_of(str(head.get("token", "")), now)
    if sender is None:
        words = _("The phone it comes from was signed out. Sign in on that phone again: the report is still there.")
        return Delivered(envelope.id, envelope.kind, 403, "collection.token_over", str(words))
    try:
        return _received(envelope, sender, head, files, now, source)
    except Refusal as refusal:
        return Delivered(envelope.id, envelope.kind, refusal.status, refusal.code, refusal.sentence)


def _received(
    envelope: Envelope, sender: Sender, head: Mapping[str, Any], files: list[Carried], now: datetime, source: str
) -> Delivered:
    if head.get("kind") == "newcomer":
        status = receive_newcomers(head.get("newcomer"), sender=sender, now=now)
        return Delivered(envelope.id, "newcomer", status)
    sent = [Sent(one.name, one.content_type, one.content) for one in files]
    xml = str(head.get("xml", "")).encode()
    given = receive(sender=sender, submission=xml, files=sent, now=now, source=source, device="")
    return Delivered(envelope.id, "submission", given.status, given.code, held=given.held)


def _opened(envelope: Envelope) -> bytes:
    private = _private()
    ours = _public(private)
    if envelope.to != sha256(ours).hexdigest()[:16]:
        raise Unreadable("key")
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), envelope.sender)
    shared = private.exchange(ec.ECDH(), theirs)
    key = HKDF(algorithm=SHA256(), length=32, salt=envelope.sender + ours, info=INFO).derive(shared)
    own = AESGCM(key).decrypt(envelope.wrap_iv, envelope.wrapped, None)
    return AESGCM(own).decrypt(envelope.iv, envelope.body, None)


def _private() -> ec.EllipticCurvePrivateKey:
    return _made(vault.blind("private", purpose=PURPOSE))


@lru_cache(maxsize=2)
def _made(secret: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(secret, "big") % (_ORDER - 1) + 1, ec.SECP256R1())


def _public(private: ec.EllipticCurvePrivateKey) -> bytes:
    return private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
