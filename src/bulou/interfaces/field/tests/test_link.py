"""The page of a personal link, the form as JSON, the runner's file and the preview: what each gives, to whom, and what it keeps to itself."""

from __future__ import annotations

import gzip
import html
import json
import logging
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bulou.interfaces.field import bundle
from bulou.interfaces.field.views import link as views
from bulou.modules.collection.models import Form, Media, Submission, Token
from bulou.modules.collection.services.tokens import issue_token, revoke_token
from bulou.modules.collection.tests.linked import linked, published
from bulou.modules.operations.models import Operation
from bulou.platform import clock
from bulou.platform.access.viewer import system

pytestmark = pytest.mark.django_db
UNKNOWN = "a" * 26


@pytest.fixture(autouse=True)
def patient():
    for limit in (views.OF_ADDRESS, views.OF_LINK, views.OF_STRANGERS):
        limit.forget()


@pytest.fixture
def version(county):
    now = clock.now() - timedelta(hours=1)
    operation = Operation.objects.create(
        key="op", titles={"zh-Hans": "演练"}, playbook="x", root=county.root, level="x", started_at=now
    )
    return published(operation, now)


@pytest.fixture
def person(county):
    return county.people_of(0)[1]


@pytest.fixture
def text(cast, version, person):
    return linked(system("tests"), version, person, clock.now(), language="bo")


def opened(client, text, **more):
    return client.get(reverse("field:link", args=[text]), **more)


def data_of(page):
    found = re.search(
        r'<script id="bulou-form-data" type="application/json">(.*?)</script>', page.content.decode(), re.DOTALL
    )
    return json.loads(found[1])


def test_a_link_opens_its_form_about_its_person_in_its_language(client, text, version, person):
    page = opened(client, text)
    assert page.status_code == 200
    data = data_of(page)
    assert data["form"] == {"id": "resident_daily", "version": "1"}
    assert data["prefill"] == {"person_id": str(person.uuid)}
    assert data["language"] == "bo"
    assert data["submit"] == f"/key/{text}/submission"
    assert data["received"] is None
    assert '<html lang="bo">' in page.content.decode()
    assert Token.objects.get().seen_at is not None


def test_who_finds_a_link_learns_nothing_of_its_person(client, text, version, person):
    Media.objects.create(
        version=version, name="people.csv", entities="people"
    )  # a list the phone of a worker gets in full
    Media.objects.create(version=version, name="households.csv", entities="households")
    body = html.unescape(opened(client, text).content.decode())
    assert person.name not in body
    assert person.household.code not in body
    assert data_of(opened(client, text))["lists"] == {
        "people": [{"name": str(person.uuid), "label": f"{person.name[0]}**"}],
        "households": [],
    }
    assert f"{person.name[0]}**" in body
    for phone in person.phones.all():
        assert phone.number not in body


