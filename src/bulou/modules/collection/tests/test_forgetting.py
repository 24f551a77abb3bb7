"""What was sent is never changed, is sealed, and is forgotten for real: by the form's days, and with the person it is about."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from bulou.modules.collection.models import Attachment, Form, Held, Submission
from bulou.modules.collection.services.sealing import KIND, TABLES
from bulou.modules.registry.models import Person
from bulou.platform.expiry import services as expiry
from bulou.platform.expiry.queries import forgotten
from bulou.platform.journal import sealing, verifying
from tests.kit.cast import County
from tests.kit.collection import attach, hold, submit, version_of

pytestmark = pytest.mark.django_db


def test_nobody_changes_what_a_phone_sent(form: Form, now: datetime) -> None:
    attach(submit(version_of(form, now), now=now), "a.jpg", b"x", now=now)
    for table in TABLES:
        for words in (f"DELETE FROM {table.name}", f"UPDATE {table.name} SET id = id"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(words)


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path


@pytest.mark.django_db(transaction=True)
def test_after_the_forms_days_content_goes_and_the_seal_still_holds(form: Form, now: datetime, home: None) -> None:
    Form.objects.update(keep_days=30)
    version = version_of(form, now)
    old = submit(version, now=now, secret={"health/test_result": "positive"})
    attach(old, "a.jpg", b"x", now=now)
    conflict = hold(old, "conflict", now=now, submission=None, xml=b"sealed copy", detail={"said": "x"})
    fresh = submit(version, now=now + timedelta(days=20))
    sealing.seal(now)
    expiry.run(now + timedelta(days=31))
    old.refresh_from_db()
    assert (old.xml, old.answers, old.sealed) == (None, None, None)
    assert Attachment.objects.get().sealed is None
    assert (Held.objects.get(pk=conflict.pk).xml, Held.objects.get(pk=conflict.pk).detail) == (None, {})
    assert Submission.objects.get(pk=fresh.pk).answers
    assert set(forgotten(KIND, [old.pk, fresh.pk])) == {old.pk}
    assert not verifying.verify().findings


@pytest.mark.django_db(transaction=True)
def test_with_the_person_goes_what_was_sent_about_them(form: Form, county: County, now: datetime, home: None) -> None:
    version, (person, other) = version_of(form, now), county.people_of(0)[:2]
    about = submit(version, now=now, subject_kind="person", subject_id=person.pk)
    stray = submit(version, now=now)
    hold(stray, "stranger", now=now, subject_kind="person", subject_id=person.pk, settled_at=now, outcome="assigned")
    else_ = submit(version, now=now, subject_kind="person", subject_id=other.pk)
    Person.objects.filter(pk=person.pk).update(keep_until=(now + timedelta(days=1)).date())
    expiry.run(now + timedelta(days=9))
    kept = dict(Submission.objects.values_list("pk", "answers"))
    assert (kept[about.pk], kept[stray.pk]) == (None, None)
    assert kept[else_.pk]
