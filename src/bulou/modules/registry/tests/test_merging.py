"""Merging two rows of one person and taking it back: nothing is lost, everything returns, chains unwind from their end, two at once cannot cross."""

import threading
from datetime import date

import pytest
from django.core import serializers
from django.db import connection, connections
from django.http import Http404

from bulou.modules.registry.models import (
    Document,
    Duplicate,
    Household,
    Membership,
    Merge,
    Person,
    PersonVersion,
    Phone,
    Relation,
    UserPerson,
)
from bulou.modules.registry.queries.units import head_counts
from bulou.modules.registry.rules.identity import check_character
from bulou.modules.registry.services import merging
from bulou.modules.registry.services.people_checks import Paper
from bulou.modules.registry.services.people_documents import add_relative, put_document, reveal_identity, set_phones
from bulou.modules.registry.services.people_duplicates import keep_apart, propose_duplicates
from bulou.platform.manifest import Manifest, _hung, hang
from bulou.platform.refusals import Refusal

pytestmark = pytest.mark.django_db
TABLES = (Person, Document, Phone, Relation, Membership, Household, UserPerson)


def snapshot() -> dict[str, list]:
    """Every row of every table a merge may touch, without the version counters, which only grow."""
    found = {}
    for table in TABLES:
        rows = serializers.serialize("python", table.objects.order_by("pk"))
        found[table.__name__] = [
            {"pk": row["pk"], **{k: v for k, v in row["fields"].items() if k != "version"}} for row in rows
        ]
    return found


@pytest.fixture
def pair(county, cast, now):
    """A temporary stranger with a document, a telephone and a relative, and the known person they turn out to be."""
    by, stranger, known = cast.chief.viewer, county.people_of(1)[0], county.people[1]
    number = "63272619800305001" + check_character("63272619800305001")
    put_document(stranger.pk, Paper("resident", number), by=by, version=1, now=now)
    add_relative(stranger.pk, county.people[2].pk, "sibling", by=by, now=now)
    add_relative(stranger.pk, known.pk, "spouse", by=by, now=now)
    return known, stranger


def test_everything_of_the_absorbed_row_goes_to_the_kept_one(county, cast, now, pair):
    known, stranger = pair
    merge = merging.merge_people(known.pk, stranger.pk, by=cast.chief.viewer, now=now, why="核对后为同一人")
    stranger.refresh_from_db()
    assert stranger.merged_into_id == known.pk
    assert merging.standing_for(stranger.pk) == known.pk
    assert Document.objects.filter(person=known).count() == 2
    assert Membership.objects.filter(person=known).exists()
    assert Household.objects.get(pk=stranger.household_id).head_id == known.pk
    assert not Relation.objects.filter(person=known, relative=known).exists()
    shown = reveal_identity(known.pk, by=cast.chief.viewer, why="核对", now=now)
    assert shown[0][1].startswith("63272619800305")
    assert merging.merge_people(known.pk, stranger.pk, by=cast.chief.viewer, now=now, why="再来一次").pk == merge.pk


def test_taking_it_back_restores_every_row(county, cast, now, pair):
    known, stranger = pair
    before = snapshot()
    merge = merging.merge_people(known.pk, stranger.pk, by=cast.chief.viewer, now=now, why="核对后为同一人")
    assert snapshot() != before
    merging.unmerge_people(merge.pk, by=cast.chief.viewer, now=now, why="是两个人")
    assert snapshot() == before
    merging.unmerge_people(merge.pk, by=cast.chief.viewer, now=now, why="是两个人")
    assert snapshot() == before


def test_what_the_merge_filled_in_is_taken_back_unless_somebody_changed_it(county, cast, now):
    by, kept, other = cast.chief.viewer, county.people[1], county.people_of(1)[1]
    Person.objects.filter(pk=kept.pk).update(sex="", born_on=None)
    Person.objects.filter(pk=other.pk).update(employer="学校")
    merge = merging.merge_people(kept.pk, other.pk, by=by, now=now, why="同一人")
    kept.refresh_from_db()
    assert (kept.sex, kept.born_on, kept.employer) == (other.sex, other.born_on, "学校")
    Person.objects.filter(pk=kept.pk).update(employer="医院")
    merging.unmerge_people(merge.pk, by=by, now=now, why="两个人")
    kept.refresh_from_db()
    assert (kept.sex, kept.born_on, kept.employer) == ("", None, "医院")


def test_a_chain_is_unwound_from_its_end(county, cast, now):
    by, (a, b, c) = cast.chief.viewer, county.people[:3]
    first = merging.merge_people(b.pk, a.pk, by=by, now=now, why="同一人")
    second = merging.merge_people(c.pk, b.pk, by=by, now=now, why="同一人")
    assert merging.standing_for(a.pk) == c.pk
    assert Document.objects.get(about=a.uuid).person_id == c.pk
    with pytest.raises(Refusal) as refused:
        merging.unmerge_people(first.pk, by=by, now=now, why="两个人")
    assert refused.value.code == "registry.later_merge_first"
    merging.unmerge_people(second.pk, by=by, now=now, why="两个人")
    assert Document.objects.get(about=a.uuid).person_id == b.pk
    merging.unmerge_people(first.pk, by=by, now=now, why="两个人")
    assert Document.objects.get(about=a.uuid).person_id == a.pk


