"""The server's command line and the address it is given."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from bulou.platform.refusals import Refusal

WORKERS = 2
THREADS = 256  # see docs/decisions/0003-slow-clients.md: 240 stalled clients may all fall to one worker
POOL = 8
DEFAULT_PORT = 8000


@dataclass(frozen=True, slots=True)
class Address:
    """Where the house answers; `certificate` and `key` are given for https."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None

    @property
    def is_https(self) -> bool:
        """Whether what is sent is encrypted."""
        return self.certificate is not None

    @property
    def url(self) -> str:
        """The address to type into a browser on this machine."""
        shown = "localhost" if self.host in ("127.0.0.1", "::1", "0.0.0.0", "::") else self.host
        return f"{'https' if self.is_https else 'http'}://{f'[{shown}]' if ':' in shown else shown}:{self.port}/"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_plain(address: Address) -> None:
    """Refuse plain http to other machines: passwords and identity numbers would cross the network readable."""
    if not address.is_https and not is_loopback(address.host):
        raise Refusal(
            "site.plain_http",
            _(
                "Plain http is served on this machine only (127.0.0.1). For %(host)s leave --plain away, or give --cert and --key."
            ),
            host=address.host,
        )


def port_of(text: str | None) -> int:
    """The port named by --port or PORT."""
    if not text:
        return DEFAULT_PORT
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise Refusal("site.port_malformed", _("“%(port)s” is not a port; it is a number from 1 to 65535."), port=text)
    return int(text)


def check_free(host: str, port: int) -> None:
    """Refuse an address that another program holds, or that may not be taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except PermissionError:
        raise Refusal(
            "site.port_forbidden",
            _("This account may not use port %(port)s; choose one above 1023 (PORT=…)."),
            port=port,
        ) from None
    except OSError as error:
        raise Refusal(
            "site.port_taken",
            _("%(host)s port %(port)s cannot be used: %(reason)s. Choose another with PORT=…."),
            host=host, port=port, reason=error.strerror or str(error),
        ) from None  # fmt: skip


def command(address: Address, *, threads: int = THREADS) -> list[str]:
    """The server's command line."""
    words = [
        sys.executable, "-m", "granian", "bulou.site.wsgi:application", "--interface", "wsgi", "--host", address.host, "--port",
        str(address.port), "--workers", str(WORKERS), "--blocking-threads", str(threads), "--backpressure", str(threads * 2),
        "--backlog", "2048", "--no-ws", "--log-level", "warning", "--respawn-failed-workers", "--workers-kill-timeout", "10",
    ]  # fmt: skip
    if address.certificate and address.key:
        words += [
            "--ssl-certificate",
            str(address.certificate),
            "--ssl-keyfile",
            str(address.key),
            "--ssl-protocol-min",
            "tls1.2",
        ]
    return words


def environment(address: Address) -> dict[str, str]:
    """What the served application has to know of its address, on top of the home's environment."""
    return {
        "BULOU_HTTPS": "1" if address.is_https else "0",
        "BULOU_POOL": str(POOL),
        "BULOU_STATIC_HASHED": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
