"""The ledger with 1,000,000 enrolled in 600 villages: tree, past tree, gap pages, opening a day, a bulk load, one report.

Alone: python bench/run.py ledger. On a server of its own as in production (fsync on), through the module's own queries and services; times
of a call in Python, connection open, the median of several. Enrolments are written as the services write them, by SQL, for they are not measured.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from bench.database import house
from bench.figure import Figure

PEOPLE, VILLAGES, TOWNS = 1_000_000, 600, 20
SMALL = 10_000
REPEATS = 15
MISSING = {"50 %": 0.5, "0.1 %": 0.001, "0.01 %": 0.0001, "five": 5, "none": 0}


def measure(people: int = PEOPLE) -> Iterator[Figure]:
    """The figures, as they come."""
    with house():
        bench = Bench(people)
        yield Figure("day_open_1m_s", bench.day_open(), "s", 0.5, "target")
        bulk, copied = bench.bulk()
        yield Figure(
            "bulk_1m_s",
            bulk,
            "s",
            copied,
            "reference: COPY into a table with the same columns, indexes and constraints; target 3×",
        )
        tree, small = bench.tree(bench.big), bench.tree(bench.little)
        yield Figure("tree_1m_ms", tree, "ms", 3.0, "the whole tree of a window; target")
        yield Figure("tree_growth_10k_to_1m", round(tree / small, 3), "×", 1.3, "target")
        yield Figure("tree_asof_1m_s", bench.tree_as_of(), "s", 1.0, "target")
        yield Figure("gap_page_1m_ms", bench.gap_pages(), "ms", 10.0, "the worst of fifteen; target")
        yield Figure("one_report_us_10k", bench.one_report(bench.little), "µs", None, "with its commit, one connection")
        yield Figure("one_report_us_1m", bench.one_report(bench.big), "µs", None, "with its commit, one connection")


class Ground:
    """So many people in 600 villages, and an operation among them that asks nothing yet."""

    def __init__(self, people: int) -> None:
        from bulou.modules.ledger import services
        from bulou.platform import clock
        from bulou.platform.access.viewer import system

        self.by, self.services = system("bench"), services
        self.now = clock.now().astimezone(clock.COUNTY_ZONE).replace(hour=9, minute=0, second=0, microsecond=0)
        self.day = self.now.replace(hour=0)
        self.people, self.first = people, 0
        self._county()
        self._operation()

    def _filings(self, numbers: Sequence[int], now: datetime, label: str) -> list[Any]:
        day = int(now.timestamp())
        facts, make, salt = {"well": True, "temperature": 36.5}, self.services.Filing, sum(map(ord, label))
        return [
            make(UUID(int=(day << 64) + (salt << 32) + n), self.first + n, facts, now, source="import") for n in numbers
        ]

    def _county(self) -> None:
        """Twenty towns of thirty villages, and everybody in them by turns, every household's first with a telephone."""
        from bulou.modules.registry.models import Place

        root = Place.objects.filter(parent=None).order_by("pk")[0]
        self.root, self.towns, self.villages = root.pk, [], []
        for number in range(TOWNS):
            town = self._place(f"B{number:02}", root, "town")
            self.towns.append(town.pk)
            self.villages += [self._place(f"B{number:02}{v:03}", town, "village").pk for v in range(VILLAGES // TOWNS)]
        with _owner() as owner:
            owner.execute(
                "INSERT INTO registry_person (uuid, name, other_name, name_key, initials, grams, sex, place_id, relation, address, employer, languages,"
                " qualifications, no_document, is_temporary, purpose, end_kind, starts, version)"
                " SELECT gen_random_uuid(), '人' || n, '', md5(n::text), left(md5(n::text), 4), '{}', '', (%s::bigint[])[1 + n %% %s], '', '', '', '{}',"
                " '{}', '', false, 'bench', '', %s, 1 FROM generate_series(0, %s - 1) AS n",
                [self.villages, VILLAGES, self.day - timedelta(days=9), self.people],
            )
            self.first = owner.execute("SELECT min(id) FROM registry_person WHERE purpose = 'bench'").fetchone()[0]
            owner.execute(
                "INSERT INTO registry_phone (person_id, number, tail, rank) SELECT %s + n, '1540' || lpad(n::text, 7, '0'), lpad((n %% 10000)::text, 4, '0'), 1"
                " FROM generate_series(0, %s - 1) AS n",
                [self.first, self.people],
            )
            owner.execute("VACUUM (ANALYZE) registry_person, registry_phone")

    def _place(self, code: str, parent: Any, level: str) -> Any:
        from bulou.modules.registry.models import Place

        place = Place.objects.create(code=code, name=code, level=level, sort_key=code, parent=parent, starts=self.day)
        place.lineage = [*parent.lineage, place.pk]
        place.save(update_fields=["lineage"])
        return place

    def _operation(self) -> None:
        from bulou.modules.operations.models import Operation
        from bulou.platform import clock
        from bulou.platform.playbooks import OperationRef

        row = Operation.objects.create(
            key="bench", titles={"en": "Bench"}, playbook="bench", root_id=self.root, level="x", started_at=self.day
        )
        self.operation = OperationRef(row.pk, row.key, self.root, clock.COUNTY_ZONE)

    def _analyze(self) -> None:
        """What autovacuum does a minute after a load."""
        with _owner() as owner:
            owner.execute(
                "VACUUM (ANALYZE) ledger_enrolment, ledger_seat, ledger_cell, ledger_tally, ledger_discharge, ledger_record, ledger_window"
            )


class Bench(Ground):
    """Two regimes: one that everybody owes, one that 10,000 owe."""

    def __init__(self, people: int) -> None:
        super().__init__(people)
        self.big, self.little = self._regime("big", people), self._regime("little", SMALL)

    def day_open(self) -> float:
        """Seconds to open tomorrow's window for everybody: the whole tick."""
        tomorrow = self.now + timedelta(days=1)
        return seconds_of(lambda: self.services.open_windows(tomorrow - timedelta(hours=8)))

    def bulk(self) -> tuple[float, float]:
        """Seconds to file everybody's report of tomorrow's window, and to COPY the same rows into a table of the same shape."""
        now = self.now + timedelta(days=1)
        filings = self._filings(range(self.people), now, "a")
        copied = self._copy(filings, now)
        seconds = seconds_of(lambda: self.services.file_many(by=self.by, filings=filings, now=now))
        self._analyze()
        self.now = now
        return round(seconds, 2), round(copied, 2)

    def tree(self, regime: Any) -> float:
        """Milliseconds of the whole tree of the open window."""
        from bulou.modules.ledger.queries.trees import window_tree

        window = self._window(regime)
        later = self.now + timedelta(hours=6)
        assert len(window_tree(self.by, window, now=later).nodes) >= VILLAGES
        return _median(lambda: window_tree(self.by, window, now=later))

    def tree_as_of(self) -> float:
        """Seconds of the same tree as of an hour before, with everybody's report in."""
        from bulou.modules.ledger.queries.trees import window_tree

        window = self._window(self.big)
        past = self.now + timedelta(minutes=30)
        found = window_tree(self.by, window, now=self.now + timedelta(hours=6), as_of=past)
        assert found.total.on_time == self.people, found.total
        return round(
            _median(lambda: window_tree(self.by, window, now=self.now + timedelta(hours=6), as_of=past), 5) / 1000, 3
        )

    def gap_pages(self) -> float:
        """Milliseconds of the slowest first page: five shares missing × a village, a town, the county."""
        worst = 0.0
        for label, share in MISSING.items():
            self.now += timedelta(days=1)
            self.services.open_windows(self.now)
            missing = round(share * self.people) if isinstance(share, float) else share
            gone = set(Random(1).sample(range(self.people), missing))
            filings = self._filings([n for n in range(self.people) if n not in gone], self.now, label)
            self.services.file_many(by=self.by, filings=filings, now=self.now)
            self._analyze()
            worst = max(worst, *self._pages(label, gone))
        return worst

    def one_report(self, regime: Any) -> float:
        """Microseconds of one report, with its commit, in a fresh window."""
        from django.db import transaction

        self.now += timedelta(days=1)
        self.services.open_windows(self.now)
        count = self.people if regime == self.big else SMALL
        some = Random(2).sample(
            range(SMALL, self.people) if regime == self.big else range(SMALL), 2000 if count > 2000 else count
        )
        filings = self._filings(some, self.now, f"one{regime.pk}")

        def file() -> None:
            for filing in filings:
                with transaction.atomic():
                    self.services.file_record(by=self.by, filing=filing, now=self.now)

        return round(seconds_of(file) / len(filings) * 1e6, 1)

    def _pages(self, label: str, gone: set[int]) -> Iterator[float]:
        from bulou.modules.ledger.queries.gaps import gap_page

        window, later = self._window(self.big), self.now + timedelta(hours=6)
        for what, node in (("county", self.root), ("town", self.towns[-1]), ("village", self.villages[-1])):
            page = gap_page(self.by, window, now=later, node_id=node)
            assert what != "county" or len(page.rows) == min(50, len(gone)), (label, len(page.rows))
            assert all(row.name for row in page.rows)
            took = _median(partial(gap_page, self.by, window, now=later, node_id=node))
            print(f"  {label:8} missing, {what:8} {len(page.rows):3} rows {took:7.2f} ms", file=sys.stderr)
            yield took

    def _window(self, regime: Any) -> Any:
        from bulou.modules.ledger.models import Window

        return Window.objects.select_related("regime").filter(regime=regime, opens__lte=self.now).order_by("-opens")[0]

    def _copy(self, filings: Sequence[Any], now: datetime) -> float:
        from bulou.modules.ledger.services.filing import staged_text

        text = "".join(staged_text(self.by, filings, now)).encode()
        with _owner() as owner:
            owner.execute("CREATE TABLE bench_record (LIKE ledger_record INCLUDING ALL)")
            owner.execute("CREATE TABLE bench_discharge (LIKE ledger_discharge INCLUDING ALL)")
            began = time.perf_counter()
            with owner.cursor().copy(
                "COPY bench_record (uuid, subject_kind, subject_id, stated, facts, sealed, lines, lines_stated, happened_at, received_at, done_at,"
                " is_doubtful, filed_by_id, filed_by_person, filed_by_name, source, device) FROM STDIN"
            ) as copy:
                copy.write(text)
            seconds = time.perf_counter() - began
            owner.execute("DROP TABLE bench_record, bench_discharge")
        return seconds

    def _regime(self, key: str, count: int) -> Any:
        """A daily regime; its enrolments as the services write them: seats numbered in their cells, folded into them."""
        from bulou.core.windows import Daily
        from bulou.modules.ledger.services import store

        regime = self.services.set_regime(
            by=self.by, operation=self.operation, key=key, asks=["well"] if key == "big" else ["temperature"], calendar=Daily(), now=self.now,
            since=self.day + timedelta(days=1),
        )  # fmt: skip
        store.learn_paths(self.now, places=self.villages)
        with _owner() as owner, owner.transaction():
            owner.execute(
                "SELECT count(*) FROM ledger_cells(%s, %s::bigint[], %s::bigint[])",
                [regime.pk, self.villages, [None] * VILLAGES],
            )
            owner.execute(
                "INSERT INTO ledger_enrolment (uuid, regime_id, subject_kind, subject_id, owed_kind, owed_id, starts, known_at, by_hand, actor_name, reason,"
                " learned_at, settles_at, is_steady, is_moved)"
                " SELECT gen_random_uuid(), %s, 'person', %s + n, 'person', %s + n, %s, %s, false, '', '', %s, %s, true, false"
                " FROM generate_series(0, %s - 1) AS n",
                [regime.pk, self.first, self.first, self.now, self.now, self.now, self.now, count],
            )
            owner.execute(
                "INSERT INTO ledger_seat (uuid, enrolment_id, cell_id, ord, at, known_at, answerables, actor_name, reason)"
                " SELECT gen_random_uuid(), e.id, c.id, (e.subject_id - %s) / %s, timestamptz '1900-01-01 00:00+00', %s, '{}', '', ''"
                " FROM ledger_enrolment e JOIN ledger_cell c ON c.regime_id = e.regime_id AND c.place_id = (%s::bigint[])[1 + (e.subject_id - %s) %% %s]"
                " WHERE e.regime_id = %s",
                [self.first, VILLAGES, self.now, self.villages, self.first, VILLAGES, regime.pk],
            )
            owner.execute(
                "UPDATE ledger_cell c SET next_ord = n.n, steady = repeat('1', n.n)::bit varying, settled_at = %s"
                " FROM (SELECT cell_id, count(*)::int AS n FROM ledger_seat GROUP BY 1) n WHERE n.cell_id = c.id AND c.regime_id = %s",
                [self.now, regime.pk],
            )
        self._analyze()
        return regime


def _owner() -> Any:
    """A connection as the owner of the tables: for filling and vacuuming, never for what is measured."""
    import psycopg

    from bulou.platform import postgres
    from bulou.platform.postgres.doors import dsn_as

    return psycopg.connect(dsn_as(postgres.OWNER), autocommit=True)


def seconds_of(run: Callable[[], Any]) -> float:
    began = time.perf_counter()
    run()
    return round(time.perf_counter() - began, 4)


def _median(run: Callable[[], Any], repeats: int = REPEATS) -> float:
    """Median milliseconds after one warm-up."""
    run()
    return round(statistics.median(1000 * seconds_of(run) for _ in range(repeats)), 3)
