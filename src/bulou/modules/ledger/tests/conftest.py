"""A regime over the small county, for the ledger's tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from bulou.core.windows import Daily
from bulou.modules.ledger import services
from bulou.modules.ledger.models import Regime
from bulou.modules.operations.models import Operation
from bulou.platform.access.viewer import system
from bulou.platform.clock import COUNTY_ZONE
from bulou.platform.playbooks import OperationRef
from tests.kit.cast import Cast, County

BY = system("tests")


@pytest.fixture
def operation(county: County, now: datetime) -> OperationRef:
    row = Operation.objects.create(
        key="op", titles={"en": "Op"}, playbook="x", root=county.root, level="x", started_at=now
    )
    return OperationRef(row.pk, row.key, county.root.pk, COUNTY_ZONE)


@pytest.fixture
def today(now: datetime) -> datetime:
    return now.astimezone(COUNTY_ZONE).replace(hour=0, minute=0)


def regime_of(operation: OperationRef, now: datetime, since: datetime, who: dict[str, Any], **more: Any) -> Regime:
    made = services.set_regime(
        by=BY, operation=operation, key=more.pop("key", "health"), asks=["well"], calendar=Daily(), now=now, since=since,
        about={"who": who, "titles": {"en": "Health"}}, **more,
    )  # fmt: skip
    return Regime.objects.select_related("operation").get(pk=made.pk)


@pytest.fixture
def health(operation: OperationRef, now: datetime, today: datetime, cast: Cast) -> Regime:
    regime = regime_of(operation, now, today, {"subject": "person", "purposes": ["registry"]})
    services.enrol_matching(by=BY, regime=regime, now=now, starts=today)
    return regime
