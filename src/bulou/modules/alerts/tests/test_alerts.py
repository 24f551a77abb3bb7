"""A case goes up the whole line at once; each level says for itself that it knows; nobody else learns of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import Http404
from django.urls import reverse

from bulou.modules.alerts import queries, rules, services
from bulou.modules.alerts.models import Alert, Level
from bulou.modules.operations.models import Operation
from bulou.modules.registry.models import Person
from bulou.platform.expiry import services as expiry
from bulou.platform.journal.models import Line, Look
from bulou.platform.journal.sealing import seal
from bulou.platform.journal.verifying import verify
from bulou.platform.refusals import Forbidden, Refusal

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def operation(county, cast, now):
    return Operation.objects.create(
        key="op", titles={"en": "x"}, playbook="x", root=county.root, level="x", started_at=now - timedelta(days=1)
    )


def _report(cast, now, **values):
    how = {"kind": "suspected", "about": "family", "name": "母亲", "note": "昨夜发热", "once": uuid4()} | values
    return services.report_at_once(by=cast.village_clerk.viewer, now=now, **how)


def test_a_report_reaches_the_township_and_the_county_at_once_and_nobody_beside_the_line(operation, county, cast, now):
    made = _report(cast, now)
    assert [one.place_id for one in made.levels.order_by("rank")] == [county.root.pk, county.towns[0].pk]
    seen = {
        key: queries.alerts(getattr(cast, key).viewer).count()
        for key in ("chief", "township_lead", "village_clerk", "neighbour", "storekeeper", "auditor")
    }
    assert seen == {"chief": 1, "township_lead": 1, "village_clerk": 1, "neighbour": 0, "storekeeper": 0, "auditor": 0}
    assert queries.note_of(made) == "昨夜发热"
    assert "昨夜" not in bytes(made.sealed).decode("utf-8", "ignore")
    with pytest.raises(Http404):
        queries.alert(cast.neighbour.viewer, made.pk)
    assert Line.objects.filter(action="alerts.reported", subjects=[made.pk]).count() == 1


def test_each_level_acknowledges_for_itself_and_twice_changes_nothing(operation, county, cast, now):
    made = _report(cast, now)
    county_level, town = made.levels.order_by("rank")
    later = now + timedelta(minutes=40)
    assert [one.pk for one in queries.open_levels(cast.township_lead.viewer)] == [town.pk]
    services.acknowledge(by=cast.township_lead.viewer, level_id=town.pk, now=now + timedelta(minutes=5))
    services.acknowledge(by=cast.township_lead.viewer, level_id=town.pk, now=later)
    town.refresh_from_db()
    assert (town.acknowledged_at, town.actor_name) == (now + timedelta(minutes=5), cast.township_lead.viewer.name)
    assert list(queries.open_levels(cast.township_lead.viewer)) == []
    assert [
        (one.pk, left, overdue) for one, left, overdue in queries.unanswered(cast.chief.viewer, since=now, now=later)
    ] == [(made.pk, 1, True)]
    for viewer in (cast.neighbour.viewer, cast.township_lead.viewer):
        with pytest.raises(Http404):
            services.acknowledge(by=viewer, level_id=county_level.pk, now=later)
    with pytest.raises(Forbidden):
        services.acknowledge(by=cast.village_clerk.viewer, level_id=county_level.pk, now=later)
    services.acknowledge(by=cast.duty_officer.viewer, level_id=county_level.pk, now=later)
    assert queries.unanswered(cast.chief.viewer, since=now, now=later) == []
    assert Line.objects.filter(action="alerts.acknowledged").count() == 2


def test_what_is_refused(operation, county, cast, now):
    once = uuid4()
    first, again = _report(cast, now, once=once), _report(cast, now, once=once)
    assert (first.pk, Alert.objects.count()) == (again.pk, 1)
    for values, code in (
        ({"name": " "}, "alerts.nobody"),
        ({"happened_at": now + timedelta(hours=1)}, "alerts.to_come"),
    ):
        with pytest.raises(Refusal) as refusal:
            _report(cast, now, **values)
        assert refusal.value.code == code
    with pytest.raises(Http404):
        _report(cast, now, person_id=county.people_of(2)[1].pk)
    with pytest.raises(Forbidden):
        services.report_at_once(
            by=cast.auditor.viewer, kind="suspected", about="staff", name="x", once=uuid4(), now=now
        )
    assert Alert.objects.count() == 1


def test_where_no_operation_runs_the_telephone_is_named(county, cast, now):
    with pytest.raises(Refusal) as refusal:
        _report(cast, now)
    assert refusal.value.code == "alerts.no_operation"


def test_the_pages_report_show_and_acknowledge(operation, client, county, cast, now, monkeypatch):
    monkeypatch.setattr("bulou.platform.clock.now", lambda: now)
    client.force_login(cast.village_clerk.user, backend=BACKEND)
    me = cast.village_clerk.person
    once = str(uuid4())
    for _ in range(2):
        sent = client.post(
            reverse("alerts:report"), {"kind": "confirmed", "about": "staff", "person_id": me.pk, "once": once}
        )
        assert sent.status_code == 302
    made = Alert.objects.get()
    assert client.get(sent.url).status_code == 200
    assert "alert-strip" not in client.get(reverse("alerts:alerts")).content.decode()
    client.force_login(cast.township_lead.user, backend=BACKEND)
    strip = client.get(reverse("registry:home")).content.decode()
    assert "alert-strip" in strip
    assert reverse("alerts:alert", args=[made.pk]) in strip
    level = Level.objects.get(alert=made, place=county.towns[0])
    page = client.get(reverse("alerts:alert", args=[made.pk])).content.decode()
    assert reverse("alerts:acknowledge", args=[level.pk]) in page
    assert Look.objects.filter(what="immediate_report", actor_id=cast.township_lead.user.pk).exists()
    for _ in range(2):
        assert client.post(reverse("alerts:acknowledge", args=[level.pk])).status_code == 302
    assert reverse("alerts:alert", args=[made.pk]) not in client.get(reverse("alerts:banner")).content.decode()
    client.force_login(cast.neighbour.user, backend=BACKEND)
    assert client.get(reverse("alerts:alert", args=[made.pk])).status_code == 404


def test_the_line_and_its_patience(now):
    line = [(1, "county"), (2, "town"), (3, "village"), (4, "grid")]
    assert rules.levels_of(line, 1) == [1, 2]
    assert rules.levels_of(line, 9) == [9]
    assert rules.levels_of([(1, "province"), (5, "city"), *line[1:]], 5) == [5, 2]
    assert not rules.is_overdue(now, None, now=now + rules.PATIENCE)
    assert rules.is_overdue(now, now + rules.PATIENCE + timedelta(seconds=1), now=now)
    assert rules.slowest([now, None]) is None
    assert rules.slowest([now, now + timedelta(1)]) == now + timedelta(1)


@pytest.mark.django_db(transaction=True)  # forgetting has a connection of its own
def test_what_was_known_goes_thirty_days_after_the_operation_and_who_knew_stays(
    client, operation, county, cast, now, settings, tmp_path, monkeypatch
):
    settings.HOME = tmp_path
    made = _report(cast, now)
    page = reverse("operations:operation", args=["op"])
    client.force_login(cast.chief.user, backend=BACKEND)
    monkeypatch.setattr("bulou.platform.clock.now", lambda: now)
    assert "30" in client.get(page).content.decode().split('id="kept"')[1]
    Operation.objects.filter(pk=operation.pk).update(ended_at=now + timedelta(days=2), state="stood_down")
    assert services.alerts_due(now + timedelta(days=32) - timedelta(seconds=1)) == []
    later = now + timedelta(days=33)
    seal(later)
    assert expiry.run(later) == 1
    assert expiry.run(later) == 0
    made.refresh_from_db()
    assert (made.name, made.sealed, made.levels.count()) == ("", None, 2)
    assert queries.forgotten_at(made) == later
    assert verify().is_sound
    monkeypatch.setattr("bulou.platform.clock.now", lambda: later)
    told = client.get(reverse("alerts:alert", args=[made.pk])).content.decode()
    assert "2020-02-28" in told
    assert "昨夜发热" not in told
    assert "2020-02-27" in client.get(page).content.decode()


@pytest.mark.django_db(transaction=True)
def test_what_was_known_goes_with_the_person(operation, cast, now, settings, tmp_path):
    settings.HOME = tmp_path
    me = cast.village_clerk.person
    made = _report(cast, now, person_id=me.pk, name="")
    Person.objects.filter(pk=me.pk).update(keep_until=now.date())
    expiry.run(now + timedelta(days=5))
    made.refresh_from_db()
    assert made.sealed is None


def test_the_unit_of_the_person_is_a_level_of_the_line_and_says_so_for_itself(operation, county, cast, now):
    member = next(
        one
        for one in county.people
        if one.memberships.filter(unit=county.office).exists() and one.place_id == county.villages[0].pk
    )
    _answers_for(cast.village_clerk.person, member, operation, now)
    made = _report(cast, now, person_id=member.pk, name="")
    levels = [(one.place_id, one.unit_id) for one in made.levels.order_by("rank")]
    assert levels == [(county.root.pk, None), (county.towns[0].pk, None), (None, county.office.pk)]
    mine = queries.open_levels(cast.unit_clerk.viewer).get()
    assert mine.name == county.office.name
    for viewer in (cast.township_lead.viewer, cast.duty_officer.viewer, cast.neighbour.viewer):
        with pytest.raises(Http404):
            services.acknowledge(by=viewer, level_id=mine.pk, now=now)
    services.acknowledge(by=cast.unit_clerk.viewer, level_id=mine.pk, now=now + timedelta(minutes=2))
    assert not queries.open_levels(cast.unit_clerk.viewer).exists()
    county_level = made.levels.get(rank=0)
    with pytest.raises(Http404):
        services.acknowledge(by=cast.unit_clerk.viewer, level_id=county_level.pk, now=now)


def test_a_person_in_no_unit_and_a_unit_nobody_answers_for_add_no_level(operation, county, cast, now):
    from bulou.modules.registry.models import Grant

    assert _report(cast, now).levels.filter(unit__isnull=False).count() == 0
    Grant.objects.filter(role="unit_clerk").update(ends=now - timedelta(minutes=1))
    member = next(
        one
        for one in county.people
        if one.memberships.filter(unit=county.office).exists() and one.place_id == county.villages[0].pk
    )
    _answers_for(cast.village_clerk.person, member, operation, now)
    assert _report(cast, now, person_id=member.pk, name="").levels.filter(unit__isnull=False).count() == 0


def _answers_for(person, member, operation, now):
    """Let a person answer for a member, as whoever reports about them does."""
    from bulou.core.windows import Daily
    from bulou.modules.ledger import services as ledger
    from bulou.modules.operations.queries.operations import ref
    from bulou.platform.access.viewer import system

    by, before = system("tests"), now - timedelta(days=1)
    regime = ledger.set_regime(
        by=by, operation=ref(operation), key="health", asks=["well"], calendar=Daily("23:00"), now=before, since=before
    )
    new = ledger.NewEnrolment(uuid4(), member.pk, member.place_id, answerables=(person.pk,))
    ledger.enrol(by=by, regime=regime, new=new, now=before, why="tests")
    ledger.open_windows(now)
