"""The table of addresses × roles: what the permission table promises, and what the house answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec

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
    if find_spec(place) is None or find_spec(f"{place}.samples") is None:
        return {}
    given = import_module(f"{place}.samples").samples(world)
    return {f"{owner}:{name}" if owner else name: sample for name, sample in given.items()}


def table(world: World) -> Iterator[Row]:
    """Ask every address as everybody; one row for what lies here, one for what lies there."""
    clients = dict(_clients(world))
    known: dict[str, dict[str, Sample]] = {}
    for address in addresses():
        if address.owner not in known:
            known[address.owner] = samples(world, address.owner)
        sample = known[address.owner].get(address.name)
        if sample is None and address.has_arguments:
            yield Row(
                address,
                "here",
                wrong=[f"no sample: add {address.name.rpartition(':')[2]!r} to its samples.py (tests/kit/samples.py)"],
            )
            continue
        sample = sample or Sample()
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


def written(rows: list[Row], keys: list[str]) -> str:
    """The table as text."""
    width = max(len(row.address.pattern) for row in rows)
    lines = [f"{'address':{width}} {'asked':6} {'permission':32} " + " ".join(f"{key[:12]:>12}" for key in keys)]
    for row in rows:
        answers = " ".join(f"{row.answers.get(key, '—'):>12}" for key in keys)
        lines.append(f"{row.address.pattern:{width}} {row.asked:6} {row.address.permission:32} {answers}")
    return "\n".join(lines) + "\n"


Asking = Callable[[World], Iterator[Row]]
