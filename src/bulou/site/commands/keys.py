"""`bulou keys`: print the recovery sheet, type its lines back in, or take a new key into use."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from bulou.site.commands.init import print_sheet
from bulou.site.commands.terminal import gettext, say
from bulou.site.home import arrange_without_database, django_ready, this_home

if TYPE_CHECKING:
    from bulou.platform.vault import Ring


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `bulou keys`."""
    does = parser.add_subparsers(dest="does", required=True, metavar=gettext("WHAT"))
    does.add_parser("sheet", help=gettext("print the recovery sheet"))
    does.add_parser(
        "restore", help=gettext("read lines of a recovery sheet from the terminal or a pipe, and put their keys back")
    )
    does.add_parser(
        "create", help=gettext("make the kinds of keys that are missing; keys that exist are never replaced")
    )
    does.add_parser("renew", help=gettext("take a new key for fields into use and encrypt all of them again with it"))


def run(args: argparse.Namespace) -> int:
    """Only `renew` needs the database: keys lie outside it."""
    return _renew() if args.does == "renew" else _without_database(args)


def _renew() -> int:
    home = this_home()
    with django_ready(home):
        from bulou.platform import vault

        vault.add_data_key(home.path)
        count = vault.rotate(lambda table, done: say(f"  {table} {done}"))
    say(gettext("Encrypted again: %(count)s values. The older keys stay: backups need them.") % {"count": count})
    print_sheet(home)
    return 0


def _without_database(args: argparse.Namespace) -> int:
    import django

    from bulou.platform import vault

    home = this_home()
    arrange_without_database()
    django.setup()
    if args.does == "sheet":
        print_sheet(home)
        return 0
    if args.does == "create":
        return _say_ring(vault.create(home.path))
    if sys.stdin.isatty():
        say(gettext("Type the lines of the sheet, an empty line and Ctrl-D at the end."))
    return _say_ring(vault.restore_from_sheet(sys.stdin.read(), home.path))


def _say_ring(ring: Ring) -> int:
    counts = {"data": len(ring.data), "index": len(ring.index), "backup": len(ring.backup)}
    say(gettext("Keys in place: %(backup)s for backups, %(data)s for fields, %(index)s for finding numbers") % counts)
    return 0
