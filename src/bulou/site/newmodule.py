"""Writes a new module: the standard files with a small working example, its words in three languages, and its line in
the floor plan.

What it writes passes every check as it stands, and changes one shared line. The files lie in newmodule_files; `$name`
and `$Title` are filled in. It is for a clone of the repository, not for an installed package.
"""

from __future__ import annotations

import keyword
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from string import Template

import bulou
from bulou.site.commands.terminal import complain, gettext, say

HOUSE = Path(bulou.__file__).resolve().parent
FILES = Path(__file__).with_name("newmodule_files")
NAME = re.compile(r"[a-z]{3,18}")
LOWEST, HIGHEST = 2, 9
VAGUE = {"utils", "helpers", "manager", "common", "misc", "core", "platform", "modules", "interfaces", "site", "tests"}
TAKEN = {
    "auth",
    "contenttypes",
    "sessions",
    "messages",
    "staticfiles",
    "postgres",
    "admin",
    "axes",
    "procrastinate",
    "account",
    "static",
}


class CannotMake(Exception):
    """No module can be made so; the message says why and what to do."""


def main(words: Sequence[str]) -> int:
    """`newmodule NAME FLOOR`: 0 when it is written, 2 with a sentence when it is not (then nothing was changed)."""
    try:
        name, floor = _read(words)
        written = make_module(HOUSE, name, floor)
    except CannotMake as reason:
        complain(str(reason))
        return 2
    for path in written:
        say(f"  {path.relative_to(HOUSE.parents[1])}")
    say(
        gettext("%(count)s files written; %(plan)s changed by one line.")
        % {"count": len(written), "plan": "src/bulou/floors.py"}
    )
    say(
        gettext("Next: %(command)s, then say in __init__.py what it is for (docs/adding-a-module.md).")
        % {"command": "make quick"}
    )
    return 0


def make_module(house: Path, name: str, floor: int) -> list[Path]:
    """Write module `name` onto `floor` of the house at `house` (the package's folder); gives the files written.

    CannotMake if the name cannot be used or the floor is none; nothing is written then.
    """
    if reason := why_not(house, name, floor):
        raise CannotMake(reason)
    folder = house / "modules" / name
    filled = {"name": name, "Title": name.capitalize()}
    written = [
        _write(folder, source, filled) for source in sorted(FILES.rglob("*.tmpl")) if source.name != "words.tsv.tmpl"
    ]
    _put_on_plan(house / "floors.py", name, floor)
    written += _write_words(house, name, filled)
    _tidy(folder)
    return written


def why_not(house: Path, name: str, floor: int) -> str:
    """Why no module of this name can stand on this floor, as a sentence; '' if it can."""
    if not (house.parents[1] / "pyproject.toml").exists():
        return gettext("Modules are added in a clone of the repository, not in an installed Bulou.")
    if not NAME.fullmatch(name) or keyword.iskeyword(name):
        return gettext(
            "A module's name is one English word of 3 to 18 small letters, such as supplies; %(name)s is not."
        ) % {"name": name}
    if name in VAGUE:
        return gettext(
            "%(name)s says nothing about what the module is for. Choose a word of the glossary (docs/words.md)."
        ) % {"name": name}
    if name in TAKEN or any((house / part / name).exists() for part in ("modules", "platform", "interfaces", "site")):
        return gettext("The name %(name)s is taken. Choose another.") % {"name": name}
    if not LOWEST <= floor <= HIGHEST:
        return gettext("There is no floor %(floor)s for it: modules stand on floors %(lowest)s to %(highest)s (docs/map.md).") % {
            "floor": floor, "lowest": LOWEST, "highest": HIGHEST,
        }  # fmt: skip
    return ""


def _read(words: Sequence[str]) -> tuple[str, int]:
    if len(words) != 2 or not words[1].lstrip("-").isdigit():
        raise CannotMake(gettext("Say the name and the number of the floor: bulou newmodule supplies 5"))
    return words[0], int(words[1])


def _write(folder: Path, source: Path, filled: dict[str, str]) -> Path:
    place = source.relative_to(FILES)
    if place.parts[0] == "templates":
        place = Path("templates", filled["name"], place.name)
    target = folder / place.with_suffix("")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(Template(source.read_text(encoding="utf-8")).substitute(filled), encoding="utf-8")
    return target


def _put_on_plan(plan: Path, name: str, floor: int) -> None:
    """Add the name to its floor's line, the one shared line that changes."""
    text = plan.read_text(encoding="utf-8")
    line = re.compile(rf"^(    {floor}: \()(.*?)(,?)(\),)$", re.MULTILINE)
    changed, count = line.subn(
        lambda found: f'{found[1]}{found[2] and found[2] + ", "}"{name}"{"" if found[2] else ","}{found[4]}', text
    )
    if count != 1:
        raise CannotMake(gettext("%(plan)s has no line for floor %(floor)s.") % {"plan": plan.name, "floor": floor})
    plan.write_text(changed, encoding="utf-8")


def _write_words(house: Path, name: str, filled: dict[str, str]) -> list[Path]:
    """Its catalogues: words the house already has a translation for keep that one."""
    from bulou.platform.words.catalogues import enter, gather, memory, merge
    from bulou.platform.words.owners import LANGUAGES, owners

    everyone = owners(house)
    owner = next(one for one in everyone if one.name == name)
    house_words = memory(everyone)
    merge(gather(owner), house_words)
    lines = Template((FILES / "words.tsv.tmpl").read_text(encoding="utf-8")).substitute(filled).splitlines()
    chinese = dict(line.split("\t") for line in lines)
    enter(owner, {english: words for english, words in chinese.items() if not house_words.get((english, ""))})
    merge(gather(owner), house_words)
    return [owner.catalogue(language) for language in LANGUAGES]


def _tidy(folder: Path) -> None:
    """Order its imports and fold its lines by the house's own settings: both depend on the length and letters of the
    name.
    """
    for words in (("check", "--fix", "--select", "I"), ("format",)):
        subprocess.run([sys.executable, "-m", "ruff", *words, "--quiet", "--no-cache", str(folder)], check=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
