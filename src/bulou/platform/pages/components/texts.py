"""How values are written: numbers, days, moments, spans of time. One place, so that every page writes them alike."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from bulou.platform.clock import COUNTY_ZONE

NONE = "—"


def number(value: Any) -> str:
    """A number with thousands apart: 1,377. Nothing known is a dash, never a zero."""
    if value is None or value == "":
        return NONE
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def percent(value: Any) -> str:
    """A share between 0 and 1 as 98.6%. A share of nothing (None) is a dash. 100% and 0% only when nothing or nobody is left."""
    if value is None:
        return NONE
    shown = round(100 * value, 1)
    if shown >= 100 and value < 1:
        shown = 99.9
    if shown <= 0 and value > 0:
        shown = 0.1
    return f"{shown:g}%"


def plain_day(value: date | datetime | None) -> str:
    """A local calendar day as 2026-03-09."""
    if value is None:
        return NONE
    return (value.astimezone(COUNTY_ZONE) if isinstance(value, datetime) else value).strftime("%Y-%m-%d")


def plain_moment(value: datetime | None) -> str:
    """An instant on the county's clock, as 2026-03-09 08:05."""
    return NONE if value is None else value.astimezone(COUNTY_ZONE).strftime("%Y-%m-%d %H:%M")


def day(value: date | datetime | None) -> SafeString | str:
    """A day on a page, readable by machines too."""
    return NONE if value is None else format_html('<time datetime="{0}">{0}</time>', plain_day(value))


def moment(value: datetime | None) -> SafeString | str:
    """An instant on a page: the county's clock to read, the exact instant for machines."""
    if value is None:
        return NONE
    return format_html('<time datetime="{}">{}</time>', value.isoformat(timespec="seconds"), plain_moment(value))


def ago(value: datetime | None, now: datetime) -> SafeString | str:
    """How long before `now` (or how far ahead of it) an instant lies, with the instant itself on the pointer."""
    if value is None:
        return NONE
    words = span(abs(now - value))
    text = gettext("in %(span)s") % {"span": words} if value > now else gettext("%(span)s ago") % {"span": words}
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', value.isoformat(timespec="seconds"), plain_moment(value), text
    )


def span(length: timedelta) -> str:
    """A length of time in its largest unit, rounded down: 3 days, 5 hours, 12 minutes; under a minute: moments."""
    minutes = int(length.total_seconds()) // 60
    if minutes >= 2880:
        return ngettext("%(n)s day", "%(n)s days", minutes // 1440) % {"n": minutes // 1440}
    if minutes >= 60:
        return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}
    if minutes >= 1:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    return gettext("moments")


def listed(values: Any) -> str:
    """Several words in one line, joined as the language joins them (、 in Chinese)."""
    joint = "、" if (get_language() or "").startswith("zh") else ", "
    return joint.join(str(value) for value in values) or NONE


def yes_no(value: bool | None) -> str:
    """Yes, no, or a dash where it is not known."""
    return NONE if value is None else gettext("Yes") if value else gettext("No")
