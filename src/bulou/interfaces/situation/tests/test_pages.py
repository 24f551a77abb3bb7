"""The pages of the situation room: what each role sees, what every number opens to, and what is refused."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from openpyxl import load_workbook

from bulou.interfaces.situation.tests.day import BY, DUE, MIDNIGHT, Day, day, regime_of
from bulou.modules.ledger import services
from bulou.platform import clock
from bulou.platform.journal.models import Line, Look
from tests.kit.cast import NOW, Cast, County

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def _at_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def made(county: County) -> Day:
    return day(county)


def page(seated, address: str, language: str = "en", **headers) -> str:
    client = Client()
    client.force_login(seated.user, backend=BACKEND)
    client.cookies["language"] = language
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def status(seated, address: str) -> int:
    client = Client()
    client.force_login(seated.user, backend=BACKEND)
    return client.get(address).status_code


def figure(html: str, label: str) -> int:
    """The value of a figure by its name."""
    found = re.search(rf'figure-label">(?:<svg.*?</svg>)?{label}</span><span class="figure-value">([\d,]+)', html)
    assert found, label
    return int(found[1].replace(",", ""))


def link(html: str, label: str) -> str:
    """The address a figure opens to."""
    found = re.search(rf'<a href="([^"]+)"><span class="figure-label">(?:<svg.*?</svg>)?{label}<', html)
    assert found, label
    return found[1].replace("&amp;", "&")


def test_the_board_counts_what_the_viewer_reaches_and_nothing_of_the_neighbour(made: Day, cast: Cast) -> None:
    chief = page(cast.chief, "/situation/")
    assert (figure(chief, "Missing"), figure(chief, "On time"), figure(chief, "Late"), figure(chief, "Excused")) == (
        10,
        24,
        1,
        1,
    )
    assert "约改镇" in chief
    assert "巴干乡" in chief
    lead = page(cast.township_lead, "/situation/")
    assert (figure(lead, "Missing"), figure(lead, "On time")) == (10, 6)
    assert "巴干乡" not in lead
    neighbour = page(cast.neighbour, "/situation/")
    assert (figure(neighbour, "Missing"), figure(neighbour, "On time")) == (0, 18)
    assert "约改镇" not in neighbour


def test_every_number_opens_to_as_many_rows(made: Day, cast: Cast) -> None:
    board = page(cast.chief, "/situation/")
    for label in ("Missing", "Pending", "On time", "Late", "Excused", "Expected"):
        rows = page(cast.chief, link(board, label))
        assert rows.count('data-standing="') == figure(board, label), label


def test_the_rows_of_a_leaf_go_down_to_the_person(made: Day, cast: Cast) -> None:
    village = made.county.villages[0]
    leaf = page(cast.chief, f"/situation/?node={village.pk}")
    assert leaf.count('data-standing="') == 9
    missing = made.county.people_of(0)[8]
    rows = page(cast.chief, f"/situation/rows?node={village.pk}")
    assert rows.count('data-standing="missing"') == 1
    assert missing.name in rows
    assert f"tel:{made.county.people[0].phones.first().number}" in rows  # the answerable's
    one = page(cast.chief, f"/situation/subject/person/{missing.pk}")
    assert one.count("strip-missing") == 2
    assert Look.objects.filter(why="situation.rows", subjects__contains=[missing.pk]).exists()


def test_a_village_goes_down_to_its_households_and_these_to_their_people(made: Day, cast: Cast) -> None:
    village, homes = made.county.villages[0], made.county.households_of(0)
    leaf = page(cast.chief, f"/situation/?node={village.pk}")
    addresses = re.findall(r'<th><a href="([^"]*household=\d+[^"]*)"', leaf)
    assert len(addresses) == 3
    assert f"household={homes[2].pk}" in addresses[0]  # the third's last one is missing: it comes first
    home = page(cast.chief, addresses[0].replace("&amp;", "&"))
    assert (figure(home, "Missing"), figure(home, "Late"), figure(home, "Excused"), figure(home, "Expected")) == (
        1,
        1,
        1,
        2,
    )
    assert home.count('data-standing="') == 3
    for label in ("Missing", "Late", "Excused", "Expected"):
        assert page(cast.chief, link(home, label)).count('data-standing="') == figure(home, label), label
    back = page(cast.chief, f"/situation/?node={village.pk}&household={homes[2].pk}&at=2020-01-26T09:05")
    assert (figure(back, "Missing"), figure(back, "Late")) == (3, 0)
    assert "As known now" in back
    assert Look.objects.filter(why="situation.board", subjects__contains=[homes[1].head_id]).exists()


def test_a_household_is_shown_to_nobody_beyond_its_village_and_masked_to_the_auditor(made: Day, cast: Cast) -> None:
    here, there = made.county.households_of(0)[0], made.county.households_of(2)[0]
    village, other = made.county.villages[0], made.county.villages[2]
    for address in ("", "rows"):
        assert status(cast.township_lead, f"/situation/{address}?node={village.pk}&household={here.pk}") == 200
        assert status(cast.neighbour, f"/situation/{address}?node={village.pk}&household={here.pk}") == 404
        assert status(cast.township_lead, f"/situation/{address}?node={village.pk}&household={there.pk}") == 404
        assert status(cast.neighbour, f"/situation/{address}?node={other.pk}&household={here.pk}") == 404
    assert here.head.name not in page(cast.auditor, f"/situation/?node={village.pk}")
    assert figure(page(cast.chief, f"/situation/?node={village.pk}&household=x"), "Missing") == 1


def test_the_neighbour_finds_neither_node_nor_person_nor_window(made: Day, cast: Cast) -> None:
    person = made.county.people_of(0)[0].pk
    town = made.county.towns[0].pk
    assert status(cast.township_lead, f"/situation/subject/person/{person}") == 200
    assert status(cast.neighbour, f"/situation/subject/person/{person}") == 404
    for address in ("", "rows", "rows.xlsx", "chat", "denominators", "wall", "trend"):
        assert status(cast.township_lead, f"/situation/{address}?node={town}") == 200
        assert status(cast.neighbour, f"/situation/{address}?node={town}") == 404, address
    assert status(cast.chief, "/situation/?window=999999") == 404
    assert status(cast.chief, "/situation/?regime=999999") == 404
    assert status(cast.chief, "/situation/?op=nobody") == 404


def test_what_cannot_be_read_falls_back(made: Day, cast: Cast) -> None:
    for query in (
        "day=yesterday",
        "day=9999-99-99",
        "at=soon",
        "at=2999-01-01T00:00",
        "node=x",
        "window=%F0",
        "after=1-2-3",
        "standing=odd",
        "by=star",
    ):
        assert status(cast.chief, f"/situation/rows?{query}") == 200, query
    assert "Nothing is owed here" in page(cast.chief, "/situation/?day=2020-02-20")


def test_pages_are_read_by_key_and_lose_nobody(made: Day, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bulou.interfaces.situation.views.rows.PAGE", 4)
    address, seen = "/situation/rows?standing=all", []
    while address:
        html = page(cast.chief, address)
        seen += re.findall(r'data-enrolment="(\d+)"', html)
        further = re.search(r'href="([^"]+)">Next page', html)
        address = further[1].replace("&amp;", "&") if further else ""
    assert len(seen) == len(set(seen)) == 36


def test_looking_back_shows_what_was_known_then_beside_what_is_known_now(made: Day, cast: Cast) -> None:
    back = page(cast.chief, "/situation/?at=2020-01-26T09:05")
    assert (figure(back, "Missing"), figure(back, "Late"), figure(back, "Excused")) == (12, 0, 0)
    assert "As known now" in back
    assert "格前村" not in back.split("Moved since:")[1][:400]
    assert page(cast.chief, "/situation/rows?at=2020-01-26T09:05").count('data-standing="missing"') == 12
    early = page(cast.chief, "/situation/?at=2020-01-26T08:30")
    assert (figure(early, "Missing"), figure(early, "Pending")) == (0, 12)


def test_by_unit_what_belongs_to_no_unit_is_shown_and_opens(made: Day, cast: Cast) -> None:
    board = page(cast.chief, "/situation/?by=unit")
    assert "Belongs to no unit" in board
    assert page(cast.chief, "/situation/rows?by=unit&node=0&standing=all").count("data-standing") == 27
    assert page(cast.unit_clerk, "/situation/rows?standing=all").count("data-standing") == 9


def test_the_text_for_the_chat_group(made: Day, cast: Cast) -> None:
    html = page(cast.chief, "/situation/chat", "zh-hans")
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", html, re.DOTALL)[1]
    assert "截至10:00 未报10人" in text
    assert re.search(r"^格前村（9人）：", text, re.MULTILINE)
    assert "154" not in text  # no telephones
    assert "每日健康" in page(cast.chief, f"/situation/chat?regime={made.regime.pk}", "zh-hans")
    done = page(cast.neighbour, "/situation/chat", "zh-hans")
    assert "截至10:00 已全部上报" in done
    assert status(cast.auditor, "/situation/chat") == 403  # names are not the auditor's


def test_the_auditor_sees_masked_names_and_no_telephone(made: Day, cast: Cast) -> None:
    html = page(cast.auditor, "/situation/rows?standing=all")
    assert "tel:" not in html
    assert made.county.people[0].name not in html


def test_the_sheet_holds_the_list_and_is_journalled(made: Day, cast: Cast) -> None:
    client = Client()
    client.force_login(cast.township_lead.user, backend=BACKEND)
    answer = client.get("/situation/rows.xlsx?standing=missing")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.worksheets[0].max_row == 11
    line = Line.objects.get(action="situation.exported")
    assert line.data["rows"] == 10


def test_since_i_came_on(made: Day, cast: Cast) -> None:
    services.end_enrolment(
        by=BY, enrolment_id=made.enrolment(made.county.people_of(1)[0]).pk, at=NOW, once=uuid4(), now=NOW - timedelta(minutes=5), why="moved away"
    )  # fmt: skip
    html = page(cast.chief, "/situation/since?since=2020-01-26T08:50")
    for words in ("Daily health", "in hospital", "moved away", made.county.people_of(0)[6].name):
        assert words in html, words
    fallen = page(cast.chief, "/situation/since?since=2020-01-26T08:50", **{"HX-Request": "true"})
    assert re.search(r"岗当村</a></th><td[^>]*>-1</td>", fallen)
    later = page(cast.chief, "/situation/since?since=2020-01-26T09:59")
    assert "in hospital" not in later
    assert "in hospital" not in page(cast.neighbour, "/situation/since?since=2020-01-26T08:50")


def test_denominators_name_who_moved_them(made: Day, cast: Cast) -> None:
    html = page(cast.chief, "/situation/denominators")
    assert "in hospital" in html
    assert re.search(r"约改镇</a></th><td[^>]*>-1</td>", html)


def test_the_wall_has_no_chrome_and_no_names(made: Day, cast: Cast) -> None:
    html = page(cast.chief, "/situation/wall")
    assert 'class="nav"' not in html
    assert "约改镇" in html
    assert made.county.people_of(0)[8].name not in html
    part = page(cast.chief, "/situation/wall", **{"HX-Request": "true"})
    assert "<html" not in part
    assert "约改镇" in part


def test_the_live_part_comes_alone(made: Day, cast: Cast) -> None:
    part = page(cast.chief, "/situation/", **{"HX-Request": "true"})
    assert "<html" not in part
    assert figure(part, "Missing") == 10


def test_a_window_opened_earlier_and_running_is_offered(made: Day, cast: Cast) -> None:
    from bulou.core.windows import Once
    from bulou.platform.playbooks import OperationRef

    ref = OperationRef(made.operation.pk, made.operation.key, made.operation.root_id, regime_of.__globals__["ZONE"])
    calendar = Once(MIDNIGHT - timedelta(hours=20), DUE, NOW + timedelta(days=2))
    services.set_regime(
        by=BY, operation=ref, key="census", asks=["well"], calendar=calendar, now=MIDNIGHT - timedelta(hours=22), since=MIDNIGHT - timedelta(hours=22)
    )  # fmt: skip
    services.open_windows(NOW)
    assert "census" in page(cast.chief, "/situation/").split("Opened earlier")[1]


def test_without_an_operation_the_room_says_so(county: County, cast: Cast) -> None:
    for address in ("", "rows", "chat", "since", "denominators", "wall"):
        assert "No operation runs" in page(cast.chief, f"/situation/{address}")
    assert status(cast.chief, "/situation/rows.xlsx") == 404
    assert status(cast.storekeeper, "/situation/") == 403


def test_an_operation_without_regimes_shows_an_empty_board(county: County, cast: Cast) -> None:
    from bulou.interfaces.situation.tests.day import operation_at

    operation_at(county)
    assert "Nothing is owed here" in page(cast.chief, "/situation/")


def test_an_immediate_report_stands_on_the_wall_until_every_level_knows(made: Day, cast: Cast) -> None:
    from bulou.modules.alerts.models import Alert, Level

    person, place = made.county.people_of(0)[1], made.county.villages[0]
    one = Alert.objects.create(
        uuid=uuid4(), operation=made.operation, kind="suspected", about="staff", person=person, place=place, happened_at=NOW,
        reported_at=NOW - timedelta(minutes=4), reporter_name="x",
    )  # fmt: skip
    level = Level.objects.create(alert=one, place=made.county.towns[0], rank=1)
    for address in ("wall", "since"):
        html = page(cast.chief, f"/situation/{address}")
        assert "Suspected case, 岗当村: 1 levels" in html
        assert person.name not in html
        assert "Suspected case" not in page(cast.neighbour, f"/situation/{address}")
        assert "Suspected case" not in page(cast.auditor, f"/situation/{address}")
    level.acknowledged_at = NOW
    level.save()
    assert "Suspected case" not in page(cast.chief, "/situation/wall")


def test_who_was_chased_and_what_they_said_stands_in_the_list(made: Day, cast: Cast) -> None:
    from bulou.modules.ledger.models import Call

    owing = made.enrolment(made.county.people_of(0)[8])
    Call.objects.create(uuid=uuid4(), enrolment=owing, outcome="no_answer", note="rang twice", at=NOW, actor_name="Han")
    html = page(cast.chief, "/situation/rows")
    assert "No answer" in html
    assert "rang twice" in html


def test_overseers_land_in_the_situation_room_while_an_operation_runs(made: Day, cast: Cast) -> None:
    def lands(seated) -> str:
        client = Client()
        client.force_login(seated.user, backend=BACKEND)
        return client.get("/").headers["Location"]

    for seated in (cast.chief, cast.duty_officer, cast.township_lead, cast.auditor):
        assert lands(seated) == "/situation/", seated.key
    assert lands(cast.storekeeper) != "/situation/"
    made.operation.state = "stood_down"
    made.operation.save()
    assert lands(cast.chief) == "/registry/"


def test_whoever_a_regime_matches_and_does_not_have_is_named(made: Day, cast: Cast) -> None:
    from bulou.modules.ledger.models import Exclusion

    made.regime.who = {"subject": "person", "places": [made.county.villages[1].code]}
    made.regime.save()
    left, ended = made.county.people_of(1)[:2]
    for person in (left, ended):
        services.end_enrolment(
            by=BY, enrolment_id=made.enrolment(person).pk, at=NOW - timedelta(hours=1), once=uuid4(), now=NOW, why="x"
        )
    Exclusion.objects.create(
        regime=made.regime, subject_kind="person", subject_id=left.pk, at=NOW, actor_name="Han", reason="counted in the next county"
    )  # fmt: skip
    address = f"/situation/denominators?regime={made.regime.pk}"
    html = page(cast.chief, address).split("Matched and not enrolled")[1].split("panel-head")[0]
    assert html.count("Nobody left them out") == 1
    assert "counted in the next county" in html
    assert "counted in the next county" not in page(cast.neighbour, address)
    assert "Choose a regime" in page(cast.chief, "/situation/denominators")
