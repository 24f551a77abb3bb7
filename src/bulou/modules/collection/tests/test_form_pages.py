"""The pages of forms: bring, read in every language, map, add files, publish, close, take away."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from bulou.modules.collection.models import Form, FormVersion, Media
from bulou.modules.collection.services import forms as services
from bulou.modules.collection.tests.sheets import SURVEY, daily
from bulou.modules.operations.models import Operation
from tests.kit.cast import Cast, County

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def chief(client: Any, cast: Cast) -> Any:
    client.force_login(cast.chief.user, backend=BACKEND)
    return client


def send(client: Any, operation: Operation, content: bytes, name: str = "daily.xlsx", once: object = None) -> Any:
    given = {"operation": operation.pk, "file": SimpleUploadedFile(name, content), "once": once or uuid4()}
    return client.post(reverse("collection:bring"), given)


def test_a_form_is_brought_read_and_published(chief: Any, operation: Operation) -> None:
    assert chief.get(reverse("collection:bring")).status_code == 200
    once = uuid4()
    answer = send(chief, operation, daily(), once=once)
    assert answer.status_code == 302
    assert send(chief, operation, daily(), once=once).url == answer.url
    row = FormVersion.objects.get()
    page = chief.get(answer.url).content.decode()
    assert "每日报告" in page
    assert "体温" in page
    assert "bulou/forms" not in page
    english = chief.get(reverse("collection:form", args=[row.form_id]) + "?language=en").content.decode()
    assert "Temperature" in english
    assert chief.post(reverse("collection:publish", args=[row.pk]), {"why": "ready"}).status_code == 302
    row.refresh_from_db()
    assert row.published_at is not None
    assert "每日报告" in chief.get(reverse("collection:forms")).content.decode()
    assert chief.get(reverse("collection:forms") + "?export=xlsx").status_code == 200


def test_what_is_wrong_stands_there_by_row_and_nothing_is_kept(chief: Any, operation: Operation) -> None:
    wrong: list[list[object]] = [["type", "name", "label"], ["txet", "a", "A"]]
    answer = send(chief, operation, daily(survey=wrong))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "第 2 行" in page
    assert "txet" in page
    assert not Form.objects.exists()
    assert send(chief, operation, b"PK\x03\x04").status_code == 422
    assert send(chief, operation, b"<!DOCTYPE x><x/>", "a.xml").status_code == 422


def test_answers_are_mapped_question_by_question(chief: Any, cast: Cast, operation: Operation, now: datetime) -> None:
    plain = [[*row[:6]] for row in SURVEY]
    row = services.bring_form(
        by=cast.chief.viewer, operation=operation, name="a.xlsx", content=daily(survey=plain), now=now
    ).version
    address = reverse("collection:map_answers", args=[row.pk])
    assert chief.get(address).status_code == 200
    said = {"q_0": "happened", "q_1": "subject:person", "q_2": "fact:well", "q_3": "fact:temperature"}
    assert chief.post(address, said | {"once": uuid4()}).status_code == 302
    row.refresh_from_db()
    assert row.mapping["facts"] == {"well": "well", "temperature": "t"}
    assert (row.mapping["subject"], row.mapping["happened"]) == ({"kind": "person", "path": "who"}, {"path": "day"})
    again = chief.get(address).content.decode()
    assert again.count("selected") >= 4


def test_files_are_added_where_they_are_asked_for(chief: Any, cast: Cast, operation: Operation, now: datetime) -> None:
    survey: list[list[object]] = [["type", "name", "label"], ["select_one_from_file towns.csv", "town", "Town"]]
    row = services.bring_form(
        by=cast.chief.viewer, operation=operation, name="a.xlsx", content=daily(survey=survey), now=now
    ).version
    address = reverse("collection:add_media", args=[row.pk])
    assert "towns.csv" in chief.get(reverse("collection:form", args=[row.form_id])).content.decode()
    wrong = {"file": SimpleUploadedFile("other.csv", b"name,label\n"), "once": uuid4()}
    assert chief.post(address, wrong).status_code == 422
    assert (
        chief.post(
            address, {"file": SimpleUploadedFile("towns.csv", b"name,label\na,A\n"), "once": uuid4()}
        ).status_code
        == 302
    )
    found = Media.objects.get()
    assert chief.get(reverse("collection:media", args=[row.pk, found.pk])).content == b"name,label\na,A\n"


def test_a_form_is_closed_and_opened_again_from_its_page(
    chief: Any, cast: Cast, operation: Operation, now: datetime
) -> None:
    row = services.bring_form(
        by=cast.chief.viewer, operation=operation, name="a.xlsx", content=daily(), now=now
    ).version
    services.publish(by=cast.chief.viewer, version_id=row.pk, now=now)
    for verb, state in (("closing", "closing"), ("close", "closed"), ("reopen", "open")):
        assert chief.post(reverse("collection:move", args=[row.form_id, verb]), {"why": "x"}).status_code == 302
        assert Form.objects.get().state == state
    assert chief.post(reverse("collection:move", args=[row.form_id, "burn"])).status_code == 404
    assert chief.post(reverse("collection:move", args=[row.form_id, "close"]), {"version": "1"}).status_code == 409


def test_what_was_brought_is_taken_away_byte_for_byte(
    chief: Any, cast: Cast, county: County, operation: Operation, now: datetime
) -> None:
    content = daily()
    row = services.bring_form(
        by=cast.chief.viewer, operation=operation, name="每日.xlsx", content=content, now=now
    ).version
    assert chief.get(reverse("collection:xlsform", args=[row.pk])).content == content
    assert chief.get(reverse("collection:xform", args=[row.pk])).content == bytes(row.xform)
    bare = services.bring_form(
        by=cast.chief.viewer,
        operation=operation,
        name="b.xml",
        content=bytes(row.xform).replace(b'id="daily"', b'id="bare"'),
        now=now,
    ).version
    assert chief.get(reverse("collection:xlsform", args=[bare.pk])).status_code == 404
    operation.root = county.towns[1]
    operation.save()
    chief.force_login(cast.township_lead.user, backend=BACKEND)
    assert chief.get(reverse("collection:form", args=[row.form_id])).status_code == 404


def test_why_a_form_needs_the_full_engine_is_said(chief: Any, cast: Cast, operation: Operation, now: datetime) -> None:
    survey: list[list[object]] = [["type", "name", "label"], ["geoshape", "area", "Area"], ["audio", "voice", "Voice"]]
    row = services.bring_form(
        by=cast.chief.viewer, operation=operation, name="a.xlsx", content=daily(survey=survey), now=now
    ).version
    assert (row.runner, len(row.why_full)) == ("full", 2)
    page = chief.get(reverse("collection:form", args=[row.form_id])).content.decode()
    assert "area" in page
    assert "完整引擎" in page
