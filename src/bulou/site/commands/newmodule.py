"""`bulou newmodule NAME FLOOR`: write the files of a new module and add it to the floor plan."""

from __future__ import annotations

import argparse

from bulou.site.commands.terminal import gettext


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `bulou newmodule`."""
    parser.add_argument("name", help=gettext("name of the module: one word, lower case, such as supplies"))
    parser.add_argument(
        "floor", type=int, help=gettext("floor it stands on; it may import the floors below (docs/map.md)")
    )


def run(args: argparse.Namespace) -> int:
    """Write it; the generator says what it wrote and what to do next."""
    from bulou.site.newmodule import main

    return int(main([args.name, str(args.floor)]) or 0)
