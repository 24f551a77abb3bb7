"""List returns: lines filed, corrected and refused; a village that lists, one that says nobody, one that is silent."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import Http404
from django.urls import reverse
from python_calamine import CalamineWorkbook

from bulou.core.windows import Daily
from bulou.modules.ledger import services
from bulou.modules.ledger.models import Absence, Record, RecordVersion, Window
from bulou.modules.ledger.queries import lists as reads
from bulou.modules.ledger.queries.trees import window_tree
from bulou.modules.ledger.services import ListLine, NewEnrolment, lists
from bulou.modules.ledger.services.lists import LinesRefused, add_lines, file_list
from bulou.modules.ledger.tests.conftest import BY
from bulou.platform.journal.models import Line, Look
from bulou.platform.refusals import Conflict, Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def listing(operation, county, cast, now, today):
    """A list of returnees owed by villages 0, 1 and 2 (well, movements), and the health of village 0's people: well."""
    made = {}
    for key, asks, is_list in (("list", ["well", "movements"], True), ("health", ["well"], False)):
        made[key] = services.set_regime(
            by=BY, operation=operation, key=key, asks=asks, calendar=Daily(), now=now, since=today, is_list=is_list,
            about={"titles": {"en": key}},
        )  # fmt: skip
    rows = [
        NewEnrolment(uuid4(), v.pk, v.pk, subject_kind="place", owed_kind="place", owed_id=v.pk)
        for v in county.villages[:3]
    ]
    services.enrol_many(by=BY, regime=made["list"], rows=rows, now=now, starts=today)
    people = [NewEnrolment(uuid4(), p.pk, p.place_id) for p in county.people_of(0)]
    services.enrol_many(by=BY, regime=made["health"], rows=people, now=now, starts=today)
    services.open_windows(now)
    return {
        key: Window.objects.select_related("regime", "regime__operation").get(regime=one) for key, one in made.items()
    }


def _line(person=None, name="", **facts):
    return ListLine(person.pk if person else None, {"well": True, "movements": "在家", **facts}, name)


def _file(by, listing, county, lines, now, village=0, **more):
    more.setdefault("once", uuid4())
    return file_list(
        by=by, window=listing["list"], kind="place", subject_id=county.villages[village].pk, lines=lines, now=now, **more
    )  # fmt: skip


def test_one_village_lists_one_says_nobody_and_one_is_silent(listing, county, cast, now):
    a, b = county.people_of(0)[:2]
    once = uuid4()
    for _ in range(2):
        done = _file(
            cast.village_clerk.viewer,
            listing,
            county,
            [_line(a), _line(b, well=False), _line(name="外来人")],
            now,
            once=once,
        )
    assert (done.version, done.lines, done.known) == (1, 3, 2)
    _file(BY, listing, county, [], now, village=1)
    late = listing["list"].due + timedelta(minutes=1)
    tree = window_tree(BY, listing["list"], now=late)
    stand = [(tree.nodes[v.pk].total.on_time, tree.nodes[v.pk].total.missing) for v in county.villages[:3]]
    assert stand == [(1, 0), (1, 0), (0, 1)]
    assert reads.list_of(listing["list"], "place", county.villages[1].pk).lines == []
    assert reads.list_of(listing["list"], "place", county.villages[2].pk) is None
    # The lines about known people answer what these people owe.
    assert window_tree(BY, listing["health"], now=late).total.on_time == 2
    assert {r.subject_id: r.facts["well"] for r in Record.objects.filter(subject_kind="person")} == {
        a.pk: True,
        b.pk: False,
    }


