"""Sealing one value: AES-256-GCM, bound to its purpose and its record, so that a value moved to another row or use does not open.

A sealed value is: one byte of format (1), four of key id, twelve of nonce, then ciphertext and tag.
"""

from __future__ import annotations

import hmac
import os
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.utils.translation import gettext_lazy as _

from bulou.platform.refusals import Refusal
from bulou.platform.vault import ring
from bulou.platform.vault.ring import Key

FORMAT = b"\x01"
_KEY, _NONCE, _BODY = slice(1, 5), slice(5, 17), slice(17, None)
SMALLEST = 17 + 16


def seal(text: str, *, purpose: str, about: UUID) -> bytes:
    """Encrypt `text` under the current data key for `purpose` (`registry.document`) and the immutable uuid of the record it is about."""
    return seal_bytes(text.encode(), purpose=purpose, about=about)


def seal_bytes(content: bytes | memoryview, *, purpose: str, about: UUID) -> bytes:
    """The same for what is no text: a file, a message as it was received."""
    key = _current("data")
    nonce = os.urandom(12)
    return FORMAT + key.id + nonce + key.cipher.encrypt(nonce, content, _bound_to(purpose, about))


def unseal(blob: bytes | memoryview, *, purpose: str, about: UUID) -> str:
    """The text of a sealed value; refuses as `unseal_bytes`."""
    return unseal_bytes(blob, purpose=purpose, about=about).decode()


def unseal_bytes(blob: bytes | memoryview, *, purpose: str, about: UUID) -> bytes:
    """The bytes of a sealed value.

    Refuses with `vault.key_missing` when the ring lacks its key, and `vault.not_readable` when it was altered, cut, or belongs to
    another record or purpose.
    """
    blob = bytes(blob)
    if len(blob) < SMALLEST or blob[:1] != FORMAT:
        raise _not_readable()
    key = ring.load().by_id.get(blob[_KEY])
    if key is None:
        raise Refusal(
            "vault.key_missing",
            _(
                "This value was encrypted with key %(key)s, which is not on this machine. Type it in from the recovery sheet."
            ),
            key=blob[_KEY].hex(),
        )
    try:
        return key.cipher.decrypt(blob[_NONCE], blob[_BODY], _bound_to(purpose, about))
    except InvalidTag:
        raise _not_readable() from None


def blind(text: str, *, purpose: str) -> bytes:
    """32 bytes that are the same for the same text and purpose, by which a value is found without being readable (HMAC-SHA256)."""
    return hmac.digest(_current("index").secret, purpose.encode() + b"\0" + text.encode(), sha256)


def key_id_of(blob: bytes | memoryview) -> bytes:
    """The id of the key a value is sealed with."""
    return bytes(blob[_KEY])


def _bound_to(purpose: str, about: UUID) -> bytes:
    return purpose.encode() + b"\0" + about.bytes


def _current(kind: str) -> Key:
    keys = ring.load().of(kind)
    if not keys:
        raise Refusal(
            "vault.kind_missing",
            _("The key ring of this machine has no %(kind)s key. Run bulou keys create."),
            kind=kind,
        )
    return keys[0]


def _not_readable() -> Refusal:
    return Refusal(
        "vault.not_readable", _("This value cannot be opened: it was altered, or it belongs to another record.")
    )
