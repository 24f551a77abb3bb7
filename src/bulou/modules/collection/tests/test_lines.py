"""The door's own lines to the database: one that was cut while it stood idle is not the sender's trouble."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from bulou.modules.collection.models import Submission
from bulou.modules.collection.queries.senders import sender_of
from bulou.modules.collection.services import lines
from bulou.modules.collection.services.receiving import receive
from bulou.modules.collection.tests.linked import linked, published
from bulou.platform import clock
from bulou.platform.access.viewer import system

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_line_that_was_cut_is_opened_anew(county, operation):
    now, person = clock.now(), county.people_of(0)[1]
    version = published(operation, now - timedelta(days=1))
    sender = sender_of(linked(system("tests"), version, person, now), now)

    def send(number):
        meta = f'<orx:meta xmlns:orx="http://openrosa.org/xforms"><orx:instanceID>uuid:{number}</orx:instanceID></orx:meta>'
        xml = f'<data id="resident_daily" version="1"><person_id>{person.uuid}</person_id><well>yes</well>{meta}</data>'
        return receive(sender=sender, submission=xml.encode(), now=now).status

    lines.close_lines()
    assert send(1) == 201
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE '%collection_receive%' AND pid <> pg_backend_pid()"
        )
    assert [send(2), send(2)] == [201, 202]
    assert Submission.objects.count() == 2
