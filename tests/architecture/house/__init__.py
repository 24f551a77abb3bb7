"""The rules of the house as plain functions over a source tree: no Django, nothing imported from the tree, nothing run.

`check(root)` reads every file below `root`, applies every rule and gives findings with file, line, and what to do
instead. `python -m tests.architecture` prints them; the house is checked so before Django starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from tests.architecture.house import (
    addresses,
    back_doors,
    clock,
    direction,
    keys,
    links,
    markup,
    purity,
    records,
    shape,
    tables,
    verbs,
    writes,
)
from tests.architecture.house.finding import Finding
from tests.architecture.house.tree import Tree

Rule = Callable[[Tree], Iterable[Finding]]

RULES: Mapping[str, Rule] = {
    rule.__name__.rpartition(".")[2]: rule.check
    for rule in (
        shape,
        direction,
        purity,
        clock,
        writes,
        verbs,
        tables,
        back_doors,
        keys,
        addresses,
        links,
        markup,
        records,
    )
}


ALLOWANCES = Path("tests/architecture/allowances.tsv")


def check(root: Path) -> list[Finding]:
    """Every finding in the tree at `root` (the folder that holds `src`), in the order of files and lines.

    What allowances.tsv lets pass is left out; an allowance nobody needs any more is a finding itself.
    """
    tree = Tree.load(root)
    allowed = dict(_allowances(root))
    found = {finding for rule in RULES.values() for finding in rule(tree)}
    needed = {(finding.path, finding.rule) for finding in found}
    kept = {finding for finding in found if (finding.path, finding.rule) not in allowed}
    return sorted(kept | {_unused(*key, line) for key, line in allowed.items() if key not in needed})


def _allowances(root: Path) -> Iterator[tuple[tuple[str, str], int]]:
    """((file, rule), line) of every allowance: file, tab, rule, tab, why."""
    path = root / ALLOWANCES
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    for number, line in enumerate(lines, 1):
        if line and not line.startswith("#"):
            name, rule, why = line.split("\t")
            if (root / name).exists() and why:
                yield (name, rule), number


def _unused(path: str, rule: str, line: int) -> Finding:
    what = f"{path} is allowed to break {rule!r} but does not"
    return Finding(ALLOWANCES.as_posix(), line, "allowances", what, "Take the line out")