def test_a_merged_row_takes_no_further_merge_or_change(county, cast, now):
    by, (a, b, c) = cast.chief.viewer, county.people[:3]
    merging.merge_people(b.pk, a.pk, by=by, now=now, why="同一人")
    for verb in (
        lambda: merging.merge_people(c.pk, a.pk, by=by, now=now, why="同一人"),
        lambda: merging.merge_people(a.pk, c.pk, by=by, now=now, why="同一人"),
        lambda: set_phones(a.pk, ["13900000000"], by=by, version=2, now=now),
        lambda: merging.merge_people(c.pk, c.pk, by=by, now=now, why="同一人"),
    ):
        with pytest.raises(Refusal):
            verb()


def test_two_with_an_account_each_are_not_merged(county, cast, now):
    with pytest.raises(Refusal) as refused:
        merging.merge_people(cast.chief.person.pk, cast.medic.person.pk, by=cast.chief.viewer, now=now, why="同一人")
    assert refused.value.code == "registry.two_accounts"


def test_both_rows_must_be_in_reach(county, cast, now):
    mine, theirs = county.people[0], county.people_of(2)[0]
    for by in (cast.township_lead.viewer, cast.neighbour.viewer):
        with pytest.raises(Http404):
            merging.merge_people(mine.pk, theirs.pk, by=by, now=now, why="同一人")
    merge = merging.merge_people(mine.pk, theirs.pk, by=cast.chief.viewer, now=now, why="同一人")
    with pytest.raises(Http404):
        merging.unmerge_people(merge.pk, by=cast.neighbour.viewer, now=now, why="两个人")


def test_a_module_above_moves_its_own_rows(county, cast, now):
    a, b = county.people[:2]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE dose (id bigint, person_id bigint) ON COMMIT DROP")
        cursor.execute("INSERT INTO dose VALUES (1, %s), (2, %s)", [a.pk, b.pk])
    hang(Manifest("doses", "Doses", extras={"person_moves": (merging.PersonRows("dose", "person_id"),)}))
    try:
        merge = merging.merge_people(b.pk, a.pk, by=cast.chief.viewer, now=now, why="同一人")
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT person_id FROM dose")
            assert cursor.fetchall() == [(b.pk,)]
        merging.unmerge_people(merge.pk, by=cast.chief.viewer, now=now, why="两个人")
        with connection.cursor() as cursor:
            cursor.execute("SELECT person_id FROM dose ORDER BY id")
            assert cursor.fetchall() == [(a.pk,), (b.pk,)]
    finally:
        del _hung["doses"]


def test_duplicates_are_proposed_with_reasons_and_a_decision_stands(county, cast, now):
    a, b = county.people[1], county.people[2]
    Person.objects.filter(pk=b.pk).update(name=a.name, name_key=a.name_key, born_on=a.born_on)
    for person in (a, b):
        set_phones(person.pk, ["13900000001"], by=cast.chief.viewer, version=1, now=now)
    pair = Duplicate.objects.get(first=a, second=b)
    propose_duplicates(now)
    pair.refresh_from_db()
    assert pair.reasons == ["same_name_birth", "same_name_phone", "same_sound_home"]
    keep_apart(pair.pk, by=cast.township_lead.viewer, now=now, why="堂兄弟")
    propose_duplicates(now)
    assert Duplicate.objects.get(pk=pair.pk).state == "different"
    with pytest.raises(Http404):
        keep_apart(pair.pk, by=cast.neighbour.viewer, now=now)


def test_names_that_sound_alike_in_one_place_on_one_birthday_are_proposed(county, now):
    a, b = county.people[1], county.people[4]
    Person.objects.filter(pk=b.pk).update(name="拙玛", name_key=a.name_key, born_on=a.born_on)
    propose_duplicates(now)
    assert Duplicate.objects.get(first=a, second=b).reasons == ["same_sound_birth"]


@pytest.mark.django_db(transaction=True)
def test_two_merges_at_once_cannot_cross(county, cast, now):
    a, b = county.people[:2]
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def run(kept, absorbed):
        start.wait()
        try:
            merging.merge_people(kept, absorbed, by=cast.chief.viewer, now=now, why="同一人")
            outcomes.append("merged")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in ((a.pk, b.pk), (b.pk, a.pk))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["merged", "registry.merged_elsewhere"]
    assert Merge.objects.filter(undone_at=None).count() == 1
    assert Person.objects.filter(merged_into__isnull=False).count() == 1


def test_versions_of_both_rows_tell_of_the_merge(county, cast, now):
    a, b = county.people[:2]
    merging.merge_people(b.pk, a.pk, by=cast.chief.viewer, now=now, why="核对户口本")
    versions = PersonVersion.objects.filter(person__in=(a, b)).order_by("person")
    assert [(one.change, one.why) for one in versions] == [("merged", "核对户口本")] * 2
    assert date(2020, 1, 26) == versions[0].at.date()


def test_a_unit_counts_a_merged_person_once(county, cast, now):
    kept, absorbed = county.people_of(0)[0], county.people_of(1)[0]
    before = head_counts([county.office.pk], now)[county.office.pk]
    Person.objects.filter(pk=absorbed.pk).update(merged_into=kept)
    assert head_counts([county.office.pk], now)[county.office.pk] == before - 1
