"""multipart/form-data as phones send it: the form's XML and the files with it. Strict where a cut could hide, and nothing else."""

from __future__ import annotations

import mmap
import re
from dataclasses import dataclass

XML = "xml_submission_file"
INCOMPLETE = "*isIncomplete*"  # Briefcase's mark of a part that says more is to come
MOST_PARTS = 200
LONGEST_NAME = 255
_BOUNDARY = re.compile(r'boundary="?([^";,]{1,200})"?', re.IGNORECASE)
_NAME = re.compile(rb'[;\s]name="((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_FILE = re.compile(rb'filename="((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_TYPE = re.compile(rb"^content-type:\s*([^\r\n]+)", re.IGNORECASE | re.MULTILINE)

Body = bytes | mmap.mmap


class Broken(ValueError):
    """It is not what it should be; `code` says in which respect: not_multipart, cut_off, no_xml, too_many, file_name."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the body. `content` is a view into it."""

    name: str
    content_type: str
    content: bytes | memoryview


@dataclass(frozen=True, slots=True)
class Posted:
    """The submission's XML and its files, in their order."""

    xml: bytes
    files: tuple[Part, ...]


def read(content_type: str, body: Body) -> Posted:
    """What was posted. Raises Broken."""
    found = _BOUNDARY.search(content_type)
    if found is None or not content_type[:19].lower().startswith("multipart/form-data"):
        raise Broken("not_multipart")
    border = b"--" + found[1].encode("latin-1", "replace")
    xml: bytes | None = None
    files: list[Part] = []
    at = _first(body, border)
    while body[at : at + 2] != b"--":
        start = body.find(b"\r\n\r\n", at)
        end = body.find(b"\r\n" + border, max(start + 2, at)) if start >= 0 else -1
        if end < 0:
            raise Broken("cut_off")
        head = body[at:start]
        name = _said(_NAME, head)
        if name == XML:
            if xml is not None:
                raise Broken("no_xml")
            xml = body[start + 4 : end]
        elif name != INCOMPLETE and (name or _FILE.search(head)):
            files.append(_part(head, name, memoryview(body)[start + 4 : end]))
        if len(files) > MOST_PARTS:
            raise Broken("too_many")
        at = end + 2 + len(border)
    if xml is None:
        raise Broken("no_xml")
    return Posted(xml, tuple(files))


def _first(body: Body, border: bytes) -> int:
    at = body.find(border)
    if at < 0 or (at > 0 and body[at - 2 : at] != b"\r\n"):
        raise Broken("not_multipart")
    return at + len(border)


def _part(head: bytes, name: str, content: memoryview) -> Part:
    """A file under its own name, without any path; a name that nothing can keep is refused."""
    file = (_said(_FILE, head) or name).replace("\\", "/").rpartition("/")[2].strip()
    if not file or file in (".", "..") or len(file) > LONGEST_NAME or not file.isprintable():
        raise Broken("file_name")
    found = _TYPE.search(head)
    kind = found[1].strip().decode("latin-1") if found else ""
    return Part(file, kind[:120] if kind.isprintable() else "", content)


def _said(what: re.Pattern[bytes], head: bytes) -> str:
    found = what.search(head)
    return re.sub(r"\\(.)", r"\1", found[1].decode("utf-8", "replace")) if found else ""
