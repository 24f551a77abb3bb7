"""Messages are found wherever a reader's words may stand, exactly as Django will look them up."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.template import Context, Engine
from django.utils import translation

from bulou.platform.words import python_files, template_files
from bulou.platform.words.messages import Message, places


def from_python(folder: Path, source: str) -> list[Message | str]:
    path = folder / "code.py"
    path.write_text(source, encoding="utf-8")
    return [found.message or found.problem for found in python_files.messages(path)]


def from_template(folder: Path, source: str) -> list[Message | None]:
    path = folder / "page.html"
    path.write_text(source, encoding="utf-8")
    return [found.message for found in template_files.messages(path)]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('gettext("One")', Message("One")),
        ('translation.gettext_lazy("One")', Message("One")),
        ('gettext_noop("One")', Message("One")),
        ('ngettext("%(n)s day", "%(n)s days", n)', Message("%(n)s day", "%(n)s days")),
        ('pgettext_lazy("menu", "Open")', Message("Open", context="menu")),
        ('npgettext("menu", "a", "b", n)', Message("a", "b", "menu")),
        ('gettext("One " "and two")', Message("One and two")),
        ("from django.utils.translation import gettext_lazy as _\nx = _('One')", Message("One")),
        ("from django.utils.translation import gettext as say\nx = say('One')", Message("One")),
    ],
)
def test_every_way_of_asking_for_a_translation_in_code_is_seen(tmp_path: Path, source: str, message: Message) -> None:
    assert from_python(tmp_path, source) == [message]


def test_a_pieced_together_string_is_a_problem_and_a_variable_is_not(tmp_path: Path) -> None:
    assert "pieced-together" in str(from_python(tmp_path, 'gettext(f"{n} days")')[0])
    assert "pieced-together" in str(from_python(tmp_path, 'gettext("a" + b)')[0])
    assert from_python(tmp_path, "gettext(title)") == []


def test_an_underscore_that_is_no_translation_is_left_alone(tmp_path: Path) -> None:
    assert from_python(tmp_path, 'for _ in x:\n    other("words")') == []


def test_a_half_written_file_stops_the_gathering(tmp_path: Path) -> None:
    with pytest.raises(SyntaxError):
        from_python(tmp_path, 'gettext("One"')


@pytest.mark.parametrize(
    ("source", "messages"),
    [
        ('{% translate "One" %}', [Message("One")]),
        ("{% trans 'One' as x %}", [Message("One")]),
        ('{% translate "Open" context "menu" %}', [Message("Open", context="menu")]),
        ('{{ _("One") }}{% card title=_("Two") %}', [Message("One"), Message("Two")]),
        ("{% blocktranslate %}Hi {{ name }}, 5 % off{% endblocktranslate %}", [Message("Hi %(name)s, 5 %% off")]),
        (
            "{% blocktranslate count n=rows trimmed %}\n  {{ n }} row\n{% plural %}\n  {{ n }} rows\n{% endblocktranslate %}",
            [Message("%(n)s row", "%(n)s rows")],
        ),
        ('{% comment %}{% translate "No" %}{% endcomment %}{# {% translate "No" %} #}', []),
        ("{% translate title %}", []),
    ],
)
def test_every_way_of_asking_for_a_translation_in_a_template_is_seen(
    tmp_path: Path, source: str, messages: list[Message]
) -> None:
    assert from_template(tmp_path, source) == messages


def test_a_message_is_gathered_under_the_key_django_looks_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(translation, "gettext", lambda text: asked.append(text) or text)
    source = (
        "{% load i18n %}{% blocktranslate trimmed with name=who %}\n Hello {{ name }},\n 5 % {% endblocktranslate %}"
    )
    engine = Engine(libraries={"i18n": "django.templatetags.i18n"})
    assert engine.from_string(source).render(Context({"who": "Ma"})) == "Hello Ma, 5 %"
    assert from_template(tmp_path, source) == [Message(text) for text in asked]


def test_places_are_what_a_value_is_put_into() -> None:
    assert places("%(n)s of %(all)d, 5 %% {name}") == ("%(all)d", "%(n)s", "{name}")
    assert places("100 %% sure") == ()
