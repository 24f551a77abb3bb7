"""The command: `python -m bulou.platform.words [all|extract|fill|compile|check] [package …]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from bulou.platform.words.catalogues import compile_catalogues, enter, gather, memory, merge
from bulou.platform.words.judgement import complaints
from bulou.platform.words.owners import Owner, owners


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one step; 0 when all is well, 1 when `check` complains or a file cannot be read, 2 for a wrong word on the
    command line.
    """
    options = _parser().parse_args(arguments)
    everyone = owners()
    chosen = [owner for owner in everyone if not options.package or owner.name in options.package]
    if unknown := sorted(set(options.package) - {owner.name for owner in everyone}):
        print(
            f"No package {', '.join(unknown)}; there are {', '.join(owner.name for owner in everyone)}.",
            file=sys.stderr,
        )
        return 2
    try:
        return _STEPS[options.step](chosen)
    except SyntaxError as problem:
        print(f"{problem.filename}:{problem.lineno}: {problem.msg}; nothing was changed.", file=sys.stderr)
        return 1


def extract(chosen: Sequence[Owner]) -> int:
    """Bring the catalogues in line with the source and say what is left to translate."""
    everything = [gather(owner) for owner in chosen]
    house = memory(owners())
    for gathered in everything:
        left = merge(gathered, house)
        print(f"{gathered.owner.name:14} {len(gathered.messages):5} messages {len(left):5} untranslated")
        for line in (*gathered.problems, *(f"    {message.text!r}" for message in left)):
            print(line)
    return 0


def fill(chosen: Sequence[Owner]) -> int:
    """Take translations from standard input, one line each: English, tab, Chinese (\\n for a line's end); then as
    `all`.

    Lines for words nobody uses are named and change nothing.
    """
    lines = [line.rstrip("\n").replace("\\n", "\n").partition("\t") for line in sys.stdin if line.strip()]
    chinese = {english: words for english, _, words in lines if words}
    extract(chosen)
    used = set().union(*(enter(owner, chinese) for owner in chosen))
    for english in sorted(chinese.keys() - used):
        print(f"nobody says {english!r}")
    return everything(chosen)


def compile_(chosen: Sequence[Owner]) -> int:
    """Compile what changed."""
    print(f"{compile_catalogues(chosen)} catalogues compiled")
    return 0


def check(chosen: Sequence[Owner]) -> int:
    """Print everything a release must not have."""
    found = list(complaints(chosen))
    print("\n".join(found) if found else "Every visible word is translated.")
    return 1 if found else 0


def everything(chosen: Sequence[Owner]) -> int:
    """Extract, then compile."""
    return extract(chosen) or compile_(chosen)


_STEPS = {"all": everything, "extract": extract, "compile": compile_, "fill": fill, "check": check}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bulou.platform.words", description="Keeps the words of the interface in three languages."
    )
    parser.add_argument(
        "step", nargs="?", choices=sorted(_STEPS), default="all", help="all (the default): extract, then compile"
    )
    parser.add_argument(
        "package", nargs="*", default=[], help="platform, site, interfaces or a module; none: all of them"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
