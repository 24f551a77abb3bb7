"""Run every benchmark of this folder (or those named), print a table and write build/bench.json.

Each runs in a process of its own: Django is set up once in a process, and one benchmark's memory is not another's.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "build"
_APART = {"__init__", "run", "figure", "database", "county", "serving", "crowd", "collecting"}
_KEYS = ("name", "value", "unit", "reference", "ratio")
_WIDTHS = (40, 12, 8, 12, 9)


def main(names: Sequence[str]) -> int:
    """Run the benchmarks named, or all; 1 when one of them failed, with what the others measured still written."""
    there = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in _APART)
    if unknown := sorted(set(names) - set(there)):
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(there)}", file=sys.stderr)
        return 2
    _print_row(_KEYS)
    rows: list[dict[str, Any]] = []
    failed = [name for name in names or there if not _run_apart(name, rows)]
    (OUT / "bench.json").write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def one(name: str) -> int:
    """Run one benchmark in this process; its figures go to the screen and to build/bench/NAME.json as they come."""
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bulou.site.settings")
    rows = []
    for figure in importlib.import_module(f"bench.{name}").measure():
        rows.append({key: getattr(figure, key) for key in _KEYS})
        _print_row(_cells(rows[-1]), getattr(figure, "note", ""))
        _part(name).write_text(json.dumps(rows))
    return 0


def _run_apart(name: str, rows: list[dict[str, Any]]) -> bool:
    part = _part(name)
    part.parent.mkdir(parents=True, exist_ok=True)
    part.unlink(missing_ok=True)
    done = subprocess.run([sys.executable, __file__, "--one", name], check=False)
    if part.exists():
        rows.extend(json.loads(part.read_text()))
    return done.returncode == 0


def _part(name: str) -> Path:
    return OUT / "bench" / f"{name}.json"


def _cells(row: dict[str, Any]) -> list[str]:
    reference = "" if row["reference"] is None else f"{row['reference']:.6g}"
    ratio = "" if row["ratio"] is None else f"{row['ratio']:.3g}×"
    return [row["name"], f"{row['value']:.6g}", row["unit"], reference, ratio]


def _print_row(cells: Iterable[str], note: str = "") -> None:
    first, *rest = zip(cells, _WIDTHS, strict=True)
    print(
        " ".join([f"{first[0]:<{first[1]}}", *(f"{cell:>{width}}" for cell, width in rest), note]).rstrip(), flush=True
    )


if __name__ == "__main__":
    sys.exit(one(sys.argv[2]) if sys.argv[1:2] == ["--one"] else main(sys.argv[1:]))
