"""Blocks and heads as plain values: how a block is hashed, and how a head is printed and read back. Pure."""

from __future__ import annotations

import re
from base64 import b32encode
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bulou.platform.journal.sealed import netstring
from bulou.platform.refusals import Refusal

_HEAD = re.compile(r"^(\d+)-?([A-Z2-7]{16})([A-Z2-7]{2})$")


@dataclass(frozen=True, slots=True)
class Span:
    """What a block covers: `table`, `columns` (names joined by commas), rows in (since, through] by (xact, id)."""

    table: str
    columns: str
    since: tuple[int, int]
    through: tuple[int, int]
    count: int


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: the last block's number, hash and time (number 0 and no time: nothing sealed yet)."""

    number: int
    hash: bytes
    at: datetime | None = None

    def short(self) -> str:
        """For paper: number, eighty bits of the hash, two letters that show a slip: `1042-ABCD-EFGH-IJKL-MNOP-QR`."""
        letters = _letters(self.hash)
        groups = "-".join(letters[i : i + 4] for i in range(0, 16, 4))
        return f"{self.number}-{groups}-{_check(self.number, letters)}"

    def __str__(self) -> str:
        return self.short()

    def is_like(self, printed: PrintedHead) -> bool:
        """Whether a printed head is this block's."""
        return self.number == printed.number and _letters(self.hash) == printed.letters


@dataclass(frozen=True, slots=True)
class PrintedHead:
    """A head as read from paper."""

    number: int
    letters: str


def read_head(text: str) -> PrintedHead:
    """Read a printed head; capitals, spaces and dashes do not matter. Refuses with `journal.head_unreadable` on any slip."""
    squeezed = re.sub(r"\s", "", text).upper()
    number, _dash, rest = squeezed.partition("-")
    found = _HEAD.match(number + "-" + rest.replace("-", ""))
    if not found or _check(int(found[1]), found[2]) != found[3]:
        raise Refusal(
            "journal.head_unreadable",
            _("“%(text)s” is not a printed head of the journal. Compare it letter by letter."),
            text=text[:80],
        )
    return PrintedHead(int(found[1]), found[2])


def genesis(key: UUID) -> Head:
    """The head of an empty chain."""
    return Head(0, sha256(b"bulou journal\0" + key.bytes).digest())


def hash_block(number: int, at: datetime, span: Span, entries: bytes, previous: bytes) -> bytes:
    """The hash of a block: SHA-256 of the netstrings of its parts in this order."""
    parts = (
        "bulou block 1", str(number), stamp(at), span.table, span.columns, *(str(n) for n in (*span.since, *span.through, span.count)),
        sha256(entries).hexdigest(), previous.hex(),
    )  # fmt: skip
    return sha256(b"".join(map(netstring, parts))).digest()


def stamp(at: datetime) -> str:
    """A time as the block's hash has it: UTC, to the microsecond."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _letters(whole: bytes) -> str:
    return b32encode(whole[:10]).decode()


def _check(number: int, letters: str) -> str:
    return b32encode(sha256(f"{number} {letters}".encode()).digest()[:5]).decode()[:2]
