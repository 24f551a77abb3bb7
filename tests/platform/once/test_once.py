"""A write sent twice is done once and answers the same, also when both come at the same moment."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.models import Line
from bulou.platform.journal.services import write
from bulou.platform.once.models import Done
from bulou.platform.once.services import clear_done, run_once
from bulou.platform.refusals import Conflict, Refusal
from tests.platform.at_once import at_once

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ME, OTHER = Viewer(1, "me"), Viewer(2, "other")


def issue(by: Viewer = ME, seconds: float = 0.0) -> dict[str, int]:
    line = write(by=by, action="test.issued", kind="test", subjects=[1], now=NOW)
    time.sleep(seconds)
    return {"line": line}


@pytest.mark.django_db
def test_the_second_time_changes_nothing_and_answers_the_same():
    key = uuid4()
    first, ran = run_once(key, "test.issue", issue, by=ME, now=NOW)
    again, ran_again = run_once(key, "test.issue", issue, by=ME, now=NOW)
    assert (ran, ran_again) == (True, False)
    assert first == again
    assert Line.objects.filter(action="test.issued").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("verb", "by"), [("test.other", ME), ("test.issue", OTHER)])
def test_a_key_serves_one_verb_of_one_user(verb, by):
    key = uuid4()
    run_once(key, "test.issue", issue, by=ME, now=NOW)
    with pytest.raises(Conflict) as caught:
        run_once(key, verb, lambda: issue(by), by=by, now=NOW)
    assert caught.value.code == "once.key_reused"
    assert Line.objects.filter(action="test.issued").count() == 1


@pytest.mark.django_db
def test_a_write_that_was_refused_leaves_its_key_free():
    key = uuid4()

    def refuse() -> dict[str, int]:
        issue()
        raise Refusal("test.no", "No.")

    with pytest.raises(Refusal):
        run_once(key, "test.issue", refuse, by=ME, now=NOW)
    assert not Line.objects.filter(action="test.issued").exists()
    assert run_once(key, "test.issue", issue, by=ME, now=NOW)[1]


@pytest.mark.django_db(transaction=True)
def test_sent_eight_times_at_once_it_is_done_once():
    key = uuid4()
    answers = at_once(lambda _number: run_once(key, "test.issue", lambda: issue(seconds=0.1), by=ME, now=NOW), 8)
    assert sorted(ran for _answer, ran in answers) == [False] * 7 + [True]
    assert len({answer["line"] for answer, _ran in answers}) == 1
    assert Line.objects.filter(action="test.issued").count() == 1


@pytest.mark.django_db(transaction=True)
def test_when_the_first_of_two_fails_the_second_does_it():
    key = uuid4()

    def fail_or_issue(number: int):
        def work() -> dict[str, int]:
            if not Line.objects.filter(action="test.tried").exists() and number == 0:
                time.sleep(0.2)
                raise Refusal("test.no", "No.")
            return issue()

        if number == 1:
            time.sleep(0.05)
        return run_once(key, "test.issue", work, by=ME, now=NOW)

    first, second = at_once(fail_or_issue)
    assert isinstance(first, Refusal)
    assert second[1] is True
    assert Line.objects.filter(action="test.issued").count() == 1


@pytest.mark.django_db
def test_keys_are_forgotten_after_thirty_days():
    run_once(uuid4(), "test.issue", issue, by=ME, now=NOW)
    run_once(uuid4(), "test.issue", issue, by=ME, now=NOW + timedelta(days=1))
    assert clear_done(NOW + timedelta(days=30, seconds=1)) == 1
    assert Done.objects.count() == 1
