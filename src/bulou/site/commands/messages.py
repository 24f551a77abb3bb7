"""`bulou messages`: collect the words of the interface into the catalogues, for whoever translates."""

from __future__ import annotations

import argparse

from bulou.site.commands.terminal import gettext


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `bulou messages`; they are handed on."""
    parser.add_argument("words", nargs="*", help=gettext("what the translation tool is to do (see docs/words.md)"))


def run(args: argparse.Namespace) -> int:
    """Run the translation tool in this process."""
    from bulou.platform.words.__main__ import main

    return int(main(args.words) or 0)
