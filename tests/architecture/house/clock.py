"""Only bulou.platform.clock reads the clock. `now()` in any language, auto_now, database defaults and template tags
are readings.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from tests.architecture.house import literals
from tests.architecture.house.calls import dotted, imported
from tests.architecture.house.finding import Finding
from tests.architecture.house.tree import Source, Tree

THE_CLOCK = "src/bulou/platform/clock.py"
READINGS = frozenset(
    [
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
        "datetime.datetime.today",
        "datetime.date.today",
        "time.time",
        "time.time_ns",
        "time.localtime",
        "time.gmtime",
        "time.ctime",
        "time.asctime",
        "time.strftime",
        "time.clock_gettime",
        "time.clock_gettime_ns",
        "django.utils.timezone.now",
        "django.utils.timezone.localtime",
        "django.utils.timezone.localdate",
        "django.db.models.functions.Now",
        "django.db.models.functions.datetime.Now",
        "email.utils.localtime",
        "email.utils.formatdate",
        "django.utils.http.http_date",
        "uuid.uuid1",
        "uuid.uuid6",
        "uuid.uuid7",
    ]
)
_TAKES_A_MOMENT = {  # readings only when no moment is given
    "time.localtime": 1, "time.gmtime": 1, "time.ctime": 1, "time.asctime": 1, "time.strftime": 2, "email.utils.formatdate": 1,
    "django.utils.timezone.localtime": 1, "django.utils.timezone.localdate": 1, "django.utils.http.http_date": 1,
}  # fmt: skip
_ANY_BASE = {"now", "utcnow", "today"}
_IN_SQL = re.compile(
    r"\b(CURRENT_(TIMESTAMP|DATE|TIME)|LOCALTIMESTAMP|LOCALTIME)\b|"
    r"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(\s*\)|"
    r"'(now|today|tomorrow|yesterday)'\s*::|\b(timestamptz?|date)\s+'(now|today)'",
    re.IGNORECASE,
)
_IN_TEMPLATES = re.compile(r"{%\s*now\s|\|\s*(timesince|timeuntil|naturaltime|naturalday)(?!\s*:)")
_ADVICE = (
    "Only bulou.platform.clock reads the clock: take `now` as an argument, from request.now or clock.now() at the edge"
)


def check(tree: Tree) -> Iterator[Finding]:
    """Every reading of the clock outside the clock. Tests may read it."""
    for source in tree.sources:
        if source.path != THE_CLOCK and not source.is_test:
            yield from _readings(source)


@lru_cache(maxsize=8192)
def _readings(source: Source) -> tuple[Finding, ...]:
    if source.is_python:
        return (*_in_code(source), *_in_models(source), *_in_strings(source))
    pattern = (
        _IN_SQL
        if source.path.endswith(".sql")
        else _IN_TEMPLATES
        if source.path.endswith((".html", ".txt", ".svg"))
        else None
    )
    lines = enumerate(source.text.splitlines(), 1) if pattern else ()
    return tuple(
        _found(source, number, match[0]) for number, line in lines if (match := pattern.search(line.split("--")[0]))
    )


def _found(source: Source, line: int, reading: str) -> Finding:
    return Finding(source.path, line, "clock", f"{reading.strip()} reads the clock", _ADVICE)


def _in_code(source: Source) -> Iterator[Finding]:
    known = imported(source)
    given = {
        id(node.func): len(node.args) + len(node.keywords)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
    }
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom):
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            yield from (_found(source, node.lineno, name) for name in sorted(names & READINGS - _TAKES_A_MOMENT.keys()))
        elif isinstance(node, ast.Attribute | ast.Call | ast.Name):
            name = dotted(node, known)
            wanted = _TAKES_A_MOMENT.get(name)
            if name in READINGS and (wanted is None or given.get(id(node), 0) < wanted):
                yield _found(source, node.lineno, name)
            elif isinstance(node, ast.Call) and _reads_some_clock(node, known):
                yield _found(source, node.lineno, ast.unparse(node.func) + "()")


def _reads_some_clock(call: ast.Call, known: dict[str, str]) -> bool:
    """`x.now()` where x is not the clock of the platform and the name was not seen to be a date's or a time's."""
    function = dotted(call.func, known)
    base, _dot, name = function.rpartition(".")
    return bool(base) and name in _ANY_BASE and function not in READINGS and not base.endswith("clock")


def _in_models(source: Source) -> Iterator[Finding]:
    for node in ast.walk(source.tree):
        is_auto = isinstance(node, ast.keyword) and node.arg in ("auto_now", "auto_now_add")
        if is_auto and not (isinstance(node.value, ast.Constant) and node.value.value is False):
            yield _found(source, node.value.lineno, str(node.arg))


def _in_strings(source: Source) -> Iterator[Finding]:
    for text, line in literals.texts(source):
        if match := _IN_SQL.search(text):
            yield _found(source, line, match[0])
