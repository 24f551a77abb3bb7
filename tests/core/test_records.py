"""Records, their versions and lines, the clocks of phones, and entries that are refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bulou.core.enrolments import Enrolment, Owed
from bulou.core.excuses import Excuse, Removal, excuse_for
from bulou.core.listing import compare, records_of
from bulou.core.phones import happened_at, is_clock_doubtful, why_not_from_a_page
from bulou.core.records import Correction, Line, Record, versions
from bulou.core.regimes import RegimeVersion
from bulou.core.reviews import ReviewStep, State, Step, review_of
from bulou.core.trees import Branch, Tree, why_not_under
from bulou.core.windows import Daily, Window

NOON = datetime(2020, 1, 27, 12, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NAIVE = NOON.replace(tzinfo=None)
ASKS = frozenset({"well"})


def record(**changed) -> Record:
    stated = {"id": "r1", "subject": "Ama", "facts": {"well": True}, "happened_at": NOON, "received_at": NOON}
    return Record(**{**stated, "filed_by": "clerk", **changed})


def test_when_it_happened_is_the_mapped_question_then_the_phones_end_then_the_receipt():
    at = {"mapped": NOON, "time_end": NOON + HOUR, "received_at": NOON + 2 * HOUR}
    assert happened_at(**at) == NOON
    assert happened_at(**{**at, "mapped": None}) == NOON + HOUR
    assert happened_at(**{**at, "mapped": None, "time_end": None}) == NOON + 2 * HOUR


@pytest.mark.parametrize(
    ("ahead", "offset", "is_doubtful"),
    [(5, None, False), (6, None, True), (0, 10, False), (0, 11, True), (0, -11, True), (-999, None, False)],
)
def test_a_clock_is_doubtful_beyond_five_minutes_ahead_or_ten_minutes_off(ahead, offset, is_doubtful):
    device_offset = None if offset is None else offset * MINUTE
    happened = NOON + ahead * MINUTE
    assert is_clock_doubtful(happened, received_at=NOON, device_offset=device_offset) is is_doubtful
    kept = record(happened_at=happened, device_offset=device_offset)
    assert kept.happened_at == happened
    assert kept.done_at == (NOON if is_doubtful else happened)


def test_a_page_refuses_a_report_for_tomorrow_in_local_days():
    shanghai = ZoneInfo("Asia/Shanghai")
    assert why_not_from_a_page(NOON + 3 * HOUR, now=NOON, zone=shanghai) is None
    why = why_not_from_a_page(NOON + 4 * HOUR, now=NOON, zone=shanghai)
    assert why == "A report for 2020-01-28 cannot be made on 2020-01-27."


def test_a_record_is_not_changed_by_changing_what_it_was_made_from():
    facts = {"well": True}
    kept = record(facts=facts)
    facts["well"] = False
    assert kept.facts["well"] is True
    with pytest.raises(TypeError):
        kept.facts["well"] = False


def test_a_correction_that_overtook_its_record_counts_from_the_records_receipt():
    early = Correction("r1", 2, {"well": False}, NOON - HOUR, "clerk", "mistyped")
    assert [each.received_at for each in versions(record(), [early])] == [NOON, NOON]


@pytest.mark.parametrize(("value", "answers"), [(True, True), (False, True), (0, True), (None, False), ("", False)])
def test_an_empty_answer_carries_no_fact(value, answers):
    (version,) = versions(record(facts={"well": value}), [])
    assert version.answers(ASKS) is answers


def test_a_list_is_laid_beside_those_expected_on_it():
    lines = [Line("Bo", {}), Line("Ama", {}), Line(None, {}, name="Xiu")]
    found = compare(lines, {"Ama", "Cui"})
    assert (found.known, found.new, found.left_out, found.is_zero) == (("Ama", "Bo"), ("Xiu",), ("Cui",), False)
    assert compare([], {"Cui"}).is_zero
    with pytest.raises(ValueError, match="Ama is on the list twice"):
        compare([Line("Ama"), Line("Ama")], ())


def test_the_lines_about_known_persons_are_records_of_their_own():
    listed = record(subject="village 1", lines=(Line(None, name="Xiu"), Line("Ama", {"well": False})))
    (about_ama,) = records_of(listed)
    assert (about_ama.id, about_ama.subject, about_ama.facts) == ("r1:2", "Ama", {"well": False})
    assert records_of(listed) == records_of(listed)
    with pytest.raises(ValueError, match="no list return"):
        records_of(record())


def test_an_excuse_covers_what_falls_due_from_its_start_and_not_at_its_end():
    excuse = Excuse("q1", "e1", NOON, NOON + HOUR, "lead", "ill", NOON)
    removal = Removal("z1", "q1", "lead", "home again", NOON)
    assert excuse_for("e1", NOON, [excuse], []) == excuse
    assert excuse_for("e1", NOON + HOUR, [excuse], []) is None
    assert excuse_for("e1", NOON - MINUTE, [excuse], []) is None
    assert excuse_for("e2", NOON, [excuse], []) is None
    assert excuse_for("e1", NOON, [excuse], [removal]) is None


def step(number: int, what: Step, **more) -> ReviewStep:
    who = {} if "rule" in more else {"by": "lead"}
    return ReviewStep(f"s{number}", "r1", what, NOON + number * HOUR, "see the other source", **who, **more)


def test_a_question_after_a_decision_undoes_nothing_and_a_correction_is_questioned_anew():
    steps = [step(1, Step.RETURNED, new_due=NOON + 9 * HOUR), step(3, Step.QUESTIONED, rule="timing")]
    assert review_of(steps).state is State.RETURNED
    corrected = review_of(steps, corrected_at=NOON + 2 * HOUR)
    assert corrected.state is State.QUESTIONED
    assert corrected.strikes(NOON + HOUR)
    assert not corrected.strikes(NOON + 2 * HOUR)


def test_an_appeal_is_shown_and_changes_nothing_until_a_person_clears_the_record():
    steps = [step(1, Step.UPHELD), step(2, Step.APPEALED)]
    appealed, cleared = review_of(steps), review_of([*steps, step(3, Step.CLEARED)])
    assert (appealed.state, appealed.is_appealed, appealed.strikes(NOON)) == (State.UPHELD, True, True)
    assert (cleared.state, cleared.is_appealed, cleared.strikes(NOON)) == (State.NONE, False, False)
    assert len(cleared.steps) == 3


def test_a_node_has_the_parent_of_the_time_and_cannot_hang_under_its_own_branch():
    later = NOON + HOUR
    tree = Tree((Branch("1", "village", "town", NOON, NOON), Branch("2", "village", "city", later, later)))
    assert tree.path("village", at=NOON) == ("village", "town")
    assert tree.path("village", at=later) == ("village", "city")
    assert tree.path(None, at=NOON) == (None,)
    assert (
        why_not_under(tree, "town", "village", at=NOON)
        == "town cannot hang under village: village itself hangs under town."
    )
    assert why_not_under(tree, "town", "city", at=NOON) is None
    circle = Tree((Branch("1", "a", "b", NOON, NOON), Branch("2", "b", "a", NOON, NOON)))
    with pytest.raises(ValueError, match="The tree runs in a circle: a → b → a"):
        circle.path("a", at=NOON)


def enrolment(**changed) -> Enrolment:
    said = {"id": "e1", "regime": "health", "subject": "Ama", "owed_by": "Ama", "answerables": (), "place": "village 1"}
    return Enrolment(**{**said, "unit": None, "start": NOON, "known_at": NOON, **changed})


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: record(subject=" "), "The subject of a record must not be empty"),
        (lambda: record(happened_at=NAIVE), "The time at which something happened must be a moment with a time zone"),
        (lambda: record(received_at=NAIVE), "The time of receipt must be a moment with a time zone"),
        (lambda: Correction("r1", 1, {}, NOON, "clerk", "why"), "version 2 or later"),
        (lambda: Correction("r1", 2, {}, NOON, "clerk", ""), "reason of a correction must not be empty"),
        (lambda: Line(None), "name of a new person"),
        (lambda: enrolment(place=""), "The place of an enrolment must not be empty"),
        (lambda: enrolment(start=NAIVE), "The start of an enrolment must be a moment"),
        (
            lambda: Owed("o1", "e1", Window(NOON, NOON, NOON + HOUR), NOON + MINUTE),
            "became known only after it fell due",
        ),
        (lambda: Excuse("q1", "e1", NOON, NOON, "lead", "ill", NOON), "must come after its start"),
        (lambda: Excuse("q1", "e1", NOON, NOON + HOUR, "", "ill", NOON), "person who excuses must not be empty"),
        (lambda: Excuse("q1", "e1", NOON, NOON + HOUR, "lead", "", NOON), "reason of an excuse must not be empty"),
        (lambda: RegimeVersion("health", 1, frozenset(), Daily(), NOON, NOON), "asks for nothing"),
        (lambda: RegimeVersion("health", 0, ASKS, Daily(), NOON, NOON), "count from 1"),
        (lambda: RegimeVersion("health", 2, ASKS, Daily(), NOON, NOON + MINUTE), "cannot begin before it is set"),
        (lambda: step(1, Step.RETURNED), "needs a new due time"),
        (lambda: step(1, Step.UPHELD, rule="timing"), "can only ask a question"),
        (lambda: step(1, Step.QUESTIONED, new_due=NOON + 9 * HOUR), "gets no new due time"),
        (lambda: step(1, Step.RETURNED, new_due=NOON + HOUR), "must lie after the decision"),
        (lambda: ReviewStep("s", "r1", Step.CLEARED, NOON, "why"), "by a person or by a rule"),
        (lambda: Branch("1", "a", "a", NOON, NOON), "cannot hang under itself"),
    ],
)
def test_a_bad_entry_is_refused_with_a_sentence(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        wrong()
