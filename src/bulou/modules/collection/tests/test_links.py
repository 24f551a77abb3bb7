"""Giving personal links: who may, for whom, for how long; sent twice; and what they open."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import Http404
from django.urls import reverse

from bulou.modules.collection.models import Form, Submission, Token
from bulou.modules.collection.queries import links as queries
from bulou.modules.collection.services import links
from bulou.modules.collection.tests.linked import linked, published
from bulou.platform.journal.models import Line
from bulou.platform.refusals import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(operation, now):
    return published(operation, now)


def issue(cast, version, people, now, **more):
    given = {"days": 7, "once": uuid4(), "by": cast.village_clerk.viewer} | more
    return links.issue_links(form_id=version.form_id, people=[one.pk for one in people], now=now, **given)


def test_a_village_gets_its_links_once_and_nobody_else(county, cast, version, now):
    people = county.people_of(0)
    once = uuid4()
    made = issue(cast, version, people, now, once=once)
    assert [one.token.person_id for one in made] == [one.pk for one in people]
    assert len({one.text for one in made}) == len(people)
    assert all(len(one.text) == 26 for one in made)
    again = issue(cast, version, people, now + timedelta(minutes=5), once=once)
    assert [one.text for one in again] == [one.text for one in made]
    assert Token.objects.count() == len(people)
    line = Line.objects.get(action="collection.links_issued")
    assert sorted(line.subjects) == sorted(one.pk for one in people)
    assert made[0].text not in str(line.data)
    with pytest.raises(Refusal, match="token_shown"):
        issue(cast, version, people, now + timedelta(minutes=11), once=once)
    with pytest.raises(Http404):  # one of the neighbour's among them: nobody gets one
        issue(cast, version, [*people, county.people_of(2)[0]], now)
    with pytest.raises(Refusal):
        issue(cast, version, people, now, by=cast.checkpoint_officer.viewer)
    assert Token.objects.count() == len(people)


def test_the_text_of_a_link_is_kept_nowhere(county, cast, version, now):
    text = linked(cast.village_clerk.viewer, version, county.people_of(0)[1], now)
    row = Token.objects.values().get()
    assert text not in str(row)
    assert len(bytes(row["hash"])) == 32


def test_a_new_link_ends_the_former(county, cast, version, now):
    person = county.people_of(0)[1]
    first = linked(cast.village_clerk.viewer, version, person, now)
    second = linked(cast.village_clerk.viewer, version, person, now + timedelta(hours=1))
    later = now + timedelta(hours=2)
    assert queries.link(first, later).state == "revoked"
    assert queries.link(second, later).state == "open"


@pytest.mark.parametrize(
    ("more", "code"),
    [({"days": 0}, "link_days"), ({"days": 91}, "link_days"), ({"language": "ug"}, "link_language")],
)
def test_what_cannot_be_is_refused(county, cast, version, now, more, code):
    with pytest.raises(Refusal) as refused:
        issue(cast, version, county.people_of(0), now, **more)
    assert refused.value.code == f"collection.{code}"
    with pytest.raises(Refusal) as refused:
        issue(cast, version, [], now)
    assert refused.value.code == "collection.link_nobody"
    assert not Token.objects.exists()


@pytest.mark.parametrize(
    "mapping",
    [
        {"subject": {"kind": "household", "path": "person_id"}},
        {},
        {"subject": {"kind": "person", "path": "x"}, "list": {"repeat": "kin"}},
    ],
)
def test_a_form_about_others_gives_no_link(county, cast, operation, now, mapping):
    version = published(operation, now, mapping=mapping)
    with pytest.raises(Refusal) as refused:
        issue(cast, version, county.people_of(0), now)
    assert refused.value.code == "collection.link_form"
    with pytest.raises(Http404):
        links.issue_links(
            by=cast.village_clerk.viewer, form_id=version.form_id + 99, people=[1], days=1, once=uuid4(), now=now
        )


def test_a_link_opens_until_its_end_and_while_its_form_is_open(county, cast, version, now):
    text = linked(cast.village_clerk.viewer, version, county.people_of(0)[1], now, days=1)
    assert queries.link(text, now).state == "open"
    assert queries.link(text, now + timedelta(hours=23)).state == "open"
    assert queries.link(text, now + timedelta(days=1)).state == "over"
    assert queries.link(text.upper(), now) is None
    assert queries.link("", now) is None
    Form.objects.update(state=Form.State.CLOSED)
    assert queries.link(text, now).state == "closed"


def test_what_was_received_today_is_known_by_the_link(county, cast, version, now):
    person = county.people_of(0)[1]
    found = queries.link(linked(cast.village_clerk.viewer, version, person, now), now)
    assert queries.received_today(found.token.pk, now) is None
    about = {
        "chain": "uuid:1",
        "version": version,
        "form": version.form,
        "digest": b"x",
        "size": 1,
        "happened_at": now,
        "received_at": now,
    }
    Submission.objects.create(instance_id="uuid:1", token_id=found.token.pk, source="link", **about)
    assert queries.received_today(found.token.pk, now) == {"time": "10:00", "instance": "uuid:1"}
    assert queries.received_today(found.token.pk, now + timedelta(days=1)) is None
    assert queries.answered([found.token.pk]) == {found.token.pk: now}


def test_the_clerk_prints_a_sheet_for_the_village(client, county, cast, version, now):
    client.force_login(cast.village_clerk.user, backend="django.contrib.auth.backends.ModelBackend")
    form = {"form": version.form_id, "place": county.villages[0].pk, "days": 7, "language": "bo", "once": str(uuid4())}
    page = client.post(reverse("collection:new_links"), form, HTTP_ACCEPT="text/html")
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    body = page.content.decode()
    assert body.count('class="slip"') == Token.objects.count() > 0
    assert "data:application/vnd.openxmlformats" in body
    assert county.people_of(0)[0].name in body
    assert set(Token.objects.values_list("language", flat=True)) == {"bo"}
    listed = client.get(reverse("collection:links"), HTTP_ACCEPT="text/html").content.decode()
    assert county.people_of(0)[0].name in listed
    assert "/f/" not in listed
    elsewhere = client.post(
        reverse("collection:new_links"),
        form | {"place": county.villages[2].pk, "once": str(uuid4())},
        HTTP_ACCEPT="text/html",
    )
    assert elsewhere.status_code == 422
