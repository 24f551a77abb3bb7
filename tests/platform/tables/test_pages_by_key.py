"""Pages by key: whatever the values, ties and NULLs, the pages put together are the list, forwards and backwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F, Value
from django.db.models.functions import Length, NullIf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bulou.platform.accounts.models import User
from bulou.platform.refusals import Refusal
from bulou.platform.tables import keyset
from bulou.platform.tables.keyset import Window

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 9, tzinfo=UTC)
SORTS = {"last_login": True, "display_name": False, "pk": False, "length": True}


def fill(values):
    """Users whose last log-in (hours after NOW; None = never) and name are given."""
    made = [
        User(
            username=f"t{i}",
            display_name=name,
            created_at=NOW,
            last_login=None if at is None else NOW + timedelta(hours=at),
        )
        for i, (at, name) in enumerate(values)
    ]
    User.objects.bulk_create(made)
    return User.objects.filter(username__startswith="t")


def expression(sort):
    return NullIf(Length("display_name"), Value(0)) if sort == "length" else sort


def walk(rows, sort, descending, size, backwards=False):
    """Every page in turn, as the links of a page would lead."""
    pages, start = [], None
    while True:
        window = Window(expression(sort), descending, SORTS[sort], size + 1, start, backwards)
        found = keyset.rows_of(rows, window)
        more = len(found) > size
        shown = (found[-size:] if backwards else found[:size]) if more else found
        pages.append([row.pk for row in shown])
        if not more:
            return pages
        edge = shown[0] if backwards else shown[-1]
        start = keyset.decode(keyset.encode(edge.sort_value, edge.pk), rows, expression(sort))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(st.tuples(st.none() | st.integers(0, 3), st.sampled_from(["", "a", "b", "bb"])), max_size=13),
    sort=st.sampled_from(sorted(SORTS)),
    descending=st.booleans(),
    size=st.integers(1, 5),
)
def test_the_pages_put_together_are_the_list(db, values, sort, descending, size):
    User.objects.filter(username__startswith="t").delete()
    rows = fill(values)
    whole = [row.pk for row in keyset.in_order(rows, expression(sort), descending)]
    forwards = walk(rows, sort, descending, size)
    assert [pk for page in forwards for pk in page] == whole
    back = walk(rows, sort, descending, size, backwards=True)
    assert [pk for page in reversed(back) for pk in page] == whole


@pytest.mark.parametrize("descending", [False, True])
def test_what_is_not_known_comes_last_either_way(descending):
    rows = fill([(None, "a"), (2, "b"), (None, "c"), (1, "d")])
    found = keyset.rows_of(rows, Window("last_login", descending, True, 10))
    assert [row.display_name for row in found][:2] == (["b", "d"] if descending else ["d", "b"])
    assert {row.display_name for row in found[2:]} == {"a", "c"}


def test_a_row_that_comes_in_meanwhile_moves_no_other_row_to_another_page():
    rows = fill([(None, name) for name in "bdfh"])
    first = keyset.rows_of(rows, Window("display_name", False, False, 2))
    User.objects.create(username="t-new", display_name="a", created_at=NOW)
    start = (first[-1].sort_value, first[-1].pk)
    second = keyset.rows_of(rows, Window("display_name", False, False, 2, start))
    assert [row.display_name for row in second] == ["f", "h"]


def test_a_later_page_is_one_range_of_an_index():
    rows = fill([(None, "x")] * 3)
    window = Window("username", False, False, 5, ("t1", 1))
    found = keyset._known(rows.annotate(sort_value=F("username")), window, window.start)
    sql = str(found.query).replace('"', "")
    assert "(accounts_user.username, accounts_user.id) >" in sql
    assert "OFFSET" not in sql


@pytest.mark.parametrize(
    "text", ["", "x", "!!!", "WzEsMl0x", "eyJhIjoxfQ", keyset.encode("not a moment", 3), keyset.encode(NOW, 3)[:-6]]
)
def test_an_address_not_made_here_is_refused(text):
    with pytest.raises(Refusal) as refused:
        keyset.decode(text, User.objects.all(), "last_login")
    assert refused.value.code == "tables.unknown_page"
    assert refused.value.status == 422
