"""Reading what was sent: in scope, sensitive answers masked until a reason is logged, files that cannot run, versions side by side."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from bulou.modules.collection.models import Form, FormVersion, Submission
from bulou.modules.collection.queries import submissions as queries
from bulou.platform.journal.models import Look
from tests.kit.cast import Cast, County
from tests.kit.collection import attach, submit, version_of

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
JPEG = b"\xff\xd8\xff\xe0 picture"


@pytest.fixture
def version(form: Form, now: datetime) -> FormVersion:
    return version_of(form, now)


@pytest.fixture
def sent(version: FormVersion, county: County, now: datetime) -> Submission:
    about = county.people_of(0)[0].pk
    said = {
        "health/temperature": "38.1",
        "health/symptoms": "fever cough",
        "people": [{"people/name": "卓玛"}],
        "photo": "a.jpg",
    }
    return submit(version, now=now, subject_kind="person", subject_id=about, answers=said, secret={"health/test_result": "positive"})  # fmt: skip


def page(client: Any, name: str, *args: Any, **query: Any) -> str:
    return client.get(reverse(f"collection:{name}", args=args), query).content.decode()


def test_each_reads_what_was_sent_about_the_own_people(
    sent: Submission, county: County, cast: Cast, now: datetime
) -> None:
    submit(sent.version, now=now, subject_kind="person", subject_id=county.people_of(2)[0].pk)
    stray = submit(sent.version, now=now, person_id=county.people_of(0)[1].pk)
    seen = {one.key: set(queries.submissions(one.viewer, sent.form)) for one in (cast.chief, cast.village_clerk, cast.neighbour, cast.auditor)}  # fmt: skip
    assert len(seen["chief"]) == 3
    assert seen["village_clerk"] == {sent, stray}, "one about nobody we know is seen by its sender's lead"
    assert len(seen["neighbour"]) == 1
    assert seen["auditor"] == set()


def test_the_register_names_filters_and_logs(
    client: Any, sent: Submission, county: County, cast: Cast, now: datetime
) -> None:
    submit(sent.version, now=now, subject_kind="person", subject_id=county.people_of(1)[4].pk, is_test=True)
    client.force_login(cast.chief.user, backend=BACKEND)
    assert "Daily health report" in page(client, "sent")
    body = page(client, "submissions", sent.form_id)
    assert county.people_of(0)[0].name in body
    assert set(Look.objects.filter(kind="collection.submission").first().subjects) >= {sent.pk}
    for query, shown in (
        ({"state": "test"}, 1), ({"state": "received"}, 1), ({"state": "forgotten"}, 0), ({"place": county.villages[0].pk}, 1),
        ({"place": county.towns[0].pk}, 2), ({"q": county.people_of(0)[0].name}, 1), ({"source": "link"}, 0), ({"which": "all"}, 2),
        ({"received_at_from": "2020-02-01"}, 0),
    ):  # fmt: skip
        assert page(client, "submissions", sent.form_id, **query).count('<a href="/collection/submissions/') == shown, (
            query
        )
    client.force_login(cast.neighbour.user, backend=BACKEND)
    assert county.people_of(0)[0].name not in page(client, "submissions", sent.form_id)


def test_one_submission_in_words_with_its_secret_masked_until_a_reason(
    client: Any, sent: Submission, cast: Cast
) -> None:
    client.force_login(cast.chief.user, backend=BACKEND)
    body = page(client, "submission", sent.pk)
    assert "体温" in body
    assert "发热、咳嗽" in body
    assert "•••" in body
    assert "positive" not in body
    opened = reverse("collection:open_answers", args=[sent.pk])
    assert client.post(opened, {"once": uuid4(), "why": ""}).status_code == 422
    shown = client.post(opened, {"once": uuid4(), "why": "asked by the person"})
    assert "positive" in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    looks = Look.objects.filter(what="sensitive_answers")
    assert {(one.kind, one.why) for one in looks} == {("collection.submission", "asked by the person"), ("registry.person", "asked by the person")}  # fmt: skip
    client.force_login(cast.village_clerk.user, backend=BACKEND)
    assert client.get(reverse("collection:submission", args=[sent.pk])).status_code == 200
    assert client.post(opened, {"once": uuid4(), "why": "curious"}).status_code == 403
    client.force_login(cast.neighbour.user, backend=BACKEND)
    for name in ("submission", "open_answers", "open_xml"):
        assert client.get(reverse(f"collection:{name}", args=[sent.pk])).status_code == 404


def test_the_xml_as_received_needs_a_reason_and_never_runs(client: Any, sent: Submission, cast: Cast) -> None:
    client.force_login(cast.chief.user, backend=BACKEND)
    given = client.post(reverse("collection:open_xml", args=[sent.pk]), {"once": uuid4(), "why": "a dispute"})
    assert given.content.startswith(b"<data")
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in given.headers["Content-Security-Policy"]
    assert Look.objects.filter(what="submission_xml", why="a dispute").count() == 2


def test_a_picture_is_shown_and_everything_else_is_a_download(
    client: Any, sent: Submission, cast: Cast, now: datetime
) -> None:
    picture = attach(sent, "a.jpg", JPEG, now=now)
    client.force_login(cast.chief.user, backend=BACKEND)
    shown = client.get(reverse("collection:file", args=[sent.pk, picture.pk]))
    assert (shown.content, shown.headers["Content-Type"]) == (JPEG, "image/jpeg")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    secret = attach(sent, "evil.svg", b"<svg onload='alert(1)'/>", now=now, content_type="image/svg+xml")
    assert client.get(reverse("collection:file", args=[sent.pk, secret.pk])).status_code == 422, (
        "not of a plain question"
    )
    given = client.post(reverse("collection:open_file", args=[sent.pk, secret.pk]), {"once": uuid4(), "why": "a check"})
    assert given.headers["Content-Type"] == "application/octet-stream"
    assert given.headers["Content-Disposition"].startswith("attachment")
    client.force_login(cast.neighbour.user, backend=BACKEND)
    assert client.get(reverse("collection:file", args=[sent.pk, picture.pk])).status_code == 404


def test_a_correction_stands_beside_what_it_corrects(client: Any, sent: Submission, cast: Cast, now: datetime) -> None:
    later = submit(
        sent.version, now=now + timedelta(hours=1), chain=sent.chain, number=2, deprecates=sent.instance_id, subject_kind="person",
        subject_id=sent.subject_id, answers={"health/temperature": "36.6"},
    )  # fmt: skip
    client.force_login(cast.chief.user, backend=BACKEND)
    body = page(client, "submission", later.pk)
    assert "38.1" in body
    assert "36.6" in body
    assert "differs" in body
    listed = page(client, "submissions", sent.form_id)
    assert f"/submissions/{later.pk}/" in listed
    assert f"/submissions/{sent.pk}/" not in listed
    assert f"/submissions/{sent.pk}/" in page(client, "submissions", sent.form_id, which="all")
