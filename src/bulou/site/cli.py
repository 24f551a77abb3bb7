"""The `bulou` command: a plain table of commands, each imported only when it is called.

Exit codes: 0 done · 1 failed · 2 refused, or called wrongly (the sentence says why) · 130 interrupted by Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

from bulou.platform.refusals import Refusal
from bulou.site.commands.terminal import complain, gettext, gettext_noop

DONE, FAILED, REFUSED, INTERRUPTED = 0, 1, 2, 130


@dataclass(frozen=True, slots=True)
class Command:
    """One line of `bulou --help`. `place` is the module with add_arguments and run; a command without help stays unlisted."""

    name: str
    place: str
    about: str = ""


COMMANDS = (
    Command("demo", "bulou.site.commands.demo", gettext_noop("a demonstration county, ready to click through")),
    Command("init", "bulou.site.commands.init", gettext_noop("found the county's database, real or exercise, once")),
    Command(
        "up", "bulou.site.commands.up", gettext_noop("start the database, the server and the jobs, and watch over them")
    ),
    Command("status", "bulou.site.commands.status", gettext_noop("what is running and where the data lies")),
    Command("adduser", "bulou.site.commands.adduser", gettext_noop("make a user")),
    Command("backup", "bulou.site.commands.backup", gettext_noop("write an encrypted backup")),
    Command("restore", "bulou.site.commands.restore", gettext_noop("put a backup back")),
    Command("journal", "bulou.site.commands.journal", gettext_noop("check that the journal has not been altered")),
    Command("playbook", "bulou.site.commands.playbook", gettext_noop("check, preview and apply playbooks")),
    Command("briefing", "bulou.site.commands.briefing", gettext_noop("write the situation report of an operation")),
    Command("keys", "bulou.site.commands.keys", gettext_noop("print the recovery sheet, or type it back in")),
    Command("newmodule", "bulou.site.commands.newmodule", gettext_noop("write the files of a new module")),
    Command(
        "messages", "bulou.site.commands.messages", gettext_noop("collect the words of the interface for translation")
    ),
    Command("work", "bulou.site.commands.work"),
    Command("exercise", "bulou.site.commands.exercise"),
)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; a refusal becomes one sentence, never a traceback."""
    words = list(sys.argv[1:] if words is None else words)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bulou.site.settings")
    parser, called = _parser(words)
    args = parser.parse_args(words)
    if called is None:
        parser.print_help()
        return REFUSED
    return _run(called, args)


def _run(called: Command, args: argparse.Namespace) -> int:
    try:
        return int(import_module(called.place).run(args))
    except Refusal as refusal:
        complain(_sentence(refusal))
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def _sentence(refusal: Refusal) -> str:
    """The refusal's sentence; its words may belong to any package, so Django has to know them all."""
    import django

    from bulou.site.commands.terminal import spoken
    from bulou.site.home import arrange_without_database

    arrange_without_database()
    django.setup()
    return spoken(refusal)


def _parser(words: Sequence[str]) -> tuple[argparse.ArgumentParser, Command | None]:
    """The parser for these words; only the command that is called loads its arguments."""
    parser = argparse.ArgumentParser(
        prog="bulou",
        description=gettext("Bulou 不漏: who owes what, who has not delivered, and what to do about it."),
        epilog=gettext(
            "Exit codes: 0 done, 1 failed, 2 refused or called wrongly. Data lies in BULOU_HOME (now: %(home)s)."
        )
        % {"home": os.environ.get("BULOU_HOME", ".bulou")},
    )
    choices = parser.add_subparsers(title=gettext("commands"), metavar=gettext("COMMAND"))
    called = next((command for command in COMMANDS if words and command.name == words[0]), None)
    for command in COMMANDS:
        about = {"help": gettext(command.about)} if command.about else {}
        place = choices.add_parser(command.name, description=gettext(command.about), **about)  # type: ignore[arg-type]
        if command is called:
            import_module(command.place).add_arguments(place)
    return parser, called


if __name__ == "__main__":
    sys.exit(main())
