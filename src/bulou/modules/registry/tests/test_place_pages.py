"""Pages of places: what a chief, a clerk and the neighbour see and may do there."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import uuid4

import openpyxl
import pytest
from django.urls import reverse

from bulou.modules.registry.models import Person, Place
from bulou.modules.registry.queries import national
from bulou.modules.registry.services import places as services
from bulou.platform.journal.models import Line
from tests.kit.cast import START

pytestmark = pytest.mark.django_db
WHY = "州民政局批复"


@pytest.fixture
def at_noon(monkeypatch, now):
    """The house's clock stands at NOW."""
    monkeypatch.setattr("bulou.platform.clock.real_now", lambda: now)


@pytest.fixture
def browser(client, at_noon):
    """Log a member of the cast in: `browser(cast.chief)`, English."""

    def log_in(seated):
        client.force_login(seated.user)
        client.cookies["language"] = "en"
        return client

    return log_in


def form_of(page) -> dict[str, str]:
    """What the form of a page would send as it stands."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, "")} | {"once": str(uuid4())}


def test_the_chief_sees_the_county_with_its_towns_and_figures(county, cast, browser) -> None:
    page = browser(cast.chief).get(reverse("registry:home"))
    text = page.content.decode()
    assert page.status_code == 200
    assert all(town.name in text for town in county.towns)
    assert page.context["figures"].people == Person.objects.count()
    assert "青海省玉树藏族自治州曲麻莱县" in text


def test_a_branch_opens_to_its_villages(county, cast, browser) -> None:
    chief, town = browser(cast.chief), county.towns[0]
    assert county.villages[0].name not in chief.get(reverse("registry:branch", args=[town.pk])).content.decode()
    text = chief.get(reverse("registry:branch", args=[town.pk]) + "?open=1").content.decode()
    assert county.villages[0].name in text
    assert county.villages[2].name not in text


def test_the_neighbour_finds_none_of_it(county, cast, browser) -> None:
    neighbour, village = browser(cast.neighbour), county.villages[0]
    for name in ("place", "branch"):
        assert neighbour.get(reverse(f"registry:{name}", args=[village.pk])).status_code == 404
    assert neighbour.get(reverse("registry:declare", args=[village.pk])).status_code == 404
    for address in ("places", "places_then", "home"):
        text = neighbour.get(reverse(f"registry:{address}")).content.decode()
        assert county.towns[1].name in text
        assert county.towns[0].name not in text
        assert village.name not in text
    found = neighbour.get(reverse("registry:find_place"), {"name": "x", "x_q": "岗当"})
    assert village.name not in found.content.decode()
    sheet = neighbour.get(reverse("registry:places"), {"export": "xlsx"})
    assert "岗当村" not in str(cells(sheet))


def test_a_checkpoint_officer_sees_places_but_no_figures_of_people(county, cast, browser) -> None:
    text = browser(cast.checkpoint_officer).get(reverse("registry:home")).content.decode()
    assert "People registered" not in text


def test_the_register_finds_by_initials_and_exports_every_row(county, cast, browser) -> None:
    chief = browser(cast.chief)
    page = chief.get(reverse("registry:places"), {"q": "gdc"})
    assert [row.name for row in page.context["table"].shown.rows] == ["岗当村"]
    rows = cells(chief.get(reverse("registry:places"), {"export": "xlsx", "columns": "name,code,people"}))
    assert {row[0] for row in rows[1:]} == set(Place.objects.values_list("name", flat=True))
    assert ["曲麻莱县", "632726", Person.objects.count()] in rows


def test_a_village_is_renamed_through_its_form_once(county, cast, browser) -> None:
    chief, village = browser(cast.chief), county.villages[0]
    address = reverse("registry:change_place", args=[village.pk])
    sent = form_of(chief.get(address)) | {"name": "新岗当村", "why": WHY}
    for _ in range(2):
        assert chief.post(address, sent).status_code == 302
    village.refresh_from_db()
    assert (village.name, village.version) == ("新岗当村", 2)
    assert "新岗当村" in chief.get(reverse("registry:place", args=[village.pk])).content.decode()


def test_the_second_of_two_browsers_keeps_what_was_typed_and_may_save_again(county, cast, browser, now) -> None:
    chief, village = browser(cast.chief), county.villages[0]
    address = reverse("registry:change_place", args=[village.pk])
    sent = form_of(chief.get(address)) | {"name": "乙村", "why": WHY}
    services.change_place(by=cast.chief.viewer, place_id=village.pk, version=1, name="甲村", why=WHY, now=now)
    told = chief.post(address, sent)
    assert told.status_code == 409
    assert told.context["form"]["name"].value() == "乙村"
    assert told.context["form"].standing["name"] == "甲村"
    again = form_of(told) | {"version": told.context["form"]["version"].value()}
    assert chief.post(address, again).status_code == 302
    village.refresh_from_db()
    assert village.name == "乙村"


def test_a_place_is_added_moved_retired_and_reinstated_by_forms(county, cast, browser) -> None:
    chief, village = browser(cast.chief), county.villages[0]
    address = reverse("registry:add_place", args=[village.pk])
    page = chief.get(address)
    assert chief.post(address, form_of(page) | {"level": "site", "name": "", "why": WHY}).status_code == 422
    chief.post(address, form_of(page) | {"level": "site", "name": "检疫站", "kind": "quarantine", "why": WHY})
    site = Place.objects.get(name="检疫站")
    for name, more in (
        ("move_place", {"parent_id": county.villages[1].pk}),
        ("retire_place", {}),
        ("reinstate_place", {}),
    ):
        address = reverse(f"registry:{name}", args=[site.pk])
        page = chief.get(address)
        answer = chief.post(address, form_of(page) | {"why": WHY} | more)
        assert answer.status_code == 302, name
    site.refresh_from_db()
    assert (site.parent_id, site.ends, site.version) == (county.villages[1].pk, None, 4)


def test_two_villages_are_merged_by_the_wizard(county, cast, browser) -> None:
    chief, (first, second) = browser(cast.chief), county.villages[:2]
    address = reverse("registry:merge_places", args=[first.pk])
    assert chief.get(address).status_code == 200
    address += f"?others={second.pk}"
    page = chief.get(address)
    assert "9 people in 3 households" in page.content.decode()
    Place.objects.filter(pk=second.pk).update(version=5)
    stale = chief.post(address, form_of(page) | {"why": WHY})
    assert stale.status_code == 409
    assert chief.post(address, form_of(stale) | {"why": WHY}).status_code == 302
    second.refresh_from_db()
    assert second.ends is not None
    text = chief.get(reverse("registry:place", args=[second.pk])).content.decode()
    assert "It was merged into" in text
    assert first.name in text


def test_a_village_is_split_by_the_wizard(county, cast, browser, now) -> None:
    chief, village = browser(cast.chief), county.villages[2]
    grid = services.add_place(by=cast.chief.viewer, parent_id=village.pk, level="grid", name="东网格", why=WHY, now=now)
    address = reverse("registry:split_place", args=[village.pk])
    assert chief.get(address).status_code == 200
    address += "?names=东村%0A西村&rest=retires"
    page = chief.get(address)
    home = county.households_of(2)[0]
    sent = form_of(page) | {"why": WHY, f"child_{grid.pk}": "1", "homes_1": f"{home.code} X9"}
    wrong = chief.post(address, sent)
    assert wrong.status_code == 422
    assert "X9" in wrong.content.decode()
    assert chief.post(address, sent | {"homes_1": home.code}).status_code == 302
    west = Place.objects.get(name="西村")
    grid.refresh_from_db()
    assert grid.parent_id == west.pk
    assert Person.objects.filter(place=west).count() == 3
    assert (
        Person.objects.filter(place=Place.objects.get(name="东村")).count()
        == 6 + Person.objects.filter(purpose="cast", place__name="东村").count()
    )


def test_a_clerk_declares_and_may_do_nothing_else(county, cast, browser) -> None:
    clerk, village = browser(cast.village_clerk), county.villages[0]
    page = clerk.get(reverse("registry:place", args=[village.pk])).content.decode()
    assert reverse("registry:declare", args=[village.pk]) in page
    assert reverse("registry:change_place", args=[village.pk]) not in page
    assert clerk.get(reverse("registry:change_place", args=[village.pk])).status_code == 403
    address = reverse("registry:declare", args=[village.pk])
    sent = form_of(clerk.get(address)) | {"population": "120", "households": "130", "source": "户籍"}
    assert clerk.post(address, sent).status_code == 422
    assert clerk.post(address, sent | {"households": "30"}).status_code == 302
    assert Line.objects.get(action="registry.population_declared").data["population"] == 120


def test_the_tree_of_a_past_day_says_what_differs_now(county, cast, browser, now) -> None:
    services.change_place(
        by=cast.chief.viewer, place_id=county.villages[0].pk, version=1, name="新岗当村", why=WHY, now=now
    )
    day = (START + timedelta(days=1)).date().isoformat()
    page = browser(cast.chief).get(reverse("registry:places_then"), {"day": day})
    assert [(old.name, new.name) for old, new in page.context["changed"]] == [("岗当村", "新岗当村")]
    assert browser(cast.chief).get(reverse("registry:places_then"), {"day": "2020-01-01"}).context["then"] == []


def test_an_administrator_loads_a_county_by_name(cast, browser) -> None:
    administrator = browser(cast.administrator)
    assert "370921" in administrator.get(reverse("registry:load_county"), {"q": "宁阳"}).content.decode()
    address = reverse("registry:load_county")
    sent = form_of(administrator.get(address))
    assert administrator.post(address, sent | {"code": "999999"}).status_code == 422
    assert administrator.post(address, sent | {"code": "370921"}).status_code == 302
    assert Place.objects.filter(code__startswith="370921", level="village").count() == 581


def cells(response) -> list[list]:
    """The first sheet of an exported file."""
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


def test_all_48_names_gbk_cannot_write_survive_the_sheet(county, cast, browser, now) -> None:
    listed = [
        place.name
        for code in national._index().provinces
        for place in national.subtree(code)
        if place.level == "village"
    ]
    names = [name for name in listed if not writable(name, "gbk")]
    assert len(names) == 48
    for name in names:
        services.add_place(
            by=cast.chief.viewer, parent_id=county.towns[0].pk, level="village", name=name, why=WHY, now=now
        )
    rows = cells(browser(cast.chief).get(reverse("registry:places"), {"export": "xlsx", "columns": "name"}))
    assert set(names) <= {row[0] for row in rows}


def writable(text: str, encoding: str) -> bool:
    """Whether an encoding can write a text."""
    try:
        return bool(text.encode(encoding))
    except UnicodeEncodeError:
        return False
