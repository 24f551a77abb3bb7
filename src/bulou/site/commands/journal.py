"""`bulou journal`: check the sealed journal against itself and against a head printed on paper."""

from __future__ import annotations

import argparse
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from bulou.platform.refusals import Refusal
from bulou.site.commands.terminal import gettext, gettext_noop, say
from bulou.site.home import django_ready, this_home

_FINDINGS = {
    "altered": gettext_noop("a row was altered"),
    "missing": gettext_noop("a row is missing"),
    "inserted": gettext_noop("a row was put in afterwards"),
    "hidden": gettext_noop("content was removed without an entry in the expiry log"),
    "broken_chain": gettext_noop("the chain is broken"),
    "altered_block": gettext_noop("a block was altered"),
    "removed_tail": gettext_noop("the end of the journal was removed: the printed head is not in the chain"),
    "other_chain": gettext_noop("the printed head belongs to another journal, or the chain was made anew"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `bulou journal`."""
    does = parser.add_subparsers(dest="does", required=True, metavar=gettext("WHAT"))
    verify = does.add_parser("verify", help=gettext("recompute every seal; 0 when sound, 1 when something was altered"))
    verify.add_argument(
        "--head",
        metavar="TEXT",
        help=gettext("a head from a printed briefing or export; proves that no end was removed"),
    )
    does.add_parser("head", help=gettext("print the newest head, to be kept on paper"))
    export = does.add_parser(
        "export", help=gettext("write the whole journal to a file that tools/verify_journal.py verifies")
    )
    export.add_argument("file", type=Path, help=gettext("the file to write; compressed when its name ends in .gz"))
    does.add_parser("rebase", help=gettext("once after the database was moved to another server by hand"))


def run(args: argparse.Namespace) -> int:
    """Verify, or print the head."""
    home = this_home()
    with django_ready(home):
        _check_there()
        return {"verify": _verify, "head": _head, "export": _export, "rebase": _rebase}[args.does](args)


def _check_there() -> None:
    """Refuse a database without tables: there is no journal to speak of."""
    from django.db import connection

    if "journal_chain" not in connection.introspection.table_names():
        raise Refusal("journal.none", _("There is no journal yet: this database is not founded."))


def _verify(args: argparse.Namespace) -> int:
    from bulou.platform.journal.chain import read_head
    from bulou.platform.journal.verifying import verify

    report = verify(read_head(args.head) if args.head else None, _progress)
    said = {
        "blocks": report.blocks,
        "rows": report.rows,
        "forgotten": sum(report.forgotten.values()),
        "unsealed": sum(report.unsealed.values()),
    }
    say(
        gettext(
            "%(blocks)s blocks, %(rows)s rows verified; %(forgotten)s forgotten as logged; %(unsealed)s not sealed yet"
        )
        % said
    )
    if report.head:
        say(gettext("Head: %(head)s") % {"head": report.head})
    for finding in report.findings:
        place = f"{finding.table} {finding.row}" if finding.row is not None else finding.table
        say(
            gettext("block %(block)s %(place)s: %(what)s")
            % {"block": finding.block, "place": place, "what": gettext(_FINDINGS[finding.what])}
        )
    more = sum(report.counts.values()) - len(report.findings)
    if more > 0:
        say(gettext("… and %(more)s more") % {"more": more})
    say(gettext("The journal is sound.") if report.is_sound else gettext("The journal is NOT sound."))
    return 0 if report.is_sound else 1


def _head(_args: argparse.Namespace) -> int:
    from bulou.platform.journal.sealing import head

    say(str(head()))
    return 0


def _export(args: argparse.Namespace) -> int:
    from bulou.platform import clock
    from bulou.platform.access.viewer import system
    from bulou.platform.journal.exporting import export

    end = export(args.file, by=system("bulou journal export"), now=clock.now(), progress=_progress)
    say(
        gettext("Written: %(file)s; head %(head)s. It holds what the journal holds: keep it as carefully.")
        % {"file": args.file, "head": end}
    )
    return 0


def _rebase(_args: argparse.Namespace) -> int:
    from bulou.platform.journal.moving import rebase

    rebase()
    say(gettext("Done; sealing goes on."))
    return 0


def _progress(done: int, of: int) -> None:
    if of > 100 and done % max(1, of // 20) == 0:
        say(gettext("  %(done)s of %(of)s blocks") % {"done": done, "of": of})
