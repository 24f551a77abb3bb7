"""A source tree as the rules read it: files with their place in the house. Parsed once per content, so copies cost
little.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath

_READ = {".py", ".html", ".txt", ".svg", ".sql", ".js", ".css"}
_PASSED_OVER = {"__pycache__", "locale", "data", "node_modules"}


@lru_cache(maxsize=8192)
def parse(text: str) -> ast.Module | SyntaxError:
    """The syntax tree of a Python text, or why there is none."""
    try:
        return ast.parse(text)
    except SyntaxError as problem:
        return problem


@lru_cache(maxsize=8192)
def source(path: str, text: str) -> Source:
    """The one Source of a path and a text, so that what was found out about it once is known in every copy of the tree."""
    return Source(path, text)


@dataclass(frozen=True)
class Source:
    """One file: `path` from the root (`src/bulou/…`), and its text. Equal files of two copies are equal."""

    path: str
    text: str = field(repr=False)

    @cached_property
    def inside(self) -> tuple[str, ...]:
        """Its path below the package: ('modules', 'supplies', 'queries.py')."""
        return PurePosixPath(self.path).parts[2:]

    @cached_property
    def dotted(self) -> str:
        """The dotted name of a Python file: bulou.modules.supplies.queries."""
        parts = list(PurePosixPath(self.path).with_suffix("").parts[1:])
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def is_python(self) -> bool:
        return self.path.endswith(".py")

    @property
    def is_test(self) -> bool:
        return "tests" in self.inside

    @property
    def is_migration(self) -> bool:
        return "migrations" in self.inside

    @property
    def package(self) -> str:
        """core, platform, modules, interfaces, site; '' for a file beside them."""
        return self.inside[0] if len(self.inside) > 1 else ""

    @property
    def module(self) -> str:
        """The module it belongs to, or ''."""
        return self.inside[1] if self.package == "modules" and len(self.inside) > 2 else ""

    @property
    def label(self) -> str:
        """The Django app it belongs to: the module, the part of the platform or the interface; core and site by their
        own name.
        """
        if self.package in ("modules", "platform", "interfaces") and len(self.inside) > 2:
            return self.inside[1]
        return self.package

    @cached_property
    def kind(self) -> str:
        """Which standard file it is or belongs to when that grew into a package: queries, views, …; '' for none."""
        if self.package in ("modules", "platform", "interfaces") and len(self.inside) > 2:
            return self.inside[2].removesuffix(".py")
        return self.inside[1].removesuffix(".py") if len(self.inside) > 1 else ""

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree; an empty one if it cannot be read (shape says so)."""
        parsed = parse(self.text)
        return ast.Module(body=[], type_ignores=[]) if isinstance(parsed, SyntaxError) else parsed


@dataclass(frozen=True)
class Tree:
    """A tree at `root`, its files below src/bulou, and its floor plan."""

    root: Path
    sources: tuple[Source, ...]

    @classmethod
    def load(cls, root: Path) -> Tree:
        """Read it. Catalogues, data and compiled files are passed over."""
        found = []
        for path in sorted((root / "src" / "bulou").rglob("*")):
            if path.suffix in _READ and not _PASSED_OVER & set(path.relative_to(root).parts) and path.is_file():
                text = path.read_text(encoding="utf-8", errors="replace")
                found.append(source(path.relative_to(root).as_posix(), text))
        return cls(root, tuple(found))

    def python(self, *, with_tests: bool = False) -> Iterator[Source]:
        """Its Python files, tests left out unless asked for."""
        return (one for one in self.sources if one.is_python and (with_tests or not one.is_test))

    def texts(self, *suffixes: str) -> Iterator[Source]:
        """Its other files by the end of their names."""
        return (one for one in self.sources if one.path.endswith(suffixes) and not one.is_test)

    @cached_property
    def floors(self) -> dict[str, int]:
        """Module → floor, as floors.py says; empty if it says nothing readable."""
        for source in self.sources:
            if source.path == "src/bulou/floors.py":
                for node in source.tree.body:
                    if isinstance(node, ast.AnnAssign | ast.Assign) and "FLOORS" in ast.unparse(node).split("=")[0]:
                        plan = ast.literal_eval(node.value) if node.value else {}
                        return {name: floor for floor, names in plan.items() for name in names}
        return {}

    def may_use(self, label: str, other: str) -> bool:
        """Whether an app may point at another: itself, anything that is no module, or a module on a lower floor."""
        if label == other or other not in self.floors:
            return True
        if label in self.floors:
            return self.floors[other] < self.floors[label]
        return label in ("site", "interfaces") or label in self.interfaces

    @cached_property
    def interfaces(self) -> frozenset[str]:
        """The interfaces, by name."""
        return frozenset(one.inside[1] for one in self.sources if one.package == "interfaces" and len(one.inside) > 2)