def test_nothing_passes_the_address_on(client, text, caplog):
    caplog.set_level(logging.DEBUG)
    answers = [opened(client, text), opened(client, UNKNOWN)]
    Form.objects.update(state=Form.State.CLOSED)
    answers.append(opened(client, text))
    assert [one.status_code for one in answers] == [200, 404, 410]
    for answer in answers:
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "no-store" in answer.headers["Cache-Control"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert not answer.cookies
    assert text not in caplog.text
    assert UNKNOWN not in caplog.text


def test_an_ended_link_says_so_kindly_and_an_unknown_one_says_no_more(client, cast, version, person, text):
    token = Token.objects.get()
    Token.objects.update(issued_at=clock.now() - timedelta(days=9), expires_at=clock.now() - timedelta(days=2))
    page = opened(client, text)
    assert page.status_code == 410
    assert str(clock.local_day(clock.now() - timedelta(days=2))) in page.content.decode()
    assert "bulou-form-data" not in page.content.decode()
    Token.objects.update(expires_at=clock.now() + timedelta(days=2))
    revoke_token(by=system("tests"), token_id=token.pk, now=clock.now())
    assert opened(client, text).status_code == 410
    unknown = opened(client, UNKNOWN)
    assert unknown.status_code == 404
    assert all(f'lang="{tag}"' in unknown.content.decode() for tag in ("zh-Hans", "bo", "en"))
    device = issue_token(by=system("tests"), kind="device", person=person.pk, now=clock.now())
    assert opened(client, device.text).status_code == 404  # another kind of token opens no page


def test_an_unknown_link_costs_what_an_ended_one_costs(client, text):
    def queries(address):
        with CaptureQueriesContext(connection) as asked:
            opened(client, address)
        return [one["sql"].partition("WHERE")[0] for one in asked.captured_queries]

    Token.objects.update(revoked_at=clock.now())
    assert queries(UNKNOWN) == queries(text) != []


def test_whoever_knocks_too_often_is_asked_to_wait(client, text):
    assert [opened(client, text).status_code for _ in range(21)][-2:] == [200, 429]
    assert [opened(client, f"{n:026d}").status_code for n in range(21)][-2:] == [404, 429]


def test_the_second_visit_of_a_day_knows_what_was_received(client, text, version):
    token, now = Token.objects.get(), clock.now()
    about = {
        "chain": "uuid:1",
        "version": version,
        "form": version.form,
        "digest": b"x",
        "size": 1,
        "happened_at": now,
        "received_at": now,
    }
    Submission.objects.create(instance_id="uuid:1", token_id=token.pk, source="link", answers={"well": "no"}, **about)
    data = data_of(opened(client, text))
    assert data["received"]["instance"] == "uuid:1"
    assert "answers" not in json.dumps(data)  # whoever holds the paper does not read what was said


def test_a_page_and_its_files_are_small(client, text):
    page = opened(client, text, HTTP_ACCEPT_ENCODING="gzip")
    assert page.headers["Content-Encoding"] == "gzip"
    files = [client.get(bundle.address(kind), HTTP_ACCEPT_ENCODING="gzip") for kind in ("js", "css")]
    sizes = [len(one.content) for one in (page, *files)]
    assert sum(sizes) < 60_000, sizes
    for one, kind in zip(files, ("js", "css"), strict=True):
        assert "immutable" in one.headers["Cache-Control"]
        assert gzip.decompress(one.content) == client.get(bundle.address(kind)).content == bundle.packed(kind).plain
    assert client.get(reverse("field:runner", args=["0" * 12, "js"])).status_code == 404
    assert client.get(reverse("field:runner", args=["0" * 12, "exe"])).status_code == 404


def test_the_form_as_json_goes_to_whom_may_fill_it(client, cast, version, text):
    device = issue_token(
        by=cast.village_clerk.viewer, kind="browser", user=cast.village_clerk.user.pk, now=clock.now()
    ).text
    address = reverse("field:form_json", args=[device, "resident_daily"])
    given = client.get(address, {"version": "1"})
    assert given.status_code == 200
    assert given.json()["tree"]["root"] == "data"
    assert client.get(address, {"version": "1"}, HTTP_IF_NONE_MATCH=given.headers["ETag"]).status_code == 304
    assert client.get(address, {"version": "2"}).status_code == 404
    assert client.get(reverse("field:form_json", args=[UNKNOWN, "resident_daily"])).status_code == 403
    assert client.get(reverse("field:form_json", args=[device, "other"])).status_code == 404
    assert client.get(reverse("field:form_json", args=[text, "resident_daily"])).status_code == 200
    packed = client.get(address, HTTP_ACCEPT_ENCODING="gzip")
    assert json.loads(gzip.decompress(packed.content)) == given.json()


def test_the_preview_is_for_whom_the_forms_are(client, cast, version):
    address = reverse("field:preview", args=[version.pk])
    client.force_login(cast.chief.user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(address)
    assert data_of(page)["mode"] == "test"
    client.force_login(cast.checkpoint_officer.user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(address, HTTP_ACCEPT="text/html").status_code == 403
    assert client.get(reverse("field:preview", args=[version.pk + 99]), HTTP_ACCEPT="text/html").status_code == 403


def test_the_words_are_the_same_in_every_language():
    from bulou.platform.words.traditional import traditional

    english, simplified = bundle.words("en"), bundle.words("zh-Hans")
    for language in bundle.WORDS:
        said = bundle.words(language)
        assert list(said) == list(english), language
        for key, text in said.items():
            assert text.strip(), (language, key)
            assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english[key])), (language, key)
    assert bundle.words("zh-Hant") == {key: traditional(text) for key, text in simplified.items()}
    assert all(re.search(r"[\u0f40-\u0f6c]", text) for text in bundle.words("bo").values())
