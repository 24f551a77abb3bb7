"""The catalogues: simplified Chinese kept as people wrote it, traditional Chinese and English derived. Stable order,
no dates, no names.

A message keeps its translation as long as its English words stay; a message gone from the source goes from the
catalogue. One already translated elsewhere in the house is taken over, so that one idea keeps one word.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile

import polib

from bulou.platform.words.messages import Found, Message
from bulou.platform.words.owners import LANGUAGES, WRITTEN, Owner
from bulou.platform.words.traditional import traditional

Key = tuple[str, str]
Words = Mapping[Key, str]

_PLURALS = {
    "zh_Hans": "nplurals=1; plural=0;",
    "zh_Hant": "nplurals=1; plural=0;",
    "en": "nplurals=2; plural=(n != 1);",
}
_HEADS = {
    "zh_Hans": "Written by people. New words are added by python -m bulou.platform.words",
    "zh_Hant": "Derived from zh_Hans and platform/words/words.tsv; do not edit",
    "en": "Derived from the source; do not edit",
}


@dataclass(slots=True)
class Gathered:
    """What the source of one owner says: its messages by key, and what is wrong with some of them."""

    owner: Owner
    messages: dict[Key, Message] = field(default_factory=dict)
    problems: list[Found] = field(default_factory=list)


def gather(owner: Owner) -> Gathered:
    """Read an owner's code and templates. SyntaxError if a file cannot be read: nothing may be dropped on half a
    look.
    """
    gathered = Gathered(owner)
    for found in owner.found():
        if found.message is None:
            gathered.problems.append(found)
        else:
            known = gathered.messages.get(found.message.key)
            if known is None or (found.message.plural and not known.plural):
                gathered.messages[found.message.key] = found.message
    return gathered


def written(owner: Owner) -> dict[Key, str]:
    """What people translated so far, by key; empty for an owner without a catalogue."""
    path = owner.catalogue(WRITTEN)
    if not path.exists():
        return {}
    found = {(entry.msgid, entry.msgctxt or ""): _one(entry) for entry in polib.pofile(str(path)) if not entry.obsolete}
    return {key: text for key, text in found.items() if text}


def _one(entry: polib.POEntry) -> str:
    return str(entry.msgstr_plural.get(0, "")) if entry.msgid_plural else str(entry.msgstr)


def memory(owners: Iterable[Owner]) -> dict[Key, str]:
    """Every translation of the house; where two owners differ the one on the lower floor stands."""
    table: dict[Key, str] = {}
    for owner in owners:
        for key, text in written(owner).items():
            table.setdefault(key, text)
    return table


def catalogue(gathered: Gathered, language: str, words: Words) -> str:
    """The text of one catalogue. `words` holds the simplified Chinese by key; what is not in it stays untranslated."""
    book = polib.POFile(wrapwidth=0)
    book.header = f"{_HEADS[language]}."
    book.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": _PLURALS[language],
    }
    for message in sorted(gathered.messages.values()):
        book.append(_entry(message, _forms(message, language, words.get(message.key, ""))))
    return f"{book}".rstrip("\n") + "\n"


def _forms(message: Message, language: str, simplified: str) -> list[str]:
    if language == "en":
        return [message.text, message.plural] if message.plural else [message.text]
    return [traditional(simplified) if language == "zh_Hant" else simplified]


def _entry(message: Message, forms: list[str]) -> polib.POEntry:
    entry = polib.POEntry(msgid=message.text, msgctxt=message.context or None)
    if message.plural:
        entry.msgid_plural = message.plural
        entry.msgstr_plural = dict(enumerate(forms))
    else:
        entry.msgstr = forms[0]
    return entry


def words_for(gathered: Gathered, house: Words) -> dict[Key, str]:
    """An owner's translations: its own first, then those of the rest of the house."""
    own = written(gathered.owner)
    return {key: own.get(key) or house.get(key, "") for key in gathered.messages}


def merge(gathered: Gathered, house: Words) -> list[Message]:
    """Bring an owner's three catalogues in line with its source; gives the messages still untranslated."""
    words = words_for(gathered, house)
    for language in LANGUAGES:
        path = gathered.owner.catalogue(language)
        if gathered.messages or path.exists():
            replace(path, catalogue(gathered, language, words).encode())
    return sorted(message for key, message in gathered.messages.items() if not words[key])


def enter(owner: Owner, chinese: Mapping[str, str]) -> set[str]:
    """Write translations (English → Chinese) into an owner's catalogue, in every context; gives the English words it
    knew.
    """
    path = owner.catalogue(WRITTEN)
    book = polib.pofile(str(path), wrapwidth=0) if path.exists() else polib.POFile()
    known = [entry for entry in book if entry.msgid in chinese]
    for entry in known:
        if entry.msgid_plural:
            entry.msgstr_plural = {0: chinese[entry.msgid]}
        else:
            entry.msgstr = chinese[entry.msgid]
    if known:
        replace(path, str(book).encode())
    return {entry.msgid for entry in known}


def replace(path: Path, content: bytes) -> bool:
    """Write a file whole or not at all, and only when it would change; gives whether it did."""
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as handle:
        handle.write(content)
    os.chmod(handle.name, 0o644)
    os.replace(handle.name, path)
    return True


def compile_catalogues(owners: Iterable[Owner]) -> int:
    """Compile what changed since it was last compiled; gives how many files were written."""
    count = 0
    for owner in owners:
        for language in LANGUAGES:
            source = owner.catalogue(language)
            target = source.with_suffix(".mo")
            if source.exists() and not (target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns):
                if not replace(target, polib.pofile(str(source)).to_binary()):
                    target.touch()
                count += 1
    return count
