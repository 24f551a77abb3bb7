"""Names, codes and steps: pure decisions."""

from datetime import UTC, datetime, timedelta

import pytest

from bulou.platform.accounts import rules

AT = datetime(2026, 3, 2, 1, 0, 15, tzinfo=UTC)


@pytest.mark.parametrize("name", ["zhaxi", "扎西卓玛", "a.b_c-d@qml", "12"])
def test_a_name_of_any_script_can_be_a_log_in_name(name):
    assert rules.why_not_username(rules.folded(name)) is None


@pytest.mark.parametrize("name", ["", "a", "with space", "tab\tname", "x" * 65, "nul\0l", "<b>", "a/b", "line\nend\n"])
def test_what_cannot_be_typed_at_a_log_in_is_no_name(name):
    assert rules.why_not_username(rules.folded(name)) == "form"


def test_full_width_and_capitals_are_the_same_name():
    assert rules.folded(" ＺＨＡＸＩ ") == rules.folded("Zhaxi") == "zhaxi"


def test_a_step_and_its_neighbours_are_taken_and_never_one_that_was_used():
    step = rules.step_at(AT)
    assert set(rules.steps_accepted(AT, 0)) == {step - 1, step, step + 1}
    assert rules.steps_accepted(AT, step) == (step + 1,)
    assert rules.steps_accepted(AT, step + 1) == ()


@pytest.mark.parametrize(
    ("typed", "is_authenticator"),
    [("123 456", True), ("１２３４５６", True), ("abcd-efgh-jkmn-pqrs", False), ("12345", False)],
)
def test_a_code_is_read_as_people_type_it(typed, is_authenticator):
    assert rules.is_authenticator_code(rules.cleaned_code(typed)) is is_authenticator


def test_a_one_time_password_lasts_a_week_and_not_a_moment_longer():
    until = rules.one_time_until(AT)
    assert until == AT + timedelta(days=7)
    assert not rules.is_one_time_over(until, until - timedelta(microseconds=1))
    assert rules.is_one_time_over(until, until)
    assert not rules.is_one_time_over(None, AT)


def test_who_owes_a_second_factor():
    assert rules.owes_second_factor({"auditor", "medic"}, ("administrator", "auditor"))
    assert not rules.owes_second_factor({"medic"}, ("administrator", "auditor"))
    assert not rules.owes_second_factor({"administrator"}, ())


def test_codes_in_groups_of_four():
    assert rules.grouped("abcdefghjk") == "abcd-efgh-jk"
