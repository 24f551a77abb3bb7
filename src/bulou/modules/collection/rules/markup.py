"""XML from strangers, read without trusting it: no DTD, no entities, no depth without end, no network, no file.

Gives a small tree that knows its lines and the prefixes in force, which is what a form's reasons and XPath need. Pure: bytes in, tree out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from bulou.modules.collection.rules.faults import Refused

MOST_BYTES = 10 * 1024 * 1024
MOST_DEPTH = 100
MOST_ELEMENTS = 600_000
_SEPARATOR = "\n"  # cannot stand in a name or, after normalisation of attributes, in an address


@dataclass(slots=True)
class Element:
    """An element: `space` and `name`, attributes by "{space}name" or "name", `parts` its texts and children in order."""

    space: str
    name: str
    line: int
    attributes: dict[str, str]
    prefixes: Mapping[str, str]
    parts: list[str | Element] = field(default_factory=list)

    def __iter__(self) -> Iterator[Element]:
        return (part for part in self.parts if isinstance(part, Element))

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def first(self, name: str) -> Element | None:
        """The first child of that name, whatever its namespace."""
        return next((child for child in self if child.name == name), None)

    def all(self, name: str) -> list[Element]:
        return [child for child in self if child.name == name]

    @property
    def text(self) -> str:
        """The text that stands directly in it."""
        return "".join(part for part in self.parts if isinstance(part, str))


def parsed(content: bytes, *, most_bytes: int = MOST_BYTES) -> Element:
    """Gives the root. Refuses (Refused) what is too large, no XML, carries a DTD, or is nested deeper or richer than any form."""
    if len(content) > most_bytes:
        raise Refused("too_large", megabytes=str(most_bytes // (1024 * 1024)))
    reading = _Reading()
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.ordered_attributes = True
    parser.StartDoctypeDeclHandler = _refuse_doctype(parser)
    parser.StartNamespaceDeclHandler = reading.prefix
    parser.StartElementHandler = lambda name, given: reading.start(name, given, parser.CurrentLineNumber)
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    try:
        parser.Parse(content.lstrip(b" \t\r\n"), True)  # devices forgive what stands before the declaration
    except expat.ExpatError as why:
        raise Refused("no_xml", why.lineno, says=expat.errors.messages.get(why.code, "")) from None
    except (LookupError, ValueError):  # an encoding nobody knows, or one that is no text encoding
        raise Refused("encoding_unknown", 1) from None
    assert reading.root is not None
    return reading.root


def _refuse_doctype(parser: expat.XMLParserType) -> Callable[..., None]:
    def refuse(*_given: object) -> None:
        raise Refused("doctype", parser.CurrentLineNumber)

    return refuse


class _Reading:
    """The elements still open while the parser runs."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._count = 0
        self._new: dict[str, str] = {}

    def prefix(self, prefix: str | None, space: str | None) -> None:
        self._new[prefix or ""] = space or ""

    def start(self, name: str, given: list[str], line: int) -> None:
        self._count += 1
        if len(self._open) >= MOST_DEPTH or self._count > MOST_ELEMENTS:
            raise Refused("too_deep", line)
        above = self._open[-1].prefixes if self._open else {}
        prefixes = {**above, **self._new} if self._new else above
        self._new = {}
        space, _, local = name.rpartition(_SEPARATOR)
        element = Element(space, local, line, _attributes(given), prefixes)
        if self._open:
            self._open[-1].parts.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, _name: str) -> None:
        self._open.pop()

    def text(self, text: str) -> None:
        if self._open:
            self._open[-1].parts.append(text)


def _attributes(given: list[str]) -> dict[str, str]:
    found = {}
    for name, value in zip(given[::2], given[1::2], strict=True):
        space, _, local = name.rpartition(_SEPARATOR)
        found[f"{{{space}}}{local}" if space else local] = value
    return found
