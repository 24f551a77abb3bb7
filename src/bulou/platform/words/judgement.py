"""What is wrong with the words of the house: untranslated, out of step with the source, places lost, two translations
of one message.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bulou.platform.words.catalogues import Gathered, Key, Words, catalogue, gather, memory, words_for, written
from bulou.platform.words.messages import Message, places, shown
from bulou.platform.words.owners import LANGUAGES, WRITTEN, Owner
from bulou.platform.words.visible import unreachable


def complaints(owners: Sequence[Owner]) -> Iterator[str]:
    """Everything a release must not have, one line each, with the file and what to do."""
    house = memory(owners)
    for owner in owners:
        gathered = gather(owner)
        words = words_for(gathered, house)
        yield from (str(found) for found in (*gathered.problems, *unreachable(owner)))
        yield from _untranslated(gathered, words)
        yield from _lost_places(gathered, words)
        yield from _out_of_step(gathered, words)
    yield from _two_translations(owners)


def _untranslated(gathered: Gathered, words: Words) -> Iterator[str]:
    path = shown(gathered.owner.catalogue(WRITTEN))
    yield from (
        f"{path}: not translated: {message.text!r}" for key, message in gathered.messages.items() if not words[key]
    )


def _lost_places(gathered: Gathered, words: Words) -> Iterator[str]:
    for key, message in gathered.messages.items():
        if words[key] and (wanted := wanted_places(message)) != places(words[key]):
            path, kept = shown(gathered.owner.catalogue(WRITTEN)), ", ".join(wanted) or "none"
            yield f"{path}: {words[key]!r} must have the places of {message.text!r}: {kept}"


def wanted_places(message: Message) -> tuple[str, ...]:
    """The places a translation must have: those of the plural where there is one, since Chinese has one form for all
    numbers.
    """
    return places(message.plural or message.text)


def _out_of_step(gathered: Gathered, words: Words) -> Iterator[str]:
    for language in LANGUAGES:
        path = gathered.owner.catalogue(language)
        if not gathered.messages and not path.exists():
            continue
        if not path.exists() or path.read_text(encoding="utf-8") != catalogue(gathered, language, words):
            yield f"{shown(path)}: out of step with the source: run python -m bulou.platform.words"


def _two_translations(owners: Sequence[Owner]) -> Iterator[str]:
    first: dict[Key, tuple[Owner, str]] = {}
    for owner in owners:
        for key, text in written(owner).items():
            other, known = first.setdefault(key, (owner, text))
            if known != text:
                path = shown(owner.catalogue(WRITTEN))
                yield f"{path}: {key[0]!r} is {text!r} here, {known!r} in {other.name}: agree, or give one a context"
