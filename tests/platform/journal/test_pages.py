"""The journal's pages: who sees which lines, who looked at whom, and the paper head."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from bulou.platform.access.viewer import system
from bulou.platform.journal import queries
from bulou.platform.journal.models import Line
from bulou.platform.journal.sealing import head
from bulou.platform.journal.services import note_look, write

ONCE = "00000000-0000-4000-8000-000000000001"

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(county, cast, now) -> dict[str, int]:
    """A line about the cast's township, one about the neighbour's, one about no place."""
    here, there = county.villages[0], county.villages[2]
    people = [house.people.first() for house in (county.households_of(0)[0], county.households_of(2)[0])]

    def line(action, place_id, *subjects, by=cast.chief.viewer):
        return write(
            by=by,
            action=action,
            kind="registry.person",
            subjects=subjects,
            now=now,
            place_id=place_id,
            why=f"因为要紧：{action}",
        )

    return {
        "here": line("t.here", here.pk, people[0].pk),
        "there": line("t.there", there.pk, people[1].pk, by=cast.neighbour.viewer),
        "nowhere": line("t.nowhere", None, by=system("夜班")),
    }


def seen(viewer) -> set[str]:
    return set(queries.lines(viewer).filter(action__startswith="t.").values_list("action", flat=True))


def signed_in(one) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.cookies["language"] = "en"
    client.force_login(one.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_lead_sees_his_township_and_who_has_the_county_sees_all(lines, cast):
    assert seen(cast.township_lead.viewer) == {"t.here"}
    assert seen(cast.neighbour.viewer) == {"t.there"}
    for key in ("chief", "auditor", "administrator"):
        assert seen(getattr(cast, key).viewer) == {"t.here", "t.there", "t.nowhere"}
    for key in ("village_clerk", "medic", "storekeeper"):
        assert seen(getattr(cast, key).viewer) == set()


def test_a_line_out_of_reach_does_not_exist(lines, cast):
    lead = signed_in(cast.township_lead)
    assert lead.get(reverse("journal:line", args=[lines["here"]])).status_code == 200
    assert lead.get(reverse("journal:line", args=[lines["there"]])).status_code == 404
    assert signed_in(cast.medic).get(reverse("journal:lines")).status_code == 403


def test_the_register_finds_by_name_subject_action_and_day(lines, cast, now):
    chief = signed_in(cast.chief)
    url = reverse("journal:lines")
    page = chief.get(url, {"q": cast.neighbour.user.display_name}).content.decode()
    assert "因为要紧：t.there" in page
    assert "因为要紧：t.here" not in page
    subject = Line.objects.get(pk=lines["here"]).subjects[0]
    assert set(queries.matching(queries.lines(cast.chief.viewer), str(subject)).values_list("id", flat=True)) >= {
        lines["here"]
    }
    assert set(queries.matching(Line.objects.all(), "夜班").values_list("id", flat=True)) == {lines["nowhere"]}
    page = chief.get(url, {"action": "t.here"}).content.decode()
    assert page.count("因为要紧") == 1
    assert "因为要紧" not in chief.get(url, {"at_from": "2031-01-01"}).content.decode()
    assert ("t.here", "t.here") in queries.actions()


def test_who_looked_at_me_is_answered_to_me_alone(lines, cast, now):
    note_look(
        by=cast.medic.viewer,
        kind="registry.person",
        subjects=[cast.village_clerk.person.pk],
        what="name",
        now=now,
        why="电话核实",
    )
    note_look(
        by=cast.medic.viewer,
        kind="registry.person",
        subjects=[cast.chief.person.pk],
        what="name",
        now=now,
        why="别的事",
    )
    page = signed_in(cast.village_clerk).get(reverse("journal:looked_at_me")).content.decode()
    assert "电话核实" in page
    assert "别的事" not in page
    assert signed_in(cast.village_clerk).get(reverse("journal:looks")).status_code == 403
    both = signed_in(cast.auditor).get(reverse("journal:looks")).content.decode()
    assert "电话核实" in both
    assert "别的事" in both
    assert not queries.looks(cast.township_lead.viewer).exists()


def test_a_line_says_whether_it_is_sealed(lines, cast):
    page = signed_in(cast.chief).get(reverse("journal:line", args=[lines["here"]])).content.decode()
    assert "Not sealed yet" in page


def test_the_seal_page_compares_a_paper_head(lines, cast):
    auditor = signed_in(cast.auditor)
    url = reverse("journal:seal")
    assert head().short() in auditor.get(url).content.decode()
    wrong = auditor.post(url, {"head": "1-AAAA", "once": ONCE})
    assert wrong.status_code == 422
    assert "not a printed head" in wrong.content.decode()
    assert signed_in(cast.chief).get(url).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_sealed_line_and_a_paper_head_are_found(lines, cast, now):
    from bulou.platform.journal.sealing import seal

    seal(now)
    printed = head().short()
    auditor = signed_in(cast.auditor)
    assert "Sealed in block" in auditor.get(reverse("journal:line", args=[lines["here"]])).content.decode()
    url = reverse("journal:seal")
    assert "It is in the chain" in auditor.post(url, {"head": printed.lower(), "once": ONCE}).content.decode()
    from bulou.platform.journal.chain import Head

    other = Head(3, b"x" * 32).short()
    assert "It is not in the chain" in auditor.post(url, {"head": other, "once": ONCE}).content.decode()
