"""Fills a county with made-up people: spread over its villages, written through the registry's own bulk load, on several processes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from random import Random

from django.db import connections

from bulou.modules.registry.models import Person, Place
from bulou.modules.registry.services.people_bulk import load_people, take_statistics
from bulou.modules.registry.services.synthetic import names
from bulou.modules.registry.services.synthetic.families import Village, people_of
from bulou.platform import clock
from bulou.platform.access.viewer import system

BY = system("synthetic")
BATCH = 4_000

# Which tongues the names of a county are drawn from, in a hundred.
MIXES: Mapping[str, Mapping[str, int]] = {
    "632726": {names.TIBETAN: 97, names.HAN: 3},
    "150525": {names.HAN: 60, names.MONGOL: 40},
    "5425": {names.TIBETAN: 90, names.HAN: 10},
}
ELSEWHERE = {names.HAN: 985, names.DOTTED: 8, names.MONGOL: 4, names.TIBETAN: 3}

Progress = Callable[[int, int], None]


def fill(
    root_code: str,
    people: int,
    *,
    now: datetime,
    seed: int = 1,
    processes: int = 1,
    progress: Progress = lambda _done, _of: None,
) -> int:
    """Spread so many made-up people over the villages below a place and load them; gives how many were loaded.

    The same seed, day and villages give the same people. Villages that have made-up people are left alone, so that an interrupted fill goes
    on. With `processes` > 1 each has a connection of its own, so the caller must not be inside a transaction. `progress(done, of)` is
    called after every batch. Not for a real county's database.
    """
    filled = set(Person.objects.filter(purpose="synthetic").order_by().values_list("place_id", flat=True).distinct())
    villages = [village for village in villages_of(root_code, people, seed=seed) if village.place_id not in filled]
    done = 0
    for loaded in _load(list(_batches(villages)), seed, now, processes):
        done += loaded
        progress(done, people)
    take_statistics()
    return done


def villages_of(root_code: str, people: int, *, seed: int) -> list[Village]:
    """The villages below a place, each with its share of the people: towns' communities larger than hamlets, no two the same."""
    ids = list(
        Place.objects.filter(level="village", ends=None, lineage__contains=[_root_id(root_code)])
        .order_by("code")
        .values_list("id", flat=True)
    )
    random = Random(f"{seed}:{root_code}")
    weights = [random.triangular(0.4, 2.2, 0.8) for _id in ids]
    mix = MIXES.get(root_code) or MIXES.get(root_code[:4]) or ELSEWHERE
    found, given, run = [], 0, 0.0
    for number, (place_id, weight) in enumerate(zip(ids, weights, strict=True)):
        run += weight
        upto = round(people * run / sum(weights))
        found.append(Village(place_id, number, upto - given, mix))
        given = upto
    return found


def _root_id(code: str) -> int:
    return Place.objects.values_list("id", flat=True).get(code=code)


def _batches(villages: Sequence[Village]) -> Iterator[list[Village]]:
    batch: list[Village] = []
    for village in villages:
        batch.append(village)
        if sum(one.people for one in batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _load(batches: list[list[Village]], seed: int, now: datetime, processes: int) -> Iterator[int]:
    if processes == 1:
        yield from (load_batch(batch, seed, now) for batch in batches)
        return
    connections.close_all()
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("fork")) as pool:
        yield from pool.map(load_batch, batches, [seed] * len(batches), [now] * len(batches))


def load_batch(villages: Sequence[Village], seed: int, now: datetime) -> int:
    """Make and load the people of a few villages in one transaction."""
    households, rows = [], []
    for village in villages:
        more_households, more = people_of(village, seed=seed, today=clock.local_day(now))
        households += more_households
        rows += more
    return len(
        load_people(rows, households=households, by=BY, now=now, why="synthetic", is_synthetic=True, has_more=True)
    )
