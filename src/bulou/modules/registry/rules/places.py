"""What may be done to places: which level stands under which, what a code may look like, and what keeps a place from being retired."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from datetime import date

LEVELS = ("province", "city", "county", "town", "village", "grid", "site")
NESTED = frozenset({"grid", "site"})  # may stand under their own kind: a grid of grids, a building on a site
OWN = ("town", "village", "grid", "site")  # what a county may add; the levels above come from the national list
LONGEST_NAME = 80

KINDS: dict[str, tuple[str, ...]] = {
    "town": ("street", "town", "township", "special_town"),
    "village": ("community", "village", "special_community", "special_village"),
    "grid": ("residential", "rural", "special_grid"),
    "site": ("building", "checkpoint", "quarantine", "station", "herding_camp", "other"),
}

_DIGITS = {"province": 2, "city": 4, "county": 6, "town": 9, "village": 12}
_LETTER = {"town": "T", "village": "V", "grid": "G", "site": "S"}
_JOINERS = frozenset("\u200c\u200d\u180e\u202f")  # Mongolian and Arabic letters need them
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_OWN_CODE = re.compile(r"[0-9A-Z][0-9A-Z-]{1,31}")


def rank(level: str) -> int:
    """0 for a province up to 6 for a site."""
    return LEVELS.index(level)


def may_stand_under(level: str, parent: str | None) -> bool:
    """Whether a place of `level` may be part of one of level `parent` (None = nothing above).

    Levels may be skipped, as they are in real trees (a farm with no town); only grids and sites nest in their own kind.
    """
    if parent is None:
        return rank(level) <= rank("county")
    return rank(level) > rank(parent) or (level == parent and level in NESTED)


def kind_of_code(level: str, code: str) -> str:
    """The kind the code itself tells, by the Bureau of Statistics' rules for coding (2009): "" where it tells none.

    Towns: 001–099 streets, 100–199 towns, 200–399 townships, 400–599 special. Villages: 001–199 communities, 200–399 villages,
    400–499 like a community, 500–599 like a village.
    """
    if not code.isdigit() or len(code) != _DIGITS.get(level):
        return ""
    number = int(code[-3:])
    if level == "town":
        return _within(number, ((99, "street"), (199, "town"), (399, "township"), (599, "special_town")))
    if level == "village":
        steps = ((199, "community"), (399, "village"), (499, "special_community"), (599, "special_village"))
        return _within(number, steps)
    return ""


def why_not_code(level: str, code: str) -> str | None:
    """What is wrong with a code somebody typed: "digits" (not as many as its level has), "signs", or None."""
    if code.isdigit():
        return None if len(code) == _DIGITS.get(level, len(code)) and len(code) >= 2 else "digits"
    return None if _OWN_CODE.fullmatch(code) else "signs"


def next_code(parent_code: str, level: str, taken: Collection[str]) -> str:
    """A code for a place the county adds: the parent's, a letter for the level, a number: 632726100200G01.

    The letter keeps it apart from any code the Bureau of Statistics may give later. `taken` = every code ever used.
    """
    number = 1
    while (code := f"{parent_code}{_LETTER[level]}{number:02}") in taken:
        number += 1
    return code


def why_not_name(name: str) -> str | None:
    """What is wrong with a name: "empty", "long", "hidden" (control signs, which only a copying error brings in), or None.

    Characters this Python's tables do not know yet are letters all the same: real villages are written with them.
    """
    if not name.strip():
        return "empty"
    if len(name) > LONGEST_NAME:
        return "long"
    return "hidden" if any(unicodedata.category(char) in _HIDDEN and char not in _JOINERS for char in name) else None


def would_circle(place_id: int, parent_lineage: Iterable[int]) -> bool:
    """Whether a place would come to stand below itself."""
    return place_id in set(parent_lineage)


def why_not_declare(population: int, households: int, as_of: date, today: date) -> str | None:
    """What is wrong with a declaration: "negative", "more_households", "future", or None. A day is compared as a day."""
    if population < 0 or households < 0:
        return "negative"
    if households > population:
        return "more_households"
    return "future" if as_of > today else None


def _within(number: int, steps: Iterable[tuple[int, str]]) -> str:
    return next((kind for last, kind in steps if number <= last), "") if number else ""
