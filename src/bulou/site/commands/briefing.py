"""`bulou briefing`: the situation report of an operation, as text or as a document."""

from __future__ import annotations

import argparse
import sys
from datetime import date, time
from pathlib import Path
from typing import Any

from bulou.site.commands.terminal import complain, gettext, language, say
from bulou.site.home import django_ready, this_home

LANGUAGES = {"zh-Hans": "zh-hans", "zh-Hant": "zh-hant", "en": "en"}
OF_TERMINAL = {"zh_Hans": "zh-hans", "zh_Hant": "zh-hant"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `bulou briefing`."""
    parser.add_argument("key", metavar=gettext("KEY"), help=gettext("the operation's key"))
    parser.add_argument(
        "--day", type=date.fromisoformat, help=gettext("a local day, such as 2020-01-26; today, unless told")
    )
    parser.add_argument(
        "--lang", choices=list(LANGUAGES), help=gettext("the report's language; the terminal's, unless told")
    )
    parser.add_argument(
        "--format", choices=("txt", "docx", "pdf"), default="txt", help=gettext("plain text, Word or PDF")
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar=gettext("FILE"),
        help=gettext("where to write it; text goes to the screen, unless told"),
    )
    parser.add_argument(
        "--address", default="", help=gettext("address of the house: figures are then followed by where they open")
    )
    parser.add_argument(
        "--sheet", metavar=gettext("NAME"), help=gettext("fill the superior's form of this name; needs --out")
    )
    parser.add_argument(
        "--at",
        type=time.fromisoformat,
        metavar=gettext("TIME"),
        help=gettext("with --sheet: as known at this time of the day, such as 10:00"),
    )
    parser.add_argument("--issue", action="store_true", help=gettext("issue it: number and freeze it"))


def run(args: argparse.Namespace) -> int:
    """Count, word and write the report."""
    if (args.sheet or args.format != "txt") and args.out is None:
        complain(gettext("Say with --out where to write the document."))
        return 2
    with django_ready(this_home()):
        from django.utils import translation

        with translation.override(LANGUAGES.get(args.lang or "") or OF_TERMINAL.get(language(), "en")):
            return _write(args)


def _write(args: argparse.Namespace) -> int:
    from bulou.modules.briefing import exports, services
    from bulou.modules.operations.queries import operations
    from bulou.platform import clock
    from bulou.platform.access.viewer import system

    by, now = system("bulou briefing"), clock.now()
    operation = operations.operations(by).filter(key=args.key).select_related("root").first()
    if operation is None:
        complain(gettext("There is no operation %(key)s.") % {"key": args.key})
        return 2
    if args.sheet:
        return _fill(operation, args)
    if args.issue:
        kept = services.issue_briefing(by=by, operation=operation, now=now, day=args.day)
        shown = exports.of_issued(kept, now=now, base=args.address)
    else:
        shown = exports.of_day(by, operation, now=now, day=args.day, base=args.address)
    return _put(exports.written(shown, args.format), args)


def _fill(operation: Any, args: argparse.Namespace) -> int:
    """Write the superior's form as it is filled for a day."""
    from bulou.modules.briefing import services
    from bulou.modules.briefing.exports.sheets import filled_file
    from bulou.modules.briefing.queries.sheets import filling, kept
    from bulou.platform import clock
    from bulou.platform.access.viewer import system
    from bulou.platform.journal.sealing import head

    by, now = system("bulou briefing"), clock.now()
    sheet = kept.sheets(by, operation).filter(name=args.sheet).select_related("operation__root").first()
    if sheet is None:
        names = ", ".join(one.name for one in kept.sheets(by, operation))
        complain(
            gettext("There is no form %(name)s. There are: %(names)s") % {"name": args.sheet, "names": names or "–"}
        )
        return 2
    day, at = filling.moment(sheet, day=args.day, at=args.at, now=now)
    made = filling.filled(by, sheet, day=day, at=at, now=now)
    services.note_taken(by=by, filling=made, now=now)
    return _put(filled_file(made, base=args.address, by=by.name, now=now, seal_head=head().short()), args)


def _put(content: bytes, args: argparse.Namespace) -> int:
    if args.out is None:
        sys.stdout.buffer.write(content)
        return 0
    try:
        args.out.write_bytes(content)
    except OSError as fault:
        complain(gettext("%(file)s cannot be written: %(fault)s") % {"file": args.out, "fault": fault.strerror})
        return 1
    say(gettext("%(file)s written") % {"file": args.out})
    return 0
