"""Whatever the journal says of an act or a look, it says in words."""

from __future__ import annotations

import re
from pathlib import Path

from bulou.platform.journal.titles import action_title

ROOT = Path(__file__).parents[2] / "src" / "bulou"
SAID = re.compile(
    r"""\b(?:write|note_look|_look|note)\((?:[^()]|\([^()]*\))*?\b(?:action|what)=(?:"([a-z_.]+)"|\(?\s*"([a-z_.]+)" if [^)]*? else "([a-z_.]+)")"""
)


def test_every_act_and_look_has_a_title() -> None:
    said = {
        (name, path.name)
        for path in ROOT.rglob("*.py")
        if "tests" not in path.parts
        for found in SAID.findall(path.read_text())
        for name in found
        if name
    }
    assert len(said) > 60
    assert sorted(f"{name} ({path})" for name, path in said if str(action_title(name)) == name) == []
