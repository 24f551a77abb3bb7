"""The catalogue of facts: kinds, extension, coverage of a regime by a form, and what is still known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bulou.core.facts import SHIPPED, Catalogue, Fact, Kind, Known, Sensitivity, still_known, why_not_value

NOON = datetime(2020, 1, 27, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_playbook_adds_facts_and_redefines_none():
    cough = Fact("dry_cough", Kind.YES_NO)
    assert SHIPPED.extended([cough, SHIPPED.fact("well")]).fact("dry_cough") == cough
    with pytest.raises(ValueError, match="temperature is defined twice, and differently"):
        SHIPPED.extended([Fact("temperature", Kind.NUMBER, unit="[degF]")])


def test_a_form_must_cover_what_its_regime_asks():
    questions = {"q1": "well", "q2": "temperature"}
    assert SHIPPED.not_covered(questions, {"well"}) == ()
    assert SHIPPED.not_covered(questions, {"well", "whereabouts", "movements"}) == ("movements", "whereabouts")
    with pytest.raises(ValueError, match="no fact 'fewer'"):
        SHIPPED.not_covered({"q1": "fewer"}, {"well"})


@pytest.mark.parametrize(
    ("code", "right", "wrong"),
    [
        ("well", False, "yes"),
        ("temperature", 36.5, True),
        ("temperature", 37, float("nan")),
        ("symptoms", ("fever", "cough"), ("fewer",)),
        ("test_result", "negative", "blue"),
        ("whereabouts", "370921001001", " "),
        ("back_since", NOON, NOON.replace(tzinfo=None)),
    ],
)
def test_a_value_must_be_of_its_facts_kind(code, right, wrong):
    assert SHIPPED.checked({code: right}) == {code: right}
    assert why_not_value(SHIPPED.fact(code), right) is None
    with pytest.raises(ValueError, match=f"no value of the fact {code}"):
        SHIPPED.checked({code: wrong})


def test_what_is_still_known_comes_with_its_source_and_ends_when_it_no_longer_holds():
    stated = [("r2", NOON + DAY / 4, {"whereabouts": "B"}), ("r1", NOON, {"whereabouts": "A", "temperature": 36.5})]
    known = Known("B", "r2", NOON + DAY / 4, NOON + DAY * 5 / 4)
    assert still_known(stated, SHIPPED, at=NOON + DAY / 2) == {"whereabouts": known}
    assert still_known(stated, SHIPPED, at=NOON + DAY / 8)["whereabouts"].record == "r1"
    assert still_known(stated, SHIPPED, at=NOON + DAY * 5 / 4) == {}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: Fact("", Kind.TEXT), "code of a fact must not be empty"),
        (lambda: Fact("a", Kind.TEXT, unit="Cel"), "is no number"),
        (lambda: Fact("a", Kind.TEXT, holds_for=timedelta(0)), "must hold for some time"),
        (lambda: Fact("a", Kind.CHOICE), "must list its choices"),
        (lambda: Fact("a", Kind.TEXT, choices=("b",)), "must list its choices"),
        (lambda: Catalogue((Fact("a", Kind.TEXT), Fact("a", Kind.PLACE))), "defined twice"),
    ],
)
def test_a_bad_fact_is_refused_with_a_sentence(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        wrong()


def test_what_may_hurt_a_person_is_marked_sensitive():
    sensitive = {fact.code for fact in SHIPPED.facts if fact.sensitivity is Sensitivity.SENSITIVE}
    assert sensitive == {"contact_with_case", "test_result", "needs"}
