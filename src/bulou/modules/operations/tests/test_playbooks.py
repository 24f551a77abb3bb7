"""A playbook is checked by line, previewed, applied exactly as previewed, levelled, changed by hand, and stood down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import reverse

from bulou.modules.operations import services
from bulou.modules.operations.models import Item, Operation
from bulou.modules.operations.queries import operations as reads
from bulou.modules.operations.queries.playbooks import check, shipped
from bulou.modules.operations.queries.previews import preview
from bulou.modules.registry.models import Unit
from bulou.platform.access.viewer import Grant, Viewer
from bulou.platform.journal.models import Line
from bulou.platform.manifest import Manifest, Section, _hung
from bulou.platform.refusals import Conflict, Forbidden, Refusal

NOW = datetime(2020, 1, 26, 2, 0, tzinfo=UTC)

BOOK = """\
playbook: test-book
version: 1
title: {zh-Hans: 疫情防控, en: Outbreak response}
root: "632726"
languages: [zh-Hans, en]
levels:
  watch:
    title: {zh-Hans: 三级, en: Level 3}
  alert:
    title: {zh-Hans: 一级, en: Level 1}
    switches_on: {toys: [siren], units: [post]}
units:
  hq: {name: 疫情防控指挥部, kind: headquarters}
  post: {name: 劝返点, kind: station_crew, parent: hq}
toys:
  bell: {size: 3}
  siren: {size: 9}
