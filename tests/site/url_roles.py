"""The table of addresses × roles: what the permission table promises, and what the house answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from bulou.floors import MODULES
from bulou.platform import cast as platform_cast
from bulou.platform.access import permissions
from bulou.platform.access.permissions import PUBLIC, SIGNED_IN
from tests.kit.samples import Sample, World

NOBODY = "nobody"
EVERYWHERE = {"county", None}
NEIGHBOURS = {"neighbour_town", "neighbour_village"}
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class Address:
    """One address of the house, its permission, and whether it names something."""

    name: str
    pattern: str
    permission: str
    has_arguments: bool

    @property
    def owner(self) -> str:
        """The namespace it belongs to; '' for the site's own."""
        return self.name.rpartition(":")[0]


@dataclass(slots=True)
class Row:
    """One line of the table: an address, whose row is asked for, and by whom it was answered how."""

    address: Address
    asked: str
    answers: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def addresses() -> list[Address]:
    """Every address of the house, in the order it is resolved."""
    return list(_walk(get_resolver().url_patterns, "/", ""))


def _walk(patterns: list[URLPattern | URLResolver], before: str, space: str) -> Iterator[Address]:
    for one in patterns:
        here = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, here, f"{space}{one.namespace}:" if one.namespace else space)
        else:
            has_arguments = bool(one.pattern.converters) or "(?P" in str(one.pattern)
            yield Address(f"{space}{one.name}", here, getattr(one.callback, "permission", ""), has_arguments)


def samples(world: World, owner: str) -> dict[str, Sample]:
    """The samples an owner gives, by the full name of the address; none if it keeps no file."""
    place = f"bulou.modules.{owner}.tests" if owner in MODULES else f"tests.platform.{owner}" if owner else "tests.site"
    if owner and find_spec(f"bulou.interfaces.{owner}"):
        place = f"bulou.interfaces.{owner}.tests"
    if find_spec(place) is None or find_spec(f"{place}.samples") is None:
        return {}
    given = import_module(f"{place}.samples").samples(world)
    return {f"{owner}:{name}" if owner else name: sample for name, sample in given.items()}


def owners() -> list[str]:
    """Everybody who owns an address."""
    return list(dict.fromkeys(address.owner for address in addresses()))


def table(world: World, owner: str) -> Iterator[Row]:
    """Ask every address of an owner as everybody; one row for what lies here, one for what lies there."""
    clients = dict(_clients(world))
    given = samples(world, owner)
    for address in addresses():
        if address.owner != owner:
            continue
        sample = given.get(address.name) or (None if address.has_arguments else Sample())
        if sample is None:
            name = address.name.rpartition(":")[2]
            yield Row(address, "here", wrong=[f"no sample: add {name!r} to its samples.py (tests/kit/samples.py)"])
            continue
        yield _ask(address, sample, "here", sample.here, clients)
        if sample.there is not None:
            yield _ask(address, sample, "there", sample.there, clients)


def _clients(world: World) -> Iterator[tuple[str, Client]]:
    yield NOBODY, Client()
    for seated in world.cast.with_account():
        client = Client()
        client.force_login(seated.user, backend=BACKEND)
        yield seated.key, client


def _ask(address: Address, sample: Sample, asked: str, arguments: object, clients: dict[str, Client]) -> Row:
    row = Row(address, asked)
    path = reverse(address.name, kwargs=dict(arguments)) + sample.query  # type: ignore[call-overload]
    for key, client in clients.items():
        wanted = promised(address, sample, asked, key)
        response = client.get(path, HTTP_ACCEPT="text/html")
        row.answers[key] = response.status_code
        if response.status_code != wanted:
            row.wrong.append(f"{key} gets {response.status_code}, promised {wanted}")
        if (
            wanted == 302
            and key == NOBODY
            and not response.headers.get("Location", "").startswith(reverse(settings.LOGIN_URL))
        ):
            row.wrong.append(f"{key} is sent to {response.headers.get('Location')}")
        if sample.status == 405 and (refusal := _refusal(address, sample, asked, key)):
            row.wrong += _refused(client, path, key, refusal)
    return row


def _refused(client: Client, path: str, key: str, wanted: int) -> list[str]:
    """A POST of nothing by somebody who may not, or whose scope ends before, must be refused in the same way."""
    got = client.post(path, {}, HTTP_ACCEPT="text/html").status_code
    return [] if got == wanted else [f"{key} posting gets {got}, promised {wanted}"]


def promised(address: Address, sample: Sample, asked: str, key: str) -> int:
    """What the permission table and the cast's grants promise: log in, 403, 404 out of scope, or the address's own answer."""
    if key in sample.answers and asked == "here":
        return sample.answers[key]
    if key == NOBODY:
        return sample.status if address.permission == PUBLIC else 302
    refusal = _refusal(address, sample, asked, key)
    return sample.status if refusal == 404 and sample.status == 405 else refusal or sample.status


def _refusal(address: Address, sample: Sample, asked: str, key: str) -> int:
    """403 without the permission, 404 out of scope, 0 for those who may."""
    if key == NOBODY or address.permission in (PUBLIC, SIGNED_IN):
        return 0
    member = platform_cast.member(key)
    if not permissions.holds(member.role or "", address.permission):
        return 403
    is_out = sample.there is not None and not _reaches(member.spot, asked)
    return 404 if is_out or (asked == "here" and key in sample.blind) else 0


def _reaches(spot: str | None, asked: str) -> bool:
    """Whether a grant of the cast reaches a row that lies here (in its township) or there (in the neighbour's)."""
    return spot in EVERYWHERE or (spot in NEIGHBOURS) == (asked == "there")


def keep(build: Path, owner: str, rows: list[Row]) -> None:
    """Keep an owner's part of the table, and put the parts known so far together in build/url_roles.txt."""
    parts = build / "url_roles"
    parts.mkdir(parents=True, exist_ok=True)
    (parts / f"{owner or 'site'}.txt").write_text(_written(rows), encoding="utf-8")
    known = [parts / f"{one or 'site'}.txt" for one in owners()]
    whole = _head() + "".join(part.read_text(encoding="utf-8") for part in known if part.exists())
    (build / "url_roles.txt").write_text(whole, encoding="utf-8")


KEYS = (NOBODY, *(one.key for one in platform_cast.CAST if one.role))


def _head() -> str:
    width = max(len(address.pattern) for address in addresses())
    return f"{'address':{width}} {'asked':6} {'permission':32} " + " ".join(f"{key[:12]:>12}" for key in KEYS) + "\n"


def _written(rows: list[Row]) -> str:
    width = max(len(address.pattern) for address in addresses())
    lines = []
    for row in rows:
        answers = " ".join(f"{row.answers.get(key, '—'):>12}" for key in KEYS)
        lines.append(f"{row.address.pattern:{width}} {row.asked:6} {row.address.permission:32} {answers}\n")
    return "".join(lines)
