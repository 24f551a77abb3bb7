"""The OData feed: what a spreadsheet program asks, in the order it asks it; by name and password or a device's code; in scope, logged."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse

from bulou.modules.collection.exports import odata
from bulou.modules.collection.models import Form, Submission
from bulou.modules.collection.rules.odata import Unsaid, filter_of
from bulou.modules.collection.services.tokens import issue_token
from bulou.platform.journal.models import Look
from tests.kit.cast import Cast, County
from tests.kit.collection import submit, version_of

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
EDM = "{http://docs.oasis-open.org/odata/ns/edm}"


@pytest.fixture
def sent(form: Form, county: County, now: datetime) -> list[Submission]:
    version = version_of(form, now)
    people = [{"people/name": "卓玛", "people/age": "3"}, {"people/name": "x", "people/age": "old"}]
    return [
        submit(
            version, now=now + timedelta(minutes=n), subject_kind="person", subject_id=county.people_of(0)[n].pk,
            answers={"health/temperature": f"36.{n}", "report_date": "2020-01-26", "people": people[: n % 3]}, secret={"health/test_result": "positive"},
        )
        for n in range(5)
    ]  # fmt: skip


def ask(client: Client, form: Form, rest: str = "", header: str = "", **options: str) -> Any:
    headers = {"Accept": "application/json"} | ({"Authorization": header} if header else {})
    query = {f"${name}": value for name, value in options.items()}
    return client.get(reverse("collection:odata", args=[form.pk]) + rest, query, headers=headers)


@pytest.fixture
def chief(client: Client, cast: Cast) -> Client:
    client.force_login(cast.chief.user, backend=BACKEND)
    return client


def test_a_program_finds_its_way_from_the_root_to_the_rows(chief: Client, form: Form, sent: list[Submission]) -> None:
    root = ask(chief, form)
    assert root.headers["OData-Version"] == "4.0"
    assert [one["name"] for one in root.json()["value"]] == ["Submissions", "Submissions.people"]
    types = ElementTree.fromstring(ask(chief, form, "$metadata").content)
    main = next(one for one in types.iter(f"{EDM}EntityType") if one.get("Name") == "Submissions")
    kinds = {one.get("Name"): one.get("Type") for one in main.iter(f"{EDM}Property")}
    assert kinds["health_temperature"] == "Edm.Double"
    assert kinds["report_date"] == "Edm.Date"
    assert "health_test_result" not in kinds
    body = ask(chief, form, "Submissions").json()
    assert set(body["value"][0]) == set(kinds), "the rows hold what the types promise"
    assert body["value"][1]["health_temperature"] == 36.1
    assert "positive" not in str(body)
    assert set(Look.objects.get(what="feed").subjects) == {one.subject_id for one in sent}


def test_rounds_are_a_table_of_their_own(chief: Client, form: Form, sent: list[Submission]) -> None:
    body = ask(chief, form, "Submissions.people", count="true").json()
    assert body["@odata.count"] == len(body["value"]) == 0 + 1 + 2 + 0 + 1
    first = body["value"][0]
    assert (first["submission_id"], first["round"], first["people_name"], first["people_age"]) == (
        sent[1].pk,
        "1",
        "卓玛",
        3,
    )
    assert body["value"][2]["people_age"] is None, "what is no number is no number here"
    assert len(ask(chief, form, "Submissions.people", top="1", skip="1").json()["value"]) == 1


def test_top_skip_count_select_and_filter(chief: Client, form: Form, sent: list[Submission], now: datetime) -> None:
    body = ask(chief, form, "Submissions", top="2", skip="1", count="true", select="id,version").json()
    assert [one["id"] for one in body["value"]] == [sent[1].pk, sent[2].pk]
    assert set(body["value"][0]) == {"id", "version"}
    assert body["@odata.count"] == 5
    assert "@odata.nextLink" not in body, "the client said how many it wants"
    since = (now + timedelta(minutes=3)).isoformat().replace("+00:00", "Z")
    found = ask(chief, form, "Submissions", filter=f"received_at ge {since}").json()["value"]
    assert [one["id"] for one in found] == [sent[3].pk, sent[4].pk]
    found = ask(
        chief, form, "Submissions", filter=f"(instance_id eq '{sent[0].instance_id}') and id lt {sent[1].pk}"
    ).json()
    assert len(found["value"]) == 1
    for option in (
        {"orderby": "id"},
        {"filter": "name eq 1"},
        {"top": "-1"},
        {"select": "secret"},
        {"expand": "people"},
    ):
        assert ask(chief, form, "Submissions", **option).status_code == 501, option
    assert ask(chief, form, "Nothing").status_code == 404


def test_pages_follow_by_key(
    chief: Client, form: Form, sent: list[Submission], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(odata, "PAGE", 2)
    seen, address = [], reverse("collection:odata_table", args=[form.pk, "Submissions"])
    while address:
        body = chief.get(address).json()
        seen += [one["id"] for one in body["value"]]
        following = urlsplit(body.get("@odata.nextLink", ""))
        address = f"{following.path}?{following.query}" if following.query else ""
    assert seen == [one.pk for one in sent]


def test_a_program_comes_in_by_password_or_code(
    client: Client, cast: Cast, form: Form, sent: list[Submission], now: datetime
) -> None:
    assert ask(client, form).status_code == 401
    assert "Basic" in ask(client, form).headers["WWW-Authenticate"]
    cast.chief.user.set_password("a long password for tests")
    cast.chief.user.must_change_password = False
    cast.chief.user.save()
    said = b64encode(f"{cast.chief.user.username}:a long password for tests".encode()).decode()
    assert ask(client, form, "Submissions", f"Basic {said}").status_code == 200
    wrong = b64encode(f"{cast.chief.user.username}:no".encode()).decode()
    assert ask(client, form, "Submissions", f"Basic {wrong}").status_code == 401
    for seated, rows in ((cast.chief, 5), (cast.neighbour, 0)):
        code = issue_token(by=seated.viewer, kind="device", user=seated.user.pk, now=now).text
        assert len(ask(client, form, "Submissions", f"Bearer {code}").json()["value"]) == rows
        basic = b64encode(f"any:{code}".encode()).decode()
        assert ask(client, form, "Submissions", f"Basic {basic}").status_code == 200
    officer = issue_token(
        by=cast.checkpoint_officer.viewer, kind="device", user=cast.checkpoint_officer.user.pk, now=now
    )
    assert ask(client, form, "Submissions", f"Bearer {officer.text}").status_code == 403
    assert ask(client, form, "Submissions", "Bearer " + "a" * 26).status_code == 401


@pytest.mark.parametrize("text", ["id", "id eq", "id eq 'x'", "id eq 1 or id eq 2", "received_at ge 2020-01-01", "instance_id eq x", "id eq 1 and", ")("])  # fmt: skip
def test_a_filter_it_does_not_understand_is_said(text: str) -> None:
    with pytest.raises(Unsaid):
        filter_of(text)
