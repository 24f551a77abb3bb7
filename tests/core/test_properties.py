"""What holds in every history. Each property is one of docs/ledger.md, "Properties"."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields, replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bulou.core.book import Book
from bulou.core.coverage import Figures, by_place, by_unit, cover, figures
from bulou.core.denominator import movement
from bulou.core.enrolments import Ending
from bulou.core.excuses import Excuse, Removal
from bulou.core.gaps import gaps
from bulou.core.reviews import ReviewStep, Step
from bulou.core.standing import Judged, Standing
from tests.core import histories
from tests.core.histories import END, LATER, START, books, moments, random_histories

KINDS = [each.name for each in fields(Book) if each.name != "zone"]
LAST = LATER + timedelta(days=9)


def judged(book: Book, as_of: datetime = LAST) -> tuple[Judged, ...]:
    return cover(book, as_of=as_of, start=START, end=END)


def missing(book: Book, as_of: datetime = LAST) -> set:
    return {each.obligation.key for each in judged(book, as_of) if each.standing is Standing.MISSING}


@random_histories(80)
@given(books(), histories.records(99), moments(START, LATER))
def test_adding_a_record_never_creates_a_gap(book, record, as_of):
    assert missing(book.with_entries(records=[record]), as_of) <= missing(book, as_of)


@random_histories(50)
@given(books(), st.data(), st.sampled_from([LAST, LATER, END]))
def test_a_further_record_never_makes_a_standing_worse(book, data, as_of):
    """Such as the same thing reported once more, under another id, some time before or after."""
    answering = {each.discharge.record for each in judged(book, as_of) if each.standing is Standing.ON_TIME}
    aimed_at = [each for each in book.records if each.id in answering] or book.records
    once, delay = data.draw(st.sampled_from(aimed_at)), data.draw(st.sampled_from([600, 60, 1560, -60]))
    record = replace(once, id="r99", received_at=once.received_at + timedelta(minutes=delay))
    after = {each.obligation.key: each.standing for each in judged(book.with_entries(records=[record]), as_of)}
    for before in judged(book, as_of):
        now = after[before.obligation.key]
        if before.standing in (Standing.ON_TIME, Standing.EXCUSED):
            assert now is before.standing
        if before.standing is Standing.LATE:
            assert now in (Standing.ON_TIME, Standing.LATE)


@random_histories(50)
@given(books(), st.data())
def test_adding_a_correction_never_creates_a_gap(book, data):
    if book.records:
        record = data.draw(st.sampled_from(book.records))
        correction = data.draw(histories.corrections(record, 3))
        assert missing(book.with_entries(corrections=[correction])) <= missing(book)


@random_histories(50)
@given(books(), moments(START, LATER), st.sampled_from([timedelta(0), timedelta(hours=5)]))
def test_resending_changes_nothing(book, as_of, later):
    again = {kind: getattr(book, kind) for kind in KINDS}
    again["records"] = [
        replace(each, received_at=each.received_at + later, device="the other phone" if later else each.device)
        for each in book.records
    ]
    assert judged(book.with_entries(**again), as_of) == judged(book, as_of)


@random_histories(50)
@given(books(), st.randoms(use_true_random=False), moments(START, LATER))
def test_the_order_of_entries_changes_nothing(book, random, as_of):
    shuffled = replace(
        book, **{kind: tuple(random.sample(getattr(book, kind), len(getattr(book, kind)))) for kind in KINDS}
    )
    assert judged(shuffled, as_of) == judged(book, as_of)


@random_histories(50)
@given(books(), st.randoms(use_true_random=False))
def test_the_order_in_which_a_batch_arrives_does_not_change_the_final_figures(book, random):
    """What several phones held back comes in one after the other, within a minute, in any order."""
    first, second = (_arriving_in_turn(book, random.sample(range(1, 60), len(book.records))) for _ in range(2))
    assert _outcome(first) == _outcome(second)


def _arriving_in_turn(book: Book, seconds: list[int]) -> Book:
    in_turn = zip(book.records, seconds, strict=True)
    return replace(
        book, records=tuple(replace(each, received_at=each.received_at + timedelta(seconds=n)) for each, n in in_turn)
    )


def _outcome(book: Book) -> list:
    """Standings, and facts; but where the clock is doubtful, what is received last counts as done last."""
    doubtful = {each.id for each in book.records if each.is_clock_doubtful}
    return [
        (each.obligation, each.standing, each.discharge.facts)
        if each.discharge and each.discharge.facts_from not in doubtful
        else (each.obligation, each.standing)
        for each in judged(book)
    ]


@random_histories(50)
@given(books(), moments(START, LATER))
def test_every_obligation_is_in_exactly_one_standing(book, as_of):
    found = judged(book, as_of)
    total = figures(found)
    assert len({each.obligation.key for each in found}) == len(found) == total.opened
    assert total.expected == total.on_time + total.late + total.missing + total.pending
    assert total.actual + total.missing + total.pending == total.expected
    assert 0 <= total.done_late <= total.late
    assert total.missing <= total.due_so_far <= total.expected - total.pending


@random_histories(50)
@given(books(), moments(START, LATER))
def test_a_node_equals_its_own_plus_its_children(book, as_of):
    found = judged(book, as_of)
    for nodes, roots in (
        (by_place(book, found, as_of=as_of), ["county"]),
        (by_unit(book, found, as_of=as_of), ["bureau", None]),
    ):
        came_up: defaultdict[str | None, Figures] = defaultdict(Figures)
        for node in nodes.values():
            assert node.total == sum(node.children.values(), node.own)
            for child, part in node.children.items():
                came_up[child] += part
        assert all(nodes[child].total == whole for child, whole in came_up.items())
        assert sum((nodes[root].total for root in roots if root in nodes), Figures()) == figures(found)


@random_histories(50)
@given(books(), moments(START, END), moments(START, LATER))
def test_splitting_a_span_of_windows_changes_no_total(book, cut, as_of):
    parts = cover(book, as_of=as_of, start=START, end=cut) + cover(book, as_of=as_of, start=cut, end=END)
    assert sorted(parts, key=_by_key) == sorted(judged(book, as_of), key=_by_key)
    assert figures(parts) == figures(judged(book, as_of))


def _by_key(each: Judged) -> tuple:
    return each.obligation.key


@random_histories(60)
@given(books(), st.data(), st.sampled_from([LAST, END]))
def test_a_transfer_moves_no_judged_window(book, data, as_of):
    enrolment = data.draw(st.sampled_from(book.enrolments))
    learned_at = START + timedelta(days=data.draw(st.sampled_from([2, 3, 1, 4])), hours=12)
    stated = data.draw(st.sampled_from([START, learned_at - timedelta(days=1), learned_at]))
    transfer = replace(data.draw(histories.transfers(99, enrolment.id)), at=stated, known_at=learned_at)
    _nothing_judged_moves(book, book.with_entries(transfers=[transfer]), transfer.known_at, as_of)


@random_histories(50)
@given(books(), st.data(), moments(START, LATER))
def test_an_end_or_an_enrolment_learned_late_touches_no_judged_window(book, data, as_of):
    enrolment = data.draw(st.sampled_from(book.enrolments))
    ending = Ending("x99", enrolment.id, data.draw(moments(START)), data.draw(moments()))
    _nothing_judged_moves(book, book.with_entries(endings=[ending]), ending.known_at, as_of)
    joined = data.draw(histories.enrolments(99))
    _nothing_judged_moves(book, book.with_entries(enrolments=[joined]), joined.known_at, as_of)


def _nothing_judged_moves(book: Book, changed: Book, learned_at: datetime, as_of: datetime) -> None:
    before, after = (
        [each for each in judged(one, as_of) if each.obligation.window.due < learned_at] for one in (book, changed)
    )
    assert before == after


@random_histories(50)
@given(books(), st.data())
def test_an_excuse_and_its_removal_restore_the_figures(book, data):
    enrolment = data.draw(st.sampled_from(book.enrolments))
    excuse = data.draw(histories.excuses(99, enrolment.id))
    removal = Removal("z99", excuse.id, "lead", "home again", data.draw(moments(excuse.known_at)))
    as_of = data.draw(moments(removal.known_at, LAST))
    with_excuse = book.with_entries(excuses=[excuse])
    assert judged(with_excuse.with_entries(removals=[removal]), as_of) == judged(book, as_of)
    _excuses_just_what_it_says(book, with_excuse, excuse)


def _excuses_just_what_it_says(book: Book, with_excuse: Book, excuse: Excuse) -> None:
    for before, after in zip(judged(book), judged(with_excuse), strict=True):
        owed = before.obligation
        if owed.enrolment == excuse.enrolment and excuse.since <= owed.window.due < excuse.until:
            assert after.standing is Standing.EXCUSED
        else:
            assert after == before


@random_histories(50)
@given(books(), moments(START, LATER), histories.records(99), st.data())
def test_a_past_moment_is_seen_as_it_was_seen_then(book, then, record, data):
    """As of now equals now, and nothing learned after a moment reaches back behind it."""
    written_by_then = replace(
        book, **{kind: tuple(e for e in getattr(book, kind) if e.known_at <= then) for kind in KINDS}
    )
    assert judged(book, then) == judged(written_by_then, then)
    late = replace(record, received_at=then + timedelta(minutes=1))
    transfer = replace(data.draw(histories.transfers(99, "e0")), known_at=then + timedelta(minutes=1))
    assert judged(book.with_entries(records=[late], transfers=[transfer]), then) == judged(book, then)


@random_histories(80)
@given(books(), st.data())
def test_corrections_change_facts_and_never_the_lateness_of_the_first_valid_record(book, data):
    if not book.records:
        return
    record = data.draw(st.sampled_from(book.records))
    correction = data.draw(histories.corrections(record, 3))
    for before, after in zip(judged(book), judged(book.with_entries(corrections=[correction])), strict=True):
        if before.discharge is not None and before.discharge.record == record.id:
            first, now = before.discharge, after.discharge
            assert now.received_at <= first.received_at
            assert now.is_on_time >= first.is_on_time
            if correction.received_at >= first.received_at:
                assert (now.record, now.received_at, after.standing) == (
                    first.record,
                    first.received_at,
                    before.standing,
                )


@random_histories(50)
@given(books(), st.data())
def test_a_finding_of_a_rule_and_an_appeal_change_no_figure(book, data):
    reviewed = [each.record for each in book.reviews if each.new_due] or [each.id for each in book.records]
    record, at = data.draw(st.sampled_from(reviewed)), data.draw(st.sampled_from([LATER, END, START]))
    question = ReviewStep("s98", record, Step.QUESTIONED, at, "robot-timed", rule="timing")
    appeal = ReviewStep("s99", record, Step.APPEALED, at, "I was there", by="Ama")
    standings = [each.standing for each in judged(book)]
    assert [each.standing for each in judged(book.with_entries(reviews=[question, appeal]))] == standings


@random_histories(50)
@given(books(), moments(START, LATER))
def test_the_gaps_hold_every_missing_obligation_once(book, as_of):
    found = gaps(judged(book, as_of))
    assert sum(gap.missed for gap in found) == figures(judged(book, as_of)).missing
    assert [gap.since for gap in found] == sorted(gap.since for gap in found)


@random_histories(50)
@given(books(), moments(START, LATER), st.integers(1, histories.DAYS - 1))
def test_today_is_yesterday_and_joined_less_ended_less_excused(book, as_of, day):
    noon = START + timedelta(days=day)
    yesterday = cover(book, as_of=as_of, start=noon - timedelta(days=1), end=noon)
    today = cover(book, as_of=as_of, start=noon, end=noon + timedelta(days=1))
    moved = movement(book, yesterday, today, as_of=as_of)
    assert (moved.before, moved.after) == (figures(yesterday).expected, figures(today).expected)
    assert moved.after == moved.before + moved.joined - moved.ended - moved.excused + moved.resumed
    assert sum(moved.by_joined.values()) == moved.joined
    assert sum(moved.by_ended.values()) == moved.ended
