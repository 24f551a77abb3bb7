"""The worker: looks every second what is due, and runs what waits in the queue, until it is told to stop.

When the database goes away it waits for it. Any number of workers may run; each tick and each job still runs in one place.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event, Thread
from typing import Any

import psycopg
from django.db import Error as DatabaseTrouble
from django.db import close_old_connections, connection, connections
from procrastinate.contrib.django import DjangoApp
from procrastinate.contrib.django import app as queue_app
from procrastinate.exceptions import ProcrastinateException

from bulou.platform import clock
from bulou.platform.jobs import ticking
from bulou.platform.manifest import Tick

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0
PAUSE_WITHOUT_DATABASE = 2.0
AT_ONCE = 2
SECONDS_TO_FINISH = 20.0


def work(stop: Event, *, at_once: int = AT_ONCE) -> None:
    """Work until `stop` is set; what is running may take 20 seconds to finish."""
    looking = Thread(target=_tick_until, args=(stop, at_once), name="ticks")
    looking.start()
    try:
        asyncio.run(_serve_queue(stop))
    finally:
        stop.set()
        looking.join()


def _tick_until(stop: Event, at_once: int) -> None:
    running: dict[str, Future[None]] = {}
    is_cut_off = False
    with ThreadPoolExecutor(at_once, thread_name_prefix="tick") as pool:
        while not stop.is_set():
            pause = LOOK_EVERY
            try:
                _start_due(pool, running)
                is_cut_off = False
            except DatabaseTrouble as trouble:
                if not is_cut_off:
                    log.warning("no database, waiting for it: %s", str(trouble).strip())
                connection.close()
                is_cut_off, pause = True, PAUSE_WITHOUT_DATABASE
            stop.wait(pause)
        pool.shutdown(cancel_futures=True)
    connections.close_all()


def _start_due(pool: ThreadPoolExecutor, running: dict[str, Future[None]]) -> None:
    """Give what is due to the pool, unless this worker is at it already."""
    for name in [name for name, future in running.items() if future.done()]:
        del running[name]
    for tick in ticking.due(ticking.ticks(), real=clock.real_now(), now=clock.now()):
        if tick.name not in running:
            running[tick.name] = pool.submit(_run, tick)


def _run(tick: Tick) -> None:
    close_old_connections()
    try:
        ticking.run_tick(tick, real=clock.real_now(), now=clock.now())
    except DatabaseTrouble as trouble:
        log.warning("the tick %s lost the database: %s", tick.name, type(trouble).__name__)
    finally:
        connections.close_all()


async def _serve_queue(stop: Event) -> None:
    """Serve until `stop`; when the database goes away, wait for it."""
    queue_app.perform_import_paths()
    while not stop.is_set():
        serving = asyncio.create_task(_serve_while_connected())
        while not stop.is_set() and not serving.done():
            await asyncio.sleep(0.25)
        serving.cancel()
        try:
            await serving
        except asyncio.CancelledError:
            pass
        except (ProcrastinateException, psycopg.Error, OSError) as trouble:
            log.warning("the queue lost the database: %s", type(trouble).__name__)
            await asyncio.sleep(PAUSE_WITHOUT_DATABASE)


async def _serve_while_connected() -> None:
    """Run the queue's worker until it is cancelled, or the database goes away (raises).

    The worker gets connections of its own, while the tasks stay with the application that defers through Django's: a task that
    defers another inside a transaction does so for good only if that commits.
    """
    connector: Any = queue_app.connector
    app = DjangoApp(connector=connector.get_worker_connector())
    app.tasks = queue_app.tasks
    async with app.open_async():
        await app.run_worker_async(
            install_signal_handlers=False,
            concurrency=AT_ONCE,
            delete_jobs="successful",
            shutdown_graceful_timeout=SECONDS_TO_FINISH,
        )
