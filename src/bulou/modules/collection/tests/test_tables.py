"""What the tables refuse by themselves."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from bulou.modules.collection.models import Form, Token
from tests.kit.cast import County

pytestmark = pytest.mark.django_db


def token(**given: Any) -> Token:
    return Token.objects.create(**{"hash": b"\x01" * 32, "kind": "personal", "issuer_name": "clerk"} | given)


def test_a_link_is_about_one_form_and_one_person_and_ends(form: Form, county: County, now: datetime) -> None:
    said = {"form": form, "person": county.people_of(0)[0], "issued_at": now}
    with pytest.raises(IntegrityError), transaction.atomic():
        token(**said)
    assert token(**said, expires_at=now + timedelta(days=14)).pk


def test_a_token_acts_for_somebody(now: datetime) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        token(kind="device", issued_at=now)
