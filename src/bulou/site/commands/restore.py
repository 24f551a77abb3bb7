"""`bulou restore`: put a backup back. It is checked whole before anything is touched; what was forgotten since stays forgotten."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from bulou.site.commands.terminal import gettext, gettext_noop, say, steps
from bulou.site.home import django_ready, refuse_while_up, this_home

_STEPS = {
    "check": gettext_noop("  checked %(done)s of %(of)s MB"),
    "load": gettext_noop("  loaded %(done)s of %(of)s MB"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `bulou restore`."""
    parser.add_argument("file", type=Path, help=gettext("the backup; its keys must be in place (bulou keys restore)"))
    parser.add_argument("--replace", action="store_true", help=gettext("give up what the database holds now"))


def run(args: argparse.Namespace) -> int:
    """Restore, and say what cannot be opened with the keys that are here."""
    home = this_home()
    refuse_while_up(home)
    with django_ready(home):
        from bulou.platform import clock, tls
        from bulou.platform.backup import restore
        from bulou.platform.house import queries

        done = restore(args.file, now=clock.real_now(), replace=args.replace, progress=_progress())
        queries.forget_what_was_read()
        tls.make_authority(home.tls, county=queries.county(), now=clock.real_now())
        say(gettext("Restored: the state of %(at)s") % {"at": f"{done.header.created_at:%Y-%m-%d %H:%M} UTC"})
        say(gettext("Forgotten again: %(count)s subjects") % {"count": done.forgotten_again})
        for key in done.lost_keys:
            say(gettext("The data key %(key)s is not here: what it sealed stays closed.") % {"key": key})
        if done.index_is_lost:
            say(gettext("The key by which numbers are found is another: they are found again once entered anew."))
    return 0


def _progress() -> Callable[[str, int, int], None]:
    tell = steps()

    def progress(step: str, done: int, of: int) -> None:
        if step in _STEPS:
            tell(gettext(_STEPS[step]) % {"done": done // 1_000_000, "of": of // 1_000_000})

    return progress
