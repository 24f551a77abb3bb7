"""A new version of a regime takes over with the first window that opens at or after its beginning: that very moment included."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bulou.core.windows import Daily
from bulou.modules.ledger import services
from bulou.modules.ledger.models import Regime, Window
from bulou.modules.ledger.tests.conftest import BY
from bulou.platform.playbooks import OperationRef

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("late", [timedelta(0), timedelta(minutes=1)], ids=["at the moment", "a minute after"])
def test_a_window_that_opens_as_the_version_is_set_is_the_new_versions(
    operation: OperationRef, health: Regime, today: datetime, late: timedelta
) -> None:
    tomorrow = today + timedelta(days=1)
    services.set_regime(
        by=BY, operation=operation, key="health", asks=["well", "temperature"], calendar=Daily(), now=tomorrow + late
    )
    services.open_windows(tomorrow + timedelta(days=1))
    found = Window.objects.filter(regime=health, opens__gte=tomorrow).order_by("opens")
    assert [(one.opens, one.version.number) for one in found] == [
        (tomorrow, 1 if late else 2),
        (tomorrow + timedelta(days=1), 2),
    ]
