"""The pages of devices: a card shown once and never again, in scope, without a trace in the address or the cache."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from bulou.modules.collection.models import Token
from bulou.modules.collection.queries.tokens import digest_of
from tests.kit.cast import Cast, County

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def test_a_code_is_shown_to_hand_over_and_listed_without_its_text(client: Any, county: County, cast: Cast) -> None:
    client.force_login(cast.township_lead.user, backend=BACKEND)
    assert client.get(reverse("collection:new_token")).status_code == 200
    said = {"person": county.people_of(0)[1].pk, "days": 30, "label": "phone 3", "once": uuid4(), "operation": ""}
    shown = client.post(reverse("collection:new_token"), said)
    body = shown.content.decode()
    text = re.search(r"/key/([a-z2-7]{26})<", body)
    assert text is not None
    assert "data:image/svg+xml" in body
    assert "no-store" in shown.headers["Cache-Control"]
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert bytes(Token.objects.get().hash) == digest_of(text[1])
    listed = client.get(reverse("collection:tokens")).content.decode()
    assert "phone 3" in listed
    assert text[1] not in listed
    client.force_login(cast.neighbour.user, backend=BACKEND)
    assert "phone 3" not in client.get(reverse("collection:tokens")).content.decode()
    assert client.post(reverse("collection:revoke_token", args=[Token.objects.get().pk])).status_code == 404
    assert client.post(reverse("collection:new_token"), said | {"once": uuid4()}).status_code == 422


def test_a_units_cards_come_as_one_sheet(client: Any, county: County, cast: Cast) -> None:
    client.force_login(cast.chief.user, backend=BACKEND)
    said = {"unit": county.office.pk, "days": 0, "once": uuid4(), "operation": ""}
    shown = client.post(reverse("collection:new_unit_tokens"), said)
    assert shown.content.decode().count('token-card"') == Token.objects.count() >= 4


def test_everybody_makes_a_code_for_their_own_phone(client: Any, cast: Cast) -> None:
    client.force_login(cast.checkpoint_officer.user, backend=BACKEND)
    assert client.get(reverse("collection:new_token")).status_code == 403
    shown = client.post(reverse("collection:own_token"), {"once": uuid4()})
    assert "/key/" in shown.content.decode()
    assert Token.objects.get().user_id == cast.checkpoint_officer.user.pk


def test_a_code_is_revoked_on_the_page(client: Any, cast: Cast) -> None:
    client.force_login(cast.checkpoint_officer.user, backend=BACKEND)
    client.post(reverse("collection:own_token"), {"once": uuid4()})
    client.post(reverse("collection:revoke_token", args=[Token.objects.get().pk]), {"why": "lost"})
    assert Token.objects.get().revoked_at is not None
