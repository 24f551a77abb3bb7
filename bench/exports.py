"""What goes out of a form: 50,000 submissions as CSV, a million in constant memory, the first 250 of the OData feed.

The form and the answers are those of a daily health report of eight questions. Times are of the whole answer as a client reads it from Django's
own handler (log-in, scope, log of looks, drawing and reading included), the best of several; memory is what the process grew by.
"""

from __future__ import annotations

import statistics
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any

from bench.database import house
from bench.figure import Figure

REPEATS = 7
_MADE = """
INSERT INTO collection_submission (instance_id, chain, number, deprecates, version_id, form_id, digest, size, xml, answers, subject_kind, subject_id,
    is_held, is_test, happened_at, received_at, is_doubtful, person_id, sender_name, source, device)
SELECT u.id, u.id, 1, '', %(version)s, %(form)s, sha256(u.id::bytea), 900, convert_to(repeat(md5(n::text), 12), 'UTF8'),
    jsonb_build_object('start', '2026-03-01T08:00:00.000+08:00', 'end', '2026-03-01T08:04:00.000+08:00', 'deviceid', 'collect:' || md5((n %% 40)::text),
        'person_id', 'P' || lpad((n %% 1000000)::text, 6, '0'), 'report_date', '2026-03-01', 'temperature', (36 + n %% 20 / 10.0)::text,
        'symptoms', CASE WHEN n %% 20 = 0 THEN 'fever cough' ELSE 'none' END, 'location', 'village ' || n %% 14),
    'person', n, FALSE, FALSE, %(at)s, %(at)s::timestamptz + n * interval '1 millisecond', FALSE, NULL, '扎西达杰', 'collect', 'collect:' || n %% 40
FROM generate_series(1, %(rows)s) AS n CROSS JOIN LATERAL (SELECT 'uuid:' || md5(%(form)s || ' ' || n)::uuid::text AS id) u
"""
_QUESTIONS = ("start", "end", "deviceid", "person_id", "report_date", "temperature", "symptoms", "location")
_KINDS = {
    "start": "dateTime",
    "end": "dateTime",
    "report_date": "date",
    "temperature": "decimal",
    "symptoms": "select_multiple",
}


def measure(many: int = 1_000_000) -> Iterator[Figure]:
    """The figures, as they come."""
    with house():
        client = _signed_in()
        some, all_of_them = _form("daily_health", 50_000), _form("daily_health_all", many)
        yield Figure(
            "export_csv_50k_s",
            _best(lambda: _read(client, f"/collection/forms/{some}/export?as=csv"), 50_001),
            "s",
            0.45,
        )
        yield Figure(
            "odata_first_250_ms", _feed(client, all_of_them), "ms", 25.0, f"of {many:,}; the feed's first page"
        )
        small = _peak(client, some)
        yield Figure(
            "export_csv_1m_peak_mb", _peak(client, all_of_them), "MB", small, f"{many:,} rows; reference: 50,000 rows"
        )


def _signed_in() -> Any:
    from django.test import Client

    from bulou.modules.registry.models import Place
    from bulou.modules.registry.services.grants import give_grant
    from bulou.platform import clock
    from bulou.platform.access.viewer import system
    from bulou.platform.accounts.models import User

    now = clock.now()
    chief = User.objects.create(username="bench_chief", display_name="Chief", created_at=now)
    give_grant(
        by=system("bench"),
        user_id=chief.pk,
        role="chief",
        place_id=Place.objects.get(parent=None).pk,
        now=now,
        why="bench",
    )
    client = Client()
    client.force_login(chief, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _form(key: str, rows: int) -> int:
    """A form with one version and so many submissions."""
    from django.db import connection

    from bulou.modules.collection.models import Form, FormVersion
    from bulou.modules.operations.models import Operation
    from bulou.modules.registry.models import Place
    from bulou.platform import clock

    now = clock.now()
    root = Place.objects.get(parent=None)
    operation, _made = Operation.objects.get_or_create(
        key="bench",
        defaults={"titles": {"en": "Bench"}, "playbook": "x", "root": root, "level": "x", "started_at": now},
    )
    form = Form.objects.create(operation=operation, key=key, title="Daily health report", made_at=now, state="open")
    questions = [
        {"path": name, "name": name, "kind": _KINDS.get(name, "text"), "label": {"": name}} for name in _QUESTIONS
    ]
    version = FormVersion.objects.create(
        form=form, version="1", number=1, title="Daily health report", xform=b"<x/>", digest="0" * 32, made_at=now, published_at=now,
        actor_name="bench", tree={"root": "data", "questions": questions}, mapping={"subject": {"kind": "person", "path": "person_id"}},
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_MADE, {"version": version.pk, "form": form.pk, "at": now, "rows": rows})
        cursor.execute("ANALYZE collection_submission")
    return form.pk


def _read(client: Any, address: str) -> int:
    """Fetch and read to the end; gives the number of lines."""
    response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address}: {response.status_code}")
    parts = response.streaming_content if response.streaming else [response.content]
    return sum(part.count(b"\n") for part in parts)


def _best(run: Any, wanted: int) -> float:
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        if (lines := run()) != wanted:
            raise RuntimeError(f"{lines} lines came, not {wanted}")
        times.append(time.perf_counter() - began)
    return round(min(times), 3)


def _feed(client: Any, form: int) -> float:
    import json

    times = []
    for _ in range(REPEATS * 3):
        began = time.perf_counter()
        response = client.get(f"/collection/odata/{form}/Submissions?$top=250")
        body = b"".join(response.streaming_content) if response.streaming else response.content
        times.append(1000 * (time.perf_counter() - began))
        if len(json.loads(body)["value"]) != 250:
            raise RuntimeError(f"the feed is short: {body[:200]!r}")
    return round(statistics.median(times), 1)


def _peak(client: Any, form: int) -> float:
    """How much memory Python took at most for the whole export, in MB."""
    tracemalloc.start()
    _read(client, f"/collection/forms/{form}/export?as=csv")
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return round(peak, 1)
