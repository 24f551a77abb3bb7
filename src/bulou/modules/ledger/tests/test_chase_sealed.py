"""Calls and the duty log are sealed with the journal."""

from __future__ import annotations

from uuid import uuid4

import pytest

from bulou.modules.ledger.services import watches
from bulou.modules.ledger.services.answering_chase import Said, note_call
from bulou.modules.ledger.tests.owing import at, owing
from bulou.platform.journal.sealing import seal, unsealed
from tests.kit.cast import Cast, County


@pytest.mark.django_db(transaction=True)  # what is not committed is not sealed
def test_calls_and_lines_of_the_log_are_sealed(county: County, cast: Cast):
    made = owing(county)
    enrolment = made.enrol(county.people_of(0)[0])
    made.open(at("00:01"))
    said = Said("refused", "说已报过")
    note_call(by=cast.village_clerk.viewer, enrolment_id=enrolment.pk, said=said, once=uuid4(), now=at("11:00"))
    watch = watches.begin_watch(by=cast.chief.viewer, operation_id=made.operation.pk, once=uuid4(), now=at("08:00"))
    watches.write_entry(by=cast.chief.viewer, watch_id=watch.pk, text="交通管制开始", once=uuid4(), now=at("09:00"))
    watches.hand_over(by=cast.chief.viewer, watch_id=watch.pk, note="无", once=uuid4(), now=at("16:00"))
    watches.take_over(by=cast.duty_officer.viewer, watch_id=watch.pk, once=uuid4(), now=at("16:05"))
    mine = ("ledger_call", "ledger_watch", "ledger_watchentry", "ledger_watchsignature")
    assert all(unsealed()[table] for table in mine)
    assert seal(at("17:00")) > 0
    assert not any(unsealed()[table] for table in mine)