def test_every_line_that_cannot_be_filed_is_named_and_nothing_is(listing, county, cast, now):
    a, far = county.people_of(0)[0], county.people_of(2)[0]
    lines = [_line(a), _line(a), _line(far), _line(), ListLine(None, {"well": True}, "王"), _line(name="李", well="maybe"), _line(name="马", x=1),
             _line(name="赵", movements="长" * 401)]  # fmt: skip
    with pytest.raises(LinesRefused) as refused:
        _file(cast.village_clerk.viewer, listing, county, lines, now)
    assert [(one.number, one.field, one.code.partition(".")[2]) for one in refused.value.faults] == [
        (2, "name", "listed_twice"), (3, "name", "line_out_of_reach"), (4, "name", "line_nameless"), (5, "movements", "line_lacks"),
        (6, "well", "no_value"), (7, "x", "not_asked"), (8, "movements", "value_long"),
    ]  # fmt: skip
    with pytest.raises(Refusal, match="list_long"):
        _file(cast.village_clerk.viewer, listing, county, [_line(name="王")] * (lists.MOST + 1), now)
    assert not Record.objects.exists()


def test_a_list_is_nobody_elses_to_file_nor_one_that_is_not_owed(listing, county, cast, now):
    for who, village in ((cast.neighbour, 0), (cast.storekeeper, 0), (cast.village_clerk, 2)):
        with pytest.raises(Http404):
            _file(who.viewer, listing, county, [], now, village=village)
        with pytest.raises(Http404):
            reads.list_duty(who.viewer, listing["list"].pk, "place", county.villages[village].pk, now=now)
    with pytest.raises(Http404):
        _file(BY, listing, county, [], now, village=3)
    with pytest.raises(Http404):
        file_list(
            by=BY,
            window=listing["health"],
            kind="person",
            subject_id=county.people[0].pk,
            lines=[],
            once=uuid4(),
            now=now,
        )
    with pytest.raises(Refusal, match="not_open"):
        _file(BY, listing, county, [], listing["list"].opens - timedelta(minutes=1))


def test_a_correction_is_a_version_and_follows_into_the_peoples_own_records(listing, county, cast, now):
    a, b, c = county.people_of(0)[:3]
    by = cast.village_clerk.viewer
    first = _file(by, listing, county, [_line(a), _line(b)], now)
    with pytest.raises(Refusal, match="reason_needed"):
        _file(by, listing, county, [_line(a, well=False), _line(c)], now, version=1)
    with pytest.raises(Conflict):
        _file(by, listing, county, [_line(a)], now, version=0, why="没看见")
    later = now + timedelta(minutes=9)
    done = _file(by, listing, county, [_line(a, well=False), _line(c)], later, version=1, why="复核")
    assert (done.record_id, done.version, done.lines) == (first.record_id, 2, 2)
    own = {one.subject_id: one for one in Record.objects.filter(subject_kind="person")}
    assert own.keys() == {a.pk, b.pk, c.pk}
    assert RecordVersion.objects.get(record=own[a.pk]).facts["well"] is False
    assert not own[b.pk].versions.exists()
    assert not own[c.pk].versions.exists()
    assert own[c.pk].received_at == later
    duty = reads.list_duty(by, listing["list"].pk, "place", county.villages[0].pk, now=later)
    assert [(one.subject_id, one.facts["well"]) for one in duty.lines] == [(a.pk, False), (c.pk, True)]
    _file(by, listing, county, [_line(b, movements="去县城")], later, version=2, why="又改")
    assert RecordVersion.objects.get(record=own[b.pk]).facts["movements"] == "去县城"


def test_lines_from_a_file_join_the_list_that_stands(listing, county, now):
    a, b = county.people_of(0)[:2]
    about = {
        "by": BY,
        "window": listing["list"],
        "kind": "place",
        "subject_id": county.villages[0].pk,
        "now": now,
        "why": "Excel",
    }
    assert add_lines(lines=[_line(a), _line(name="外来人")], once=uuid4(), **about).version == 1
    done = add_lines(lines=[_line(name="外来人", well=False), _line(b)], once=uuid4(), **about)
    assert (done.version, done.lines) == (2, 3)
    duty = reads.list_duty(BY, listing["list"].pk, "place", county.villages[0].pk, now=now)
    assert [(one.name, one.facts["well"]) for one in duty.lines] == [(a.name, True), ("外来人", False), (b.name, True)]


