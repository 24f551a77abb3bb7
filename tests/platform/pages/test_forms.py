"""The form kit: keys, refusals beside their field, conflicts beside what was typed, and a second sending that changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django import forms
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation

from bulou.platform.access.viewer import Viewer
from bulou.platform.pages.forms import Form, Pick, Picks, answer, picked
from bulou.platform.refusals import Conflict, Refusal

NOW = datetime(2026, 3, 9, tzinfo=UTC)


class Rename(Form):
    name = forms.CharField(label="Name", max_length=10)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "Village"), ("b", "Community")])
    day = forms.DateField(label="Day", required=False)
    is_new = forms.BooleanField(label="New", required=False)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def request(method="POST", htmx=False, **data):
    made = getattr(RequestFactory(), method.lower())("/rename", data)
    made.viewer, made.now, made.htmx = Viewer(7, "Li"), NOW, htmx
    made.resolver_match = SimpleNamespace(view_name="test:rename")
    return made


def sent(**changes):
    return {"once": str(uuid4()), "version": "3", "name": "Red", "kind": "a"} | changes


def test_a_form_carries_a_fresh_key_and_the_version_it_was_opened_on():
    one, other = Rename(version=3), Rename(version=3)
    assert one["once"].value() != other["once"].value()
    assert one["version"].value() == 3


def test_few_choices_become_buttons_and_days_the_browser_s_picker():
    form = Rename()
    assert isinstance(form.fields["kind"].widget, forms.RadioSelect)
    assert 'type="date"' in str(form["day"])


def test_what_was_found_wrong_is_said_in_plain_words():
    form = Rename(sent(name="", day="31.02.", kind="zz"))
    assert not form.is_valid()
    assert form.errors["name"] == ["This is needed."]
    assert form.errors["day"] == ["Not a date. Write it like 2026-03-09."]
    assert form.errors["kind"] == ["Choose one of the list."]
    long = Rename(sent(name="x" * 11))
    assert long.errors["name"] == ["At most 10 characters; here are 11."]


def test_a_sentence_a_form_says_itself_stays():
    class Own(Form):
        name = forms.CharField(error_messages={"required": "Who?"})

    assert Own({"once": str(uuid4())}).errors["name"] == ["Who?"]


@pytest.mark.django_db
def test_a_form_that_holds_runs_the_service_and_goes_on():
    seen = []
    asked = request(**sent())
    response = answer(
        asked,
        Rename.of(asked, version=3),
        lambda **v: seen.append(v) or {"id": 5},
        lambda given: f"/place/{given['id']}",
    )
    assert (response.status_code, response.headers["Location"]) == (302, "/place/5")
    assert seen == [{"name": "Red", "kind": "a", "day": None, "is_new": False, "version": 3}]


@pytest.mark.django_db
def test_sending_the_same_form_again_changes_nothing_and_goes_to_the_same_place():
    ran, data = [], sent()
    for _ in range(2):
        asked = request(**data)
        response = answer(
            asked, Rename.of(asked), lambda **v: ran.append(v) or 9, lambda given: f"/place/{given['id']}"
        )
        assert response.headers["Location"] == "/place/9"
    assert len(ran) == 1


@pytest.mark.django_db
def test_htmx_is_sent_on_without_a_page():
    asked = request(**sent(), htmx=True)
    response = answer(asked, Rename.of(asked), lambda **_: None, "/done")
    assert isinstance(response, HttpResponse)
    assert response.headers["HX-Redirect"] == "/done"


def shown(monkeypatch, asked, form, call, **how):
    """The answer with the page left out: (status, form)."""
    from bulou.platform.pages.forms import answering

    pages = []
    monkeypatch.setattr(
        answering, "render", lambda _r, _t, context, status: pages.append(context) or HttpResponse(status=status)
    )
    response = answer(asked, form, call, "/done", **how)
    return response.status_code, (pages[0]["form"] if pages else None)


@pytest.mark.django_db
def test_a_refusal_stands_beside_its_field_and_nothing_typed_is_lost(monkeypatch):
    def refuse(**_values):
        raise Refusal("test.taken", "%(name)s is taken.", field="name", name="Red")

    asked = request(**sent())
    status, form = shown(monkeypatch, asked, Rename.of(asked), refuse)
    assert status == 422
    assert form.errors["name"] == ["Red is taken."]
    assert form["name"].value() == "Red"


@pytest.mark.django_db
def test_a_refused_form_can_be_sent_again_with_the_same_key():
    data, tries = sent(), []

    def first_refuse(**_values):
        tries.append(1)
        if len(tries) == 1:
            raise Refusal("test.wait", "Wait.")

    for expected in (422, 302):
        asked = request(**data)
        response = answer(asked, Rename.of(asked), first_refuse, "/done", template="pages/parts/nothing.html")
        assert response.status_code == expected


def test_a_refusal_without_a_field_of_the_form_stands_above_it(monkeypatch):
    def refuse(**_values):
        raise Refusal("test.closed", "The day is closed.", field="elsewhere")

    asked = request(**sent())
    _status, form = shown(monkeypatch, asked, Rename.of(asked), refuse, once=False)
    assert form.non_field_errors() == ["The day is closed."]
    assert form.slim_errors() == [("", "", "The day is closed.")]


def test_a_conflict_shows_what_stands_now_beside_what_was_typed(monkeypatch):
    def contest(**_values):
        raise Conflict("test.moved", "Changed meanwhile.")

    asked = request(**sent(is_new="on"))
    standing = lambda: ({"name": "Blue", "kind": "b", "day": None, "is_new": True}, 4)  # noqa: E731
    status, form = shown(monkeypatch, asked, Rename.of(asked), contest, standing=standing, once=False)
    assert status == 409
    assert form.standing == {"name": "Blue", "kind": "Community"}
    assert form["name"].value() == "Red"
    assert form["version"].value() == "4"
    assert form["once"].value() != asked.POST["once"]


def test_an_invalid_form_never_reaches_the_service(monkeypatch):
    asked = request(**sent(name=""))
    status, _form = shown(monkeypatch, asked, Rename.of(asked), lambda **_: pytest.fail("ran"))
    assert status == 422


class Move(Form):
    place = Pick(url="pages:language", label="To")
    helpers = Picks(url="pages:language", label="With", required=False)


def test_only_what_the_viewer_may_pick_can_be_picked():
    known = {1: "East", 2: "West"}
    data = {"once": str(uuid4()), "place": "1", "helpers": ["1", "2"]}

    def form(**changes):
        made = Move(data | changes)
        for name in ("place", "helpers"):
            made.fields[name].named = lambda ids: [(i, known[i]) for i in ids if i in known]
        return made

    good = form()
    assert good.is_valid(), good.errors
    assert good.values == {"place": 1, "helpers": [1, 2]}
    assert "East" in str(good["place"])
    for planted in ("3", "1; DROP", "-1"):
        assert "place" in form(place=planted).errors
    assert "helpers" in form(helpers=["1", "9"]).errors
    assert form(place="").errors["place"] == ["This is needed."]


def test_finding_answers_with_options_that_carry_the_field_s_name():
    asked = RequestFactory().get("/find", {"name": "place", "place_q": " ea "})
    asked.viewer, asked.now = Viewer(7, "Li"), NOW
    page = picked(asked, lambda letters: [(1, f"<{letters}>")]).content.decode()
    assert 'type="radio" name="place" value="1"' in page
    assert "&lt;ea&gt;" in page
