"""The whole house, running: database, server, jobs; watched until somebody says stop, then ended in the opposite order."""

from __future__ import annotations

import os
import signal
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any

from bulou.platform import clock, postgres, tls
from bulou.platform.refusals import Refusal
from bulou.site.commands.terminal import gettext, say, spoken
from bulou.site.home import Home, environment
from bulou.site.serving import server
from bulou.site.serving.children import Child, watch
from bulou.site.serving.server import Address

LOOK = 0.5
RENEWAL = timedelta(hours=12).total_seconds()
ANSWER = 60.0
PAUSE = 2.0


def run(
    home: Home,
    address: Address,
    names: list[str],
    *,
    ready: Callable[[], None] = lambda: None,
    beside: Sequence[str] = (),
) -> int:
    """Serve until SIGTERM or SIGINT; calls `ready` once when the first page answers. The database is running already.

    `beside` = words of a further `bulou` command to run and watch. Gives 0 after an ordered stop, 1 when the server never answered.
    """
    children = _children(home, address, beside)
    with _told_to_stop() as stop:
        try:
            for child in children:
                child.start()
            if not _answers(address, children[0], stop):
                return _never_answered(children[0], stop)
            ready()
            _watch_until(stop, home, address, names, children)
            say(gettext("Stopping."))
            return 0
        finally:
            for child in reversed(children):
                child.stop()
            postgres.stop(home.path) if not home.url else None
            say(gettext("Stopped; the data stays in %(home)s.") % {"home": home.path})


def certify(home: Home, address: Address, names: list[str]) -> Address:
    """The address with the county's own certificate, issued or renewed when needed."""
    issued = tls.ensure_server_certificate(home.tls, [*tls.addresses_of_this_machine(), *names], now=clock.real_now())
    return replace(address, certificate=issued.certificate, key=issued.key)


def _children(home: Home, address: Address, beside: Sequence[str]) -> list[Child]:
    around = os.environ | environment(home) | server.environment(address)
    home.log.mkdir(mode=0o700, parents=True, exist_ok=True)
    bulou = [sys.executable, "-m", "bulou.site.cli"]
    children = [
        Child("server", server.command(address), around, home.log / "server.log"),
        Child("jobs", [*bulou, "work"], _for_jobs(around), home.log / "jobs.log"),
    ]
    if beside:
        children.append(Child(beside[0], [*bulou, *beside], _for_jobs(around), home.log / f"{beside[0]}.log"))
    return children


def _for_jobs(around: Mapping[str, str]) -> dict[str, str]:
    return dict(around) | {"BULOU_POOL": "0"}


@contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """An event set by Ctrl-C, SIGTERM or a closed terminal."""
    stop = threading.Event()

    def hear(*_: Any) -> None:
        stop.set()

    before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _answers(address: Address, child: Child, stop: threading.Event) -> bool:
    """Wait until a page comes back; False when the server ended instead, or in a minute has not answered."""
    until = clock.ticks() + ANSWER
    while clock.ticks() < until and child.is_running() and not stop.wait(0.05):
        if _has_page(address):
            return True
    return False


def _has_page(address: Address) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address.host, address.host)
    if address.is_https:  # it is our own server that is asked, by address: the name in the certificate does not matter
        asked: HTTPConnection = HTTPSConnection(host, address.port, timeout=5, context=ssl._create_unverified_context())
    else:
        asked = HTTPConnection(host, address.port, timeout=5)
    try:
        asked.request("HEAD", "/")
        return asked.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        asked.close()


def _never_answered(child: Child, stop: threading.Event) -> int:
    if stop.is_set():
        return 0
    say(gettext("The server did not start; the reason is at the end of %(log)s.") % {"log": child.log})
    return 1


def _watch_until(stop: threading.Event, home: Home, address: Address, names: list[str], children: list[Child]) -> None:
    renewal = clock.ticks() + RENEWAL
    database = _Database(home)
    while not stop.wait(LOOK):
        watch(children, _tell)
        database.watch()
        if clock.ticks() > renewal:
            renewal = clock.ticks() + RENEWAL
            if address.certificate is not None and address.certificate.parent == home.tls:
                _renew(home, names, children[0])


class _Database:
    """The embedded server, started again when it has died; what stands against it is said once and tried again."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.due_at = 0.0
        self.said = ""

    def watch(self) -> None:
        """One look."""
        if self.home.url or clock.ticks() < self.due_at or postgres.status_pid(self.home.path) is not None:
            return
        try:
            postgres.ensure_running(self.home.path)
            say(gettext("The database had stopped; it was started again."))
            self.said = ""
        except Refusal as refusal:
            if spoken(refusal) != self.said:
                self.said = spoken(refusal)
                say(self.said)
            self.due_at = clock.ticks() + PAUSE


def _renew(home: Home, names: list[str], child: Child) -> None:
    issued = tls.ensure_server_certificate(home.tls, [*tls.addresses_of_this_machine(), *names], now=clock.real_now())
    if issued.is_new:
        say(gettext("The certificate was renewed; starting the server again with it."))
        child.stop()


def _tell(child: Child, code: int) -> None:
    say(
        gettext("%(name)s ended unexpectedly (%(code)s) and is started again; more in %(log)s.")
        % {"name": child.name, "code": code, "log": child.log}
    )
