"""The set-up script and the locks, without a network."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, working in a folder of this test."""
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "tools" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    venv = tmp_path / ".venv"
    for name, value in {
        "ROOT": str(tmp_path), "VENV": str(venv), "PYTHON": str(venv / "bin" / "python"),
        "STAMP": str(venv / "bulou-installed.json"), "NOTES": str(tmp_path / "build" / "bootstrap.log"),
    }.items():  # fmt: skip
        monkeypatch.setattr(module, name, value)
    (tmp_path / "build").mkdir()
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks" / "run.lock").write_text("a==1\n")
    (tmp_path / "locks" / "dev.lock").write_text("a==1\nb==1\n")
    return module


def put_venv(root: Path) -> None:
    """Something that answers like a venv's Python."""
    (root / ".venv" / "bin").mkdir(parents=True)
    (root / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (root / ".venv" / "pyvenv.cfg").write_text("version = 3.11.7\n")


def test_an_old_python_can_read_the_script_as_far_as_the_sentence() -> None:
    ast.parse((ROOT / "tools" / "bootstrap.py").read_text(), feature_version=(3, 6))


def test_the_script_imports_only_the_standard_library() -> None:
    tree = ast.parse((ROOT / "tools" / "bootstrap.py").read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_an_old_python_is_told_what_is_needed(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "NEEDED", (4, 0))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    assert bootstrap.main(["demo"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_python_without_ensurepip_is_told_what_to_install(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else object())
    assert bootstrap.main(["set-up"]) == 2
    said = capsys.readouterr().err
    assert "python3-venv" in said
    assert said.count("\n") == 1


def test_installing_happens_once_for_each_state_of_a_lock(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_venv(tmp_path)
    installed: list[str] = []
    monkeypatch.setattr(bootstrap, "run_pip", lambda words, _total: installed.append(Path(words[-1]).stem))
    for lock in ("run", "run", "dev", "dev", "run"):
        bootstrap.install(lock)
    assert installed == ["run", "dev"], "the development lock contains the running one"
    (tmp_path / "locks" / "dev.lock").write_text("a==1\nb==2\n")
    (tmp_path / "locks" / "run.lock").write_text("a==2\n")
    bootstrap.install("run")
    assert installed == ["run", "dev", "dev"], "a folder for development stays one"


def test_an_installation_that_broke_off_is_done_again(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_venv(tmp_path)

    def break_off(words: list[str], _total: int) -> None:
        raise bootstrap.Trouble("pip could not")

    monkeypatch.setattr(bootstrap, "run_pip", lambda *_: None)
    bootstrap.install("run")
    (tmp_path / "locks" / "run.lock").write_text("a==2\n")
    monkeypatch.setattr(bootstrap, "run_pip", break_off)
    with pytest.raises(bootstrap.Trouble):
        bootstrap.install("run")
    (tmp_path / "locks" / "run.lock").write_text("a==1\n")
    with pytest.raises(bootstrap.Trouble):
        bootstrap.install("run")


def test_a_half_made_venv_is_seen_as_such(bootstrap: ModuleType, tmp_path: Path) -> None:
    assert not bootstrap.venv_works()
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    assert not bootstrap.venv_works()
    (tmp_path / ".venv" / "bin" / "python").symlink_to(tmp_path / "gone")
    assert not bootstrap.venv_works()
    (tmp_path / ".venv" / "bin" / "python").unlink()
    (tmp_path / ".venv" / "bin" / "python").write_text("#!/bin/sh\nexit 1\n")
    assert not bootstrap.venv_works()


def test_the_environment_keeps_mirrors_and_drops_what_would_lead_elsewhere(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "PYTHONPATH": "/x",
        "PYTHONHOME": "/x",
        "PIP_TARGET": "/x",
        "PIP_USER": "1",
        "PIP_NO_BINARY": ":all:",
        "PIP_INDEX_URL": "mirror",
        "PIP_CERT": "c",
    }.items():
        monkeypatch.setenv(name, value)
    given = bootstrap.pip_environment()
    assert not {"PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_NO_BINARY"} & set(given)
    assert (given["PIP_USER"], given["PIP_INDEX_URL"], given["PIP_CERT"]) == ("0", "mirror", "c")


def test_pip_s_failure_is_its_last_words_and_one_sentence(
    bootstrap: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put_venv(tmp_path)
    (tmp_path / "locks" / "run.lock").write_text("no-such-package==1 --hash=sha256:" + "0" * 64 + "\n")
    os.environ["PIP_NO_INDEX"] = "1"
    try:
        with pytest.raises(bootstrap.Trouble, match="mirror"):
            bootstrap.install("run")
    finally:
        del os.environ["PIP_NO_INDEX"]
    assert "no-such-package" in capsys.readouterr().err
    assert "no-such-package" in (tmp_path / "build" / "bootstrap.log").read_text()


def test_the_project_is_linked_also_from_a_folder_with_spaces(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "a folder"
    place.mkdir()
    monkeypatch.setattr(bootstrap, "VENV", str(place / ".venv"))
    monkeypatch.setattr(bootstrap, "PYTHON", str(place / ".venv" / "bin" / "python"))
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place / ".venv")], check=True)
    (tmp_path / "src" / "bulou" / "site").mkdir(parents=True)
    (tmp_path / "src" / "bulou" / "__init__.py").write_text("")
    (tmp_path / "src" / "bulou" / "site" / "__init__.py").write_text("")
    (tmp_path / "src" / "bulou" / "site" / "cli.py").write_text("def main():\n    print('linked')\n    return 7\n")
    bootstrap.link_project()
    done = subprocess.run([str(place / ".venv" / "bin" / "bulou")], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (7, "linked\n")


def test_every_target_is_in_the_makefile() -> None:
    help_text = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "bootstrap.py"), "help"], capture_output=True, text=True
    ).stdout
    listed = re.findall(r"^  (\S+) ", help_text, re.MULTILINE)
    targets = (
        next(line for line in (ROOT / "Makefile").read_text().splitlines() if line.startswith("TARGETS"))
        .split(":=")[1]
        .split()
    )
    assert sorted(listed) == sorted(targets)
    assert (
        subprocess.run(
            [sys.executable, str(ROOT / "tools" / "bootstrap.py"), "frobnicate"], capture_output=True
        ).returncode
        == 2
    )


@pytest.mark.parametrize("name", ["run", "dev"])
def test_a_lock_pins_every_package_with_hashes_and_holds_no_address(name: str) -> None:
    text = (ROOT / "locks" / f"{name}.lock").read_text()
    assert "://" not in text
    assert not re.search(r"^\s*(-|--)(i|f|index|extra|find)", text, re.MULTILINE)
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(entries) > 20
    for entry in entries:
        assert re.match(r"[\w.\[\],-]+==\S+", entry), entry.splitlines()[0]
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_the_development_lock_contains_the_running_one() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^([\w.-]+==[^\s;]+)", (ROOT / "locks" / f"{name}.lock").read_text(), re.MULTILINE))

    assert pins("run") <= pins("dev")


def test_the_benchmarks_runner_writes_what_was_measured(tmp_path: Path) -> None:
    (tmp_path / "bench").mkdir()
    for name in ("__init__.py", "run.py", "figure.py"):
        (tmp_path / "bench" / name).write_text((ROOT / "bench" / name).read_text())
    body = "from bench.figure import Figure\n\n\ndef measure():\n    yield Figure('walk_s', 3.0, 's', 2.0)\n    yield Figure('run', 9.0, 'times')\n"
    (tmp_path / "bench" / "steps.py").write_text(body)
    (tmp_path / "bench" / "stumble.py").write_text("def measure():\n    raise RuntimeError('fell')\n    yield\n")
    done = subprocess.run([sys.executable, str(tmp_path / "bench" / "run.py")], capture_output=True, text=True)
    assert done.returncode == 1
    assert "failed: stumble" in done.stderr
    assert json.loads((tmp_path / "build" / "bench.json").read_text()) == [
        {"name": "walk_s", "value": 3.0, "unit": "s", "reference": 2.0, "ratio": 1.5},
        {"name": "run", "value": 9.0, "unit": "times", "reference": None, "ratio": None},
    ]


def test_tests_need_the_form_engine_and_a_demonstration_does_not(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_venv(tmp_path)
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "build_web.py").write_text("raise SystemExit(3)")
    bootstrap.build_web("run")
    with pytest.raises(bootstrap.Trouble, match="engine"):
        bootstrap.build_web("dev")


def test_a_build_is_not_made_twice_from_the_same_sources() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "build_web.py"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")
