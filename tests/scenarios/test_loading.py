"""Loading is repeatable from its seed, and refused where it has no business."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import transaction

from bulou.modules.operations.models import Operation
from bulou.modules.registry.models import Person
from bulou.platform.access.viewer import system
from bulou.platform.house.queries import forget_what_was_read
from bulou.platform.house.services import found_house
from bulou.platform.refusals import Refusal
from bulou.site import demo
from bulou.site.scenarios.cases import CASES
from bulou.site.scenarios.loading import digest, load

NOW = datetime(2022, 8, 10, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fresh_house() -> Iterator[None]:
    """What this process holds of the house belongs to this test alone."""
    forget_what_was_read()
    yield
    forget_what_was_read()


def digest_of(seed: int) -> str:
    """The digest of a case loaded and forgotten again."""
    with transaction.atomic():
        found = digest(load("ali", seed=seed, now=NOW, residents=CASES["ali"].fewest))
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_people_in_the_same_places_and_another_seed_others() -> None:
    first = digest_of(1)
    assert Person.objects.count() == 0
    assert digest_of(1) == first
    assert digest_of(2) != first


@pytest.mark.django_db
def test_a_real_county_is_never_filled_with_invented_people() -> None:
    found_house("real", "632726", by=system("tests"), now=NOW)
    with pytest.raises(Refusal) as refused:
        load("qumalai", seed=1, now=NOW)
    assert refused.value.code == "scenario.real_house"
    with pytest.raises(Refusal) as refused:
        demo.load(now=NOW, say=print)
    assert refused.value.code == "site.demo_in_real"
    assert not Person.objects.exists()
    assert not Operation.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("case", "residents", "code"), [("atlantis", None, "unknown"), ("naiman", 12, "too_few")])
def test_a_case_that_is_not_there_and_a_county_too_small_are_refused(
    case: str, residents: int | None, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        load(case, seed=1, now=NOW, residents=residents)
    assert refused.value.code == f"scenario.{code}"
    assert not Person.objects.exists()
