"""The kit over HTTP: languages, navigation by role, refusals and errors as pages, the security policy, the living page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bulou.modules.registry.models import Grant
from bulou.platform import clock
from bulou.platform.accounts.models import User
from bulou.platform.journal.models import Line

pytestmark = pytest.mark.django_db
KIT = "/house/kit"


def sign_in(role=None, language="zh-hans", **how):
    now = clock.now()
    user = User.objects.create(username=f"u-{role}", display_name="方可为", language=language, created_at=now)
    if role:
        Grant.objects.create(user=user, role=role, starts=now - timedelta(days=1))
    client = Client(**how)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.SECOND_FACTOR_ROLES = ()


def text(response):
    return response.content.decode()


def test_the_house_speaks_chinese_whatever_the_browser_claims(client):
    page = client.get("/nowhere", headers={"Accept-Language": "en"})
    assert page.headers["Content-Language"] == "zh-hans"
    assert '<html lang="zh-Hans">' in text(page)


def test_a_user_s_own_language_counts_until_the_browser_has_chosen_one():
    client = sign_in("administrator", language="en")
    assert "Every component in use" in text(client.get(KIT))
    client.cookies["language"] = "zh-hans"
    assert "各组件的实际样子" in text(client.get(KIT))


def test_the_switch_keeps_the_language_in_the_browser_and_with_the_user():
    client = sign_in("administrator")
    answer = client.post(reverse("pages:language"), {"language": "en", "next": f"{KIT}?tab=b"})
    assert answer.headers["Location"] == f"{KIT}?tab=b"
    assert client.cookies["language"].value == "en"
    assert User.objects.get(username="u-administrator").language == "en"
    assert '<html lang="en">' in text(client.get(KIT))


@pytest.mark.parametrize("planted", ["//evil.example", "https://evil.example/x", "javascript:alert(1)"])
def test_the_switch_leads_nowhere_else(client, planted):
    assert client.post(reverse("pages:language"), {"language": "en", "next": planted}).headers["Location"] == "/"


def test_a_language_not_offered_is_refused_and_a_strange_cookie_is_nothing(client):
    assert client.post(reverse("pages:language"), {"language": "tlh"}).status_code == 422
    client.cookies["language"] = "tlh"
    assert client.get("/nowhere").headers["Content-Language"] == "zh-hans"


def test_the_switch_only_takes_a_post(client):
    assert client.get(reverse("pages:language")).status_code == 405


def test_what_is_not_there_says_so_in_a_page(client):
    page = client.get("/nowhere")
    assert page.status_code == 404
    assert "没有找到" in text(page)
    as_data = client.get("/nowhere", headers={"Accept": "application/json"})
    assert as_data.json()["code"] == "pages.not_found"


def test_a_role_without_the_permission_gets_a_sentence():
    page = sign_in("auditor").get(KIT)
    assert page.status_code == 403
    assert "access.not_allowed" in text(page)


def test_a_form_from_an_old_page_is_told_to_load_again():
    page = sign_in("administrator", enforce_csrf_checks=True).post(KIT, {"name": "x"})
    assert page.status_code == 403
    assert "pages.out_of_date" in text(page)


def test_too_many_fields_are_too_much_at_once(settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10
    client = sign_in("administrator", raise_request_exception=False)
    page = client.post(KIT, {f"f{i}": "1" for i in range(20)})
    assert page.status_code == 413
    assert "pages.too_big" in text(page)


def test_our_own_mistake_is_a_page_that_asks_nobody(monkeypatch):
    client = sign_in("administrator", raise_request_exception=False)
    from bulou.platform.pages import showcase

    monkeypatch.setattr(showcase, "content", lambda *_: 1 / 0)
    page = client.get(KIT)
    assert page.status_code == 500
    assert "pages.our_mistake" in text(page)
    assert "ZeroDivisionError" not in text(page)


def test_a_database_out_of_reach_is_not_our_mistake_and_says_when_to_ask_again(monkeypatch):
    client = sign_in("administrator", raise_request_exception=False)
    from django.db import OperationalError

    from bulou.platform.pages import showcase

    def busy(*_):
        raise OperationalError("couldn't get a connection after 10.00 sec")

    monkeypatch.setattr(showcase, "content", busy)
    page = client.get(KIT)
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "pages.busy" in text(page)
    assert "couldn't get" not in text(page)


def test_too_slow_is_a_page_for_whoever_keeps_the_deadline(rf):
    from bulou.platform.pages import errors

    asked = rf.get("/x")
    assert errors.too_slow(asked).status_code == 408


def test_everything_on_a_page_comes_from_the_house_itself():
    page = sign_in("administrator").get(KIT)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_the_navigation_holds_what_the_viewer_may_open():
    shown = text(sign_in("administrator").get(KIT))
    assert f'href="{KIT}" aria-current="page"' in shown
    assert f'href="{reverse("accounts:users")}"' in shown
    hidden = text(sign_in("village_clerk").get(reverse("accounts:account")))
    assert KIT not in hidden
    assert reverse("accounts:users") not in hidden


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_every_component_draws_in_every_language(language):
    page = sign_in("administrator", language=language).get(KIT)
    assert page.status_code == 200
    for part in (
        'class="figures"',
        'class="treemap"',
        'class="stack"',
        'class="columns"',
        'class="history"',
        "data-table",
        "<dialog",
    ):
        assert part in text(page)


def test_the_living_form_refuses_contests_and_passes():
    client = sign_in("administrator", language="en")
    once = "6f1c0a52-7f39-4c0e-9c1b-0d7b0e8a4a01"
    data = {"once": once, "version": "3", "name": "refuse", "town": "1", "day": "2026-03-09", "result": "met"}
    refused = client.post(KIT, data)
    assert refused.status_code == 422
    assert "Nobody of this name lives here" in text(refused)
    contested = client.post(KIT, data | {"name": "conflict"})
    assert contested.status_code == 409
    assert "Stands now" in text(contested)
    assert 'value="conflict"' in text(contested)
    assert client.post(KIT, data | {"name": "x"}).status_code == 302


def test_the_living_table_keeps_columns_and_goes_out_as_a_sheet():
    client = sign_in("administrator")
    back = client.post(reverse("tables:columns"), {"table": "pages.kinds", "column": ["model", "is_long"], "next": KIT})
    assert back.headers["Location"] == KIT
    shown = text(client.get(KIT))
    assert 'data-label="名称较长"' in shown
    assert 'data-label="字母数"' not in shown
    out = client.get(f"{KIT}?export=xlsx")
    assert out.headers["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert b"".join(out.streaming_content)[:2] == b"PK"
    assert Line.objects.filter(action="tables.exported").count() == 1
