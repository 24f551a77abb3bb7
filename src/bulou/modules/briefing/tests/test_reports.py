"""The report of a small operation: what is counted, what is not known and says so, issuing, what changes later, who may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import translation

from bulou.modules.briefing.exports import of_day, of_issued, rows_address, written
from bulou.modules.briefing.models import Issued
from bulou.modules.briefing.queries import composing
from bulou.modules.briefing.queries import issued as reads
from bulou.modules.briefing.services import issue_briefing
from bulou.modules.briefing.tests.book import BOOK
from bulou.modules.operations.queries.previews import preview
from bulou.modules.operations.services import activate_operation, apply_playbook
from bulou.modules.registry.models import Unit
from bulou.modules.registry.services.merging import merge_people
from bulou.modules.registry.services.unit_members import Terms, add_member, end_member
from bulou.platform.access.viewer import system
from bulou.platform.journal.models import Line
from bulou.platform.refusals import Forbidden, Refusal

pytestmark = pytest.mark.django_db
BY = system("tests")
HOUR = timedelta(hours=1)


@pytest.fixture
def operation(county, cast, now) -> Any:
    text = BOOK.replace("parts: [leader]", "kinds: [temporary_branch]")
    return activate_operation(by=cast.chief.viewer, key="small", text=text, level="watch", why="tests", now=now)


def unit(key: str) -> Unit:
    return Unit.objects.get(code__endswith=f".{key}")


def values(viewer, operation, now, **more) -> dict[str, int | None]:
    return {key: one.value for key, one in composing.report(viewer, operation, now=now, **more).figures.items()}


def join(operation, person, now, key="branch-1") -> Any:
    return add_member(by=BY, unit_id=unit(key).pk, person_id=person.pk, terms=Terms(), starts=now, now=now)


def test_an_ended_a_merged_and_a_twice_seated_member_are_followed(county, cast, operation, now) -> None:
    chief, people = cast.chief.viewer, county.people_of(0)
    first = [join(operation, person, now) for person in people[:4]]
    assert values(chief, operation, now)["members"] == 4
    end_member(by=BY, membership_id=first[0].pk, version=1, ends=now + HOUR, now=now + HOUR)
    assert values(chief, operation, now + HOUR)["members"] == 3
    merge_people(people[1].pk, people[2].pk, by=BY, now=now + HOUR, why="one person")
    assert values(chief, operation, now + HOUR)["members"] == 2
    text = BOOK.replace("parts: [leader]", "kinds: [temporary_branch]").replace(
        "briefing:\n", "  branch-2: {name: 第二临时党支部, kind: temporary_branch, parent: hq}\nbriefing:\n"
    )
    text = text.replace("version: 1", "version: 2")
    shown = preview(operation, text, level="watch")
    operation.refresh_from_db()
    apply_playbook(
        by=chief, operation=operation, text=text, state=shown.state, decisions={}, why="more", now=now + HOUR
    )
    operation.refresh_from_db()
    join(operation, people[1], now + 2 * HOUR, "branch-2")
    later = values(chief, operation, now + 2 * HOUR)
    assert (later["branches"], later["members"]) == (2, 2), "one person in two branches is one person"


def test_what_is_not_known_says_so_and_is_no_nought(county, cast, operation, now) -> None:
    made = composing.report(cast.chief.viewer, operation, now=now + HOUR, at=now - HOUR)
    assert {(one.value, one.why) for one in made.figures.values()} == {(None, "before_start")}
    text = BOOK.replace("kinds: [temporary_branch], title: {zh-Hans: 临时", "units: [hq], title: {zh-Hans: 临时")
    other = activate_operation(
        by=cast.chief.viewer,
        key="other",
        text=text.replace("hq, kind", "hq2, kind"),
        level="watch",
        why="tests",
        now=now,
    )
    assert values(cast.chief.viewer, other, now)["branches"] == 1
    with translation.override("en"):
        shown = written(
            of_day(cast.chief.viewer, operation, now=now + HOUR, day=(now - timedelta(days=1)).date()), "txt"
        ).decode()
    assert "not known (before the operation began)" in shown
    assert "Not known: before the operation began." in shown


def test_an_issued_briefing_is_frozen_and_what_changes_later_stands_beside_it(county, cast, operation, now) -> None:
    people = county.people_of(0)
    seats = [join(operation, person, now) for person in people[:2]]
    one = issue_briefing(by=cast.chief.viewer, operation=operation, now=now + HOUR)
    assert (one.number, one.report["figures"]["members"]["value"]) == (1, 2)
    assert set(one.texts) == {"zh-hans", "zh-hant", "en"}
    assert one.seal_head in one.texts["en"]
    assert Line.objects.get(action="briefing.issued").data["digest"] == one.digest
    assert not any(found.is_other for found in reads.compared(cast.chief.viewer, one, now=now + HOUR))
    end_member(by=BY, membership_id=seats[0].pk, version=1, ends=now + HOUR / 2, now=now + 3 * HOUR)
    other = [found for found in reads.compared(cast.chief.viewer, one, now=now + 3 * HOUR) if found.is_other]
    assert [(found.figure.key, found.figure.value, found.then.value) for found in other] == [("members", 2, 1)]
    with translation.override("en"):
        assert written(of_issued(one, now=now + 3 * HOUR), "txt").decode() == one.texts["en"]
    assert issue_briefing(by=cast.duty_officer.viewer, operation=operation, now=now + 3 * HOUR).number == 2


def test_who_does_not_reach_all_may_not_issue_and_a_day_to_come_is_refused(county, cast, operation, now) -> None:
    with pytest.raises(Forbidden):
        issue_briefing(by=cast.township_lead.viewer, operation=operation, now=now)
    with pytest.raises(Refusal, match=r"briefing\.day_to_come"):
        issue_briefing(by=cast.chief.viewer, operation=operation, now=now, day=(now + timedelta(days=2)).date())
    with pytest.raises(Refusal, match=r"briefing\.no_such_day"):
        issue_briefing(by=cast.chief.viewer, operation=operation, now=now, day=(now - timedelta(days=2)).date())
    assert not Issued.objects.exists()


def test_a_lead_reads_the_figures_of_the_own_reach_only(county, cast, operation, now) -> None:
    assert values(cast.chief.viewer, operation, now)["villages"] == 4
    assert values(cast.township_lead.viewer, operation, now)["villages"] == 2
    issue_briefing(by=cast.chief.viewer, operation=operation, now=now)
    assert reads.issued(cast.chief.viewer).count() == 1
    assert not reads.issued(cast.township_lead.viewer).exists()


def test_every_figure_opens_to_as_many_rows_as_it_says(client, county, cast, operation, now) -> None:
    for person in county.people_of(0)[:3]:
        join(operation, person, now)
    one = issue_briefing(by=cast.chief.viewer, operation=operation, now=now)
    client.force_login(cast.chief.user, backend="django.contrib.auth.backends.ModelBackend")
    made = composing.report(cast.chief.viewer, operation, now=now)
    for figure in made.figures.values():
        for address in (rows_address(made, figure), reverse("briefing:issued_figure", args=[one.pk, figure.key])):
            page = client.get(address)
            assert page.status_code == 200
            found = page.context["found"]
            rows = (
                page.context["table"].count(page.context["table"].rows)
                if page.context.get("has_table")
                else len(page.context["listed"])
            )
            assert found.value == figure.value == rows, figure.key
    page = client.get(reverse("briefing:report", args=["small"]))
    assert page.content.decode().count('class="fig') >= len(made.figures)


@pytest.mark.parametrize(
    "address",
    [
        "/briefing/small/?day=tomorrow",
        "/briefing/small/rows/units?as_of=yesterday",
        "/briefing/small/rows/units?as_of=2020-01-26T10:00",
        "/briefing/small/rows/secrets",
        "/briefing/small/rows/standing?standing=missing",
        "/briefing/small/rows/standing?standing=guilty&day=2020-01-26&regimes=a",
        "/briefing/small/rows/standing?standing=missing&day=2020-01-26&regimes=a&node=x",
        "/briefing/small/rows/units?purposes=returnee",
        "/briefing/issued/999/",
        "/briefing/nothing/",
    ],
)
def test_an_address_nobody_can_have_meant_is_a_404(client, cast, operation, address: str) -> None:
    client.force_login(cast.chief.user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(address).status_code == 404


def test_the_form_sent_twice_issues_once_and_leads_to_what_was_issued(client, county, cast, operation) -> None:
    client.force_login(cast.chief.user, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("briefing:issue", args=["small"])
    assert client.get(address).status_code == 200
    sent = {"once": str(uuid4()), "why": "evening report"}
    answers = [client.post(address, sent) for _time in range(2)]
    one = Issued.objects.get()
    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {
        (302, reverse("briefing:one_issued", args=[one.pk]))
    }
    page = client.get(reverse("briefing:one_issued", args=[one.pk]))
    assert one.seal_head in page.content.decode()
    client.force_login(cast.duty_officer.user, backend="django.contrib.auth.backends.ModelBackend")
    assert (
        client.get(reverse("briefing:one_issued", args=[one.pk]) + "?format=txt").content.decode()
        == one.texts["zh-hans"]
    )
    client.force_login(cast.township_lead.user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(address, {"once": str(uuid4())}).status_code == 403
    assert client.get(reverse("briefing:one_issued", args=[one.pk])).status_code == 404
