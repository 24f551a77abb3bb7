"""`bulou demo`: an exercise database with a county in it, running, with somebody to log in as. The next start continues."""

from __future__ import annotations

import argparse
import os
import socket
import sys
import threading
import webbrowser

from bulou.site.commands import up
from bulou.site.commands.init import found
from bulou.site.commands.terminal import gettext, say
from bulou.site.home import Home, django_ready, the_only_up, this_home
from bulou.site.serving import server
from bulou.site.serving.server import Address


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `bulou demo`."""
    parser.add_argument(
        "--county", default="632726", help=gettext("code of the county to load (default: 632726, Qumalai)")
    )
    parser.add_argument(
        "--port", default=os.environ.get("PORT"), help=gettext("port (default: PORT, else 8000 or the next free one)")
    )


def run(args: argparse.Namespace) -> int:
    """Make and load what is missing, then serve until Ctrl-C."""
    home = this_home()
    with the_only_up(home):
        address = Address("127.0.0.1", _port(args.port))
        say(gettext("Bulou demonstration: an exercise with invented people. Data: %(home)s") % {"home": home.path})
        up.dress(address)
        accounts = _prepare(home, args.county)
        return up.serve(home, address, [], ready=lambda: _introduce(address, accounts), beside=["exercise"])


def _prepare(home: Home, county: str) -> list[tuple[str, str, str]]:
    """Found the exercise if there is none and load the demonstration county; gives (role, log-in name, password) to show."""
    with django_ready(home, stay=True):
        from bulou.site.serving import database

        database.bring_up_to_date(home)
        from bulou.platform import clock
        from bulou.platform.house.queries import house
        from bulou.site import demo

        if house() is None:
            found(home, "exercise", county)
        say(gettext("County: loading (only the first time)"))
        return list(demo.load(now=clock.now(), say=say))


def _introduce(address: Address, accounts: list[tuple[str, str, str]]) -> None:
    say()
    say(gettext("Log in as one of:"))
    width = max((_columns(role) for role, _name, _password in accounts), default=0)
    for role, name, password in accounts:
        say(f"  {role}{' ' * (width - _columns(role))}  {name:22} {password}")
    say()
    if os.environ.get("OPEN", "1") != "0" and _has_screen():
        threading.Thread(target=webbrowser.open, args=(address.url,), daemon=True).start()


def _columns(text: str) -> int:
    """How wide a text is on a terminal: Chinese characters take two columns."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def _has_screen() -> bool:
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _port(given: str | None) -> int:
    """The port asked for, which must be free; without a wish 8000 or the next one that is."""
    if given:
        port = server.port_of(given)
        server.check_free("127.0.0.1", port)
        return port
    for port in range(server.DEFAULT_PORT, server.DEFAULT_PORT + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    return server.DEFAULT_PORT
