"""The installable page: everything its service worker keeps is there, it changes when a file does, and its words are complete."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from bulou.interfaces.field.words import LANGUAGES, SENTENCES, spoken, tibetan

pytestmark = pytest.mark.django_db
SHELL = Path(str(finders.find("field/shell")))
SAID = re.compile(r'\bt\("((?:[^"\\]|\\.)*)"')
PLACES = re.compile(r"%\(\w+\)s")


def kept() -> list[str]:
    script = Client().get("/field/sw.js").content.decode()
    found = re.search(r"const KEPT = (.*);", script)
    assert found
    addresses: list[str] = json.loads(found.group(1))
    return addresses


def test_everything_the_service_worker_keeps_is_there():
    client = Client()
    assert "/field/" in kept()
    assert {address: client.get(address).status_code for address in kept()} == dict.fromkeys(kept(), 200)
    assert all(not address.startswith(("/key", "/mine", "/account")) for address in kept())


def test_every_module_of_the_page_is_kept():
    scripts = {f"/static/field/shell/{one.relative_to(SHELL)}" for one in SHELL.rglob("*.js")}
    assert scripts | {"/static/field/queue.js"} <= set(kept())


def test_the_page_holds_nobody_and_is_the_same_for_everybody(cast):
    signed_in = Client()
    signed_in.force_login(cast.chief.user, backend="django.contrib.auth.backends.ModelBackend")
    assert signed_in.get("/field/").content == Client().get("/field/").content


def test_every_sentence_of_the_scripts_is_in_the_list_and_in_chinese():
    said = {text for script in SHELL.rglob("*.js") for text in SAID.findall(script.read_text(encoding="utf-8"))}
    kinds = {"Ordinary household", "Herding camp", "Work site", "Collective household"}
    assert set(SENTENCES) == said | kinds
    chinese = spoken("zh-hans")
    assert not [text for text in SENTENCES if chinese[text] == text and text != "PIN"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_places_in_sentences_survive_translation(language):
    for english, text in spoken(language).items():
        assert set(PLACES.findall(text)) == set(PLACES.findall(english)), english


def test_tibetan_translates_sentences_that_are_said():
    assert not set(tibetan()) - set(SENTENCES)
    assert len(tibetan()) > 0.85 * len(SENTENCES)
