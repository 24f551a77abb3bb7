"""Doing the same thing several times at once, each on a database connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connections

T = TypeVar("T")


def at_once(work: Callable[[int], T], count: int = 2) -> list[T | Exception]:
    """What `work(0)`, `work(1)` … give when they start together; what one raises stands in its place."""
    ready = Barrier(count)

    def run(number: int) -> T | Exception:
        try:
            connections["default"].ensure_connection()
            ready.wait(10)
            return work(number)
        except Exception as problem:
            return problem
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))
