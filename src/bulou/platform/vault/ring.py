"""The key ring of one home: data keys (one current, older ones kept to read with), an index key, backup keys. A file, mode 0600."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from bulou.platform.refusals import Refusal

SIZE = 32
KINDS = ("data", "index", "backup")


@dataclass(frozen=True)
class Key:
    """A 256-bit key. `id` is taken from the key itself, so that keys of two homes are never confused."""

    secret: bytes

    @cached_property
    def id(self) -> bytes:
        """Four bytes that name the key without telling it."""
        return sha256(b"bulou key id\0" + self.secret).digest()[:4]

    @cached_property
    def cipher(self) -> AESGCM:
        """AES-256-GCM under this key; kept, since its set-up costs more than a seal."""
        return AESGCM(self.secret)

    def __repr__(self) -> str:
        return f"Key({self.id.hex()})"


@dataclass(frozen=True)
class Ring:
    """The keys of a home, the current one of each kind first. A kind may be empty after a restore from half a recovery sheet."""

    data: tuple[Key, ...] = ()
    index: tuple[Key, ...] = ()
    backup: tuple[Key, ...] = ()

    @classmethod
    def fresh(cls) -> Ring:
        """A ring of new random keys, kept nowhere."""
        return cls(*((Key(secrets.token_bytes(SIZE)),) for _kind in KINDS))

    @cached_property
    def by_id(self) -> dict[bytes, Key]:
        """The data keys by id."""
        return {key.id: key for key in self.data}

    def of(self, kind: str) -> tuple[Key, ...]:
        """The keys of a kind (`data`, `index`, `backup`), the current one first."""
        return getattr(self, kind)  # type: ignore[no-any-return]

    def with_key(self, kind: str, key: Key) -> Ring:
        """The ring with `key` as the current one of its kind."""
        return replace(self, **{kind: (key, *(k for k in self.of(kind) if k.id != key.id))})


def file_of(home: Path) -> Path:
    """Where the ring of a home lies."""
    return home / "keys" / "ring.json"


def create(home: Path) -> Ring:
    """Make the ring of a new home; kinds a ring already there lacks are made, keys that exist are never replaced."""
    with _only_one(home):
        held = _read(home) if file_of(home).exists() else Ring()
        for kind in KINDS:
            if not held.of(kind):
                held = held.with_key(kind, Key(secrets.token_bytes(SIZE)))
        _write(home, held)
    return held


def add_data_key(home: Path) -> Ring:
    """Put a new current data key on the ring; values sealed from now on use it, older ones open with the older keys."""
    with _only_one(home):
        ring = _read(home).with_key("data", Key(secrets.token_bytes(SIZE)))
        _write(home, ring)
    return ring


def add(home: Path, keys: dict[str, tuple[Key, ...]]) -> Ring:
    """Put keys (from a recovery sheet, the current one of each kind first) on the ring of a home; they become its current ones."""
    with _only_one(home):
        ring = _read(home) if file_of(home).exists() else Ring()
        for kind, found in keys.items():
            for key in reversed(found):
                ring = ring.with_key(kind, key)
        _write(home, ring)
    return ring


def load(home: Path | None = None) -> Ring:
    """The ring of a home (the installation's, unless told), read once and again when its file changes.

    Refuses with `vault.no_keys` when there is none, `vault.keys_damaged` when it cannot be read.
    """
    if home is None:
        if _in_use is not None:
            return _in_use
        home = settings.HOME
    place = _places.get(home)
    if place is None:  # a path is put together once: sealing asks a thousand times a second
        place = _places[home] = str(file_of(home))
    try:
        stat = os.stat(place)
    except OSError:
        raise Refusal(
            "vault.no_keys",
            _(
                "There are no keys in %(folder)s. Put the folder back, or type the keys in from the recovery sheet: bulou keys restore."
            ),
            folder=file_of(home).parent,
        ) from None
    stamp = (stat.st_mtime_ns, stat.st_ino)
    held = _held.get(home)
    if held is None or held[0] != stamp:
        held = _held[home] = (stamp, _read(home))
    return held[1]


def use(ring: Ring | None) -> None:
    """Let this process use a ring that lies in no home (tests, a restore on trial); None = the home's again."""
    global _in_use
    _in_use = ring


_held: dict[Path, tuple[tuple[int, int], Ring]] = {}
_places: dict[Path, str] = {}
_in_use: Ring | None = None


def _read(home: Path) -> Ring:
    try:
        held = json.loads(file_of(home).read_text())
        ring = Ring(**{kind: tuple(Key(b64decode(text, validate=True)) for text in held[kind]) for kind in KINDS})
        if any(len(key.secret) != SIZE for kind in KINDS for key in ring.of(kind)):
            raise ValueError("a key of a wrong length")
    except (OSError, ValueError, KeyError, TypeError):
        raise Refusal(
            "vault.keys_damaged",
            _(
                "The key file %(file)s cannot be read. Put it back from where the keys are kept, or type them in from the recovery sheet."
            ),
            file=file_of(home),
        ) from None
    return ring


def _write(home: Path, ring: Ring) -> None:
    """Beside the old file and then over it in one step: a power cut leaves the old ring or the new one."""
    body = {"format": 1} | {kind: [b64encode(key.secret).decode() for key in ring.of(kind)] for kind in KINDS}
    file = file_of(home)
    beside = file.with_suffix(".new")
    beside.unlink(missing_ok=True)
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(body, out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    _held.pop(home, None)


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    folder = file_of(home).parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder / "ring.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
