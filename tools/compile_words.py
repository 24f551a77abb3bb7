"""Compile every .po below a folder to the .mo beside it when it is newer; no system gettext needed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import polib


def compile_below(folder: Path) -> int:
    """How many catalogues were written. Each is written whole and then renamed, for tests of several workers read meanwhile."""
    written = 0
    for source in sorted(folder.rglob("*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        half = target.with_suffix(f".{os.getpid()}")
        polib.pofile(str(source)).save_as_mofile(str(half))
        half.replace(target)
        written += 1
    return written


if __name__ == "__main__":
    print(f"{compile_below(Path(sys.argv[1]))} catalogues compiled")
