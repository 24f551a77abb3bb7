"""`bulou newmodule` writes a module that passes every check and its own tests as it stands, and changes one shared line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bulou.platform.words.judgement import complaints
from bulou.platform.words.owners import owners
from bulou.site import newmodule
from tests.architecture.house import check

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("src", "tests", "tools", "conftest.py", "pyproject.toml")
LEFT = shutil.ignore_patterns("__pycache__", ".hypothesis")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of the repository's working files."""
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name, **({"ignore": LEFT} if copy is shutil.copytree else {}))
    return tmp_path


def run(clone: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a Python module in the clone, in the language the tests are written in."""
    environment = os.environ | {"PYTHONPATH": "src", "LC_ALL": "C.UTF-8", "BULOU_SECRET_KEY": "tests"}
    environment.pop("BULOU_TEST_HOME", None)
    environment.pop("PYTEST_XDIST_WORKER", None)
    return subprocess.run([sys.executable, "-m", *words], cwd=clone, env=environment, capture_output=True, text=True)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, compiled ones left out."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".pyc", ".mo"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_new_module_is_green_as_it_stands_and_changes_one_shared_line(clone: Path) -> None:
    house = clone / "src" / "bulou"
    before, found_before = contents(clone), set(map(str, check(clone)))
    made = run(clone, "bulou.site.newmodule", "lanterns", "5")
    assert made.returncode == 0, made.stderr
    assert "20 files written" in made.stdout

    after = contents(clone)
    assert all(path.startswith("src/bulou/modules/lanterns/") for path in after.keys() - before.keys())
    assert [path for path in before if after.get(path) != before[path]] == ["src/bulou/floors.py"]
    old, new = (lines["src/bulou/floors.py"].decode().splitlines() for lines in (before, after))
    assert [new_line for old_line, new_line in zip(old, new, strict=True) if old_line != new_line] == [
        line for line in new if '"lanterns"' in line
    ]

    assert set(map(str, check(clone))) == found_before
    assert [line for line in complaints(owners(house)) if "lanterns" in line] == []
    for words in (("ruff", "check", "--quiet"), ("ruff", "format", "--check", "--quiet")):
        linted = run(clone, *words, "src/bulou/modules/lanterns")
        assert linted.returncode == 0, linted.stdout
    tested = run(clone, "pytest", "src/bulou/modules/lanterns", "-q", "-n", "0", "-p", "no:cacheprovider")
    assert tested.returncode == 0, tested.stdout[-4000:]
    drawn = run(clone, "django", "makemigrations", "lanterns", "--check", "--dry-run", "--settings=bulou.site.settings")
    assert drawn.returncode == 0, drawn.stdout


def test_a_second_module_on_a_floor_joins_the_first(tmp_path: Path) -> None:
    house = tmp_path / "src" / "bulou"
    house.mkdir(parents=True)
    (tmp_path / "pyproject.toml").touch()
    shutil.copy(ROOT / "src/bulou/floors.py", house)
    (house / "platform").mkdir()
    for name in ("lanterns", "kites"):
        newmodule.make_module(house, name, 9)
    plan: dict[str, object] = {}
    exec((house / "floors.py").read_text(encoding="utf-8"), plan)
    assert plan["FLOORS"][9][-2:] == ("lanterns", "kites")  # type: ignore[index]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["lanterns"], "Say the name and the number of the floor"),
        (["lanterns", "five"], "Say the name and the number of the floor"),
        (["Lanterns", "5"], "one English word of 3 to 18 small letters"),
        (["class", "5"], "one English word"),
        (["../x", "5"], "one English word"),
        (["helpers", "5"], "says nothing about what the module is for"),
        (["registry", "5"], "is taken"),
        (["journal", "5"], "is taken"),
        (["sessions", "5"], "is taken"),
        (["lanterns", "1"], "no floor 1"),
        (["lanterns", "10"], "no floor 10"),
    ],
)
def test_a_wrong_name_or_floor_is_refused_with_a_sentence_and_nothing_is_written(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newmodule, "gettext", lambda message: message)
    before = (ROOT / "src/bulou/floors.py").read_bytes()
    assert newmodule.main(words) == 2
    assert sentence in capsys.readouterr().err
    assert (ROOT / "src/bulou/floors.py").read_bytes() == before
    assert not (ROOT / "src/bulou/modules/lanterns").exists()


def test_an_installed_package_grows_no_modules(tmp_path: Path) -> None:
    with pytest.raises(newmodule.CannotMake, match=r"clone of the repository|克隆"):
        newmodule.make_module(tmp_path / "lib" / "bulou", "lanterns", 5)
