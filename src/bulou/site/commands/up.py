"""`bulou up`: the database, the server and the jobs, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from bulou.platform.refusals import Refusal
from bulou.site.commands.terminal import gettext, say
from bulou.site.home import Home, django_ready, the_only_up, this_home
from bulou.site.serving import server
from bulou.site.serving.server import Address


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `bulou up`."""
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help=gettext("address to listen on; 0.0.0.0 for every device of the network (default: this machine only)"),
    )
    parser.add_argument("--port", default=os.environ.get("PORT"), help=gettext("port (default: PORT, else 8000)"))
    parser.add_argument("--cert", type=Path, metavar="PEM", help=gettext("certificate for https, with its chain"))
    parser.add_argument("--key", type=Path, metavar="PEM", help=gettext("its key (PKCS#8)"))
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="HOST",
        help=gettext("a further name or address the county's own certificate is good for"),
    )
    parser.add_argument(
        "--https",
        action="store_true",
        help=gettext("https with the county's own certificate also on this machine alone"),
    )
    parser.add_argument("--plain", action="store_true", help=gettext("plain http; only on this machine"))


def run(args: argparse.Namespace) -> int:
    """Start everything; returns when it was told to stop."""
    home = this_home()
    with the_only_up(home):
        address = address_of(home, args)
        return serve(home, address, args.name)


def address_of(home: Home, args: argparse.Namespace) -> Address:
    """Where and how to serve: a given certificate, the county's own for other machines, or plain http on this one."""
    if bool(args.cert) != bool(args.key):
        raise Refusal("site.cert_without_key", _("--cert and --key belong together."))
    for file in (args.cert, args.key):
        if file is not None and not os.access(file, os.R_OK):
            raise Refusal("site.cert_unreadable", _("%(file)s cannot be read."), file=file)
    address = Address(args.host, server.port_of(args.port), args.cert, args.key)
    needs_own = not args.plain and not args.cert and (args.https or not server.is_loopback(args.host))
    server.check_free(address.host, address.port)
    if needs_own:
        from bulou.site.serving.running import certify

        return certify(home, address, args.name)
    server.check_plain(address)
    return address


def serve(home: Home, address: Address, names: list[str], *, ready: object = None, beside: Sequence[str] = ()) -> int:
    """Everything from the database to the first page, one line for each step. `beside` = a further command to run, in words."""
    from bulou.site.serving import database, running, static

    dress(address)
    with django_ready(home, stay=True):
        say(gettext("Database: running (%(where)s)") % {"where": "DATABASE_URL" if home.url else home.path / "pg"})
        database.bring_up_to_date(home)
        check_founded()
        if static.collect():
            say(gettext("Pages: static files collected"))

        def announce() -> None:
            say(gettext("Bulou answers at %(url)s — Ctrl-C stops it") % {"url": address.url})
            if callable(ready):
                ready()

        return running.run(home, address, names, ready=announce, beside=beside)


def dress(address: Address) -> None:
    """Give this process the settings of the served application, before Django reads them; a pool is for the children alone."""
    os.environ.update(server.environment(address) | {"BULOU_POOL": "0"})


def check_founded() -> None:
    """Refuse to serve a database of which nobody has said what it is."""
    from bulou.platform.house.queries import house

    if house() is None:
        raise Refusal(
            "site.not_founded",
            _("This database is not founded yet: run “bulou init real COUNTY” or “bulou init exercise COUNTY” first."),
        )