def test_the_next_day_begins_with_who_was_there_and_what_still_holds(listing, county, now):
    a, b = county.people_of(0)[:2]
    _file(BY, listing, county, [_line(a, whereabouts="县城"), _line(b, well=False, needs="药")], now)
    tomorrow = now + timedelta(days=1)
    services.open_windows(tomorrow)
    window = Window.objects.select_related("regime__operation").get(regime=listing["list"].regime, opens__gt=now)
    duty = reads.list_duty(BY, window.pk, "place", county.villages[0].pk, now=tomorrow)
    assert duty.record is None
    at, lines = reads.list_before(duty, now=tomorrow - timedelta(minutes=1))
    assert at == now
    assert [(one.subject_id, one.facts) for one in lines] == [(a.pk, {"well": True, "whereabouts": "县城"}), (b.pk, {})]
    assert reads.list_before(duty, now=tomorrow)[1][0].facts == {"well": True}


def test_a_list_filed_after_the_window_closed_is_late_and_two_thousand_lines_take_no_minute(listing, county, now):
    late = listing["list"].closes + timedelta(hours=3)
    lines = [_line(name=f"外来人员{number}") for number in range(2000)]
    done = _file(BY, listing, county, lines, late)
    assert done.lines == 2000
    assert window_tree(BY, listing["list"], now=late).nodes[county.villages[0].pk].total.late == 1


def test_a_deputy_corrects_what_the_one_away_could(operation, county, cast, now, today, health):
    clerk, deputy, kin = cast.village_clerk.person, cast.medic, county.people_of(2)[1]
    own = services.enrol(
        by=BY,
        regime=health,
        now=now,
        why="x",
        new=NewEnrolment(uuid4(), kin.pk, county.villages[2].pk, owed_kind="person", owed_id=clerk.pk),
    )
    filed = services.file_record(by=BY, filing=services.Filing(uuid4(), kin.pk, {"well": True}, now), now=now)
    about = {"record_id": filed.record_id, "facts": {"well": False}, "why": "复测"}
    with pytest.raises(Http404):
        services.correct_record(by=deputy.viewer, now=now, **about)
    Absence.objects.create(
        uuid=uuid4(),
        person=clerk,
        deputy=deputy.person,
        since=now,
        until=now + timedelta(hours=2),
        known_at=now,
        reason="x",
    )
    with pytest.raises(Http404):
        services.correct_record(by=deputy.viewer, now=now + timedelta(hours=2), **about)
    made = services.correct_record(by=deputy.viewer, now=now, **about)
    assert (made.filed_by_person, made.facts) == (deputy.person.pk, {"well": False})
    assert own.owed_id == clerk.pk


def test_a_list_opens_from_the_register_with_its_lines_and_goes_to_excel(
    client, listing, county, cast, now, monkeypatch
):
    monkeypatch.setattr("bulou.platform.clock.now", lambda: now)
    a = county.people_of(0)[0]
    done = _file(BY, listing, county, [_line(a, needs="药"), _line(name="外来人", movements="去县城")], now)
    client.force_login(cast.village_clerk.user, backend="django.contrib.auth.backends.ModelBackend")
    assert (
        reverse("ledger:record", args=[done.record_id])
        in client.get(reverse("ledger:records"), {"is_list": "1"}).content.decode()
    )
    page = client.get(reverse("ledger:record", args=[done.record_id])).content.decode()
    assert a.name in page
    assert "去县城" in page
    assert "药" in page
    sheet = client.get(reverse("ledger:record_lines", args=[done.record_id]))
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(b"".join(sheet.streaming_content))).get_sheet_by_index(0).to_python()
    )
    assert [row[1] for row in rows[1:]] == [a.name, "外来人"]
    assert Line.objects.filter(action="ledger.lines_exported").count() == 1
    assert Look.objects.filter(kind="registry.person", subjects__contains=[a.pk]).exists()
    own = Record.objects.get(subject_kind="person").pk
    assert client.get(reverse("ledger:record_lines", args=[own])).status_code == 404
    for who, status in ((cast.neighbour, 404), (cast.auditor, 403)):
        client.force_login(who.user, backend="django.contrib.auth.backends.ModelBackend")
        for name in ("record", "record_lines"):
            assert client.get(reverse(f"ledger:{name}", args=[done.record_id])).status_code == status
