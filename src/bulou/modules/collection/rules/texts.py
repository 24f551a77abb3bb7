"""The words of a form in its languages: itext, and what a label, hint or message refers to.

A text that shows values of the form carries each as its expression between OPEN and CLOSE; `plain` gives it without.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bulou.modules.collection.rules.faults import Fault
from bulou.modules.collection.rules.markup import Element

OPEN, CLOSE = "\ue000", "\ue001"
_OUTPUT = re.compile(f"{OPEN}[^{CLOSE}]*{CLOSE}")
_REFERENCE = re.compile(r"^\s*jr:itext\(\s*(?:'([^']*)'|\"([^\"]*)\")\s*\)\s*$")
_SPACES = re.compile(r"[ \t\r\f\v]+")
_FILE = re.compile(r"^jr://[a-z-]+/(.+)$")
MEDIA = ("image", "big-image", "audio", "video")

Words = dict[str, str]


def plain(text: str, instead: str = "…") -> str:
    """Gives a text without the values it shows: `instead` stands for each."""
    return _OUTPUT.sub(instead, text)


def spoken(text: str | Words | None, language: str = "", default: str = "") -> str:
    """Gives a tree's text in a language of the form; the form's default one, or any, where it has none. "" for no text."""
    if not text:
        return ""
    if isinstance(text, str):
        return plain(text)
    found = text.get(language) or text.get(default) or next((words for words in text.values() if words), "")
    return plain(found)


@dataclass(slots=True)
class Texts:
    """What `<itext>` says: (id, form) → language → words; "" is the plain form. `languages` in order, `default` one of them or ""."""

    languages: list[str] = field(default_factory=list)
    default: str = ""
    words: dict[tuple[str, str], Words] = field(default_factory=dict)
    spoken_by: dict[str, set[str]] = field(default_factory=dict)
    outputs: list[tuple[str, int]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def of(self, identity: str, form: str = "") -> Words:
        return self.words.get((identity, form), {})

    def has(self, identity: str, language: str) -> bool:
        """Whether the language says anything under that id, in whatever form."""
        return language in self.spoken_by.get(identity, ())


def texts_of(model: Element) -> Texts:
    """Gives the texts of a model; what is wrong with them is in `faults`."""
    texts = Texts()
    itext = model.first("itext")
    for translation in itext.all("translation") if itext is not None else ():
        language = translation.get("lang")
        if not language:
            texts.faults.append(Fault("language_unnamed", translation.line))
            continue
        if language in texts.languages:
            texts.faults.append(Fault("language_twice", translation.line, {"language": language}))
            continue
        texts.languages.append(language)
        if "default" in translation.attributes:
            if texts.default:
                texts.faults.append(Fault("default_twice", translation.line, {"language": language}))
            texts.default = language
        _translate(texts, language, translation)
    texts.default = texts.default or (texts.languages[0] if texts.languages else "")
    return texts


def _translate(texts: Texts, language: str, translation: Element) -> None:
    for entry in translation.all("text"):
        identity = entry.get("id")
        if not identity:
            texts.faults.append(Fault("text_unnamed", entry.line))
        for value in entry.all("value"):
            key = (identity, value.get("form"))
            if language in texts.words.get(key, {}):
                texts.faults.append(Fault("text_twice", entry.line, {"text": identity, "language": language}))
            texts.spoken_by.setdefault(identity, set()).add(language)
            texts.words.setdefault(key, {})[language] = written(value, texts.outputs)


def written(element: Element, outputs: list[tuple[str, int]] | None = None) -> str:
    """Gives an element's words, with the expressions of its `<output>`s between OPEN and CLOSE; foreign marks become nothing."""
    found = "".join(_written(element, outputs))
    return "\n".join(_SPACES.sub(" ", line).strip() for line in found.strip().split("\n"))


def _written(element: Element, outputs: list[tuple[str, int]] | None) -> Iterator[str]:
    for part in element.parts:
        if isinstance(part, str):
            yield part.replace(OPEN, "").replace(CLOSE, "")
        elif part.name == "output":
            expression = (part.get("value") or part.get("ref")).strip()
            if outputs is not None:
                outputs.append((expression, part.line))
            yield f"{OPEN}{expression}{CLOSE}"
        else:
            yield from _written(part, outputs)


def reference(text: str) -> str | None:
    """The id inside jr:itext('…'), or None."""
    found = _REFERENCE.match(text)
    return None if found is None else (found[1] or found[2] or "")


def said(texts: Texts, identity: str) -> Words:
    """The words under an id: the plain form, else the long or short one."""
    return texts.of(identity) or texts.of(identity, "long") or texts.of(identity, "short")


def media_of(texts: Texts, identity: str) -> dict[str, Words]:
    """The files that go with a text: form → language → file name."""
    found = {form: texts.of(identity, form) for form in MEDIA}
    return {
        form: {language: file_name(address) for language, address in named.items() if address}
        for form, named in found.items()
        if named
    }


def file_name(address: str) -> str:
    """The file of jr://images/x.png is x.png; what has no such address is the name itself."""
    found = _FILE.match(address.strip())
    return (found[1] if found else address.strip()).strip()


def words_in(texts: Texts, element: Element | None) -> Words | str:
    """What a label or hint says: by language, or under "" where it is written in place; "" where there is none."""
    if element is None:
        return ""
    identity = reference(element.get("ref"))
    if identity is not None:
        return said(texts, identity)
    text = written(element)
    return {"": text} if text else ""
