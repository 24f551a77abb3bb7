"""Keys for every test: a ring of its own for the run, kept in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def key_ring() -> Iterator[None]:
    """Tests seal and find values under keys that die with the run."""
    from bulou.platform import vault

    vault.use(vault.Ring.fresh())
    yield
    vault.use(None)
