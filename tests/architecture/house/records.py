"""What is kept under version control: no address of a registry, no path of somebody's machine, nothing that is made
anew anyway.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath

from tests.architecture.house.finding import Finding
from tests.architecture.house.tree import Tree

_LOCK = re.compile(r"(^|/)(locks/.*|[^/]*\.lock|requirements[^/]*\.txt|package-lock\.json|npm-shrinkwrap\.json)$")
_ADDRESS = re.compile(
    r"\b\w+://|^\s*(-i|-f|--(extra-)?index-url|--find-links|--trusted-host)\b|\b[\w-]+(\.[\w-]+)*\.(com|org|net|cn|io|dev)\b|\b\d+\.\d+\.\d+\.\d+:\d+"
)
_RESOLVED = re.compile(r'"resolved"\s*:')
_REGISTRY = re.compile(
    r"\b(pypi\.org|pythonhosted\.org|registry\.npmjs\.org|registry\.yarnpkg\.com|npmmirror\.com|proxy\.golang\.org|crates\.io"
    r"|tuna\.tsinghua\.edu\.cn|mirrors?\.(aliyun|cloud\.tencent|huaweicloud|ustc)\b)",
    re.IGNORECASE,
)
# /root/item is where XForms keep the rows of a list: a path in a form, on no machine.
_MACHINE = re.compile(
    r"(?<![\w.:/$}{*-])(/(work|root(?!/item\b)|home|Users|tmp|mnt|private/var)/[\w.-]+|[A-Z]:\\\\?Users\\)"
)
_JUNK = re.compile(
    r"(^|/)(__pycache__|\.DS_Store|Thumbs\.db|\.idea|\.vscode|node_modules|\.hypothesis|\.pytest_cache|\.mypy_cache|\.ruff_cache|\.venv|build|dist)(/|$)"
    r"|\.(mo|pyc|pyo|orig|rej|swp|swo|bak|tmp|log|egg-info|sqlite3?|dump|core)$|~$"
)
_TEXT_LIMIT = 2_000_000


def check(tree: Tree) -> Iterator[Finding]:
    """Every tracked file that should not be, or that says too much."""
    for name in tracked(tree.root):
        if _JUNK.search(name):
            yield Finding(
                name,
                0,
                "records",
                "is made anew on every machine, or is left over",
                "Remove it and list it in .gitignore",
            )
            continue
        path = tree.root / name
        if path.is_file() and path.stat().st_size < _TEXT_LIMIT and (text := _text(path)) is not None:
            yield from _lines(name, text)


def tracked(root: Path) -> list[str]:
    """The files under version control, and those about to be; in a tree without one, all that is no junk."""
    if (root / ".git").exists():
        words = ["git", "-C", str(root), "ls-files", "-z", "--cached"]
        return sorted(
            filter(None, subprocess.run(words, capture_output=True, text=True, check=True).stdout.split("\0"))
        )
    found = (path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    return sorted(name for name in found if not _JUNK.search(name))


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


@lru_cache(maxsize=8192)
def _lines(name: str, text: str) -> tuple[Finding, ...]:
    return tuple(_said(name, text))


def _said(name: str, text: str) -> Iterator[Finding]:
    is_lock = bool(_LOCK.search(name))
    is_package_lock = PurePosixPath(name).name in ("package-lock.json", "npm-shrinkwrap.json")
    for number, line in enumerate(text.splitlines(), 1):
        if is_lock and (found := _ADDRESS.search(line)):
            yield Finding(
                name,
                number,
                "records",
                f"a lock names an address: {found[0].strip()[:40]}",
                "Lock versions and hashes only",
            )
        elif is_package_lock and _RESOLVED.search(line):
            yield Finding(
                name,
                number,
                "records",
                'a lock says "resolved"',
                "Set omit-lockfile-registry-resolved=true and lock again",
            )
        elif found := _REGISTRY.search(line):
            yield Finding(
                name, number, "records", f"names a registry: {found[0]}", "Users set their own mirrors; name none"
            )
        if found := _MACHINE.search(line):
            yield Finding(
                name,
                number,
                "records",
                f"a path of some machine: {found[0][:40]}",
                "Use BULOU_HOME, tempfile or a relative path",
            )
