"""`bulou status`: what runs and where the data lies, without changing anything."""

from __future__ import annotations

import argparse
import json

from bulou.platform.postgres.cluster import facts
from bulou.site.commands.terminal import gettext, say
from bulou.site.home import is_up, this_home


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `bulou status`."""
    parser.add_argument("--json", action="store_true", help=gettext("for programs"))


def run(args: argparse.Namespace) -> int:
    """Print what is seen; 0 when `bulou up` is running, 1 when it is not."""
    home = this_home()
    seen = facts(home.path) | {"home": str(home.path), "up": is_up(home), "own_server": not home.url}
    if args.json:
        say(json.dumps(seen, ensure_ascii=False, indent=1))
    else:
        say(gettext("Home: %(home)s") % seen)
        say(gettext("Bulou: running") if seen["up"] else gettext("Bulou: not running"))
        if home.url:
            say(gettext("Database: a server of your own (DATABASE_URL)"))
        elif seen["pid"]:
            say(gettext("Database: running (process %(pid)s, %(bytes)s bytes)") % seen)
        else:
            say(gettext("Database: stopped") if seen["made"] else gettext("Database: not made yet"))
        say(gettext("Free on this disk: %(free)s MB") % {"free": seen["free_bytes"] // 1_000_000})
    return 0 if seen["up"] else 1
