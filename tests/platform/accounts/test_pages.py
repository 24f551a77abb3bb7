"""The pages of accounts, over HTTP: what a person meets on the way in, and what an administrator does for them."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from bulou.modules.registry.models import Grant
from bulou.platform import clock
from bulou.platform.accounts import services
from bulou.platform.accounts.models import RecoveryCode, SecondFactor, Session, User
from bulou.platform.accounts.services import factors
from bulou.platform.journal.models import Line
from tests.platform.accounts.conftest import PASSWORD
from tests.platform.accounts.test_entering import code_of, with_factor

pytestmark = pytest.mark.django_db

LOG_IN = "/account/log-in"


def post(client: Client, url: str, **values: str):
    return client.post(url, {"once": str(uuid4()), **values})


def log_in(client: Client, username: str = "zhaxi", password: str = PASSWORD, onward: str = ""):
    return post(client, f"{LOG_IN}{onward}", username=username, password=password)


@pytest.fixture
def admin_client(client, administrator, now) -> Client:
    Grant.objects.create(user_id=administrator.user_id, role="administrator", starts=now - timedelta(days=3000))
    log_in(client, "root.county")
    return client


def test_log_in_leads_to_the_page_that_was_asked_for(client, user):
    answer = client.get("/account/")
    assert answer.status_code == 302
    assert answer.url == f"{LOG_IN}?next=/account/"
    answer = log_in(client, onward="?next=/account/")
    assert (answer.status_code, answer.url) == (302, "/account/")
    page = client.get("/account/")
    assert "扎西" in page.content.decode()


@pytest.mark.parametrize(
    "onward", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "\\\\elsewhere.example"]
)
def test_a_log_in_link_never_leads_out_of_the_house(client, user, onward):
    from urllib.parse import quote

    assert log_in(client, onward=f"?next={quote(onward)}").url == "/"


def test_wrong_words_are_kept_beside_the_sentence_but_never_the_password(client, user):
    answer = log_in(client, "zhaxi", "wrong words here")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "zhaxi" in page
    assert "wrong words here" not in page


def test_the_sixth_try_is_told_when_to_try_again(client, user):
    for _attempt in range(5):
        answer = log_in(client, "zhaxi", "wrong")
    assert answer.status_code == 429
    assert re.search(r"\d\d:\d\d", answer.content.decode())
    assert log_in(client).status_code == 429


def test_a_signed_in_user_is_not_asked_again(client, user):
    log_in(client)
    assert client.get(LOG_IN).url == "/"


def test_log_out_ends_the_session_and_only_by_post(client, user):
    log_in(client)
    assert client.get("/account/log-out").status_code == 405
    assert client.post("/account/log-out").url == LOG_IN
    assert not Session.objects.exists()
    assert client.get("/account/").status_code == 302


def test_the_browser_speaks_the_language_of_whoever_came_in(client, user):
    User.objects.update(language="en")
    assert log_in(client).cookies["language"].value == "en"


def test_first_password_then_the_rest_of_the_house(client, user, administrator, now):
    password = services.reset_password(user.pk, by=administrator, real=clock.real_now(), now=now)
    log_in(client, password=password)
    assert client.get("/account/").url == "/account/password"
    asked = client.get("/account/", headers={"accept": "application/json"})
    assert (asked.status_code, asked.json()["code"]) == (403, "accounts.change_password")
    assert client.get("/account/", headers={"hx-request": "true"}).headers["HX-Redirect"] == "/account/password"
    weak = post(client, "/account/password", old=password, new="password12", again="password12")
    assert weak.status_code == 422
    new = "yaks are quiet today"
    assert post(client, "/account/password", old=password, new=new, again=new).url == "/account/"
    assert client.get("/account/").status_code == 200


def test_changing_the_password_ends_the_other_sessions_and_keeps_this_one(client, user):
    other = Client()
    log_in(client)
    log_in(other)
    post(client, "/account/password", old=PASSWORD, new="yaks are quiet today", again="yaks are quiet today")
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302


def test_an_unlocked_desk_is_no_place_to_try_passwords(client, user, viewer, real, now):
    with_factor(viewer, real, now)
    log_in(client)
    client.force_login(user)
    for _attempt in range(5):
        assert post(client, "/account/second-factor/remove", password="guess").status_code == 422
    assert post(client, "/account/second-factor/remove", password=PASSWORD).status_code == 429
    assert (
        post(client, "/account/password", old=PASSWORD, new="yaks are quiet", again="yaks are quiet").status_code == 429
    )
    assert post(client, "/account/second-factor/codes", password=PASSWORD).status_code == 429
    assert SecondFactor.objects.exists()


def test_new_recovery_codes_and_removal_after_the_password(client, user, viewer, real, now):
    _secret, old = with_factor(viewer, real, now)
    client.force_login(user)
    shown = post(client, "/account/second-factor/codes", password=PASSWORD).content.decode()
    fresh = re.findall(r"<code>([a-z2-9-]{19})</code>", shown)
    assert len(fresh) == 10
    assert not services.use_code(user, old[0], real=real, now=now)
    assert services.use_code(user, fresh[0], real=real, now=now)
    assert post(client, "/account/second-factor/remove", password=PASSWORD).url == "/account/"
    assert not SecondFactor.objects.exists()
    assert not RecoveryCode.objects.exists()


def test_set_up_of_a_second_factor_from_qr_to_recovery_codes(client, user):
    log_in(client)
    client.post("/account/second-factor/begin")
    page = client.get("/account/second-factor").content.decode()
    assert 'src="data:image/svg+xml' in page
    secret = factors.secret_of(SecondFactor.objects.get())
    assert secret.lower()[:4] in page.lower()
    assert post(client, "/account/second-factor/confirm", code="000000").status_code == 422
    done = post(client, "/account/second-factor/confirm", code=code_of(secret, clock.real_now()))
    assert len(re.findall(r"<code>[a-z2-9-]{19}</code>", done.content.decode())) == 10
    assert "no-store" in done.headers["Cache-Control"]
    assert secret not in client.get("/account/second-factor").content.decode()


def test_the_second_step_over_http(client, user, viewer, real, now):
    _secret, codes = with_factor(viewer, real, now)
    answer = log_in(client, onward="?next=/account/")
    assert answer.url == "/account/log-in/code?next=%2Faccount%2F"
    assert client.get("/account/").status_code == 302
    assert post(client, answer.url, code="123456").status_code == 422
    assert post(client, answer.url, code=codes[0]).url == "/account/"
    assert client.get("/account/").status_code == 200


def test_the_second_step_without_the_first_leads_back(client, user):
    assert client.get("/account/log-in/code").url.endswith("/log-in")
    assert post(client, "/account/log-in/code", code="123456").status_code == 422


def test_a_role_that_owes_a_second_factor_is_held_until_it_is_set_up(admin_client, administrator, settings, now):
    settings.SECOND_FACTOR_ROLES = ("administrator",)
    assert admin_client.get("/account/users/").url == "/account/second-factor"
    admin_client.post("/account/second-factor/begin")
    secret = factors.secret_of(SecondFactor.objects.get())
    post(admin_client, "/account/second-factor/confirm", code=code_of(secret, clock.real_now()))
    assert admin_client.get("/account/users/").status_code == 200


def test_a_real_installation_demands_it_of_administrators_and_an_exercise_does_not(db):
    from bulou.platform.accounts.queries import demanded_roles
    from bulou.platform.house import queries as house
    from bulou.platform.house.models import House

    house.forget_what_was_read()
    try:
        assert demanded_roles() == ()
        House.objects.create(id=1, kind="exercise", county="632726", founded_at=clock.real_now())
        house.forget_what_was_read()
        assert demanded_roles() == ()
        House.objects.filter(id=1).update(kind="real")
        house.forget_what_was_read()
        assert set(demanded_roles()) == {"administrator", "chief", "auditor"}
    finally:
        house.forget_what_was_read()


def test_sessions_are_seen_and_ended(client, user):
    other = Client(REMOTE_ADDR="10.5.5.5", HTTP_USER_AGENT="Mozilla/5.0 (Linux; Android 14) Chrome/120")
    log_in(client)
    log_in(other)
    page = client.get("/account/").content.decode()
    assert "10.5.5.5" in page
    assert "Chrome · Android" in page
    theirs = Session.objects.get(address="10.5.5.5")
    client.post(reverse("accounts:end_session", args=[theirs.handle]))
    assert other.get("/account/").status_code == 302
    assert client.get("/account/").status_code == 200
    assert (
        client.post(reverse("accounts:end_session", args=[theirs.handle])).status_code == 302
    )  # again: nothing happens


def test_nobody_ends_a_strangers_session(client, user, administrator):
    stranger = Client()
    log_in(stranger, "root.county")
    log_in(client)
    theirs = Session.objects.get(user_id=administrator.user_id)
    assert client.post(reverse("accounts:end_session", args=[theirs.handle])).status_code == 404
    assert stranger.get("/account/").status_code == 200


def test_reading_pages_writes_the_session_at_most_once_a_minute(client, user, django_assert_num_queries):
    log_in(client)
    client.get("/account/")
    before = Session.objects.get()
    client.get("/account/")
    assert Session.objects.get().last_seen == before.last_seen
    Session.objects.update(
        last_seen=before.last_seen - timedelta(seconds=61), expire_date=before.expire_date - timedelta(seconds=61)
    )
    client.get("/account/")
    after = Session.objects.get()
    assert after.last_seen >= before.last_seen
    assert after.expire_date >= before.expire_date


def test_an_idle_session_is_over_after_twelve_hours(client, user, settings):
    log_in(client)
    session = Session.objects.get()
    assert session.expire_date - session.last_seen == timedelta(hours=12)
    Session.objects.update(expire_date=clock.real_now() - timedelta(seconds=1))
    assert client.get("/account/").status_code == 302
    assert services.clear_sessions(clock.real_now()) == 1


def test_an_administrator_makes_a_user_and_sees_the_password_once(admin_client):
    key = str(uuid4())
    form = {"once": key, "username": "Dorje", "display_name": "多杰", "language": "zh-hans"}
    page = admin_client.post("/account/users/new", form).content.decode()
    password = re.search(r'class="secret">([a-z2-9-]+)<', page).group(1)
    made = User.objects.get(username="dorje")
    assert made.check_password(password)
    again = admin_client.post("/account/users/new", form)
    assert again.url == f"/account/users/{made.pk}"
    assert User.objects.filter(username="dorje").count() == 1
    taken = admin_client.post("/account/users/new", form | {"once": str(uuid4())})
    assert taken.status_code == 422
    assert "多杰" in taken.content.decode()


def test_the_register_of_users_is_for_those_who_manage_them(client, admin_client, user):
    page = admin_client.get("/account/users/?q=扎").content.decode()
    assert "zhaxi" in page
    assert "root.county" not in page.split("<main", 1)[1]
    assert admin_client.get(f"/account/users/{user.pk}").status_code == 200
    assert admin_client.get("/account/users/999999").status_code == 404
    plain = Client()
    log_in(plain)
    for address in ("/account/users/", "/account/users/new", f"/account/users/{user.pk}"):
        assert plain.get(address).status_code == 403
    for verb in ("reset-password", "deactivate", "activate", "unlock", "remove-factor", "end-sessions"):
        assert plain.post(f"/account/users/{user.pk}/{verb}", {"why": "x"}).status_code == 403


def test_what_an_administrator_does_for_a_user(admin_client, user, viewer, real, now):
    page = f"/account/users/{user.pk}"
    with_factor(viewer, real, now)
    theirs = Client()
    assert admin_client.post(f"{page}/remove-factor", {"why": " "}).status_code == 422
    admin_client.post(f"{page}/remove-factor", {"why": "seen in person"})
    assert not SecondFactor.objects.exists()
    assert not RecoveryCode.objects.exists()
    log_in(theirs)
    shown = admin_client.post(f"{page}/reset-password", {"why": "seen in person"}).content.decode()
    assert theirs.get("/account/").status_code == 302
    password = re.search(r'class="secret">([a-z2-9-]+)<', shown).group(1)
    assert log_in(theirs, password=password).status_code == 302
    admin_client.post(f"{page}/deactivate", {"why": "moved away"})
    assert theirs.get("/account/").status_code == 302
    assert log_in(theirs, password=password).status_code == 422
    admin_client.post(f"{page}/activate", {"why": "came back"})
    assert log_in(theirs, password=password).status_code == 302
    done = Line.objects.filter(subjects=[user.pk], actor_name="管理员").order_by("pk").values_list("action", "why")
    assert list(done) == [
        ("accounts.second_factor_removed", "seen in person"),
        ("accounts.password_reset", "seen in person"),
        ("accounts.user_deactivated", "moved away"),
        ("accounts.user_activated", "came back"),
    ]
    assert password not in str(list(Line.objects.values_list("data", "why")))


def test_an_administrator_cannot_shut_the_door_on_himself(admin_client, administrator):
    page = f"/account/users/{administrator.user_id}"
    assert admin_client.post(f"{page}/deactivate", {"why": "x"}).status_code == 422
    assert admin_client.post(f"{page}/reset-password", {"why": "x"}).status_code == 422
    assert User.objects.get(pk=administrator.user_id).is_active


def test_two_administrators_editing_one_user(admin_client, user):
    form = {"display_name": "扎西多", "language": "en", "version": "1"}
    assert post(admin_client, f"/account/users/{user.pk}/edit", **form).status_code == 302
    late = post(admin_client, f"/account/users/{user.pk}/edit", **{**form, "display_name": "扎西三"})
    assert late.status_code == 409
    assert "扎西三" in late.content.decode()
    assert User.objects.get(pk=user.pk).display_name == "扎西多"


def test_a_cross_site_post_is_refused(user):
    strict = Client(enforce_csrf_checks=True)
    assert log_in(strict).status_code == 403
