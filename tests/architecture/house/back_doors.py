"""Ways round the floor plan that an import graph cannot see: imports by string, models by string, signals, names of
modules in strings.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from tests.architecture.house import literals
from tests.architecture.house.calls import dotted, imported
from tests.architecture.house.finding import Finding
from tests.architecture.house.imports import asked
from tests.architecture.house.tree import Source, Tree

BY_STRING = {
    "import_module",
    "import_string",
    "__import__",
    "get_model",
    "get_models",
    "get_registered_model",
    "load_module",
}
BY_STRING |= {"run_module", "run_path", "exec", "eval", "autodiscover_modules", "resolve_name"}
_MACHINERY = ("sys.modules", "importlib.util.module_from_spec", "importlib.util.spec_from", "pkgutil.", "runpy.")
_SIGNALS = re.compile(r"(^|\.)(signals|dispatch|blinker)(\.|$)")
_NAMED = re.compile(r"bulou\.(modules|interfaces|site)(?:\.(\w+))?")
_BY_STRING_ADVICE = (
    "Import it at the top of the file, where the floor check can see it; upward, hang a function on your manifest"
)
_SIGNALS_ADVICE = "No signals: call down, be asked through the manifest, or list a handler in `listens`"


def check(tree: Tree) -> Iterator[Finding]:
    """Every back door. The site may import by string: it puts the house together."""
    for source in tree.python():
        if source.package in ("core", "platform", "modules", "interfaces"):
            yield from _signals(source)
            yield from (_by_string(source) if not source.is_migration else _historical(source, tree))
            yield from _named(source, tree)


@lru_cache(maxsize=8192)
def _by_string(source: Source) -> tuple[Finding, ...]:
    known = imported(source)
    found = []
    for node in ast.walk(source.tree):
        name = dotted(node, known) if isinstance(node, ast.Name | ast.Attribute | ast.Call) else ""
        last = name.rpartition(".")[2]
        is_by_string = last in BY_STRING and not (last in ("exec", "eval") and "." in name)
        if is_by_string or name.startswith(_MACHINERY):
            found.append(
                Finding(source.path, node.lineno, "back doors", f"{name} goes round the floor plan", _BY_STRING_ADVICE)
            )
    return tuple(found)


@lru_cache(maxsize=8192)
def _asked_models(source: Source) -> tuple[ast.Call, ...]:
    calls = (node for node in ast.walk(source.tree) if isinstance(node, ast.Call) and node.args)
    return tuple(call for call in calls if getattr(call.func, "attr", "") == "get_model")


def _historical(source: Source, tree: Tree) -> Iterator[Finding]:
    """In a migration get_model gives the tables as they were: its own, or those of a module below."""
    for node in _asked_models(source):
        text = literals.fold(node.args[0], literals.names(source))
        if text is None or not tree.may_use(source.label, text.split(".")[0]):
            yield Finding(
                source.path,
                node.lineno,
                "back doors",
                f"get_model({text or '…'})",
                "A migration asks its own and lower tables only",
            )


@lru_cache(maxsize=8192)
def _signals(source: Source) -> tuple[Finding, ...]:
    found = []
    for name, names, line in asked(source):
        if not name.startswith("bulou.") and any(_SIGNALS.search(f"{name}.{one}") for one in names or ("",)):
            found.append(Finding(source.path, line, "signals", f"imports {name}", _SIGNALS_ADVICE))
    known = imported(source)
    for node in ast.walk(source.tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in ("connect", "send", "send_robust")
            and _SIGNALS.search(dotted(node.value, known))
        ):
            found.append(
                Finding(source.path, node.lineno, "signals", f"{ast.unparse(node)} is a signal", _SIGNALS_ADVICE)
            )
        elif (
            isinstance(node, ast.Call)
            and not dotted(node.func, known).startswith("bulou.")  # our own verbs know a sender too: of submissions
            and {"sender", "dispatch_uid"} & {keyword.arg for keyword in node.keywords}
        ):
            found.append(
                Finding(
                    source.path,
                    node.lineno,
                    "signals",
                    f"{ast.unparse(node.func)}() connects a signal",
                    _SIGNALS_ADVICE,
                )
            )
    return tuple(found)


def _named(source: Source, tree: Tree) -> Iterator[Finding]:
    """'bulou.modules.briefing.urls' in a string: an import in disguise, or knowledge the platform must not have."""
    for text, line in literals.texts(source):
        for match in _NAMED.finditer(text):
            if not _may_name(source, match[1], match[2] or "", tree):
                what = f"names {match[0]} in a string"
                yield Finding(
                    source.path, line, "back doors", what, "A lower part never knows an upper one, not even by name"
                )


def _may_name(source: Source, package: str, name: str, tree: Tree) -> bool:
    if package == "modules" and source.package in ("modules", "interfaces"):
        return bool(name) and tree.may_use(source.label, name)
    is_entry = source.path.endswith("__main__.py")  # says where the settings are before Django starts
    return package == source.package == "interfaces" or (is_entry and (package, name) == ("site", "settings"))
