"""Forgetting: for real, by the forgetting role, logged twice, and for good — also in a database restored from before."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection

from bulou.platform import manifest as manifests
from bulou.platform.access.viewer import system
from bulou.platform.expiry import copy, services
from bulou.platform.expiry.models import Forgotten
from bulou.platform.expiry.queries import forgotten
from bulou.platform.expiry.role import acting_as
from bulou.platform.journal.models import Chain, Line, Look, Salt
from bulou.platform.journal.sealing import seal
from bulou.platform.journal.services import note_look, write
from bulou.platform.journal.verifying import verify
from bulou.platform.manifest import Forgets, Manifest
from bulou.platform.postgres.roles import FORGET

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
KIND = "test.patient"

pytestmark = pytest.mark.django_db(transaction=True)


class Patients:
    """A module's side of forgetting, in memory: whose time is over, and who was erased, by which role."""

    def __init__(self) -> None:
        self.over: list[int] = []
        self.erased: list[int] = []
        self.roles: set[str] = set()
        self.fails = False

    def due(self, now: datetime) -> list[int]:
        return [subject for subject in self.over if subject not in self.erased]

    def forget(self, subjects: list[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            self.roles.add(cursor.fetchone()[0])
        if self.fails:
            raise RuntimeError("the disk is full")
        self.erased += subjects


@pytest.fixture
def patients(monkeypatch, settings, tmp_path) -> Patients:
    """A module that forgets, hung for one test, in a home of its own."""
    settings.HOME = tmp_path
    module = Patients()
    hung = {"test": Manifest("test", "test", forgets=(Forgets(KIND, module.due, module.forget),))}
    monkeypatch.setattr(manifests, "_hung", manifests._hung | hung)
    monkeypatch.setattr(services, "BATCH", 3)
    return module


def lines(*subjects: int) -> int:
    return write(
        by=system("t"), action="t.admitted", kind=KIND, subjects=subjects, now=NOW, why="发热", data={"to": "一病区"}
    )


def test_what_is_due_is_erased_by_the_forgetting_role_and_logged(patients, tmp_path):
    patients.over = [1, 2, 3, 4]
    assert services.run(NOW) == 4
    assert patients.erased == [1, 2, 3, 4]
    assert patients.roles == {"bulou_forget"}
    assert [(line.kind, line.subjects, line.why) for line in Forgotten.objects.order_by("id")] == [
        (KIND, [1, 2, 3], "expired"),
        (KIND, [4], "expired"),
    ]
    assert forgotten(KIND, [4, 5]) == {4: NOW}
    assert [entry.subjects for entry in copy.read(tmp_path, Chain.objects.get().key)] == [[1, 2, 3], [4]]


def test_a_second_run_finds_nothing(patients):
    patients.over = [1]
    services.run(NOW)
    assert services.run(NOW) == 0
    assert Forgotten.objects.count() == 1


def test_the_journal_forgets_with_the_subject_and_still_verifies(patients):
    alone, few, other = lines(1), lines(1, 2), lines(3)
    batch = lines(*range(1, 20))
    note_look(by=system("t"), kind=KIND, subjects=[1], what="note", now=NOW, why="电话")
    elsewhere = write(by=system("t"), action="t.other", kind="test.place", subjects=[1], now=NOW, why="另一类")
    seal(NOW)
    patients.over = [1]
    services.run(NOW)
    why = dict(Line.objects.values_list("id", "why"))
    assert [why[n] for n in (alone, few, other, batch, elsewhere)] == ["", "", "发热", "发热", "另一类"]
    assert Line.objects.get(pk=alone).data == {}
    assert Look.objects.get().why == ""
    assert not Salt.objects.filter(kind=KIND, subject=1, salt__isnull=False).exists()
    seal(NOW)
    report = verify()
    assert report.is_sound, report.findings
    assert dict(report.forgotten) == {NOW: 3}


def test_lines_written_after_the_forgetting_are_sealed_and_verified_as_ever(patients):
    lines(1)
    seal(NOW)
    patients.over = [1]
    services.run(NOW)
    late = lines(1)
    seal(NOW)
    assert verify().is_sound
    patients.over = []
    with acting_as(FORGET), connection.cursor() as cursor:
        cursor.execute("UPDATE journal_line SET why = 'lie' WHERE id = %s", [late])
    assert [(f.what, f.row) for f in verify().findings] == [("altered", late)]


def test_content_forgotten_before_it_was_sealed_verifies_too(patients):
    lines(1)
    patients.over = [1]
    services.run(NOW)
    seal(NOW)
    assert verify().is_sound


def test_a_failed_deletion_leaves_nothing_half_done_and_is_caught_up(patients):
    lines(1)
    patients.over = [1]
    patients.fails = True
    with pytest.raises(ExceptionGroup):
        services.run(NOW)
    assert Forgotten.objects.count() == 0
    assert Line.objects.get().why == "发热"
    patients.fails = False
    services.run(NOW)
    assert patients.erased == [1]
    assert Line.objects.get().why == ""


def test_a_database_from_before_forgets_again_and_only_once(patients, tmp_path):
    """What a restore brings back: the copy outside the database names it, the database does not."""
    lines(7)
    outside = copy.Entry(Chain.objects.get().key, Chain.objects.get().key, NOW, KIND, [7], "expired")
    copy.append(tmp_path, outside)
    assert services.run(NOW) == 1
    assert patients.erased == [7]
    assert Forgotten.objects.get().at == NOW
    assert Line.objects.get().why == ""
    assert services.run(NOW) == 0


def test_another_databases_log_is_not_replayed(patients, tmp_path):
    import uuid

    copy.append(tmp_path, copy.Entry(uuid.uuid4(), uuid.uuid4(), NOW, KIND, [7], "expired"))
    assert services.run(NOW) == 0
    assert patients.erased == []


def test_a_line_cut_off_by_a_power_failure_does_not_hide_the_others(patients, tmp_path):
    key = Chain.objects.get().key
    copy.append(tmp_path, copy.Entry(key, key, NOW, KIND, [1], "expired"))
    with open(copy.file_of(tmp_path), "a") as torn:
        torn.write('{"chain": "')
    import uuid

    copy.append(tmp_path, copy.Entry(key, uuid.uuid4(), NOW, KIND, [2], "expired"))
    assert [entry.subjects for entry in copy.read(Path(tmp_path), key)] == [[1], [2]]


def test_inside_the_forgetting_role_only_what_is_granted_can_be_done(patients):
    with acting_as(FORGET), connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege('registry_place', 'UPDATE'), has_table_privilege('registry_place', 'SELECT')"
        )
        assert cursor.fetchone() == (False, True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("bulou_app",)


def test_a_kind_that_fails_holds_up_no_other(patients, monkeypatch):
    healthy = Patients()
    healthy.over, patients.over, patients.fails = [5], [1], True
    module = Manifest("second", "second", forgets=(Forgets("test.guest", healthy.due, healthy.forget),))
    for hung in ({"second": module} | manifests._hung, manifests._hung | {"second": module}):
        monkeypatch.setattr(manifests, "_hung", hung)
        healthy.erased = []
        with pytest.raises(ExceptionGroup) as caught:
            services.run(NOW)
        assert healthy.erased == [5]
        assert caught.value.exceptions[0].__notes__ == [f"while forgetting {KIND}"]


def test_what_fails_again_and_again_is_written_outside_once(patients, tmp_path):
    patients.over, patients.fails = [1], True
    for _hour in range(3):
        with pytest.raises(ExceptionGroup):
            services.run(NOW)
    assert len(list(copy.read(tmp_path, Chain.objects.get().key))) == 1
