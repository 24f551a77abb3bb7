"""Numbers of identity documents: whether one can be right, what it says of its holder, and how it is shown.

Resident identity numbers follow GB 11643-1999: six digits of area, eight of birth date, three of order (odd for men), one check
character (ISO 7064 MOD 11-2). Numbers of 15 digits (before 1999) lack the century and the check character and mean the same person
as their long form. It knows no list of areas: the caller says which codes were ever in use.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

RESIDENT = "resident"
OTHER_KINDS = (
    "hmt_residence",
    "passport",
    "hk_macau_permit",
    "taiwan_permit",
    "foreigner_permit",
    "birth_certificate",
    "other",
)
KINDS = (RESIDENT, *OTHER_KINDS)
WHY_NONE = ("newborn", "lost", "never_registered", "not_carried", "unknown")

_CHECKS = "10X98765432"
_OTHER_PATTERNS = {
    "passport": r"[A-Z0-9]{5,15}",
    "hk_macau_permit": r"[HM]\d{8}(\d{2})?",
    "taiwan_permit": r"\d{8}(\d{2})?",
    "foreigner_permit": r"[A-Z]{3}\d{12}|9\d{17}",
    "birth_certificate": r"[A-Z]\d{9}",
    "other": r"[A-Z0-9\-]{3,30}",
}
# Residence permits of Hong Kong, Macau and Taiwan residents: numbers of the same make under these three codes (State Council, 2018).
HMT_AREAS = frozenset({"810000", "820000", "830000"})
# No area was ever coded 00…: numbers under it are nobody's. Synthetic people carry them; a real register refuses them.
SYNTHETIC_AREA = "00"
_OLDEST = date(1860, 1, 1)
# Order numbers 996–999 of a 15-digit number were kept for people over a hundred.
_CENTENARIAN = frozenset({"996", "997", "998", "999"})


@dataclass(frozen=True, slots=True)
class Resident:
    """What a resident identity number says: the number in its 18-character form, birth date, sex (m, f) and area."""

    number: str
    born_on: date
    sex: str
    area: str


def tidy(number: str) -> str:
    """The number as it is compared: without spaces, upper case, full-width characters narrowed."""
    if number.isascii() and number.isalnum():
        return number.upper()
    narrowed = "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in number)
    return re.sub(r"\s", "", narrowed).upper()


def check_character(first_17: str) -> str:
    """The check character for 17 digits (GB 11643-1999, 4.2): a digit, or X for ten."""
    # Weights are powers of 2 modulo 11, and 13 leaves 2: the weighted sum is the digits read in base 13.
    return _CHECKS[2 * int(first_17, 13) % 11]


def long_form(number: str) -> str:
    """The 18-character form of a tidy number; one of 15 digits gets its century and its check character."""
    if len(number) != 15 or not _is_digits(number):
        return number
    century = "18" if number[12:] in _CENTENARIAN else "19"
    first_17 = number[:6] + century + number[6:]
    return first_17 + check_character(first_17)


def why_not_resident(
    number: str, *, today: date, is_area: Callable[[str], bool], synthetic: bool = False
) -> str | None:
    """Why this cannot be a resident identity number, as the code of a reason; None if it can.

    `length` not 15 or 18 · `letters` something else than digits (and X at the end) · `check` the last character does not fit ·
    `date` no such day, or before 1860 · `future` born after `today` · `area` the area code was never in use (`is_area` decides; the codes of
    former counties count) · `synthetic` a number made up for exercises, outside one.
    """
    number = tidy(number)
    if len(number) not in (15, 18):
        return "length"
    if not re.fullmatch(r"[0-9]{15}|[0-9]{17}[0-9X]", number):
        return "letters"
    full = long_form(number)
    if full[17] != check_character(full[:17]):
        return "check"
    return _why_not_date(full, today) or _why_not_area(full, is_area, synthetic)


def read_resident(number: str) -> Resident:
    """What a valid number says. ValueError if its date is none (ask `why_not_resident` first)."""
    full = long_form(tidy(number))
    born_on = date(int(full[6:10]), int(full[10:12]), int(full[12:14]))
    return Resident(full, born_on, "m" if int(full[16]) % 2 else "f", full[:6])


def why_not_other(kind: str, number: str) -> str | None:
    """Why this cannot be the number of a document of that kind: `form`, or None. Residence permits of Hong Kong, Macau and Taiwan
    residents are checked as resident numbers are."""
    if kind == "hmt_residence":
        full = tidy(number)
        fits = (
            re.fullmatch(r"[0-9]{17}[0-9X]", full) and full[:6] in HMT_AREAS and full[17] == check_character(full[:17])
        )
        return None if fits else "form"
    return None if re.fullmatch(_OTHER_PATTERNS[kind], tidy(number)) else "form"


def comparable(kind: str, number: str) -> str:
    """The text whose keyed hash finds the document again: both forms of a resident number give the same."""
    full = tidy(number)
    return f"{kind}:{long_form(full) if kind == RESIDENT else full}"


def masked(number: str) -> str:
    """The number as lists show it: the first three and the last four characters, at most; short ones show half."""
    number = tidy(number)
    end = min(4, len(number) // 3)
    start = min(3, len(number) // 4)
    return number[:start] + "*" * (len(number) - start - end) + number[len(number) - end :]


def tail(number: str) -> str:
    """The last four characters, by which people read a number out."""
    return tidy(number)[-4:]


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _why_not_date(full: str, today: date) -> str | None:
    try:
        born_on = date(int(full[6:10]), int(full[10:12]), int(full[12:14]))
    except ValueError:
        return "date"
    if born_on < _OLDEST:
        return "date"
    return "future" if born_on > today else None


def _why_not_area(full: str, is_area: Callable[[str], bool], synthetic: bool) -> str | None:
    if full.startswith(SYNTHETIC_AREA):
        return None if synthetic else "synthetic"
    if full[:6] in HMT_AREAS:
        return "area"
    return None if is_area(full[:6]) else "area"
