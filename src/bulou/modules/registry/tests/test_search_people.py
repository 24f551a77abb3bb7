"""Finding people: every way there is, the best first, and never anybody out of scope."""

import pytest

from bulou.modules.registry.models import Person
from bulou.modules.registry.queries.people import page_of_places, people
from bulou.modules.registry.queries.people_search import find_people, matching, read_words
from bulou.modules.registry.services.people_bulk import NewPerson, load_people
from bulou.modules.registry.services.people_checks import Facts, Paper
from bulou.platform.access.viewer import system

pytestmark = pytest.mark.django_db

NAMES = (
    "王小明",
    "王明",
    "小王明明",
    "王小明珠",
    "刘王小明",
    "单增卓玛",
    "单伟",
    "欧阳修远",
    "阿卜杜拉·买买提",
    "O’Neil Smith",
    "西安安",
)


@pytest.fixture
def found(county, cast, now):
    """Finds by words as the village clerk, after people of every make of name were added to the village."""
    rows = [
        NewPerson(Facts(name, other_name="བཀྲ་ཤིས" if name == "单增卓玛" else ""), county.villages[1].pk)
        for name in NAMES
    ]
    load_people(rows, by=system("tests"), now=now)
    return lambda words: [person.name for person in find_people(cast.township_lead.viewer, words)]


def test_the_very_name_comes_first_then_beginnings_then_the_rest(found):
    order = list(dict.fromkeys(found("王小明")))
    assert order == ["王小明", "王小明珠", "刘王小明"]
    assert found("明珠") == ["王小明珠"]
    assert "小王明明" in found("明明")
    assert "王小明" not in found("明明")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("wangxiaoming", "王小明"), ("wang xiao m", "王小明"), ("WangXiaoMing", "王小明"), ("wxm", "王小明"), ("WXMZ", "王小明珠"),
        ("shanwei", "单伟"), ("danzengzhuoma", "单增卓玛"), ("ouyangx", "欧阳修远"), ("ou yang", "欧阳修远"), ("xian", "西安安"),
        ("买买提", "阿卜杜拉·买买提"), ("阿卜杜拉买买提", "阿卜杜拉·买买提"), ("阿卜杜拉•买", "阿卜杜拉·买买提"), ("abudula", "阿卜杜拉·买买提"),
        ("o neil s", "O’Neil Smith"), ("བཀྲ་ཤིས", "单增卓玛"), ("王", "王明"), ("  王明 ", "王明"),
    ],
)  # fmt: skip
def test_every_way_of_writing_a_name_finds_it(found, words, name):
    assert name in found(words)


def test_numbers_find_by_the_whole_and_by_the_last_four(county, cast, now, found):
    person = county.people[0]
    number = "E12345678"
    load_people(
        [
            NewPerson(
                Facts("达娃"),
                county.villages[0].pk,
                papers=(Paper("passport", number),),
                phones=("13900001234", "09768871234"),
            )
        ],
        by=system("tests"),
        now=now,
    )
    assert found("E12345678") == found("e1234 5678") == ["达娃"]
    assert found("13900001234") == found("1234") == found("0976-8871234") == found("001234") == ["达娃"]
    assert found("达娃 1234") == found("dawa 1234") == ["达娃"]
    assert found("达娃 9999") == []
    tail = person.documents.get().tail
    assert person.name in found(tail)
    assert person.name in found(tail.lower())


def test_the_whole_identity_number_finds_in_either_form(county, cast, now):
    from bulou.modules.registry.services.people_documents import reveal_identity

    person = county.people[0]
    number = reveal_identity(person.pk, by=cast.chief.viewer, why="核对", now=now)[0][1]
    for words in (number, number.lower(), f" {number[:6]} {number[6:14]} {number[14:]} ", number[:6] + number[8:17]):
        assert [one.pk for one in find_people(cast.chief.viewer, words)] == [person.pk], words
        assert find_people(cast.neighbour.viewer, words) == []


def test_a_short_number_finds_nobody(county, cast):
    assert find_people(cast.chief.viewer, "12") == []
    assert read_words("12").is_too_short
    assert read_words("无名老人2").name == "无名老人2"


@pytest.mark.parametrize("words", ["", " ", "\x00", "%", "_", "'; drop table", "王" * 5000, "·", "😀", "\\", "a" * 99])
def test_nothing_sensible_finds_nobody_and_breaks_nothing(county, cast, words):
    assert find_people(cast.chief.viewer, words) == []
    assert list(matching(people(cast.chief.viewer), words)) == [] or not words.strip()


def test_nobody_out_of_scope_is_found_by_anything(county, cast):
    theirs = county.people[0]
    for words in (
        theirs.name,
        theirs.name[:2],
        theirs.name[:1],
        "zhaxi",
        "zxdj",
        theirs.phones.get().number,
        theirs.phones.get().tail,
        theirs.documents.get().tail,
    ):
        seen = {one.place_id for one in find_people(cast.neighbour.viewer, words)}
        assert seen <= {village.pk for village in county.villages[2:]}, words


def test_the_gone_and_the_merged_are_not_found(county, cast, now):
    Person.objects.filter(pk=county.people[0].pk).update(ends=now)
    Person.objects.filter(pk=county.people_of(1)[0].pk).update(merged_into=county.people_of(1)[1].pk)
    found = find_people(cast.township_lead.viewer, "扎西达杰")
    assert found == []


def test_what_narrows_a_register_holds_everybody_the_box_finds(county, cast, found):
    viewer = cast.township_lead.viewer
    for words in ("王小明", "王", "zha", "zxdj", "买买提", "1234", "0000"):
        box = {person.pk for person in find_people(viewer, words)}
        assert box == {person.pk for person in matching(people(viewer), words)}, words


def test_pages_read_place_by_place_are_the_register_in_order(county, cast, found):
    viewer = cast.township_lead.viewer
    whole = list(people(viewer).order_by("name_key", "pk"))
    ids = [place.pk for place in county.villages[:2]]
    seen: list[int] = []
    start = None
    while page := page_of_places(ids, start=start, backwards=False, limit=4):
        seen += page
        last = Person.objects.get(pk=page[-1])
        start = (last.name_key, last.pk)
    assert seen == [person.pk for person in whole]
    back = page_of_places(ids, start=(whole[9].name_key, whole[9].pk), backwards=True, limit=4)
    assert back == [person.pk for person in whole[8:4:-1]]
