"""`bulou adduser`: make a user; with --administrator also the way back in when every administrator is lost."""

from __future__ import annotations

import argparse

from bulou.site.commands.terminal import gettext, say
from bulou.site.home import django_ready, this_home


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `bulou adduser`."""
    parser.add_argument("username", help=gettext("log-in name"))
    parser.add_argument("name", help=gettext("name to show"))
    parser.add_argument(
        "--administrator",
        action="store_true",
        help=gettext("administrator of the whole house; else an administrator gives the grants in the interface"),
    )


def run(args: argparse.Namespace) -> int:
    """Make the user and print the one-time password, which is kept nowhere."""
    home = this_home()
    with django_ready(home):
        from bulou.platform import clock
        from bulou.platform.access.viewer import system
        from bulou.platform.accounts.services.users import create_first_administrator, create_user

        now, real = clock.now(), clock.real_now()
        if args.administrator:
            password = create_first_administrator(args.username, args.name, now)
        else:
            _user, password = create_user(args.username, args.name, by=system("bulou adduser"), now=now, real=real)
        say(gettext("Log-in name: %(name)s") % {"name": args.username})
        say(
            gettext("One-time password: %(password)s (shown only here; to be changed at the first log-in)")
            % {"password": password}
        )
    return 0
