"""The light runner as one file for pages that must open on a line of a few kilobytes a second: its scripts and words, one after the other, packed once.

There is no build: the files are what they are in static/field/runner, and the address carries the digest of what is in it, so that a phone keeps it for good.
"""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from django.contrib.staticfiles import finders
from django.urls import reverse

FOLDER = "field/runner"
SCRIPTS = ("xpath.js", "functions.js", "model.js", "parts.js", "view.js", "draft.js", "send.js", "page.js")
WORDS = ("zh-Hans", "zh-Hant", "en", "bo")
TYPES = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}


class Packed(NamedTuple):
    """A file as it goes over the line, plain and compressed; `digest` is in its address."""

    plain: bytes
    packed: bytes
    digest: str


@lru_cache(maxsize=2)
def packed(kind: str) -> Packed:
    """The scripts with their words (`js`), or the sheet (`css`). KeyError on another kind."""
    plain = {"js": _scripts, "css": lambda: _read("runner.css")}[kind]().encode()
    return Packed(plain, gzip.compress(plain, 9, mtime=0), sha256(plain).hexdigest()[:12])


def address(kind: str) -> str:
    """Where it is fetched."""
    return reverse("field:runner", args=[packed(kind).digest, kind])


def words(language: str) -> dict[str, str]:
    """What the runner says in one of WORDS, by key."""
    return json.loads(_read(f"words/{language}.json"))


def _scripts() -> str:
    spoken = json.dumps({language: words(language) for language in WORDS}, ensure_ascii=False, separators=(",", ":"))
    *parts, page = (_slim(_read(name)) for name in SCRIPTS)
    return "\n".join([*parts, f"window.BulouRunner.words={spoken};", page])


def _slim(script: str) -> str:
    """Without the indents, and the comments that fill a line."""
    kept, is_comment = [], False
    for line in map(str.strip, script.splitlines()):
        is_comment = is_comment or line.startswith("/*")
        if line and not is_comment:
            kept.append(line)
        if is_comment and line.endswith("*/"):
            is_comment = False
    return "\n".join(kept)


def _read(name: str) -> str:
    return Path(str(finders.find(f"{FOLDER}/{name}"))).read_text(encoding="utf-8")
