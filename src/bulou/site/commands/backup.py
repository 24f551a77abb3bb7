"""`bulou backup`: an encrypted backup of the database, also while Bulou runs; the keys are never inside."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from bulou.site.commands.terminal import gettext, say, steps
from bulou.site.home import django_ready, this_home


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `bulou backup`."""
    parser.add_argument(
        "file", nargs="?", type=Path, help=gettext("file to write (default: a dated one in BULOU_HOME/backups)")
    )
    parser.add_argument(
        "--days", type=int, default=30, help=gettext("for how many days it may be restored (default: 30)")
    )


def run(args: argparse.Namespace) -> int:
    """Write it, and delete those beside it whose time is over."""
    home = this_home()
    with django_ready(home):
        from bulou.platform import clock
        from bulou.platform.backup import create, prune

        now = clock.real_now()
        path = args.file or home.path / "backups" / f"bulou-{now:%Y%m%dT%H%M%SZ}.backup"
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        header = create(path, now=now, keep=timedelta(days=args.days), progress=_progress())
        say(
            gettext("Written: %(path)s (%(size)s bytes), good until %(until)s")
            % {"path": path, "size": path.stat().st_size, "until": f"{header.expires_at:%Y-%m-%d}"}
        )
        say(gettext("It opens only with the backup key %(key)s of the recovery sheet.") % {"key": header.backup_key})
        for over in prune(path.parent, now=now):
            say(gettext("Deleted, its time is over: %(path)s") % {"path": over})
    return 0


def _progress() -> Callable[[int, int | None], None]:
    tell = steps()

    def progress(done: int, _of: int | None) -> None:
        tell(gettext("  %(done)s MB written") % {"done": done // 1_000_000})

    return progress
