"""The file: a header anybody can read, then the dump in encrypted pieces. A changed byte, a missing or a swapped piece does not pass.

`BULOUBK1`, four bytes of length, the header as JSON; then pieces: four bytes of length, AES-256-GCM ciphertext with tag. The file's key
is derived (HKDF-SHA256) from the backup key and the header's random salt; a piece's nonce is its number and whether it is the last;
each piece is bound to the header. So a file cut off anywhere is known to be cut off.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext_lazy as _

from bulou.platform import vault
from bulou.platform.refusals import Refusal

MAGIC = b"BULOUBK1"
PIECE = 1 << 20
_TAG = 16
_LENGTH = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup says of itself without a key: times, which keys it needs, which database and schema it is of. No content."""

    created_at: datetime
    expires_at: datetime
    version: str
    chain: str
    head: str
    schema: dict[str, list[str]]
    backup_key: str
    data_keys: list[str]
    index_key: str
    salt: str

    def to_bytes(self) -> bytes:
        """The header as it stands in the file."""
        body = asdict(self) | {"created_at": self.created_at.isoformat(), "expires_at": self.expires_at.isoformat()}
        return json.dumps(body, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> Header:
        """The header of a file's bytes; raises ValueError, KeyError or TypeError on anything else."""
        body: dict[str, Any] = json.loads(raw)
        times = {name: datetime.fromisoformat(body[name]) for name in ("created_at", "expires_at")}
        return cls(**body | times)


def read_header(path: Path) -> Header:
    """The header of a backup. Refuses with `backup.not_a_backup` or `backup.unreadable_file`."""
    with _opened(path) as file:
        return _read_header(file, path)[0]


def write(out: BinaryIO, header: Header, read: Callable[[int], bytes], progress: Callable[[int], None]) -> None:
    """Write a whole backup: the header, then what `read(size)` gives until it is empty. `progress(bytes read so far)`."""
    raw = header.to_bytes()
    out.write(MAGIC + _LENGTH.pack(len(raw)) + raw)
    cipher, bound = _cipher(header, raw)
    number, done, piece = 0, 0, _full(read)
    while True:
        following = _full(read) if len(piece) == PIECE else b""
        sealed = cipher.encrypt(_nonce(number, last=not following), piece, bound)
        out.write(_LENGTH.pack(len(sealed)) + sealed)
        done += len(piece)
        progress(done)
        if not following:
            return
        number, piece = number + 1, following


def pieces(path: Path) -> Iterator[bytes]:
    """The dump, piece by piece. Refuses with `backup.key_missing`, `backup.truncated` or `backup.damaged` when it comes to it."""
    with _opened(path) as file:
        header, raw = _read_header(file, path)
        cipher, bound = _cipher(header, raw)
        number, sealed = 0, _next_piece(file, path)
        while True:
            following = _next_piece(file, path, may_end=True)
            yield _open(cipher, number, sealed, bound, path, last=not following)
            if not following:
                return
            number, sealed = number + 1, following


def _open(cipher: AESGCM, number: int, sealed: bytes, bound: bytes, path: Path, *, last: bool) -> bytes:
    try:
        return cipher.decrypt(_nonce(number, last=last), sealed, bound)
    except InvalidTag:
        pass
    if last and _opens(cipher, number, sealed, bound):
        raise Refusal("backup.truncated", _("%(path)s is not whole: its end is missing."), path=path)
    raise Refusal("backup.damaged", _("%(path)s is damaged and cannot be restored. Use another backup."), path=path)


def _opens(cipher: AESGCM, number: int, sealed: bytes, bound: bytes) -> bool:
    try:
        cipher.decrypt(_nonce(number, last=False), sealed, bound)
    except InvalidTag:
        return False
    return True


def _next_piece(file: BinaryIO, path: Path, *, may_end: bool = False) -> bytes:
    raw = file.read(_LENGTH.size)
    if may_end and not raw:
        return b""
    size = _LENGTH.unpack(raw)[0] if len(raw) == _LENGTH.size else 0
    if size > PIECE + _TAG or (len(raw) == _LENGTH.size and size < _TAG):
        raise Refusal("backup.damaged", _("%(path)s is damaged and cannot be restored. Use another backup."), path=path)
    sealed = file.read(size)
    if not size or len(sealed) < size:
        raise Refusal("backup.truncated", _("%(path)s is not whole: its end is missing."), path=path)
    return sealed


def _read_header(file: BinaryIO, path: Path) -> tuple[Header, bytes]:
    try:
        if file.read(len(MAGIC)) != MAGIC:
            raise ValueError("another kind of file")
        size = _LENGTH.unpack(file.read(_LENGTH.size))[0]
        raw = file.read(min(size, PIECE))
        return Header.from_bytes(raw), raw
    except (ValueError, KeyError, TypeError, struct.error):
        raise Refusal(
            "backup.not_a_backup", _("%(path)s is not a backup made by Bulou, or its beginning is damaged."), path=path
        ) from None


def _opened(path: Path) -> BinaryIO:
    try:
        return open(path, "rb")
    except OSError as error:
        raise Refusal(
            "backup.unreadable_file", _("%(path)s cannot be read: %(reason)s."), path=path, reason=error.strerror
        ) from None


def _cipher(header: Header, raw: bytes) -> tuple[AESGCM, bytes]:
    for key in vault.load().backup:
        if key.id.hex() == header.backup_key:
            secret = HKDF(
                algorithm=SHA256(), length=32, salt=bytes.fromhex(header.salt), info=b"bulou backup 1"
            ).derive(key.secret)
            return AESGCM(secret), sha256(MAGIC + raw).digest()
    raise Refusal(
        "backup.key_missing",
        _(
            "This backup was encrypted with backup key %(key)s, which is not on this machine. Type part 1 of its recovery sheet in: bulou keys restore."
        ),
        key=header.backup_key,
    )


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _full(read: Callable[[int], bytes]) -> bytes:
    """One whole piece: a pipe gives what it has, not what was asked for."""
    parts, size = [], 0
    while size < PIECE and (part := read(PIECE - size)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)
