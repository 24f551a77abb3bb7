"""The columns computed when a person, document or telephone is written, so that reading computes and decrypts nothing."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from bulou.modules.registry.rules import identity
from bulou.modules.registry.services.people_checks import Paper
from bulou.platform import chinese, vault

PURPOSE = "registry.document"


@dataclass(frozen=True, slots=True)
class NameKeys:
    """What a name is ordered and found by."""

    name_key: str
    initials: str
    grams: list[str]


@dataclass(frozen=True, slots=True)
class SealedPaper:
    """A document as stored: the number sealed about a uuid, its keyed hash, and what lists show."""

    kind: str
    about: UUID
    sealed: bytes
    digest: bytes
    masked: str
    tail: str


def name_keys(name: str, other_name: str = "") -> NameKeys:
    """Pinyin key, initials and grams of a person's two names."""
    grams = chinese.grams(name)
    if other_name:
        grams = list(dict.fromkeys([*grams, *chinese.grams(other_name)]))
    return NameKeys(chinese.sort_key(name), chinese.initials(name), grams)


def seal_paper(paper: Paper, about: UUID) -> SealedPaper:
    """Seal a checked document about a person's uuid."""
    return SealedPaper(
        kind=paper.kind,
        about=about,
        sealed=vault.seal(paper.number, purpose=PURPOSE, about=about),
        digest=digest_of(paper.kind, paper.number),
        masked=identity.masked(paper.number),
        tail=identity.tail(paper.number),
    )


def digest_of(kind: str, number: str) -> bytes:
    """The keyed hash a document is found by: 32 bytes, the same for both forms of a resident number."""
    return vault.blind(identity.comparable(kind, number), purpose=PURPOSE)
