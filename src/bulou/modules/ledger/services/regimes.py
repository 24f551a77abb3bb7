"""Setting regimes: begun, changed from the next window on, brought to rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bulou.core.windows import Calendar
from bulou.modules.ledger.models import Regime, RegimeVersion
from bulou.modules.ledger.rules import calendars
from bulou.modules.ledger.services import windows
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.playbooks import OperationRef
from bulou.platform.refusals import Refusal

RUN = "ledger.run_regime"
ABOUT = ("titles", "who", "owed_by", "ladder", "purpose", "keep_days", "minutes", "is_immediate")


@transaction.atomic
def set_regime(
    *, by: Viewer, operation: OperationRef, key: str, asks: Sequence[str], calendar: Calendar | None, now: datetime,
    since: datetime | None = None, is_list: bool = False, about: Mapping[str, Any] | None = None, number: int | None = None,
) -> Regime:  # fmt: skip
    """Begin a regime, or give it a new version for windows opening at or after `since` (now, unless told).

    What it already asks, in the same calendar, makes no version. `about` = what does not concern windows (titles, who, owed_by, ladder,
    purpose, keep_days, minutes, is_immediate). The first version may begin in the past; a later one may not. `number` is for a version
    that is sent again: the same number changes nothing.
    """
    by.need(RUN)
    if not asks and not is_list:
        raise Refusal("ledger.asks_nothing", _("A regime asks for at least one fact."), field="asks")
    regime, is_new = Regime.objects.get_or_create(
        operation_id=operation.id, key=key, defaults={"zone": str(operation.zone), **_known(about)}
    )
    if not is_new:
        _describe(regime, about)
    version = _version(regime, sorted(asks), calendars.written(calendar), is_list, since or now, now, by, number)
    if version is not None:
        write(
            by=by, action="ledger.regime_set", kind="ledger.regime", subjects=[regime.pk], now=now,
            data={"key": key, "version": version.number, "asks": version.asks, "calendar": version.calendar, "since": version.since.isoformat()},
        )  # fmt: skip
        if version.number == 1:
            regime.opened_through = version.since
            regime.save(update_fields=["opened_through"])
        windows.open_regime(regime, now - windows.MOMENT)  # what opens at this very moment may be a further version's
    return regime


@transaction.atomic
def end_regime(*, by: Viewer, regime: Regime, now: datetime, why: str = "") -> Regime:
    """Bring a regime to rest: no window opens any more; what is open stays owed."""
    by.need(RUN)
    if regime.ended_at is not None:
        return regime
    newest = regime.versions.order_by("-number").first()
    if newest is not None and newest.calendar is not None:
        windows.open_regime(regime, now)
        _version(regime, newest.asks, None, newest.is_list, now, now, by, None)
    regime.ended_at = now
    regime.save(update_fields=["ended_at"])
    write(
        by=by,
        action="ledger.regime_ended",
        kind="ledger.regime",
        subjects=[regime.pk],
        now=now,
        why=why,
        data={"key": regime.key},
    )
    return regime


def _known(about: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (about or {}).items() if name in ABOUT}


def _describe(regime: Regime, about: Mapping[str, Any] | None) -> None:
    for name, value in _known(about).items():
        setattr(regime, name, value)
    regime.ended_at = None
    regime.save()


def _version(
    regime: Regime, asks: Sequence[str], calendar: dict[str, Any] | None, is_list: bool, since: datetime, now: datetime,
    by: Viewer, number: int | None,
) -> RegimeVersion | None:  # fmt: skip
    """A version, if it says anything new. A planned one that the new one overtakes never takes effect (core.regimes)."""
    newest = regime.versions.order_by("-number").first()
    if number is not None and regime.versions.filter(number=number).exists():
        return None
    if number is None and newest and (newest.asks, newest.calendar, newest.is_list) == (list(asks), calendar, is_list):
        return None
    if newest is not None and since < now:
        raise Refusal("ledger.version_in_past", _("A new version cannot begin before it is set."), field="since")
    if newest is not None:
        windows.open_regime(regime, now - windows.MOMENT)  # what opens at this very moment may be the new version's
    return RegimeVersion.objects.create(
        regime=regime, number=number or (newest.number + 1 if newest else 1), asks=list(asks), calendar=calendar, is_list=is_list,
        since=since, known_at=now, actor_id=by.user_id, actor_name=by.name,
    )  # fmt: skip
