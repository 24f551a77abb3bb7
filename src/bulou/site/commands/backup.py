"""`bulou backup`: write an encrypted backup, look at one, or delete those whose time is over."""

from __future__ import annotations

import argparse
import re
from datetime import timedelta
from pathlib import Path

from bulou.platform.refusals import Refusal
from bulou.site.commands.terminal import gettext, say
from bulou.site.home import arrange_without_database, django_ready, this_home

_MB = 1_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `bulou backup`."""
    parser.add_argument(
        "file", type=Path, nargs="?", help=gettext("the file to write; an existing one is not overwritten")
    )
    parser.add_argument(
        "--keep", type=_days, default=timedelta(days=30), metavar=gettext("DAYS"),
        help=gettext("for how long it may be restored, such as 30d (the default); what was forgotten must not live on in it"),
    )  # fmt: skip
    parser.add_argument(
        "--prune", type=Path, metavar=gettext("FOLDER"), help=gettext("delete the expired backups in this folder")
    )
    parser.add_argument(
        "--show", type=Path, metavar=gettext("FILE"), help=gettext("say what a backup is, without a key")
    )


def run(args: argparse.Namespace) -> int:
    """Do what was asked: write, prune, show; 2 when nothing was."""
    if not (args.file or args.prune or args.show):
        say(gettext("Name the file to write, or --prune FOLDER, or --show FILE."))
        return 2
    if args.show:
        _show(args.show)
    if args.file:
        _write(args.file, args.keep)
    if args.prune:
        _prune(args.prune)
    return 0


def _write(path: Path, keep: timedelta) -> None:
    with django_ready(this_home()):
        from bulou.platform import backup, clock

        header = backup.create(path, now=clock.real_now(), keep=keep, progress=_progress(path))
    said = {
        "file": path,
        "size": f"{path.stat().st_size / _MB:.1f}",
        "until": header.expires_at.date(),
        "head": header.head,
    }
    say(gettext("Written: %(file)s, %(size)s MB, may be restored until %(until)s; head of the journal %(head)s") % said)
    say(gettext("Keep it apart from the recovery sheet, and take a copy of expiry.log with it."))


def _prune(folder: Path) -> None:
    _django_alone()
    from bulou.platform import backup, clock

    if not folder.is_dir():
        raise Refusal("backup.no_folder", gettext("%(folder)s is not a folder."), folder=folder)
    for path in backup.prune(folder, now=clock.real_now()):
        say(gettext("Deleted, its time was over: %(file)s") % {"file": path})


def _show(path: Path) -> None:
    _django_alone()
    from bulou.platform import backup

    header = backup.read_header(path)
    say(gettext("Made %(made)s by Bulou %(version)s, may be restored until %(until)s") % {
        "made": header.created_at.isoformat(timespec="seconds"), "version": header.version,
        "until": header.expires_at.isoformat(timespec="seconds"),
    })  # fmt: skip
    say(gettext("Head of the journal: %(head)s") % {"head": header.head})
    say(
        gettext("Needs backup key %(backup)s; fields need %(data)s")
        % {"backup": header.backup_key, "data": ", ".join(header.data_keys)}
    )


def _django_alone() -> None:
    """Enough of Django to look at files; no database is started."""
    import django

    this_home()
    arrange_without_database()
    django.setup()


def _progress(path: Path):  # type: ignore[no-untyped-def]
    """Says every hundred megabytes that it goes on."""
    told = 0

    def tell(done: int, _of: int | None) -> None:
        nonlocal told
        if done // (100 * _MB) > told:
            told = done // (100 * _MB)
            say(gettext("  %(done)s MB") % {"done": done // _MB})

    return tell


def _days(text: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,4})\s*d?", text.strip())
    if not found or not int(found[1]):
        raise argparse.ArgumentTypeError(gettext("a number of days, such as 30d"))
    return timedelta(days=int(found[1]))
