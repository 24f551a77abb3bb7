"""The registry at the size of Ningyang: 581 villages, 800,000 made-up residents. Load, registers, search and a village's page, for chief and clerk.

`python bench/run.py registry`. Measured on a server of its own with the settings of production (fsync on). Page times are server time of a whole
request through Django, log-in and look log included; the median of several, the worst over viewers.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from bench.database import house
from bench.figure import Figure

COUNTY = "370921"
PEOPLE = 800_000
REPEATS = 7


def measure(people: int = PEOPLE) -> Iterator[Figure]:
    """Load the county and time its pages; the figures as they come."""
    with house(COUNTY):
        yield Figure("county_load_800k_s", round(load(people), 1), "s", 120.0)
        viewers = _viewers()
        yield Figure("register_page_ms", _worst(viewers, _register_pages), "ms", 100.0)
        yield Figure("person_search_ms", _worst(viewers, _searches), "ms", 100.0)
        yield Figure("village_page_ms", _worst(viewers, _village_pages), "ms", 100.0)


def load(people: int) -> float:
    """Seconds to load places and people, with sealing, hashes, keys and every index, by two processes."""
    from bulou.modules.registry.models import Place
    from bulou.modules.registry.services.places_load import load_county
    from bulou.modules.registry.services.synthetic.filling import fill
    from bulou.platform import clock
    from bulou.platform.access.viewer import system

    started = time.perf_counter()
    if not Place.objects.filter(code=COUNTY).exists():
        load_county(by=system("bench"), code=COUNTY, now=clock.now())
    fill(COUNTY, people, now=clock.now(), processes=2, progress=_say)
    _vacuum()
    return time.perf_counter() - started


def _vacuum() -> None:
    """What autovacuum does a minute after a load, done at once: the time is part of the load."""
    import psycopg

    from bulou.platform import postgres
    from bulou.platform.postgres.doors import dsn_as

    with psycopg.connect(dsn_as(postgres.OWNER), autocommit=True) as owner:
        owner.execute("VACUUM (ANALYZE) registry_person, registry_document, registry_phone, registry_household")


def _say(done: int, of: int) -> None:
    print(f"\r{done:,} of {of:,}", end="" if done < of else "\n", file=sys.stderr, flush=True)


def _viewers() -> dict[str, Any]:
    """Clients logged in as the chief, a township lead and a village clerk (the largest village), and the ids they ask for."""
    from django.test import Client

    from bulou.modules.registry.models import Place
    from bulou.platform import cast, clock

    towns = list(Place.objects.filter(level="town").order_by("code"))
    town, other = towns[0], towns[1]
    village = Place.objects.filter(parent=town).order_by("code")[0]
    neighbour = Place.objects.filter(parent=other).order_by("code")[0]
    _make_office()
    spots = {
        "county": COUNTY, "town": town.code, "village": village.code, "unit": "BENCH",
        "neighbour_town": other.code, "neighbour_village": neighbour.code,
    }  # fmt: skip
    users = cast.seat(spots, now=clock.now())
    found = {}
    for key in ("chief", "township_lead", "village_clerk"):
        client = Client(raise_request_exception=True)
        client.force_login(users[key], backend="django.contrib.auth.backends.ModelBackend")
        found[key] = (client, village.pk)
    return found


def _make_office() -> None:
    from bulou.modules.registry.services.units import create_unit
    from bulou.platform import clock
    from bulou.platform.access.viewer import system

    create_unit(by=system("bench"), name="办公室", kind="department", code="BENCH", now=clock.now())


def _worst(viewers: dict[str, Any], run: Callable[[Any, int], dict[str, float]]) -> float:
    worst = 0.0
    for who, (client, village_id) in viewers.items():
        for what, milliseconds in run(client, village_id).items():
            print(f"  {who:14} {what:40} {milliseconds:8.1f} ms", file=sys.stderr)
            worst = max(worst, milliseconds)
    return worst


def _time(client: Any, address: str) -> float:
    """Median milliseconds of a page, after one warm-up."""
    times = []
    for _repeat in range(REPEATS + 1):
        started = time.perf_counter()
        answered = client.get(address)
        times.append((time.perf_counter() - started) * 1000)
        assert answered.status_code == 200, (address, answered.status_code)
    return statistics.median(times[1:])


def _register_pages(client: Any, _village_id: int) -> dict[str, float]:
    from urllib.parse import urlencode

    from bulou.modules.registry.models import Household, Person
    from bulou.platform.tables import keyset

    middle = Person.objects.filter(name_key__gte="liu").order_by("name_key")[0]
    after = urlencode({"after": keyset.encode(middle.name_key, middle.pk)})
    house = Household.objects.order_by("-code")[0]
    house_after = urlencode({"after": keyset.encode(house.code[:9], house.pk)})
    return {
        "people, first page": _time(client, "/registry/people/"),
        "people, a page in the middle": _time(client, f"/registry/people/?{after}"),
        "households, first page": _time(client, "/registry/households/"),
        "households, a late page": _time(client, f"/registry/households/?{house_after}"),
    }


def _searches(client: Any, _village_id: int) -> dict[str, float]:
    from urllib.parse import urlencode

    from bulou.modules.registry.models import Person, Phone

    someone = Person.objects.filter(documents__isnull=False).order_by("-id")[0]
    phone = Phone.objects.order_by("-id")[0]
    words = {
        "one character, a surname": "王", "one character, inside": "华", "two characters": "建国", "three characters": someone.name,
        "nobody": "龘龘", "pinyin": "wangxiu", "one letter": "z", "initials": "wxm", "last four": "0011", "telephone": phone.number,
        "identity number": "00000019800101001X", "name and last four": "王 0011",
    }  # fmt: skip
    found = {}
    for what, text in words.items():
        found[f"register: {what}"] = _time(client, f"/registry/people/?{urlencode({'q': text})}")
        found[f"box: {what}"] = _time(client, f"/registry/people/find?{urlencode({'q': text})}")
    return found


def _village_pages(client: Any, village_id: int) -> dict[str, float]:
    return {
        "village": _time(client, f"/registry/places/{village_id}/"),
        "its people": _time(client, f"/registry/people/?place={village_id}"),
    }
