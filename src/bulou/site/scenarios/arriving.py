"""Reports that arrive while somebody watches: an exercise's day as its clock reaches it. Run beside the demonstration, nowhere else."""

from __future__ import annotations

from datetime import date, datetime
from threading import Event

from bulou.modules.ledger.models import Window
from bulou.modules.ledger.services import open_windows
from bulou.modules.operations.models import Operation, State
from bulou.modules.operations.queries.operations import operations
from bulou.platform import clock
from bulou.platform.access.viewer import system
from bulou.platform.house.queries import is_exercise
from bulou.site.scenarios.reporting import Report, file_reports, reports_of

BY = system("scenario")
LOOK = 1.0


class Arrivals:
    """What is still to arrive of the days the clock has reached; planned again when a window has opened."""

    def __init__(self, operation: Operation, seed: int) -> None:
        self.operation, self.seed = operation, seed
        self.waiting: list[Report] = []
        self._planned: tuple[date, int] | None = None

    def arrive(self, now: datetime) -> int:
        """File what has arrived up to and including `now`; gives how many reports and corrections are new."""
        self._plan(now)
        due = [one for one in self.waiting if one.received_at <= now]
        self.waiting = [one for one in self.waiting if one.received_at > now]
        return file_reports(due).total()

    def _plan(self, now: datetime) -> None:
        day = clock.local_day(now)
        opened = Window.objects.filter(regime__operation=self.operation, opens__lte=now).count()
        if self._planned == (day, opened):
            return
        open_windows(now)
        known = {(one.filing.uuid, one.is_correction) for one in self.waiting}
        fresh = [
            one
            for one in reports_of(self.operation, day, self.seed)
            if (one.filing.uuid, one.is_correction) not in known
        ]
        self.waiting = sorted(
            [*self.waiting, *fresh], key=lambda one: (one.received_at, one.is_correction, one.filing.uuid)
        )
        self._planned = day, Window.objects.filter(regime__operation=self.operation, opens__lte=now).count()


def arrive_until(stop: Event, *, seed: int) -> None:
    """Let reports arrive about the operation in force until told to stop. Does nothing in a real county's database."""
    while not stop.wait(LOOK):
        running = operations(BY).filter(state=State.ACTIVE).first() if is_exercise() else None
        if running is not None:
            _follow(running, seed, stop)


def _follow(operation: Operation, seed: int, stop: Event) -> None:
    arrivals = Arrivals(operation, seed)
    while not stop.wait(LOOK) and Operation.objects.filter(pk=operation.pk, state=State.ACTIVE).exists():
        arrivals.arrive(clock.now())
