"""The frame of the full engine: who may look at it, what it may do, and what it says where the engine was not built."""

from __future__ import annotations

import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_anybody_may_load_the_frame_and_it_alone_may_run_web_assembly(client: Client) -> None:
    answer = client.get(reverse("field:full"))
    policy = answer["Content-Security-Policy"]
    assert answer.status_code == 200
    assert "'wasm-unsafe-eval'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "'unsafe-eval'" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "wasm" not in client.get(reverse("accounts:log_in"))["Content-Security-Policy"]


def test_the_frame_speaks_the_readers_language(client: Client) -> None:
    client.cookies["language"] = "zh-hans"
    page = client.get(reverse("field:full")).content.decode()
    found = re.search(r'<script id="full-words" type="application/json">(.*?)</script>', page, re.S)
    assert found is not None
    words = json.loads(found[1])
    assert words["sentences"]["Send"] == "保存并上报"
    assert words["locale"]["dayNamesMin"][0] == "日"


def test_a_house_without_the_engine_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finders, "find", lambda path: None)
    answer = client.get(reverse("field:full"), headers={"accept-language": "en"})
    assert answer.status_code == 404
    assert "ODK Collect" in answer.content.decode()
