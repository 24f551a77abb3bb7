"""A form in a small county, for the tests of collection."""

from __future__ import annotations

from datetime import datetime

import pytest

from bulou.modules.collection.models import Form
from bulou.modules.operations.models import Operation
from tests.kit.cast import County


@pytest.fixture
def operation(county: County, now: datetime) -> Operation:
    return Operation.objects.create(
        key="op", titles={"en": "Op"}, playbook="x", root=county.root, level="x", started_at=now
    )


@pytest.fixture
def form(operation: Operation, now: datetime) -> Form:
    return Form.objects.create(operation=operation, key="daily_health", title="Daily health report", made_at=now)
