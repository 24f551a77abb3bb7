"""The bundled national list: names and codes from province to village, read county by county (see data/README.md).

Facts only, the same for every viewer. It is not the county's own tree: that is loaded from here once and then edited.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

MAGIC = b"BULOU-PLACES 1\n"
_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9, "dict_size": 1 << 20, "lc": 4, "lp": 0, "pb": 1}]


@dataclass(frozen=True, slots=True)
class Listed:
    """One place of the list. `parent` is the code above it, "" above a province."""

    level: str
    code: str
    name: str
    parent: str


@dataclass(frozen=True, slots=True)
class _Index:
    provinces: dict[str, str]
    cities: dict[str, str]
    counties: dict[str, tuple[str, int, int]]
    start: int


def subtree(code: str) -> list[Listed]:
    """A province (2 digits), city (4) or county (6) and everything below it, parents first; empty if there is none."""
    counties = [county for county in _index().counties if county.startswith(code)] if len(code) in (2, 4, 6) else []
    heads = dict.fromkeys(place for county in counties for place in _upper(county) if len(place.code) >= len(code))
    return [*heads, *(place for county in counties for place in _county(county))]


def county(code: str) -> list[Listed]:
    """A county, its towns and their villages, parents first; empty if the list has no such county."""
    return list(_county(code)) if code in _index().counties else []


def above(code: str) -> list[Listed]:
    """The province and the city a county or city is part of, from the top."""
    return [place for place in _upper(code) if len(place.code) < len(code)]


def counties_named(text: str, limit: int = 20) -> list[tuple[str, str]]:
    """Cities and counties whose name holds `text` or whose code begins with it: (code, full name from the province)."""
    index = _index()
    names = {**index.cities, **{code: entry[0] for code, entry in index.counties.items()}}
    hits = [code for code, name in names.items() if text and (text in name or code.startswith(text))]
    return [(code, "".join(place.name for place in above(code)) + names[code]) for code in sorted(hits)[:limit]]


@cache
def _index() -> _Index:
    with resources.files("bulou.modules.registry").joinpath("data/places.bin").open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise ValueError("data/places.bin is not a list of places of this version")
        length = int.from_bytes(file.read(4), "big")
        head = file.read(length)
    found = json.loads(_unpack(head))
    counties = {code: tuple(entry) for code, entry in found["counties"].items()}
    return _Index(found["provinces"], found["cities"], counties, len(MAGIC) + 4 + length)


def _upper(code: str) -> list[Listed]:
    """The province and city on the way to a code (the place itself, if it is one), from the top."""
    index = _index()
    found = []
    if code[:2] in index.provinces:
        found.append(Listed("province", code[:2], index.provinces[code[:2]], ""))
    if len(code) >= 4 and code[:4] in index.cities:
        found.append(Listed("city", code[:4], index.cities[code[:4]], code[:2]))
    return found


def _county(code: str) -> Iterator[Listed]:
    index = _index()
    name, offset, length = index.counties[code]
    yield Listed("county", code, name, code[:4])
    with resources.files("bulou.modules.registry").joinpath("data/places.bin").open("rb") as file:
        file.seek(index.start + offset)
        block = file.read(length)
    size, begin = next(_varints(block))
    numbers = (number for number, _ in _varints(_unpack(block[begin : begin + size])))
    names = iter(_unpack(block[begin + size :]).decode("gb18030").split("\n"))
    town = 0
    for _ in range(next(numbers)):
        town += next(numbers)
        town_code, village = f"{code}{town:03}", 0
        villages = next(numbers)
        yield Listed("town", town_code, next(names), code)
        for _ in range(villages):
            village += next(numbers)
            yield Listed("village", f"{town_code}{village:03}", next(names), town_code)


def _unpack(data: bytes) -> bytes:
    return lzma.decompress(data, lzma.FORMAT_RAW, filters=_FILTERS)


def _varints(data: bytes) -> Iterator[tuple[int, int]]:
    """Each number with the position behind it."""
    number = shift = 0
    for position, byte in enumerate(data, 1):
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield number, position
            number = shift = 0
