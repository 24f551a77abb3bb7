"""A county whose people all owe a daily form: 1,000,000 people under the codes P000000 … in 600 villages, the form published, one county token.

The day is the load tool's (2026-01-15); the exercise's clock shows four in the afternoon of it, when the house is handed over. People and
enrolments are written as the services write them, by SQL, for they are not measured.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.database import _point_django_here, house

PEOPLE, VILLAGES, TOWNS = 1_000_000, 600, 20
DAY = datetime(2026, 1, 15, tzinfo=UTC)
FORM = "form_daily_health.xml"
MAPPING = {
    "subject": {"kind": "person", "path": "person_id"},
    "happened": {"path": "report_date"},
    "facts": {"temperature": "temperature"},
}


def shared() -> Path:
    """Where the load tool and its form lie: BULOU_SHARED, or `shared` beside the folder of the code."""
    return Path(os.environ.get("BULOU_SHARED") or Path(__file__).resolve().parents[2] / "shared") / "bench"


@dataclass(frozen=True, slots=True)
class Collecting:
    """What was set up: the home and the text of the token."""

    home: Path
    token: str


@contextmanager
def collecting(people: int = PEOPLE) -> Iterator[Collecting]:
    """A house with all of it, gone afterwards."""
    with house() as home:
        yield Collecting(home, Standing(people).token)


class Standing:
    """The county, its operation, its regime, its form and its token."""

    def __init__(self, people: int) -> None:
        from bulou.platform import clock
        from bulou.platform.access.viewer import system

        self.by, self.people = system("bench"), people
        self.day = DAY.replace(tzinfo=clock.COUNTY_ZONE)  # midnight there
        self.before = self.day - timedelta(days=2)
        self._county()
        self._operation()
        self._enrol()
        self._form()
        self.token = self._token()
        self._set_clock()

    def _county(self) -> None:
        from bulou.modules.registry.models import Place

        self.root = Place.objects.filter(parent=None).order_by("pk")[0]
        self.villages = []
        for number in range(TOWNS):
            town = self._place(f"B{number:02}", self.root, "town")
            self.villages += [self._place(f"B{number:02}{v:03}", town, "village").pk for v in range(VILLAGES // TOWNS)]
        with owner() as database:
            database.execute(
                "INSERT INTO registry_person (uuid, code, name, other_name, name_key, initials, grams, sex, place_id, relation, address, employer,"
                " languages, qualifications, no_document, is_temporary, purpose, end_kind, starts, version)"
                " SELECT gen_random_uuid(), 'P' || lpad(n::text, 6, '0'), '人' || n, '', md5(n::text), left(md5(n::text), 4), '{}', '',"
                " (%s::bigint[])[1 + n %% %s], '', '', '', '{}', '{}', '', false, 'bench', '', %s, 1 FROM generate_series(0, %s - 1) AS n",
                [self.villages, VILLAGES, self.before, self.people],
            )
            self.first = database.execute("SELECT min(id) FROM registry_person WHERE purpose = 'bench'").fetchone()[0]
        say(f"{self.people:,} people")

    def _place(self, code: str, parent: Any, level: str) -> Any:
        from bulou.modules.registry.models import Place

        place = Place.objects.create(
            code=code, level=level, name=code, sort_key=code, parent=parent, starts=self.before
        )
        place.lineage = [*parent.lineage, place.pk]
        place.save(update_fields=["lineage"])
        return place

    def _operation(self) -> None:
        from bulou.modules.operations.models import Operation
        from bulou.platform import clock
        from bulou.platform.playbooks import OperationRef

        self.row = Operation.objects.create(
            key="bench", titles={"en": "Bench"}, playbook="x", root=self.root, level="x", started_at=self.before
        )
        self.operation = OperationRef(self.row.pk, self.row.key, self.root.pk, clock.COUNTY_ZONE)

    def _enrol(self) -> None:
        from bulou.core.windows import Daily
        from bulou.modules.ledger import services
        from bulou.modules.ledger.services import store

        regime = services.set_regime(
            by=self.by, operation=self.operation, key="daily", asks=["temperature"], calendar=Daily("20:00"), now=self.before, since=self.before
        )  # fmt: skip
        store.learn_paths(self.before, places=self.villages)
        with owner() as database, database.transaction():
            database.execute(
                "SELECT count(*) FROM ledger_cells(%s, %s::bigint[], %s::bigint[])",
                [regime.pk, self.villages, [None] * VILLAGES],
            )
            database.execute(
                "INSERT INTO ledger_enrolment (uuid, regime_id, subject_kind, subject_id, owed_kind, owed_id, starts, known_at, by_hand, actor_name, reason,"
                " learned_at, settles_at, is_steady, is_moved)"
                " SELECT gen_random_uuid(), %s, 'person', %s + n, 'person', %s + n, %s, %s, false, '', '', %s, %s, true, false"
                " FROM generate_series(0, %s - 1) AS n",
                [regime.pk, self.first, self.first, *[self.before] * 4, self.people],
            )
            database.execute(
                "INSERT INTO ledger_seat (uuid, enrolment_id, cell_id, ord, at, known_at, answerables, actor_name, reason)"
                " SELECT gen_random_uuid(), e.id, c.id, (e.subject_id - %s) / %s, timestamptz '1900-01-01 00:00+00', %s, '{}', '', ''"
                " FROM ledger_enrolment e JOIN ledger_cell c ON c.regime_id = e.regime_id AND c.place_id = (%s::bigint[])[1 + (e.subject_id - %s) %% %s]"
                " WHERE e.regime_id = %s",
                [self.first, VILLAGES, self.before, self.villages, self.first, VILLAGES, regime.pk],
            )
            database.execute(
                "UPDATE ledger_cell c SET next_ord = n.n, steady = repeat('1', n.n)::bit varying, settled_at = %s"
                " FROM (SELECT cell_id, count(*)::int AS n FROM ledger_seat GROUP BY 1) n WHERE n.cell_id = c.id AND c.regime_id = %s",
                [self.before, regime.pk],
            )
        services.open_windows(self.day + timedelta(hours=15, minutes=59))
        settle_down()
        say("all enrolled, windows open")

    def _form(self) -> None:
        from bulou.modules.collection.services import forms

        content = (shared() / FORM).read_bytes()
        given: dict[str, Any] = {"by": self.by, "now": self.before}
        brought = forms.bring_form(operation=self.row, name=FORM, content=content, **given)
        forms.map_questions(version_id=brought.version.pk, mapping=MAPPING, **given)
        forms.publish(version_id=brought.version.pk, **given)

    def _token(self) -> str:
        from bulou.modules.collection.services.tokens import issue_token
        from bulou.modules.registry.models import Grant
        from bulou.platform.accounts.models import User

        user = User.objects.create(username="county", display_name="County", sort_key="county", created_at=self.before)
        Grant.objects.create(user=user, role="chief", place=self.root, starts=self.before)
        return issue_token(by=self.by, kind="device", user=user.pk, operation=self.row.pk, now=self.before).text

    def _set_clock(self) -> None:
        from bulou.platform import clock
        from bulou.platform.house.queries import forget_what_was_read
        from bulou.platform.house.services import set_pace

        with (
            owner() as database
        ):  # the load tool's day lies before the day on which this is run, when the house was founded
            database.execute("UPDATE house_house SET founded_at = %s", [self.before])
        forget_what_was_read()
        set_pace(self.day + timedelta(hours=16), 1.0, by=self.by, now=clock.now())


def hold_before(count: int) -> None:
    """So many submissions of the day before, with their records, as the door leaves them: what the tables hold when the day's come."""
    with owner() as database:
        database.execute(
            "INSERT INTO collection_submission (instance_id, chain, number, deprecates, version_id, form_id, digest, size, xml, answers, subject_kind,"
            " subject_id, record_id, is_held, is_test, happened_at, received_at, is_doubtful, token_id, user_id, person_id, sender_name, source, device)"
            " SELECT 'uuid:' || gen_random_uuid(), 'uuid:' || gen_random_uuid(), 1, '', v.id, v.form_id, sha256(n::text::bytea), 593,"
            "   decode(repeat(md5(n::text), 39), 'hex'),"
            "   jsonb_build_object('end', '2026-01-14T09:00:00.000+02:00', 'start', '2026-01-14T08:24:50.000+02:00', 'deviceid', 'collect:' || md5(n::text),"
            "     'person_id', 'P' || lpad((n %% %(people)s)::text, 6, '0'), 'report_date', '2026-01-14', 'temperature', '36.5', 'symptoms', 'fever cough',"
            "     'location', 'Zone 1, health area 2, village ' || n %% 900, 'meta/instanceID', gen_random_uuid()),"
            "   'person', p.id + n %% %(people)s, NULL, false, false, timestamptz '2026-01-14 15:00+08', timestamptz '2026-01-14 16:00+08', false,"
            "   t.id, t.user_id, NULL, 'County', 'collect', 'collect:' || n"
            " FROM generate_series(0, %(count)s - 1) AS n, (SELECT id, form_id FROM collection_formversion LIMIT 1) v,"
            "   (SELECT min(id) AS id FROM registry_person WHERE purpose = 'bench') p, (SELECT id, user_id FROM collection_token LIMIT 1) t",
            {"count": count, "people": PEOPLE},
        )
        database.execute(
            "INSERT INTO ledger_record (uuid, subject_kind, subject_id, stated, facts, happened_at, received_at, done_at, is_doubtful, filed_by_name,"
            " source, device)"
            " SELECT gen_random_uuid(), 'person', s.subject_id, '{temperature}', '{\"temperature\": 36.5}', s.happened_at, s.received_at, s.happened_at,"
            "   false, 'County', 'collect', '' FROM collection_submission s WHERE s.happened_at < timestamptz '2026-01-15 00:00+08'"
        )
    settle_down()


def wake(home: Path) -> None:
    """Start the database again, which the house stopped when it ended, and point Django to it."""
    from bulou.site.home import Home

    _point_django_here(Home(home).dsn(), home)


def settle_down() -> None:
    """What autovacuum and the checkpointer do in the minutes after a load."""
    with owner() as database:
        database.execute("VACUUM (ANALYZE)")


def owner() -> Any:
    """A connection as the owner of the tables: for filling, vacuuming and counting afterwards, never for what is measured."""
    import psycopg

    from bulou.platform import postgres
    from bulou.platform.postgres.doors import dsn_as

    return psycopg.connect(dsn_as(postgres.OWNER), autocommit=True)


def say(text: str) -> None:
    """A line on how far it is."""
    print(text, file=sys.stderr, flush=True)
