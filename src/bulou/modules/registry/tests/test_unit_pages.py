"""Pages of units: trees, members at a day, and the forms that change them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from bulou.modules.registry.models import Membership, Unit
from bulou.modules.registry.services import unit_members, units
from bulou.modules.registry.services.unit_members import Terms
from bulou.modules.registry.tests.test_place_pages import at_noon, browser, cells, form_of  # noqa: F401
from bulou.platform.journal.models import Look
from tests.kit.cast import START

pytestmark = pytest.mark.django_db


def test_the_tree_shows_units_below_each_other_with_their_people(county, cast, browser) -> None:  # noqa: F811
    page = browser(cast.chief).get(reverse("registry:units"))
    rows = page.context["rows"]
    assert [(row["unit"].name, row["depth"], row["people"]) for row in rows] == [
        ("疫情处置指挥部", 0, 4),
        ("指挥部办公室", 1, 4),
    ]


def test_a_unit_is_made_below_another_and_peopled_by_forms(county, cast, browser, now) -> None:  # noqa: F811
    chief, people = browser(cast.chief), county.people_of(0)
    address = reverse("registry:new_unit") + f"?under={county.hq.pk}"
    sent = form_of(chief.get(address)) | {"name": "约改检疫站", "kind": "station_crew", "place_id": county.towns[0].pk}
    answer = chief.post(address, sent)
    unit = Unit.objects.get(name="约改检疫站")
    assert answer["Location"] == reverse("registry:unit", args=[unit.pk])
    address = reverse("registry:add_members", args=[unit.pk])
    sent = form_of(chief.get(address)) | {
        "person_ids": [people[0].pk, people[1].pk],
        "part": "deputy",
        "post": "副站长",
    }
    assert chief.post(address, sent).status_code == 302
    page = chief.get(reverse("registry:unit", args=[unit.pk]))
    assert page.context["people"] == 2
    assert people[0].name in page.content.decode()
    assert Look.objects.filter(kind="registry.person", subjects__contains=[people[0].pk]).exists()


def test_a_second_leader_is_refused_by_name_and_nothing_typed_is_lost(county, cast, browser, now) -> None:  # noqa: F811
    by, people = cast.chief.viewer, county.people_of(0)
    unit_members.add_member(
        by=by, unit_id=county.office.pk, person_id=people[1].pk, terms=Terms("leader"), starts=START, now=now
    )
    chief, address = browser(cast.chief), reverse("registry:add_members", args=[county.office.pk])
    sent = form_of(chief.get(address)) | {"person_ids": [people[2].pk], "part": "leader", "post": "主任"}
    told = chief.post(address, sent)
    assert told.status_code == 422
    assert people[1].name in told.content.decode()
    assert told.context["form"]["post"].value() == "主任"


def test_members_of_a_past_day_are_shown_as_they_were(county, cast, browser, now) -> None:  # noqa: F811
    member = Membership.objects.filter(unit=county.office).first()
    unit_members.end_member(
        by=cast.chief.viewer, membership_id=member.pk, version=1, ends=now - timedelta(days=1), now=now
    )
    chief, address = browser(cast.chief), reverse("registry:unit", args=[county.office.pk])
    assert chief.get(address).context["direct"] == 3
    assert chief.get(address, {"day": (now - timedelta(days=3)).date().isoformat()}).context["direct"] == 4
    assert len(chief.get(address).context["former"]) == 1


def test_a_membership_is_changed_and_ended_by_forms(county, cast, browser) -> None:  # noqa: F811
    chief = browser(cast.chief)
    member = Membership.objects.filter(unit=county.office).order_by("id").first()
    address = reverse("registry:change_member", args=[member.pk])
    assert chief.post(address, form_of(chief.get(address)) | {"part": "secretary"}).status_code == 302
    new = Membership.objects.get(person=member.person, unit=county.office, ends=None)
    assert new.part == "secretary"
    address = reverse("registry:end_member", args=[new.pk])
    assert chief.post(address, form_of(chief.get(address))).status_code == 302
    assert not Membership.objects.filter(person=member.person, unit=county.office, ends=None).exists()


def test_a_unit_is_renamed_moved_and_ended_by_forms(county, cast, browser, now) -> None:  # noqa: F811
    chief = browser(cast.chief)
    crew = units.create_unit(by=cast.chief.viewer, name="突击队", kind="commando", parent_id=county.hq.pk, now=now)
    for name, more in (
        ("change_unit", {"name": "党员突击队"}),
        ("move_unit", {"parent_id": county.office.pk}),
        ("end_unit", {}),
    ):
        address = reverse(f"registry:{name}", args=[crew.pk])
        assert chief.post(address, form_of(chief.get(address)) | more).status_code == 302, name
    crew.refresh_from_db()
    assert (crew.name, crew.parent_id, crew.ends) == ("党员突击队", county.office.pk, now)
    address = reverse("registry:move_unit", args=[county.hq.pk])
    told = chief.post(address, form_of(chief.get(address)) | {"parent_id": county.office.pk})
    assert told.status_code == 422


def test_the_auditor_reads_names_masked_and_changes_nothing(county, cast, browser) -> None:  # noqa: F811
    auditor = browser(cast.auditor)
    text = auditor.get(reverse("registry:unit", args=[county.office.pk])).content.decode()
    assert county.people_of(0)[0].name not in text
    assert auditor.get(reverse("registry:end_unit", args=[county.office.pk])).status_code == 403


def test_the_neighbour_finds_no_unit_of_the_other_township(county, cast, browser) -> None:  # noqa: F811
    neighbour = browser(cast.neighbour)
    assert neighbour.get(reverse("registry:unit", args=[county.office.pk])).status_code == 404
    assert neighbour.get(reverse("registry:change_unit", args=[county.office.pk])).status_code == 404
    member = Membership.objects.filter(unit=county.office).first()
    assert neighbour.get(reverse("registry:change_member", args=[member.pk])).status_code == 404
    assert "指挥部办公室" not in neighbour.get(reverse("registry:unit_register")).content.decode()
    assert cells(neighbour.get(reverse("registry:unit_register"), {"export": "xlsx"}))[1:] == []
    found = neighbour.get(reverse("registry:find_member"), {"name": "x", "x_q": county.people_of(0)[0].name})
    assert "岗当村" not in found.content.decode()
