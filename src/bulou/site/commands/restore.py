"""`bulou restore`: put a backup back into an empty database, or in the place of what is there."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bulou.platform.refusals import Refusal
from bulou.site.commands.terminal import gettext, gettext_noop, say
from bulou.site.home import django_ready, is_up, this_home

_STEPS = {"check": gettext_noop("checking"), "load": gettext_noop("loading")}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `bulou restore`."""
    parser.add_argument("file", type=Path, help=gettext("a backup written by bulou backup"))
    parser.add_argument("--replace", action="store_true", help=gettext("give up what the database holds now"))
    parser.add_argument("--yes", action="store_true", help=gettext("do not ask again"))


def run(args: argparse.Namespace) -> int:
    """Restore, then say what came back, what was forgotten again and what stays closed."""
    home = this_home()
    if is_up(home):
        raise Refusal("backup.in_use", gettext("The database is in use. Stop Bulou first; nothing was changed."))
    if args.replace and not args.yes and not _is_meant():
        say(gettext("Nothing was changed."))
        return 2
    with django_ready(home):
        from bulou.platform import backup, clock, vault

        restored = backup.restore(args.file, now=clock.real_now(), replace=args.replace, progress=_Progress())
        vault.create(home.path)  # a sheet typed in half leaves kinds of keys that new values need
    _say_what_came(restored)
    return 0


def _is_meant() -> bool:
    if not sys.stdin.isatty():
        raise Refusal("backup.not_confirmed", gettext("Nobody is there to confirm --replace; add --yes."))
    return input(gettext("Everything the database holds now is given up. Type REPLACE to go on: ")).strip() == "REPLACE"


def _say_what_came(restored) -> None:  # type: ignore[no-untyped-def]
    say(gettext("Restored: the database as of %(made)s; head of the journal %(head)s") % {
        "made": restored.header.created_at.isoformat(timespec="seconds"), "head": restored.header.head,
    })  # fmt: skip
    say(gettext("Forgotten again, as the expiry log says: %(count)s") % {"count": restored.forgotten_again})
    if restored.lost_keys:
        say(
            gettext(
                "Fields encrypted with key %(keys)s stay closed: it is not on this machine. Type part 2 of the recovery sheet in: bulou keys restore."
            )
            % {"keys": ", ".join(restored.lost_keys)}
        )
    if restored.index_is_lost:
        say(
            gettext(
                "The key by which numbers are found is another: people are not found by their old numbers. Type part 3 in."
            )
        )


class _Progress:
    """Says every tenth of each step."""

    def __init__(self) -> None:
        self._told: dict[str, int] = {}

    def __call__(self, step: str, done: int, of: int) -> None:
        tenth = 10 * done // max(of, 1)
        if tenth > self._told.get(step, 0) and tenth <= 10:
            self._told[step] = tenth
            say(f"  {gettext(_STEPS[step])} {tenth * 10} %")
