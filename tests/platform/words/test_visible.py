"""Words that no catalogue can reach are found; everything else is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulou.platform.words.visible import bare_text, plain_words


def problems(folder: Path, name: str, source: str) -> list[str]:
    path = folder / name
    path.write_text(source, encoding="utf-8")
    finder = bare_text if name.endswith(".html") else plain_words
    return [f"{found.line}: {found.problem}" for found in finder(path)]


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("<p>\n  Nothing here\n</p>", 2),
        ("<p>没有</p>", 1),
        ('<input placeholder="Name">', 1),
        ('<a title="Open {{ x }}">→</a>', 1),
        ('<input type="submit" value="Save">', 1),
        ('<button hx-confirm="Sure?">×</button>', 1),
        ("{% if x %}\n{% translate 'ok' %}\nnot ok{% endif %}", 3),
        ("<p>{{ count }} rows</p>", 1),
        ("<p>{% blocktranslate %}ok\n{% endblocktranslate %}\nnot ok</p>", 3),
    ],
)
def test_bare_words_in_a_template_are_found_with_their_line(tmp_path: Path, source: str, line: int) -> None:
    (found,) = problems(tmp_path, "page.html", source)
    assert found.startswith(f"{line}: bare")


@pytest.mark.parametrize(
    "source",
    [
        "<p>{{ name }} · 5 % → &nbsp;×</p>",
        "<p>{% translate 'Yes' %}</p>",
        "<p>{% blocktranslate %}All {{ n }} rows{% endblocktranslate %}</p>",
        "<option lang=zh>简体中文</option> English",
        '<input name="place" value="Save" class="wide" placeholder="{% translate "Name" %}">',
        "<code>bulou journal verify</code><span>不</span><span>漏</span> Excel <b>简</b>",
        "{# a note #}{% comment %}a note{% endcomment %}<!-- a note -->",
        "<option{% if chosen %} selected{% endif %} value=x>{{ x }}</option>",
        "<script type='application/json'>{\"a\": 1}</script>",
    ],
)
def test_markup_numbers_and_translated_words_pass(tmp_path: Path, source: str) -> None:
    assert problems(tmp_path, "page.html", source) == []


@pytest.mark.parametrize(
    "source",
    [
        'x = "没有"',
        'CharField(label="Name")',
        'Refusal("a.b", "No such village.")',
        'Permission("a.b", "See places", roles)',
    ],
)
def test_words_in_code_that_nobody_translates_are_found(tmp_path: Path, source: str) -> None:
    assert len(problems(tmp_path, "code.py", source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        '"""Docstring 中文."""',
        "# 中文",
        'CharField(label=_("Name"))',
        'Refusal("a.b", _("No."))',
        'x = "plain"',
        'f(label="")',
        'Refusal("a.b", "%(sentence)s", sentence=one)',
        'TITLE = "Bulou 不漏"',
    ],
)
def test_docstrings_comments_and_translated_words_in_code_pass(tmp_path: Path, source: str) -> None:
    assert problems(tmp_path, "code.py", source) == []
