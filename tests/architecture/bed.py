"""A bed to plant in: a small tree with the real floor plan's frame, core, registry and parts of the platform, and four made-up modules.

lanterns and kites stand on floor 5, bridges on 7, almanac on 9; they are written by `bulou newmodule`. What is planted is taken out again before the next.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from bulou.site.newmodule import make_module

ROOT = Path(__file__).resolve().parents[2]
MADE_UP = {"lanterns": 5, "kites": 5, "bridges": 7, "almanac": 9}
_COPIED = (
    "__init__.py", "floors.py", "core", "interfaces", "modules/__init__.py", "modules/registry", "platform/__init__.py", "platform/clock.py",
    "platform/refusals.py", "platform/manifest.py", "platform/playbooks.py", "platform/access", "platform/journal", "platform/once",
    "platform/pages", "platform/tables", "site/__init__.py", "site/urls.py", "site/views.py",
)  # fmt: skip
_LEFT = shutil.ignore_patterns("__pycache__", "*.mo", "*.bin", "static", "synthetic")


def lay(root: Path) -> Bed:
    """Copy and write the bed to `root`."""
    house = root / "src" / "bulou"
    for name in _COPIED:
        source, target = ROOT / "src" / "bulou" / name, house / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=_LEFT)
        else:
            shutil.copy(source, target)
    (root / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    plan = house / "floors.py"
    plan.write_text(
        re.sub(r"^(    [2-9]: \().*(\),)$", r"\1\2", plan.read_text(encoding="utf-8"), flags=re.M), encoding="utf-8"
    )
    for name, floor in MADE_UP.items():
        make_module(house, name, floor)
    return Bed(root)


class Bed:
    """A bed to change and to put back. Paths are relative to src/bulou/modules, or with a slash before them to the root."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._before: dict[Path, str | None] = {}

    def path(self, name: str) -> Path:
        """The real path of a file of the bed."""
        return self.root / name[1:] if name.startswith("/") else self.root / "src/bulou/modules" / name

    def add(self, name: str, text: str) -> None:
        """Add text to the end of a file, or make it."""
        path = self.path(name)
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        self.put(name, f"{before}\n{text}\n")

    def put(self, name: str, text: str) -> None:
        """Make a file, or replace it."""
        path = self.path(name)
        self._keep(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def swap(self, name: str, old: str, new: str) -> None:
        """Replace a piece of a file; it must be there."""
        text = self.path(name).read_text(encoding="utf-8")
        assert old in text, f"{name} holds no {old!r}"
        self.put(name, text.replace(old, new))

    def drop(self, name: str) -> None:
        """Remove a file, or a folder with all that is in it."""
        path = self.path(name)
        for file in [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]:
            self._keep(file)
            file.unlink()
        shutil.rmtree(path, ignore_errors=True)

    def grow(self, name: str) -> None:
        """Make a package of the same name out of a file."""
        text = self.path(f"{name}.py").read_text(encoding="utf-8")
        self.drop(f"{name}.py")
        self.put(f"{name}/__init__.py", text)

    def restore(self) -> None:
        """Put everything back as it was laid."""
        shutil.rmtree(self.root / ".git", ignore_errors=True)
        for path, text in self._before.items():
            if text is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            else:
                path.unlink(missing_ok=True)
                while path.parent != self.root and not any(path.parent.iterdir()):
                    path = path.parent
                    path.rmdir()
        self._before.clear()

    def _keep(self, path: Path) -> None:
        self._before.setdefault(path, path.read_text(encoding="utf-8") if path.exists() else None)
