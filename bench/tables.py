"""The dense table over 100,000 rows: the first page, a page from the middle by key beside the same one by OFFSET, and the export in
rows per second and in memory. Page times are server time of filter, query, look log and drawing; the median of several."""

from __future__ import annotations

import os
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg

from bench.database import house
from bench.figure import Figure
from bulou.platform.postgres import ensure_running

ROWS = 100_000
REPEATS = 15


_MADE = """
CREATE TABLE bench_row AS
SELECT n::bigint AS id, md5(n::text)::varchar(40) AS name, CASE WHEN n % 3 > 0 THEN date '1950-01-01' + n % 20000 END AS day,
    ('note ' || n)::varchar(40) AS note, ('town ' || n % 14)::varchar(40) AS town, n AS count, n % 7 = 0 AS is_new
FROM generate_series(1, {rows}) AS n
"""


def measure(rows: int = ROWS) -> Iterator[Figure]:
    """The figures, as they come."""
    with house() as home:
        _fill(rows, home)
        model = _model()
        first, middle, offset = _page_times(model, rows)
        yield Figure("table_page_100k_ms", first, "ms", 100.0)
        yield Figure(
            "table_middle_page_100k_ms", middle, "ms", offset, "reference: the bare rows of that page by OFFSET"
        )
        small, _ = _export(model, rows // 10)
        peak, speed = _export(model, rows)
        yield Figure("table_export_peak_mb", peak, "MB", small, "reference: a tenth of the rows")
        yield Figure("table_export_rows_per_s", speed, "rows/s")


def _fill(rows: int, home: Path) -> None:
    """A table of its own, so that the figures are the table kit's and not some module's; every third row has no day."""
    with psycopg.connect(ensure_running(home).dsn("bulou_owner"), autocommit=True) as owner:
        owner.execute(_MADE.format(rows=rows))
        owner.execute("CREATE INDEX ON bench_row (name, id)")
        owner.execute("ANALYZE bench_row")


def _model() -> Any:
    from django.db import models

    class Row(models.Model):
        name = models.CharField(max_length=40)
        day = models.DateField(null=True)
        note = models.CharField(max_length=40)
        town = models.CharField(max_length=40)
        count = models.IntegerField()
        is_new = models.BooleanField()

        class Meta:
            app_label = "tables"
            db_table = "bench_row"
            managed = False

    return Row


def _table(rows: Any, query: str = "") -> Any:
    """A table as a register declares it, for a request of the address `?query`."""
    from django.test import RequestFactory

    from bulou.platform import clock
    from bulou.platform.access.viewer import Viewer
    from bulou.platform.tables import Column, Search, Table

    class Rows(Table):
        key = "bench.rows"
        title = "Rows"
        order = "name"
        looks = "bench.row"
        columns = (
            Column("name", "Name", sort="name", link=lambda row: f"/rows/{row.pk}"),
            Column("day", "Day", kind="day", sort="day"),
            Column("town", "Town"),
            Column("note", "Note"),
            Column("count", "Count", kind="number"),
            Column("is_new", "New", kind="yes_no", tone=lambda row: "warn" if row.is_new else "quiet"),
        )
        filters = (Search(by=lambda found, words: found.filter(name__startswith=words)),)

    request = RequestFactory().get(f"/rows?{query}")
    request.viewer, request.now, request.htmx = Viewer(None, "bench"), clock.now(), False  # type: ignore[attr-defined]
    return Rows(request, rows)


def _page_times(model: Any, rows: int) -> tuple[float, float, float]:
    """Milliseconds of the first page, of one in the middle, and of the rows of that one fetched by OFFSET."""
    from django.template.loader import render_to_string

    from bulou.platform.tables import keyset

    def draw(query: str) -> None:
        made = _table(model.objects.all(), query)
        render_to_string("tables/table.html", {"table": made, "request": made.request})

    ordered = model.objects.order_by("name", "pk")
    middle = ordered[rows // 2]
    address = f"after={keyset.encode(middle.name, middle.pk)}"
    return (
        _median(lambda: draw("")),
        _median(lambda: draw(address)),
        _median(lambda: list(ordered[rows // 2 : rows // 2 + 51])),
    )


def _median(run: Callable[[], Any]) -> float:
    times = []
    run()
    for _ in range(REPEATS):
        began = time.perf_counter()
        run()
        times.append(1000 * (time.perf_counter() - began))
    return round(statistics.median(times), 2)


def _export(model: Any, rows: int) -> tuple[float, float]:
    """Peak memory of Python in MB, and rows a second (measured apart: watching memory costs time)."""
    from bulou.platform.tables.sheet import write_sheet

    wanted = model.objects.filter(pk__lte=rows)
    with open(os.devnull, "wb") as nowhere:
        began = time.perf_counter()
        if write_sheet(_table(wanted), nowhere) != rows:
            raise RuntimeError("the export lost rows")
        speed = rows / (time.perf_counter() - began)
        tracemalloc.start()
        write_sheet(_table(wanted), nowhere)
        peak = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
    return round(peak, 1), round(speed)
