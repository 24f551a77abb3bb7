"""Those who report while things are killed, the one who kills, and the count afterwards."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID, uuid4, uuid5

import psutil
import psycopg

from bulou.platform import postgres
from tests.site.test_commands import Running

TOKEN = "c" * 32


class House:
    """`bulou up` as a process, started anew when it was killed; what it says is read on, so that it never waits for a reader."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.start()

    def start(self) -> None:
        self.running = Running(self.home)
        self.running.until("answers at")
        threading.Thread(target=self._listen, args=(self.running,), daemon=True).start()

    @staticmethod
    def _listen(running: Running) -> None:
        with suppress(ValueError):
            for line in running.process.stdout or ():
                running.said.append(line)
                del running.said[:-200]

    @property
    def port(self) -> int:
        return self.running.port

    def answers(self, within: float = 90) -> bool:
        """Wait until a page comes; a house that ended is started again."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            if self.running.process.poll() is not None:
                self.start()
            with suppress(OSError, HTTPException):
                if self.running.status() in (200, 302):
                    return True
            time.sleep(0.2)
        return False

    def stop(self) -> None:
        self.running.process.send_signal(signal.SIGTERM)
        self.running.process.wait(timeout=90)


def kill(house: House, what: str) -> None:
    """kill -9: the database with all its processes, the processes of the server, or everything at once. Only what this house started."""
    found: list[psutil.Process] = []
    up = psutil.Process(house.running.process.pid)
    if what in ("database", "everything"):
        pid = postgres.status_pid(house.home)
        with suppress(psutil.NoSuchProcess):
            if pid is not None:
                server = psutil.Process(pid)
                found += [server, *server.children(recursive=True)]
    if what in ("server", "everything"):
        mine = [one for one in up.children(recursive=True) if "postgres" not in one.name()]
        found += [up, *mine]
    for one in found:
        with suppress(psutil.NoSuchProcess):
            one.kill()
    if what != "database":
        house.running.process.wait(timeout=30)


@dataclass(slots=True)
class Told:
    """What was sent, and what of it was acknowledged: keys of forms with the enrolment each was about."""

    sent: dict[UUID, int] = field(default_factory=dict)
    acknowledged: dict[UUID, int] = field(default_factory=dict)
    again: int = 0
    refused: list[str] = field(default_factory=list)


class Reporter(threading.Thread):
    """A clerk who telephones round and files; what is not acknowledged is sent again with the same key until it is."""

    def __init__(self, house: House, session: str, enrolments: Sequence[int], seed: int) -> None:
        super().__init__(daemon=True)
        self.house, self.session, self.enrolments = house, session, enrolments
        self.random = random.Random(seed)
        self.told = Told()
        self.end = threading.Event()

    def run(self) -> None:
        while not self.end.is_set():
            once, enrolment = uuid4(), self.random.choice(self.enrolments)
            self.told.sent[once] = enrolment
            while not self._send(once, enrolment) and not self.end.is_set():
                self.told.again += 1
                time.sleep(0.2)
            time.sleep(self.random.random() * 0.2)

    def _send(self, once: UUID, enrolment: int) -> bool:
        body = urlencode({"once": str(once), "well": "yes", "csrfmiddlewaretoken": TOKEN})
        head = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"sessionid={self.session}; csrftoken={TOKEN}",
        }
        line = HTTPConnection("127.0.0.1", self.house.port, timeout=15)
        try:
            line.request("POST", f"/ledger/calls/{enrolment}/reported", body, head)
            answer = line.getresponse()
            answer.read()
        except (OSError, HTTPException):
            return False
        finally:
            line.close()
        if answer.status == 302 and "/account/" not in (answer.getheader("Location") or ""):
            self.told.acknowledged[once] = enrolment
            return True
        if answer.status < 500:
            self.told.refused.append(f"{answer.status} {answer.getheader('Location') or ''}")
            return True
        return False


@dataclass(frozen=True, slots=True)
class Count:
    """What was found afterwards. Every field but the first three must be 0."""

    acknowledged: int
    steps: int
    reminders: int
    reports_lost: int
    reports_doubled: int
    reports_never_sent: int
    tally_wrong: int
    steps_lost: int
    steps_doubled: int
    reminders_lost: int
    reminders_doubled: int
    messages_doubled: int


def count(home: Path, told: Sequence[Told]) -> Count:
    """Count by plain SQL, apart from the ledger's own functions."""
    acknowledged = {uuid5(once, "record") for one in told for once in one.acknowledged}
    sent = {uuid5(once, "record") for one in told for once in one.sent}
    with psycopg.connect(postgres.ensure_running(home).dsn("bulou_owner")) as db:
        filed = [row[0] for row in db.execute("SELECT uuid FROM ledger_record")]
        calls = [row[0] for row in db.execute("SELECT record_id FROM ledger_call")]

        def one(words: str) -> int:
            row = db.execute(words).fetchone()
            return int(row[0] or 0) if row else 0

        return Count(
            acknowledged=len(acknowledged),
            steps=one("SELECT count(*) FROM ledger_chase"),
            reminders=one("SELECT count(*) FROM ledger_chased"),
            reports_lost=len(acknowledged - set(filed)),
            reports_doubled=len(filed) - len(set(filed)) + len(calls) - len(set(calls)) + abs(len(filed) - len(calls)),
            reports_never_sent=len(set(filed) - sent),
            tally_wrong=one(_TALLY),
            steps_lost=one(_STEPS_LOST),
            steps_doubled=one("SELECT count(*) - count(DISTINCT (window_id, due, step)) FROM ledger_chase"),
            reminders_lost=one(_REMINDERS_LOST),
            reminders_doubled=one(
                "SELECT count(*) - count(DISTINCT (chase_id, enrolment_id, person_id)) FROM ledger_chased"
            ),
            messages_doubled=one("SELECT count(*) - count(DISTINCT (person_id, at)) FROM ledger_message"),
        )


# How far the tally is from the people a record was filed about in the window.
_TALLY = """
SELECT abs((SELECT sum(n_on_time + n_late) FROM ledger_tally) -
           (SELECT count(DISTINCT (w.id, r.subject_id)) FROM ledger_record r JOIN ledger_window w ON r.done_at >= w.opens AND r.done_at < w.closes))
"""
# Steps whose moment had come when the house last looked and which were neither sent nor left out.
_STEPS_LOST = """
SELECT count(*) FROM ledger_window w JOIN ledger_ladder l ON true CROSS JOIN LATERAL jsonb_array_elements(l.steps -> 'steps') WITH ORDINALITY AS s (step, number)
 WHERE w.due + coalesce(-(s.step ->> 'before')::interval, (s.step ->> 'after')::interval) <= (SELECT showed FROM jobs_tick WHERE name = 'ledger.chase') - interval '1 second'
   AND NOT EXISTS (SELECT FROM ledger_chase h WHERE h.window_id = w.id AND h.step = s.number - 1)
"""
# Obligations a step was about of which somebody should have been told, told nobody: open when it was sent (no report received before, nor in the
# five seconds around, five minutes of the exercise), without a reminder.
_REMINDERS_LOST = """
SELECT count(*) FROM ledger_chase h JOIN ledger_enrolment e ON e.regime_id = h.regime_id WHERE h.outcome = 'sent'
   AND NOT EXISTS (SELECT FROM ledger_chased c WHERE c.chase_id = h.id AND c.enrolment_id = e.id)
   AND NOT EXISTS (SELECT FROM ledger_discharge d WHERE d.window_id = h.window_id AND d.enrolment_id = e.id AND d.received_at <= h.at + interval '5 minutes')
"""
