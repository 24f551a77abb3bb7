"""Counts conformance cases: checks of foreign protocols and published vectors, many to a test. The total closes the report."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.fixture
def conformance(request: pytest.FixtureRequest) -> Callable[[int], None]:
    """Call it with the number of cases a test has just checked: `conformance(len(vectors))`."""

    def count(cases: int = 1) -> None:
        if not request.node.get_closest_marker("conformance"):
            raise pytest.UsageError("a test that counts conformance cases is marked with @pytest.mark.conformance")
        request.node.user_properties.append(("conformance", cases))

    return count


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The closing line: how many cases ran in tests that passed. A marked test that counts nothing itself is one case."""
    passed = terminalreporter.stats.get("passed", [])
    counted = 0
    for report in passed:
        if "conformance" in report.keywords:
            counts = [int(n) for key, n in report.user_properties if key == "conformance"]
            counted += sum(counts) if counts else 1
    terminalreporter.write_line(f"conformance cases: {counted}")
