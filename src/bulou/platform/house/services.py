"""Founding the house, once, and setting an exercise's clock."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from bulou.platform import clock
from bulou.platform.access.viewer import Viewer
from bulou.platform.clock import Pace
from bulou.platform.house import queries
from bulou.platform.house.models import House
from bulou.platform.journal import services as journal
from bulou.platform.refusals import Refusal

FASTEST = 10_000.0


def found_house(kind: str, county: str, *, by: Viewer, now: datetime) -> House:
    """Fix what this database is: `kind` is "real" or "exercise", `county` a 6-digit code. Refuses a second founding, ever."""
    if kind not in House.Kind.values:
        raise Refusal("house.kind_unknown", _("A database is “real” or “exercise”, not “%(kind)s”."), kind=kind)
    if not re.fullmatch(r"[1-9][0-9]{5}", county):
        raise Refusal(
            "house.county_malformed", _("“%(county)s” is not a county's code: six digits (GB/T 2260)."), county=county
        )
    try:
        with transaction.atomic():
            made = House.objects.create(id=1, kind=kind, county=county, founded_at=now)
            journal.write(
                by=by,
                action="house.founded",
                kind="house",
                subjects=[1],
                now=now,
                data={"kind": kind, "county": county},
            )
    except IntegrityError:
        held = House.objects.get(id=1)
        raise Refusal(
            "house.already_founded",
            _("This database was founded as “%(kind)s” for county %(county)s; that never changes. Another one needs another BULOU_HOME."),
            kind=held.kind, county=held.county,
        ) from None  # fmt: skip
    queries.forget_what_was_read()
    return made


def set_pace(shown: datetime, speed: float, *, by: Viewer, now: datetime) -> House:
    """Let an exercise's clock show `shown` from this moment and run `speed` times as fast. Needs `house.set_clock`.

    Refuses in a real database, before the founding (nobody held a grant then, not even whoever sets it), and to go back once it was
    set: what was judged stays judged.
    """
    by.need("house.set_clock")
    if not 0 < speed <= FASTEST:
        raise Refusal(
            "house.speed_out_of_bounds",
            _("The speed must be above 0 and at most %(most)s."),
            field="speed",
            most=int(FASTEST),
        )
    with transaction.atomic():
        held = House.objects.select_for_update().filter(id=1).first()
        if held is None or held.kind != House.Kind.EXERCISE:
            raise Refusal("house.clock_is_real", _("Only in an exercise can the clock be set."))
        real = clock.real_now()
        _check_moment(held, shown, real)
        held.anchor, held.shown, held.speed = real, shown, speed
        held.save(update_fields=["anchor", "shown", "speed"])
        journal.write(
            by=by,
            action="house.clock_set",
            kind="house",
            subjects=[1],
            now=now,
            data={"shown": shown.isoformat(), "speed": speed},
        )
    queries.forget_what_was_read()
    return held


def _check_moment(held: House, shown: datetime, real: datetime) -> None:
    """Refuse a moment before the founding, and one the exercise's clock has passed."""
    if shown < held.founded_at:
        raise Refusal(
            "house.clock_before_founding",
            _("At that moment this database was not founded yet: nobody would have a grant. Choose a later one."),
            field="shown",
        )
    pace = Pace(held.anchor, held.shown, held.speed) if held.anchor and held.shown else None
    if pace is not None and shown < pace.at(real):
        words = _("The exercise's clock has passed that moment and does not go back.")
        raise Refusal("house.clock_backwards", words, field="shown")
