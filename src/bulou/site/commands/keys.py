"""`bulou keys`: print the recovery sheet, or type its lines back in."""

from __future__ import annotations

import argparse
import sys

from bulou.site.commands.init import print_sheet
from bulou.site.commands.terminal import gettext, say
from bulou.site.home import arrange_without_database, this_home


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `bulou keys`."""
    does = parser.add_subparsers(dest="does", required=True, metavar=gettext("WHAT"))
    does.add_parser("sheet", help=gettext("print the recovery sheet"))
    does.add_parser(
        "restore", help=gettext("read lines of a recovery sheet from the terminal or a pipe, and put their keys back")
    )


def run(args: argparse.Namespace) -> int:
    """Works without a database: keys lie outside it."""
    import django

    from bulou.platform import vault

    home = this_home()
    arrange_without_database()
    django.setup()
    if args.does == "sheet":
        print_sheet(home)
        return 0
    if sys.stdin.isatty():
        say(gettext("Type the lines of the sheet, an empty line and Ctrl-D at the end."))
    ring = vault.restore_from_sheet(sys.stdin.read(), home.path)
    counts = {"data": len(ring.data), "index": len(ring.index), "backup": len(ring.backup)}
    say(gettext("Keys in place: %(backup)s for backups, %(data)s for fields, %(index)s for finding numbers") % counts)
    return 0
