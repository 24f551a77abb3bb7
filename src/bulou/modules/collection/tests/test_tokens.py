"""Tokens: given within one's reach, never for more than oneself may, shown once, revoked for good, and never in the journal."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.http import Http404

from bulou.modules.collection.models import Form, Token
from bulou.modules.collection.queries import sealed
from bulou.modules.collection.queries import tokens as queries
from bulou.modules.collection.queries.tokens import digest_of, looks_like_one
from bulou.modules.collection.services import tokens as services
from bulou.modules.collection.views.collect_settings import settings_text
from bulou.platform.access.viewer import system
from bulou.platform.journal.models import Line
from bulou.platform.refusals import Refusal
from tests.kit.cast import Cast, County

pytestmark = pytest.mark.django_db
BY = system("tests")


def test_a_lead_equips_the_people_of_his_place_and_nobody_else(county: County, cast: Cast, now: datetime) -> None:
    by, person = cast.township_lead.viewer, county.people_of(0)[1]
    made = services.issue_token(by=by, kind="device", person=person.pk, label="phone 3", now=now)
    assert looks_like_one(made.text)
    assert bytes(made.token.hash) == digest_of(made.text)
    assert made.text not in json.dumps(list(Line.objects.values("data", "why", "actor_name")))
    with pytest.raises(Http404):
        services.issue_token(by=by, kind="device", person=county.people_of(2)[1].pk, now=now)
    with pytest.raises(Refusal):
        services.issue_token(by=cast.checkpoint_officer.viewer, kind="device", person=person.pk, now=now)


def test_sent_twice_it_is_the_same_token_and_later_it_is_not_shown(county: County, cast: Cast, now: datetime) -> None:
    said = {"by": cast.township_lead.viewer, "kind": "device", "person": county.people_of(0)[1].pk, "once": uuid4()}
    first, again = services.issue_token(**said, now=now), services.issue_token(**said, now=now + timedelta(minutes=5))
    assert (first.token.pk, first.text) == (again.token.pk, again.text)
    assert Token.objects.count() == Line.objects.filter(action="collection.token_issued").count() == 1
    with pytest.raises(Refusal, match=r"collection\.token_shown"):
        services.issue_token(**said, now=now + timedelta(minutes=11))
    other = services.issue_token(**said | {"by": cast.chief.viewer}, now=now)
    assert other.text != first.text, "the same key from another hand is another token"


def test_nobody_gives_a_device_that_sees_more_than_himself(cast: Cast, now: datetime) -> None:
    chief, lead = cast.chief, cast.township_lead
    with pytest.raises((Refusal, Http404)):
        services.issue_token(by=lead.viewer, kind="device", user=chief.user.pk, now=now)
    made = services.issue_token(by=chief.viewer, kind="device", user=lead.user.pk, now=now)
    assert (made.token.user_id, made.token.person_id) == (lead.user.pk, lead.person.pk)


def test_everybody_who_fills_forms_makes_one_for_themselves(cast: Cast, now: datetime) -> None:
    officer = cast.checkpoint_officer
    made = services.issue_token(by=officer.viewer, kind="browser", user=officer.user.pk, now=now)
    assert made.token.kind == "browser"
    assert services.revoke_token(by=officer.viewer, token_id=made.token.pk, now=now).revoked_at == now


def test_a_personal_link_needs_the_right_to_give_links_also_for_oneself(form: Form, cast: Cast, now: datetime) -> None:
    officer = cast.checkpoint_officer
    said = {"kind": "personal", "form": form.pk, "expires_at": now + timedelta(days=1), "now": now}
    with pytest.raises(Refusal):
        services.issue_token(by=officer.viewer, person=officer.person.pk, **said)


def test_revoking_is_for_good_repeatable_and_in_scope(county: County, cast: Cast, now: datetime) -> None:
    by = cast.township_lead.viewer
    made = services.issue_token(by=by, kind="device", person=county.people_of(0)[1].pk, now=now)
    with pytest.raises(Http404):
        services.revoke_token(by=cast.neighbour.viewer, token_id=made.token.pk, now=now, why="mine now")
    for later in (now, now + timedelta(hours=1)):
        assert services.revoke_token(by=by, token_id=made.token.pk, now=later, why="lost").revoked_at == now
    assert Line.objects.get(action="collection.token_revoked").why == "lost"
    assert queries.state_of(queries.token(by, made.token.pk), now) == "revoked"


def test_a_unit_is_equipped_at_once_within_reach(county: County, cast: Cast, now: datetime) -> None:
    by = cast.township_lead.viewer
    members = queries.members_to_equip(by, county.hq.pk, now)
    assert {county.people_of(0)[0].pk, county.people_of(1)[0].pk} <= set(members)
    assert county.people_of(2)[0].pk not in members
    once = uuid4()
    made = services.issue_tokens(by=BY, people=members, once=once, now=now)
    assert len({one.text for one in made}) == len(members)
    assert [one.text for one in services.issue_tokens(by=BY, people=members, once=once, now=now)] == [
        one.text for one in made
    ]


def test_use_is_noted_to_within_minutes(county: County, now: datetime) -> None:
    made = services.issue_token(by=BY, kind="device", person=county.people_of(0)[1].pk, now=now)
    services.note_seen(made.token.pk, by=BY, now=now)
    services.note_seen(made.token.pk, by=BY, now=now + timedelta(seconds=1))
    assert Token.objects.get(pk=made.token.pk).seen_at == now


def test_the_settings_are_what_collect_unpacks() -> None:
    text = settings_text("https://county.example/key/abc", name="Roadblock 3", language="zh")
    said = json.loads(zlib.decompress(b64decode(text)))
    assert said["general"]["server_url"] == "https://county.example/key/abc"
    assert said["admin"]["change_server"] is False
    assert set(said) == {"general", "admin", "project"}


def test_what_is_sealed_opens_for_its_own_submission_and_name_only() -> None:
    blob = sealed.seal_file(b"\xff\xd8", "uuid:1", "a.jpg")
    assert sealed.open_file(blob, "uuid:1", "a.jpg") == b"\xff\xd8"
    with pytest.raises(Refusal):
        sealed.open_file(blob, "uuid:1", "b.jpg")
    assert sealed.open_xml(sealed.seal_xml(b"<a/>", "x y"), "x y") == b"<a/>"
