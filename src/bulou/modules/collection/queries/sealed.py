"""Sealing what devices sent: one place that says for which purpose and about what, so that every door and page opens what another sealed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

from bulou.platform import vault

_ROOT = UUID("6f1d5b0c-4c52-5b0e-9d6e-0d7f4a6c2b11")
XML, ANSWERS, FILE = "collection.xml", "collection.answers", "collection.file"


def about(instance_id: str) -> UUID:
    """The uuid a submission's content is bound to: its own where the instanceID is one (`uuid:…`), else one made of it."""
    try:
        return UUID(instance_id.removeprefix("uuid:"))
    except ValueError:
        return uuid5(_ROOT, instance_id)


def seal_xml(xml: bytes, instance_id: str) -> bytes:
    """The XML as received, sealed."""
    return vault.seal_bytes(xml, purpose=XML, about=about(instance_id))


def open_xml(sealed: bytes | memoryview, instance_id: str) -> bytes:
    """The XML as received."""
    return vault.unseal_bytes(sealed, purpose=XML, about=about(instance_id))


def seal_answers(answers: Mapping[str, Any], instance_id: str) -> bytes:
    """The answers to sensitive questions, in the form of `answers`, sealed."""
    return vault.seal(json.dumps(answers, ensure_ascii=False), purpose=ANSWERS, about=about(instance_id))


def open_answers(sealed: bytes | memoryview, instance_id: str) -> dict[str, Any]:
    """The answers to sensitive questions, by path."""
    found: dict[str, Any] = json.loads(vault.unseal(sealed, purpose=ANSWERS, about=about(instance_id)))
    return found


def seal_file(content: bytes | memoryview, instance_id: str, name: str) -> bytes:
    """An attachment, sealed for this submission and this name."""
    return vault.seal_bytes(content, purpose=FILE, about=uuid5(_ROOT, f"{instance_id}/{name}"))


def digest_of_file(content: bytes | memoryview) -> str:
    """What a file's keyed digest is made of."""
    return sha256(content).hexdigest()


def open_file(sealed: bytes | memoryview, instance_id: str, name: str) -> bytes:
    """An attachment's content."""
    return vault.unseal_bytes(sealed, purpose=FILE, about=uuid5(_ROOT, f"{instance_id}/{name}"))
