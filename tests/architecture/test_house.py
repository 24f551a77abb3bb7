"""The house keeps its own rules. Findings say where, what, and what to do instead."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from tests.architecture import allowed, planted
from tests.architecture.house import RULES, check
from tests.architecture.house.imports import graph
from tests.architecture.house.purity import is_pure
from tests.architecture.house.tree import Tree

ROOT = Path(__file__).resolve().parents[2]


def test_no_rule_is_broken() -> None:
    found = check(ROOT)
    assert not found, "\n" + "\n".join(map(str, found))


def test_every_planted_violation_is_noticed_by_its_rule(tmp_path: Path) -> None:
    missed = [
        f"{violation.name}: wanted {violation.rule}, got {found}"
        for violation, found in planted.table(tmp_path)
        if violation.rule not in {finding.rule for finding in found}
    ]
    assert not missed, "\n" + "\n".join(missed)


def test_every_rule_has_a_violation_planted_against_it() -> None:
    assert len({violation.name for violation in planted.VIOLATIONS}) == len(planted.VIOLATIONS) >= 28
    wanted = {violation.rule for violation in planted.VIOLATIONS}
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests/architecture/house").glob("*.py"))
    assert not [rule for rule in wanted if f'"{rule}"' not in source]
    assert wanted >= RULES.keys() - {"back_doors", "direction"}


def test_every_good_practice_is_allowed(tmp_path: Path) -> None:
    refused = [f"{practice.name}: {found[0]}" for practice, found in allowed.table(tmp_path) if found]
    assert not refused, "\n" + "\n".join(refused)


def test_the_graph_is_the_one_grimp_builds() -> None:
    ours, theirs = graph(Tree.load(ROOT)), grimp.build_graph("bulou", include_external_packages=True, cache_dir=None)

    def edges(one: grimp.ImportGraph) -> set[tuple[str, str]]:
        modules = [name for name in one.modules if name.split(".")[0] == "bulou"]
        found = {(name, other) for name in modules for other in one.find_modules_directly_imported_by(name)}
        return {
            (name, other) for name, other in found if other != "bulou"
        }  # what grimp makes of a file that is not there

    assert edges(ours) == edges(theirs)


def test_the_pure_part_runs_where_django_is_not_installed() -> None:
    sources = Tree.load(ROOT).python()
    pure = [source.dotted for source in sources if is_pure(source) and source.package in ("core", "modules")]
    assert len(pure) > 15
    blocked = "import sys\nfor name in ('django', 'psycopg', 'polib', 'pypinyin'): sys.modules[name] = None\n"
    code = blocked + "\n".join(f"import {name}" for name in pure)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "src", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["tests.architecture.house", "tests.architecture.__main__"])
def test_the_checks_run_before_django_can(name: str) -> None:
    code = f"import sys; sys.modules['django'] = None; import {name}"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_an_allowance_nobody_needs_is_a_finding(tmp_path: Path) -> None:
    bed = planted.lay(tmp_path)
    line = "src/bulou/modules/lanterns/queries.py\ttables\tonce it was needed\n"
    bed.put("/tests/architecture/allowances.tsv", line)
    assert [finding.rule for finding in check(tmp_path) if finding.path.endswith("allowances.tsv")] == ["allowances"]
    bed.add("lanterns/queries.py", 'SQL = "SELECT name FROM registry_place"')
    assert not [finding for finding in check(tmp_path) if "lanterns" in str(finding)]
