"""The file of sealed reports that another phone carries: how it is laid out, and how what it holds is. docs/field.md has the same in words.

It opens nothing. A file is the line `BULOU1`, then for each item four bytes of length, a head (JSON) and the sealed body; a body, once
opened, is four bytes of length, a head, and the bytes of the files the head names.
"""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MAGIC = b"BULOU1\n"
MOST_ITEMS = 500
MOST_FILES = 100
_LENGTH = 4
_LONGEST_HEAD = 4_000_000


class Unreadable(ValueError):
    """Not such a file, or cut off."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One sealed item. `to` names the county's key, `sender` is the ephemeral public key, `wrapped` the item's own key."""

    id: str
    kind: str
    iv: bytes
    body: bytes
    to: str
    sender: bytes
    wrap_iv: bytes
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class Carried:
    """A file of an opened item."""

    name: str
    content_type: str
    content: bytes


def envelopes(data: bytes) -> list[Envelope]:
    """The items of a file, in order; Unreadable when it is none, is cut off or holds more than 500."""
    if not data.startswith(MAGIC):
        raise Unreadable("magic")
    found: list[Envelope] = []
    at = len(MAGIC)
    while at < len(data):
        if len(found) == MOST_ITEMS:
            raise Unreadable("many")
        head, at = _head(data, at)
        size = head.get("size")
        if not isinstance(size, int) or not 0 < size <= len(data) - at:
            raise Unreadable("cut")
        found.append(_envelope(head, data[at : at + size]))
        at += size
    return found


def content(body: bytes) -> tuple[Mapping[str, Any], list[Carried]]:
    """The head of an opened item and its files; Unreadable when they do not fit together."""
    head, at = _head(body, 0)
    files = head.get("files", [])
    if not isinstance(files, list) or len(files) > MOST_FILES:
        raise Unreadable("files")
    found = []
    for one in files:
        name, size = one.get("name"), one.get("size")
        if not isinstance(name, str) or not isinstance(size, int) or not 0 <= size <= len(body) - at:
            raise Unreadable("files")
        found.append(Carried(name, str(one.get("type", "")), body[at : at + size]))
        at += size
    return head, found


def _head(data: bytes, at: int) -> tuple[Mapping[str, Any], int]:
    start = at + _LENGTH
    length = int.from_bytes(data[at:start], "big")
    if start > len(data) or length > min(_LONGEST_HEAD, len(data) - start):
        raise Unreadable("cut")
    try:
        head = json.loads(data[start : start + length])
    except (ValueError, RecursionError):
        raise Unreadable("head") from None
    if not isinstance(head, dict):
        raise Unreadable("head")
    return head, start + length


def _envelope(head: Mapping[str, Any], body: bytes) -> Envelope:
    to = head.get("to")
    if not isinstance(to, dict):
        raise Unreadable("head")
    try:
        iv, sender, wrap_iv, wrapped = (
            b64decode(text, validate=True) for text in (head["iv"], to["eph"], to["iv"], to["ct"])
        )
        return Envelope(
            str(head["id"])[:249], str(head["kind"]), iv, body, str(to["kid"])[:16], sender, wrap_iv, wrapped
        )
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise Unreadable("head") from None
