"""Commands shown in the documents exist: every `bulou` line is parsed by the real parser, every `make` line names a target."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from bulou.site import cli

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("README*.md"), *ROOT.glob("docs/**/*.md")])


def commands(page: Path) -> list[str]:
    blocks = re.findall(r"^```(?:sh|bash|console)\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    lines = [line.removeprefix("$ ").strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if re.match(r"(\S+=\S+ )*(\.venv/bin/)?(bulou|make) ", line)]


SHOWN = [(page.name, line) for page in PAGES for line in commands(page)]


def test_the_documents_show_commands() -> None:
    assert len(SHOWN) > 10


@pytest.mark.parametrize(("page", "line"), SHOWN)
def test_a_command_that_is_shown_exists(page: str, line: str) -> None:
    words = shlex.split(line, comments=True)
    while "=" in words[0]:
        words.pop(0)
    if words[0] == "make":
        targets = next(text for text in (ROOT / "Makefile").read_text().splitlines() if text.startswith("TARGETS"))
        assert {word for word in words[1:] if "=" not in word} <= set(targets.split(":=")[1].split())
        return
    parser, called = cli._parser(words[1:])
    assert called is not None, f"{page}: no command {words[1]}"
    try:
        parser.parse_args(words[1:])
    except SystemExit as end:
        if end.code:
            pytest.fail(f"{page}: {line}")
