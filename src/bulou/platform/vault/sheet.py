"""The recovery sheet: every key in a form that can be printed, locked away and typed back, each line with its own checksum."""

from __future__ import annotations

import re
from base64 import b32decode, b32encode
from collections import defaultdict
from hashlib import sha256
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bulou.platform.refusals import Refusal
from bulou.platform.vault import ring
from bulou.platform.vault.ring import KINDS, SIZE, Key, Ring

LETTERS = {"data": "D", "index": "X", "backup": "B"}
KIND_OF = {letter: kind for kind, letter in LETTERS.items()}
_STEP = 10  # bytes to a line: sixteen letters in four groups
_LINES = 4
_LINE = re.compile(r"^\W*([DXB])\s*(\d{1,3})\s*[.]\s*([1-4])\s+([A-Z2-7 -]+?)\s*$")
_MISREAD = str.maketrans({"0": "O", "1": "I", "8": "B"})  # none of the three is in the alphabet


def recovery_sheet(home: Path) -> str:
    """The sheet of a home's ring, in the language active now: what it is, where the keys lie, what to keep apart, and the keys."""
    held = ring.load(home)
    parts = [
        _("Bulou: recovery sheet"),
        _(
            "The keys below open the encrypted fields and the backups of this installation. "
            "Whoever holds them and a copy of the database can read identity numbers and notes."
        ),
        _(
            "They lie in %(folder)s, outside the database and outside every backup. Copy that folder to a medium of its own."
        )
        % {"folder": ring.file_of(home).parent},
        _(
            "Print this sheet twice. Keep it in two locked places, apart from the backups, and note who holds it. "
            "Keep no photograph or electronic copy."
        ),
        _(
            "To type the keys back on another machine: bulou keys restore. Upper and lower case are the same, "
            "spaces do not count; each line ends with two letters that show a slip."
        ),
    ]
    titles = {
        "backup": _("Part 1: keys that open backups"),
        "data": _(
            "Part 2: keys that open encrypted fields (a restore works without them, but these fields stay closed)"
        ),
        "index": _("Part 3: key by which numbers are found"),
    }
    for kind in ("backup", "data", "index"):
        parts.append("\n".join([titles[kind], *_key_lines(kind, held.of(kind))]))
    return "\n\n".join(parts) + "\n"


def restore_from_sheet(text: str, home: Path) -> Ring:
    """Read typed lines of a sheet and put their keys on the ring of `home`. A sheet may be partial, a key may not.

    Refuses with `vault.sheet_slip` (naming the line), `vault.sheet_line_missing` or `vault.sheet_empty`; then nothing is written.
    """
    lines: dict[tuple[str, int], dict[int, bytes]] = defaultdict(dict)
    for line in text.splitlines():
        if found := _LINE.match(_tidy(line)):
            letter, number, part, body = found.groups()
            lines[letter, int(number)][int(part)] = _read_line(letter, int(number), int(part), body)
    if not lines:
        raise Refusal(
            "vault.sheet_empty",
            gettext_lazy("No line of a recovery sheet was found. A line looks like: D1.1 ABCD EFGH IJKL MNOP QR"),
        )
    keys: dict[str, tuple[Key, ...]] = defaultdict(tuple)
    for (letter, number), parts in sorted(lines.items()):
        keys[KIND_OF[letter]] += (_read_key(letter, number, parts),)
    return ring.add(home, keys)


def _key_lines(kind: str, keys: tuple[Key, ...]) -> list[str]:
    out = []
    for number, key in enumerate(keys, 1):
        letter = LETTERS[kind]
        body = key.secret + _checksum(letter, key.secret)
        name = _("Key %(id)s (the current one)") if number == 1 else _("Key %(id)s (older)")
        out.append(name % {"id": key.id.hex()})
        for part in range(1, _LINES + 1):
            piece = body[(part - 1) * _STEP : part * _STEP]
            letters = b32encode(piece).decode()
            groups = " ".join(letters[i : i + 4] for i in range(0, 16, 4))
            out.append(f"  {letter}{number}.{part}  {groups}  {_slip(letter, number, part, piece)}")
    return out


def _tidy(line: str) -> str:
    """Capitals; in the part after the line's name, letters misread for figures put right."""
    head, dot, rest = line.strip().upper().partition(".")
    return head + dot + rest[:1] + rest[1:].translate(_MISREAD)


def _read_line(letter: str, number: int, part: int, body: str) -> bytes:
    letters = re.sub(r"[^A-Z2-7]", "", body)
    piece = b32decode(letters[:16]) if len(letters) == 18 else b""
    if len(letters) != 18 or _slip(letter, number, part, piece) != letters[16:]:
        raise Refusal(
            "vault.sheet_slip",
            gettext_lazy("Line %(line)s has a slip. Compare it with the sheet, letter by letter."),
            line=f"{letter}{number}.{part}",
        )
    return piece


def _read_key(letter: str, number: int, parts: dict[int, bytes]) -> Key:
    for part in range(1, _LINES + 1):
        if part not in parts:
            raise Refusal(
                "vault.sheet_line_missing", gettext_lazy("Line %(line)s is missing."), line=f"{letter}{number}.{part}"
            )
    body = b"".join(parts[part] for part in range(1, _LINES + 1))
    secret = body[:SIZE]
    if _checksum(letter, secret) != body[SIZE:]:
        raise Refusal(
            "vault.sheet_mixed",
            gettext_lazy("The four lines of key %(key)s do not belong together."),
            key=f"{letter}{number}",
        )
    return Key(secret)


def _checksum(letter: str, secret: bytes) -> bytes:
    return sha256(b"bulou sheet\0" + letter.encode() + secret).digest()[: _LINES * _STEP - SIZE]


def _slip(letter: str, number: int, part: int, piece: bytes) -> str:
    return b32encode(sha256(f"{letter}{number}.{part}".encode() + piece).digest()[:5]).decode()[:2]


assert set(LETTERS) == set(KINDS)
