"""A core book loaded through the ledger's services, in any order that keeps each entry behind what it is about; and read back in core's words."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from bulou.core.book import Book
from bulou.core.listing import records_of
from bulou.core.records import Correction, Record
from bulou.modules.ledger import services
from bulou.modules.ledger.models import Duty, Enrolment, Excuse, Regime
from bulou.modules.ledger.models import Record as RecordRow
from bulou.modules.ledger.services import store
from bulou.modules.operations.queries.operations import Operation
from bulou.modules.registry.queries.scopes import Place, Unit
from bulou.platform.access.viewer import system
from bulou.platform.playbooks import OperationRef

BY = system("tests")


def key(book_id: str) -> UUID:
    """A uuid for an id of the book that sorts as the id does: ties are broken alike."""
    return UUID(bytes=book_id.encode()[:16].ljust(16, b"\0"))


class Loaded:
    """One book in the database: ids both ways, and the book as the house can know it."""

    def __init__(self, book: Book, seed: int) -> None:
        self.random = random.Random(seed)
        self.book = told(book)
        self.people: dict[str, int] = {}
        self.places: dict[str, Place] = {}
        self.units: dict[str, Unit] = {}
        self.regimes: dict[str, Regime] = {}
        self.load()

    def load(self) -> None:
        self._trees()
        self._operation()
        steps = list(self._steps())
        for step in steps:
            step()
        services.open_windows(max(LAST, self.last))

    def _trees(self) -> None:
        nodes = [(self.places, Place, "place", self.book.places), (self.units, Unit, "unit", self.book.units)]
        for found, model, kind, branches in nodes:
            first = {b.node: b.parent for b in branches if not b.id.startswith("move")}
            for name in [*dict.fromkeys(first.values()), *first]:
                if name not in found:
                    found[name] = _node(model, name, found.get(first.get(name, "")))
            moment = BEFORE
            for branch in [
                None,
                *sorted((b for b in branches if b.id.startswith("move")), key=lambda b: (b.since, b.id)),
            ]:
                if branch is not None:
                    moment = branch.since
                    node = found[branch.node]
                    node.lineage = [*found[branch.parent].lineage, node.pk]
                    node.save(update_fields=["lineage"])
                ids = {one.pk for one in found.values()}
                store.learn_paths(moment, **{f"{kind}s": ids})

    def _operation(self) -> None:
        root = self.places["county"]
        row = Operation.objects.create(
            key=f"op-{root.pk}", titles={"en": "x"}, playbook="x", root=root, level="x", started_at=BEFORE
        )
        self.operation = OperationRef(row.pk, row.key, root.pk, self.book.zone)  # type: ignore[arg-type]

    def _steps(self) -> Iterator[Callable[[], Any]]:
        """Every entry as a call, shuffled so that each comes after what it is about; the opening of windows now and then in between."""
        first = [v for v in self.book.regimes if v.version == 1]
        for version in first:
            self._regime(version)
        entries: list[tuple[float, int, Callable[[], Any]]] = []
        late = sorted((v for v in self.book.regimes if v.version > 1), key=lambda v: v.version)
        at = {
            e.id: self.random.random()
            for e in (*self.book.enrolments, *self.book.records, *self.book.owed, *self.book.excuses)
        }

        def put(after: str | None, run: Callable[[], Any]) -> None:
            low = at[after] if after else 0.0
            entries.append((low + (1 - low) * self.random.random(), len(entries), run))

        for e in self.book.enrolments:
            entries.append((at[e.id], len(entries), lambda e=e: self._enrol(e)))
        for t in self.book.transfers:
            put(t.enrolment, lambda t=t: self._transfer(t))
        for x in self.book.endings:
            put(
                x.enrolment,
                lambda x=x: services.end_enrolment(
                    by=BY, enrolment_id=self.enrolment(x.enrolment), at=x.at, once=key(x.id), now=x.known_at
                ),
            )
        for d in self.book.owed:
            at[d.id] = at[d.enrolment] + (1 - at[d.enrolment]) * at[d.id]
            entries.append(
                (
                    at[d.id],
                    len(entries),
                    lambda d=d: services.owe(
                        by=BY,
                        enrolment_id=self.enrolment(d.enrolment),
                        opens=d.window.opens,
                        due=d.window.due,
                        closes=d.window.closes,
                        once=key(d.id),
                        now=d.known_at,
                    ),
                )
            )
        for w in self.book.withdrawals:
            put(
                w.owed,
                lambda w=w: services.withdraw(
                    by=BY, duty_id=Duty.objects.get(uuid=key(w.owed)).pk, why=w.reason, now=w.known_at
                ),
            )
        for q in self.book.excuses:
            at[q.id] = at[q.enrolment] + (1 - at[q.enrolment]) * at[q.id]
            entries.append(
                (
                    at[q.id],
                    len(entries),
                    lambda q=q: services.excuse(
                        by=BY,
                        enrolment_id=self.enrolment(q.enrolment),
                        since=q.since,
                        until=q.until,
                        why=q.reason,
                        once=key(q.id),
                        now=q.known_at,
                    ),
                )
            )
        for z in self.book.removals:
            put(
                z.excuse,
                lambda z=z: services.remove_excuse(
                    by=BY, excuse_id=Excuse.objects.get(uuid=key(z.excuse)).pk, why=z.reason, now=z.known_at
                ),
            )
        batch: list[Record] = []
        for r in self.book.records:
            if ":" in r.id:
                continue
            if self.random.random() < 0.3 and r.lines is None:
                batch.append(r)
                at[r.id] = 0.5
            else:
                entries.append(
                    (
                        at[r.id],
                        len(entries),
                        lambda r=r: services.file_record(by=BY, filing=self.filing(r), now=r.received_at),
                    )
                )
        for now in {r.received_at for r in batch}:
            some = [r for r in batch if r.received_at == now]
            entries.append(
                (
                    0.5,
                    len(entries),
                    lambda some=some, now=now: services.file_many(
                        by=BY, filings=[self.filing(r) for r in some], now=now
                    ),
                )
            )
        for c in self.book.corrections:
            put(c.record, lambda c=c: self._correct(c))
        for s in self.book.reviews:
            put(s.record, lambda s=s: self._review(s))
        moments = [BEFORE + timedelta(hours=12) * n for n in range(14)]
        opened = sorted(self.random.random() for _ in moments)
        for when, moment in zip(opened, moments, strict=True):
            entries.append((when, -1, lambda moment=moment: services.open_windows(moment)))
        self.last = LAST
        for version in late:  # set when they become known: no window that opens later may have been made before
            yield lambda version=version: self._regime(version)
        for _when, _n, run in sorted(entries, key=lambda one: one[:2]):
            yield run

    def _regime(self, v: Any) -> None:
        self.regimes[v.regime] = services.set_regime(
            by=BY, operation=self.operation, key=v.regime, asks=sorted(v.asks), calendar=v.calendar, now=v.known_at, since=v.since,
            is_list=v.is_list, number=v.version,
        )  # fmt: skip

    def subject(self, name: str) -> tuple[str, int]:
        if name in self.places:
            return "place", self.places[name].pk
        return "person", self.people.setdefault(name, 10_000 + len(self.people))

    def _enrol(self, e: Any) -> None:
        kind, subject = self.subject(e.subject)
        new = services.NewEnrolment(
            key(e.id), subject, self.places[e.place].pk, self.units[e.unit].pk if e.unit else None, subject_kind=kind, owed_kind=kind,
            owed_id=subject, answerables=(1,),
        )  # fmt: skip
        services.enrol(by=BY, regime=self.regimes[e.regime], new=new, now=e.known_at, starts=e.start, why="x")

    def enrolment(self, book_id: str) -> int:
        return Enrolment.objects.get(uuid=key(book_id)).pk

    def _transfer(self, t: Any) -> None:
        services.transfer(
            by=BY, enrolment_id=self.enrolment(t.enrolment), at=t.at, place_id=self.places[t.place].pk,
            unit_id=self.units[t.unit].pk if t.unit else None, once=key(t.id), now=t.known_at,
        )  # fmt: skip

    def filing(self, r: Record) -> services.Filing:
        kind, subject = self.subject(r.subject)
        lines = (
            None if r.lines is None else tuple(services.ListLine(self.subject(x.subject)[1], x.facts) for x in r.lines)
        )
        return services.Filing(
            key(r.id),
            subject,
            r.facts,
            r.happened_at,
            subject_kind=kind,
            source="phone",
            device_offset=r.device_offset,
            lines=lines,
        )

    def _correct(self, c: Correction) -> None:
        lines = (
            None if c.lines is None else tuple(services.ListLine(self.subject(x.subject)[1], x.facts) for x in c.lines)
        )
        services.correct_record(
            by=BY, record_id=RecordRow.objects.get(uuid=key(c.record)).pk, facts=c.facts, why=c.reason, now=c.received_at,
            version=c.version, lines=lines,
        )  # fmt: skip

    def _review(self, s: Any) -> None:
        record_id = RecordRow.objects.get(uuid=key(s.record)).pk
        how: dict[str, Any] = {"by": BY, "record_id": record_id, "why": s.reason, "once": key(s.id), "now": s.known_at}
        verb = {"questioned": services.question, "upheld": services.uphold, "returned": services.return_record, "appealed": services.appeal,
                "cleared": services.clear}[s.step.value]  # fmt: skip
        verb(**how, **({"new_due": s.new_due} if s.step.value in ("upheld", "returned") else {}))

    def names(self) -> dict[str, dict[int, str]]:
        return {
            "place": {one.pk: name for name, one in self.places.items()},
            "unit": {one.pk: name for name, one in self.units.items()},
            "regime": {one.pk: name for name, one in self.regimes.items()},
        }


def told(book: Book) -> Book:
    """The book as the house can be told it: versions are numbered as they become known, a tree moves when it is known to, lines of lists are
    their persons' records too."""
    moves = tuple(
        replace(b, since=max(b.since, b.known_at), known_at=max(b.since, b.known_at)) if b.id.startswith("move") else b
        for b in book.places
    )
    later = sorted((v for v in book.regimes if v.version > 1), key=lambda v: v.known_at)
    regimes = [v for v in book.regimes if v.version == 1] + [
        replace(v, version=n) for n, v in enumerate(later, start=2)
    ]
    lines = [one for record in book.records if record.lines is not None for one in records_of(record)]
    return replace(book, regimes=tuple(regimes), places=moves, records=(*book.records, *lines))


def _node(model: Any, name: str, parent: Any) -> Any:
    lineage = parent.lineage if parent else []
    if model is Place:
        node = Place.objects.create(code=name, level="village", name=name, sort_key=name, parent=parent, starts=BEFORE)
    else:
        node = Unit.objects.create(code=name, kind="branch", name=name, sort_key=name, parent=parent, starts=BEFORE)
    node.lineage = [*lineage, node.pk]
    node.save(update_fields=["lineage"])
    return node


BEFORE = datetime(2020, 1, 25, 16, 0, tzinfo=UTC)
LAST = datetime(2020, 2, 2, 16, 0, tzinfo=UTC)
