"""Modules that listen to an action are called at once, lowest floor first, and stand or fall with the line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from bulou.platform.access.viewer import system
from bulou.platform.journal.models import Line
from bulou.platform.journal.services import write
from bulou.platform.manifest import Manifest, _hung

HEARD: list[tuple[str, list[int]]] = []


@pytest.fixture(autouse=True)
def listeners() -> Iterator[None]:
    HEARD.clear()
    for name in ("low", "high"):
        _hung[name] = Manifest(
            name=name, title=name, listens={"toy.wound": lambda name=name, **how: heard(name, **how)}
        )
    yield
    del _hung["low"], _hung["high"]


def heard(name: str, *, line: Line, by: Any, now: datetime) -> None:
    HEARD.append((name, line.subjects))
    if line.why == "break":
        raise RuntimeError(name)


@pytest.mark.django_db
def test_listeners_hear_their_action_in_the_order_of_the_floors_and_no_other(now: datetime) -> None:
    write(by=system("tests"), action="toy.wound", kind="toy", subjects=[7], now=now)
    write(by=system("tests"), action="toy.sold", kind="toy", subjects=[8], now=now)
    assert HEARD == [("low", [7]), ("high", [7])]


@pytest.mark.django_db
def test_a_listener_that_fails_takes_the_line_with_it(now: datetime) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        write(by=system("tests"), action="toy.wound", kind="toy", subjects=[7], now=now, why="break")
    assert not Line.objects.filter(action="toy.wound").exists()