"""

TOYS = Section(
    "toys",
    "Toys",
    {
        "type": "object",
        "required": ["size"],
        "additionalProperties": False,
        "properties": {"size": {"type": "integer", "examples": [3]}},
    },
    apply=lambda changes, **_how: APPLIED.extend(changes),
)
APPLIED: list[Any] = []


@pytest.fixture(autouse=True)
def toys() -> Iterator[None]:
    _hung["toy"] = Manifest(name="toy", title="Toy", sections=(TOYS,))
    APPLIED.clear()
    yield
    del _hung["toy"]


def edited(*changes: tuple[str, str], version: int = 2) -> str:
    text = BOOK.replace("version: 1", f"version: {version}")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return text


@pytest.mark.parametrize(
    ("change", "line", "sentence", "instead"),
    [
        (("size: 3", "sise: 3"), 16, "size", "sise"),
        (("kind: headquarters", "kind: headquarter"), 13, "headquarter", "headquarters"),
        (("parent: hq", "parent: qh"), 14, "qh", "hq"),
        (("switches_on: {toys: [siren]", "switches_on: {toys: [sirene]"), 11, "sirene", "bell, siren"),
        (('root: "632726"', "root: 632726"), 4, "632726", '"632726"'),
        (("toys:\n", "stores: {}\ntoys:\n"), 15, "stores", ""),
        (
            (
                "  hq: {name: 疫情防控指挥部, kind: headquarters}",
                "  hq: {name: 疫情防控指挥部, kind: headquarters, parent: post}",
            ),
            13,
            "hq",
            "",
        ),
        (("version: 1", "version: 1\nversion: 2"), 3, "version", ""),
        (("languages: [zh-Hans, en]", "languages: [zh-Hans, en"), 6, "YAML", ""),
    ],
    ids=[
        "misspelt key",
        "misspelt choice",
        "no such parent",
        "level lists nothing",
        "number for text",
        "a section nobody owns",
        "circle",
        "twice",
        "no YAML",
    ],
)
def test_a_fault_is_told_with_its_line_and_what_to_write_instead(
    change: tuple[str, str], line: int, sentence: str, instead: str
) -> None:
    problems = check(BOOK.replace(*change)).problems
    assert problems
    told = " ".join(problem.sentence + problem.instead for problem in problems)
    assert line in {problem.line for problem in problems}, problems
    assert sentence in told
    assert instead in told


def test_the_book_of_these_tests_has_no_fault() -> None:
    assert check(BOOK).problems == []


@pytest.fixture
def running(county: Any, cast: Any) -> Operation:
    return services.activate_operation(
        by=cast.chief.viewer, key="drill", text=BOOK, level="watch", why="order no. 1", now=NOW
    )


@pytest.mark.django_db
def test_activation_sets_up_what_the_level_switches_on_and_a_higher_level_the_rest(
    running: Operation, cast: Any
) -> None:
    assert set(Item.objects.filter(ends=None).values_list("key", flat=True)) == {"hq", "bell"}
    assert Unit.objects.filter(name="疫情防控指挥部", ends=None).exists()
    raised = services.set_level(
        by=cast.chief.viewer, operation=running, level="alert", version=1, why="spread", now=NOW
    )
    assert set(Item.objects.filter(ends=None).values_list("key", flat=True)) == {"hq", "bell", "post", "siren"}
    post = Unit.objects.get(name="劝返点")
    assert post.parent is not None
    assert post.parent.name == "疫情防控指挥部"
    services.set_level(by=cast.chief.viewer, operation=raised, level="watch", version=2, why="over", now=NOW)
    post.refresh_from_db()
    assert post.ends == NOW, "switching off ends, never deletes"
    assert Line.objects.filter(action="operations.level_set").count() == 2


@pytest.mark.django_db
def test_a_unit_switched_off_and_on_again_is_the_same_unit(running: Operation, cast: Any) -> None:
    by = cast.chief.viewer
    services.set_level(by=by, operation=running, level="alert", version=1, why="-", now=NOW)
    first = Unit.objects.get(name="劝返点").pk
    services.set_level(by=by, operation=running, level="watch", version=2, why="-", now=NOW)
    services.set_level(by=by, operation=running, level="alert", version=3, why="-", now=NOW)
    again = Unit.objects.get(name="劝返点")
    assert (again.pk, again.ends) == (first, None)


@pytest.mark.django_db
def test_what_was_previewed_is_what_is_applied_and_nothing_else(running: Operation, cast: Any) -> None:
    text = edited(("size: 3", "size: 4"), ("疫情防控指挥部", "防控指挥部"))
    shown = preview(running, text, level="watch")
    assert {section: [(one.kind, one.key) for one in changes] for section, changes in shown.changes.items()} == {
        "units": [("change", "hq")],
        "toys": [("change", "bell")],
    }
    by = cast.chief.viewer
    services.apply_playbook(by=by, operation=running, text=text, state=shown.state, decisions={}, why="v2", now=NOW)
    assert Unit.objects.filter(name="防控指挥部").exists()
    with pytest.raises(Conflict, match=r"operations\.moved"):
        services.apply_playbook(
            by=by, operation=running, text=edited(version=3), state=shown.state, decisions={}, why="v3", now=NOW
        )
    running.refresh_from_db()
    fresh = preview(running, text, level="watch")
    with pytest.raises(Refusal, match=r"operations\.version_not_newer"):
        services.apply_playbook(
            by=by, operation=running, text=text, state=fresh.state, decisions={}, why="v2 again", now=NOW
        )


@pytest.mark.django_db
@pytest.mark.parametrize(("decision", "size"), [("keep", 7), ("take", 4)])
def test_a_new_version_that_touches_a_change_by_hand_asks_which_holds(
    running: Operation, cast: Any, decision: str, size: int
) -> None:
    by = cast.chief.viewer
    services.override_item(
        by=by, operation=running, section="toys", key="bell", field="size", value=7, why="bigger here", now=NOW
    )
    assert Item.objects.get(key="bell").wanted["size"] == 7
    running.refresh_from_db()
    untouched = preview(running, edited(("size: 9", "size: 8")), level="watch")
    assert untouched.clashes == [], "a version that leaves the field alone leaves the change by hand alone"
    text = edited(("size: 3", "size: 4"))
    shown = preview(running, text, level="watch")
    assert [clash.id for clash in shown.clashes] == ["toys/bell/size"]
    with pytest.raises(Refusal, match=r"operations\.undecided"):
        services.apply_playbook(by=by, operation=running, text=text, state=shown.state, decisions={}, why="v2", now=NOW)
    services.apply_playbook(
        by=by,
        operation=running,
        text=text,
        state=shown.state,
        decisions={"toys/bell/size": decision},
        why="v2",
        now=NOW,
    )
    assert Item.objects.get(key="bell").wanted["size"] == size
    running.refresh_from_db()
    assert preview(running, edited(("size: 3", "size: 4"), version=3), level="watch").clashes == [], "decided once"


@pytest.mark.django_db
def test_a_change_by_hand_must_fit_and_can_be_taken_back(running: Operation, cast: Any) -> None:
    by = cast.chief.viewer
    with pytest.raises(Refusal, match=r"operations\.does_not_fit"):
        services.override_item(
            by=by, operation=running, section="toys", key="bell", field="size", value="big", why="-", now=NOW
        )
    services.override_item(
        by=by, operation=running, section="toys", key="bell", field="size", value=7, why="-", now=NOW
    )
    row = reads.overrides(running).get()
    services.take_back_override(by=by, operation=running, override_id=row.pk, why="-", now=NOW)
    services.take_back_override(by=by, operation=running, override_id=row.pk, why="-", now=NOW)
    assert Item.objects.get(key="bell").wanted["size"] == 3


@pytest.mark.django_db
def test_standing_down_ends_everything_and_deletes_nothing(running: Operation, cast: Any) -> None:
    by = cast.chief.viewer
    done = services.stand_down(by=by, operation=running, version=1, why="over", now=NOW)
    assert (done.state, done.ended_at) == ("stood_down", NOW)
    assert not Item.objects.filter(ends=None).exists()
    assert Item.objects.count() == 2
    assert services.stand_down(by=by, operation=running, version=1, why="twice", now=NOW).version == done.version
    with pytest.raises(Refusal, match=r"operations\.stood_down"):
        services.set_level(by=by, operation=running, level="alert", version=done.version, why="-", now=NOW)


@pytest.mark.django_db
def test_only_a_chief_runs_operations_and_the_neighbour_sees_those_above_only(running: Operation, cast: Any) -> None:
    with pytest.raises(Forbidden):
        services.stand_down(by=cast.village_clerk.viewer, operation=running, version=1, why="-", now=NOW)
    assert running in reads.operations(cast.village_clerk.viewer), "the operation of the county concerns the village"
    Operation.objects.filter(pk=running.pk).update(root=cast.village_clerk.viewer.grants[0].place_id)
    assert running not in reads.operations(cast.neighbour.viewer)


@pytest.mark.django_db
def test_a_grant_for_a_unit_alone_reaches_the_operations_of_its_place_and_no_others(
    running: Operation, county: Any, cast: Any
) -> None:
    clerk = Viewer(1, "Clerk", (Grant("unit_clerk", unit_id=county.office.pk),))
    Unit.objects.filter(pk=county.office.pk).update(place=county.villages[0])
    assert running in reads.operations(clerk)
    Operation.objects.filter(pk=running.pk).update(root=county.towns[1])
    assert running not in reads.operations(clerk)
    assert running in reads.operations(Viewer(1, "Clerk", (Grant("unit_clerk", operation_id=running.pk),)))


@pytest.mark.django_db
def test_a_place_that_is_not_there_and_a_key_that_is_taken_are_refused(running: Operation, cast: Any) -> None:
    by = cast.chief.viewer
    with pytest.raises(Refusal, match=r"operations\.key_taken"):
        services.activate_operation(by=by, key="drill", text=BOOK, level="watch", why="-", now=NOW)
    with pytest.raises(Refusal, match=r"operations\.no_root"):
        services.activate_operation(
            by=by, key="other", text=BOOK.replace('"632726"', '"370921"'), level="watch", why="-", now=NOW
        )
    with pytest.raises(Refusal, match=r"operations\.no_level"):
        services.activate_operation(by=by, key="other", text=BOOK, level="panic", why="-", now=NOW)


@pytest.mark.django_db
def test_the_pages_go_from_a_text_to_a_running_operation(client: Any, county: Any, cast: Any) -> None:
    client.force_login(cast.chief.user, backend="django.contrib.auth.backends.ModelBackend")
    faulty = client.post(
        reverse("operations:check"),
        {"once": "5d0d2a5c-6b1e-4b52-9c3a-0e0f3f7b8a11", "text": BOOK.replace("size: 3", "sise: 3")},
    )
    assert "16" in faulty.content.decode()
    good = client.post(reverse("operations:check"), {"once": "5d0d2a5c-6b1e-4b52-9c3a-0e0f3f7b8a12", "text": BOOK})
    assert good.context["activate"] is not None
    given = {
        "once": "5d0d2a5c-6b1e-4b52-9c3a-0e0f3f7b8a13",
        "text": BOOK,
        "key": "drill",
        "level": "watch",
        "why": "order no. 1",
    }
    began = client.post(reverse("operations:activate"), given)
    assert began.status_code == 302, began.content.decode()[:2000]
    assert client.post(reverse("operations:activate"), given).headers["Location"] == began.headers["Location"], (
        "sent twice, begun once"
    )
    page = client.get(began.headers["Location"]).content.decode()
    assert "疫情防控指挥部" in page
    text = edited(("size: 3", "size: 4"))
    shown = client.post(
        reverse("operations:new_version", args=["drill"]),
        {"once": "5d0d2a5c-6b1e-4b52-9c3a-0e0f3f7b8a14", "text": text},
    )
    state = shown.context["apply"].initial["state"]
    applied = client.post(
        reverse("operations:apply", args=["drill"]),
        {"once": "5d0d2a5c-6b1e-4b52-9c3a-0e0f3f7b8a15", "text": text, "state": state, "why": "v2"},
    )
    assert applied.status_code == 302, applied.content.decode()[:2000]
    assert Item.objects.get(key="bell").wanted["size"] == 4


@pytest.mark.parametrize("key", sorted(shipped()))
def test_a_playbook_that_ships_has_no_fault_and_is_named_as_its_file(key: str) -> None:
    checked = check(shipped()[key])
    assert checked.problems == []
    assert (checked.playbook or {})["playbook"] == key


def test_all_five_cases_ship() -> None:
    assert set(shipped()) == {"qumalai", "ningyang", "huainan", "naiman", "ali"}
