"""Identity numbers: GB 11643 as published vectors have it, old numbers, other documents, masks. Pure: no database."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import exceptions
from stdnum.cn import ric

from bulou.modules.registry.rules import identity
from bulou.modules.registry.services.people_checks import was_area

TODAY = date(2020, 1, 26)

# From the published vectors of python-stdnum 2.2 (tests/test_cn_ric.doctest): number, what is wrong with it.
VECTORS = (
    ("360426199101010071", None),
    ("44011320141005001x", None),
    ("412723199010050012", None),
    ("110102199101010078", None),
    ("120110198012010073", None),
    ("120110199212010072", None),
    ("990426199112010074", "area"),
    ("T60426199101010078", "letters"),
    ("360426199113010079", "date"),
    ("36042619910102009X", "check"),
)
# Refused there because the code is older or younger than the birth year. Numbers were given out from 1984 under the code of that place and time:
# somebody born in 1980 rightly bears a code of 1986. They are accepted here.
BORN_BEFORE_THE_CODE = ("110111198012010078", "110201199312010077")


def why_not(number, **more):
    return identity.why_not_resident(number, today=TODAY, is_area=was_area, **more)


@pytest.mark.conformance
def test_published_vectors(conformance):
    for number, problem in VECTORS:
        assert why_not(number) == problem, number
    for number in BORN_BEFORE_THE_CODE:
        assert why_not(number) is None
    conformance(len(VECTORS) + len(BORN_BEFORE_THE_CODE))


def test_what_a_number_says():
    read = identity.read_resident("44011320141005001x")
    assert (read.number, read.born_on, read.sex, read.area) == ("44011320141005001X", date(2014, 10, 5), "m", "440113")


def test_a_number_of_15_digits_means_the_same_person_as_its_long_form():
    long = "360426199101010071"
    old = long[:6] + long[8:17]
    assert why_not(old) is None
    assert identity.long_form(old) == long
    assert identity.comparable("resident", old) == identity.comparable("resident", long.lower())
    assert identity.comparable("passport", "e1234567") != identity.comparable("other", "E1234567")


def test_a_centenarian_of_the_old_numbers_was_born_in_the_century_before():
    assert identity.read_resident("360426890101996").born_on == date(1889, 1, 1)


def test_birth_dates_in_the_future_or_before_anybody_alive_are_refused():
    def numbered(day):
        return f"360426{day}001" + identity.check_character(f"360426{day}001")

    assert why_not(numbered("20200127")) == "future"
    assert why_not(numbered("18590101")) == "date"
    assert why_not(numbered("19910229")) == "date"


def test_made_up_numbers_are_refused_in_a_real_register_only():
    made_up = "00272619600301000"
    made_up += identity.check_character(made_up)
    assert why_not(made_up) == "synthetic"
    assert why_not(made_up, synthetic=True) is None


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("", "length"),
        ("3604261991010100", "length"),
        ("36042619910101007Y", "letters"),
        ("３６０４２６１９９１０１０１００７１", None),
        ("360426 19910101 0071", None),
    ],
)
def test_forms_people_type(number, problem):
    assert why_not(number) == problem


@pytest.mark.parametrize(
    ("kind", "number", "fits"),
    [
        ("passport", "E12345678", True),
        ("passport", "1", False),
        ("hk_macau_permit", "H12345678", True),
        ("hk_macau_permit", "X12345678", False),
        ("taiwan_permit", "12345678", True),
        ("foreigner_permit", "CHN110080010101", True),
        ("foreigner_permit", "911124198108030020", True),
        ("birth_certificate", "U110000001", True),
        ("birth_certificate", "110000001", False),
        ("hmt_residence", "810000199408230021", True),
        ("hmt_residence", "810000199408230022", False),
        ("other", "军字-0001", False),
        ("other", "A-0001", True),
    ],
)
def test_other_documents(kind, number, fits):
    assert (identity.why_not_other(kind, number) is None) == fits


def test_a_number_under_a_permit_code_is_no_resident_number():
    assert why_not("810000199408230021") == "area"


@given(
    st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999), st.sampled_from(["110101", "632726", "370921", "120110"])
)
def test_every_valid_number_is_valid_and_any_one_changed_digit_is_not(born_on, order, area):
    first_17 = f"{area}{born_on:%Y%m%d}{order:03d}"
    number = first_17 + identity.check_character(first_17)
    assert identity.check_character(first_17) == ric.calc_check_digit(number)
    assert why_not(number) is None
    for at in (5, 9, 16):
        broken = number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :]
        assert why_not(broken) is not None


@given(st.text("0123456789X", min_size=18, max_size=18))
def test_nothing_the_published_check_accepts_is_refused(number):
    try:
        ric.validate(number)
    except exceptions.ValidationError:
        return
    assert why_not(number) in (None, "future", "date")


@given(st.text("0123456789ABCX", min_size=1, max_size=30))
def test_a_mask_never_shows_more_than_seven_characters(number):
    masked = identity.masked(number)
    assert len(masked) == len(number)
    assert sum(char != "*" for char in masked) <= min(7, len(number) // 2 + 1)
    assert identity.tail(number) == number[-4:]
