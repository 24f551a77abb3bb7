"""`bulou playbook`: check a playbook's file, see what applying it would change, and apply it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bulou.site.commands.terminal import complain, gettext, language, say
from bulou.site.home import arrange_without_database, django_ready, this_home

if TYPE_CHECKING:
    from bulou.modules.operations.models import Operation
    from bulou.modules.operations.queries.previews import Preview


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `bulou playbook`."""
    does = parser.add_subparsers(dest="does", required=True, metavar=gettext("WHAT"))
    check = does.add_parser(
        "check", help=gettext("say what is wrong with a playbook, line by line; 0 when nothing is, 1 else")
    )
    check.add_argument("file", type=Path, help=gettext("a playbook (YAML)"))
    for name, about in (
        ("preview", gettext("what applying a playbook to a running operation would change")),
        ("apply", gettext("apply a playbook to a running operation, or begin one with --begin")),
    ):
        one = does.add_parser(name, help=about)
        one.add_argument("file", type=Path, help=gettext("a playbook (YAML)"))
        one.add_argument(
            "--operation", metavar="KEY", help=gettext("the operation; the playbook's own key, unless told")
        )
        if name == "apply":
            one.add_argument("--begin", metavar="LEVEL", help=gettext("begin a new operation at this level"))
            one.add_argument("--why", default="", help=gettext("the order or reason, kept in the journal"))
            one.add_argument(
                "--keep", action="store_true", help=gettext("where a change by hand stands against it, keep the change")
            )
            one.add_argument(
                "--take",
                action="store_true",
                help=gettext("where a change by hand stands against it, take the new version"),
            )


def run(args: argparse.Namespace) -> int:
    """Check, preview or apply."""
    try:
        text = args.file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        complain(gettext("%(file)s cannot be read: %(fault)s") % {"file": args.file, "fault": fault})
        return 2
    if args.does == "check":
        return _check(args.file, text)
    with django_ready(this_home()):
        return (_preview if args.does == "preview" else _apply)(args, text)


def _check(file: Path, text: str) -> int:
    import django

    arrange_without_database()
    django.setup()
    from django.utils import translation

    from bulou.modules.operations.queries.playbooks import check

    with translation.override({"zh_Hans": "zh-hans", "zh_Hant": "zh-hant"}.get(language(), "en")):
        problems = check(text).problems
    for problem in problems:
        instead = "  → " + problem.instead if problem.instead else ""
        say(f"{file}:{problem.line}: {problem.sentence}{instead}")
    if not problems:
        say(gettext("%(file)s: no fault found") % {"file": file})
    return 1 if problems else 0


def _preview(args: argparse.Namespace, text: str) -> int:
    from bulou.modules.operations.queries.previews import preview

    operation = _operation(args, text)
    if operation is None:
        return 2
    return _tell(preview(operation, text, level=operation.level), args.file)


def _apply(args: argparse.Namespace, text: str) -> int:
    from bulou.modules.operations import services
    from bulou.modules.operations.queries.previews import preview
    from bulou.platform import clock
    from bulou.platform.access.viewer import system

    by, now = system("bulou playbook"), clock.now()
    if args.begin:
        key = args.operation or _key(text)
        begun = services.activate_operation(by=by, key=key, text=text, level=args.begin, why=args.why, now=now)
        say(gettext("%(key)s runs since %(at)s") % {"key": begun.key, "at": begun.started_at.isoformat()})
        return 0
    operation = _operation(args, text)
    if operation is None:
        return 2
    shown = preview(operation, text, level=operation.level)
    if faults := _tell(shown, args.file):
        return faults
    decisions = {clash.id: "take" if args.take else "keep" for clash in shown.clashes} if args.take or args.keep else {}
    services.apply_playbook(
        by=by, operation=operation, text=text, state=shown.state, decisions=decisions, why=args.why, now=now
    )
    say(gettext("Applied."))
    return 0


def _operation(args: argparse.Namespace, text: str) -> Operation | None:
    from bulou.modules.operations.queries import operations
    from bulou.platform.access.viewer import system

    key = args.operation or _key(text)
    found = operations.operations(system("bulou playbook")).filter(key=key).first()
    if found is None:
        complain(
            gettext("There is no operation %(key)s; name one with --operation, or begin one with --begin.")
            % {"key": key}
        )
    return found


def _key(text: str) -> str:
    from bulou.modules.operations.queries.playbooks import check

    return str((check(text).playbook or {}).get("playbook", ""))


def _tell(shown: Preview, file: Path) -> int:
    for problem in shown.problems:
        say(f"{file}:{problem.line}: {problem.sentence}")
    for section, changes in shown.changes.items():
        for change in changes:
            say(
                f"{section}: {change.kind} {change.key} {' '.join(change.fields) if change.before and change.after else ''}".rstrip()
            )
    for clash in shown.clashes:
        say(
            gettext("changed by hand: %(item)s (%(value)s; new: %(new)s)")
            % {"item": clash.id, "value": clash.override.value, "new": clash.new}
        )
    if not shown.problems and not shown.count:
        say(gettext("Nothing would change."))
    return 1 if shown.problems else 0
