"""What a database is, is fixed once; only an exercise's clock can be set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from bulou.platform import clock
from bulou.platform.access.viewer import system
from bulou.platform.house import queries, services
from bulou.platform.refusals import Refusal

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
BY = system("test")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _read_anew() -> Iterator[None]:
    queries.forget_what_was_read()
    clock.set_pace_source(queries.pace)
    yield
    clock.set_pace_source(lambda: None)
    queries.forget_what_was_read()


def test_a_house_is_founded_once_and_says_what_it_is() -> None:
    assert queries.house() is None
    assert queries.county() == ""
    services.found_house("exercise", "370921", by=BY, now=NOW)
    assert queries.is_exercise()
    assert queries.county() == "370921"
    with pytest.raises(Refusal) as caught:
        services.found_house("real", "370921", by=BY, now=NOW)
    assert caught.value.code == "house.already_founded"
    assert "exercise" in caught.value.sentence


@pytest.mark.parametrize(
    ("kind", "county"), [("drill", "370921"), ("real", "37092"), ("real", "０７０９２１"), ("real", "")]
)
def test_a_kind_or_county_that_does_not_exist_is_refused(kind: str, county: str) -> None:
    with pytest.raises(Refusal):
        services.found_house(kind, county, by=BY, now=NOW)
    assert queries.house() is None


def test_an_exercise_s_clock_can_be_set_and_sped_up() -> None:
    services.found_house("exercise", "370921", by=BY, now=NOW)
    shown = datetime(2027, 1, 23, 2, tzinfo=UTC)
    services.set_pace(shown, 60.0, by=BY, now=NOW)
    assert shown <= clock.now() < shown + timedelta(minutes=10)
    with pytest.raises(Refusal):
        services.set_pace(shown, 0, by=BY, now=NOW)


def test_a_real_database_keeps_real_time_also_against_the_database() -> None:
    services.found_house("real", "370921", by=BY, now=NOW)
    with pytest.raises(Refusal) as caught:
        services.set_pace(NOW, 2, by=BY, now=NOW)
    assert caught.value.code == "house.clock_is_real"
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE house_house SET speed = 5")
    assert abs(clock.now() - clock.real_now()) < timedelta(seconds=5)


def test_the_clock_goes_back_only_before_it_was_ever_set() -> None:
    services.found_house("exercise", "370921", by=BY, now=NOW)
    shown = datetime(2027, 1, 23, 2, tzinfo=UTC)
    services.set_pace(shown, 1.0, by=BY, now=NOW)
    with pytest.raises(Refusal) as caught:
        services.set_pace(shown - timedelta(seconds=1), 1.0, by=BY, now=NOW)
    assert caught.value.code == "house.clock_backwards"
    services.set_pace(shown + timedelta(days=1), 1.0, by=BY, now=NOW)


def test_the_clock_does_not_go_before_the_founding() -> None:
    """Whoever set it so would have no grant any more, and nobody could set it right."""
    services.found_house("exercise", "370921", by=BY, now=NOW)
    with pytest.raises(Refusal) as caught:
        services.set_pace(NOW - timedelta(seconds=1), 1.0, by=BY, now=NOW)
    assert caught.value.code == "house.clock_before_founding"
    services.set_pace(NOW, 1.0, by=BY, now=NOW)


def test_the_page_of_the_clock_is_the_administrators(client) -> None:
    from uuid import uuid4

    from bulou.modules.registry.models import Grant
    from bulou.platform.accounts.models import User

    early = datetime(2019, 1, 1, tzinfo=UTC)
    administrator, chief = (
        User.objects.create(username=name, display_name=name, created_at=early) for name in ("a", "c")
    )
    Grant.objects.create(user=administrator, role="administrator", starts=early)
    Grant.objects.create(user=chief, role="chief", starts=early)
    services.found_house("exercise", "370921", by=BY, now=NOW)
    client.force_login(chief)
    assert client.get("/exercise/clock").status_code == 403
    client.force_login(administrator)
    assert client.get("/exercise/clock").status_code == 200
    form = {"once": str(uuid4()), "shown": "2027-01-23T10:00", "speed": "60"}
    assert client.post("/exercise/clock", form).status_code == 302
    assert datetime(2027, 1, 23, 2, tzinfo=UTC) <= clock.now() < datetime(2027, 1, 23, 4, tzinfo=UTC)
    again = client.post("/exercise/clock", form | {"once": str(uuid4()), "shown": "2026-12-23T10:00"})
    assert again.status_code == 422


def test_a_process_that_could_never_read_the_exercises_clock_does_not_fall_back_on_the_machines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unreachable() -> None:
        raise OperationalError("the database is starting up")

    monkeypatch.setattr(queries, "house", unreachable)
    monkeypatch.setattr(queries, "_held", None)
    with pytest.raises(OperationalError):
        queries.pace()
