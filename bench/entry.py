"""The page of a village's sheet: server time for 1,377 people of a county with many more enrolled, through the whole of Django; its size; and
filing it, one exception in a hundred."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from bench.database import house
from bench.figure import Figure

VILLAGE = 1_377
OTHERS = 20_000
REPEATS = 9


def measure() -> Iterator[Figure]:
    """entry_page_1377_ms, its size, entry_file_1377_ms."""
    with house():
        client, path = _set_up()
        times, page = [], b""
        for _ in range(REPEATS):
            began = time.perf_counter()
            page = client.get(path).content
            times.append(1000 * (time.perf_counter() - began))
        if page.count(b"<tr id=") != VILLAGE:
            raise RuntimeError("the page lost rows")
        yield Figure(
            "entry_page_1377_ms",
            round(statistics.median(times), 1),
            "ms",
            300.0,
            f"server time, target; {OTHERS + VILLAGE:,} enrolled",
        )
        yield Figure("entry_page_1377_kb", round(len(page) / 1024), "KB")
        yield Figure("entry_file_1377_ms", _file(client, path, page), "ms", None, "one request, 13 exceptions")


def _file(client: Any, path: str, page: bytes) -> float:
    ids = [int(part.split(b'"')[0]) for part in page.split(b'<tr id="e')[1:]]
    own = {one: {"well": False} for one in ids[::106]}
    body = json.dumps({"once": str(uuid4()), "key": str(uuid4()), "usual": {"well": True}, "own": own, "out": []})
    began = time.perf_counter()
    given = client.post(f"{path}/send", body, content_type="application/json").json()
    took = 1000 * (time.perf_counter() - began)
    if given["filed"] != VILLAGE:
        raise RuntimeError(f"filed {given}")
    return round(took, 1)


def _set_up() -> tuple[Any, str]:
    from django.test import Client

    from bulou.core.windows import Daily
    from bulou.modules.ledger import services
    from bulou.modules.ledger.models import Window
    from bulou.modules.operations.models import Operation
    from bulou.modules.registry.models import Grant, Place
    from bulou.modules.registry.services.people_bulk import NewHousehold, NewPerson, load_people
    from bulou.modules.registry.services.people_checks import Facts
    from bulou.platform import clock
    from bulou.platform.access.viewer import system
    from bulou.platform.accounts.models import User
    from bulou.platform.playbooks import OperationRef

    by, now = system("bench"), clock.now()
    before = now - timedelta(days=1)
    villages = list(Place.objects.filter(level="village").order_by("pk")[:40])
    root = Place.objects.get(level="county")
    row = Operation.objects.create(
        key="bench", titles={"en": "x"}, playbook="x", root=root, level="x", started_at=before
    )
    ref = OperationRef(row.pk, row.key, root.pk, ZoneInfo("Asia/Shanghai"))
    regime = services.set_regime(
        by=by, operation=ref, key="health", asks=["well"], calendar=Daily(due="23:59"), now=before
    )
    for number, village in enumerate(villages):
        count = VILLAGE if number == 0 else OTHERS // (len(villages) - 1)
        homes = [NewHousehold((number, h), village.pk) for h in range(count // 4 + 1)]
        people = [
            NewPerson(
                Facts(f"王{'伟芳娜敏静丽强磊'[n % 8]}{'军洋勇艳杰'[n % 5]}"), village.pk, household=(number, n // 4)
            )
            for n in range(count)
        ]
        ids = load_people(people, households=homes, by=by, now=before, is_synthetic=True)
        rows = [services.NewEnrolment(uuid4(), pk, village.pk) for pk in ids]
        services.enrol_many(by=by, regime=regime, rows=rows, now=before, starts=before)
    services.open_windows(now)
    user = User.objects.create(username="clerk", display_name="clerk", created_at=before)
    Grant.objects.create(user=user, role="village_clerk", place=villages[0], starts=before)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    window = Window.objects.get(regime=regime, opens__lte=now, closes__gt=now)
    return client, f"/mine/entry/{window.pk}/place/{villages[0].pk}"
