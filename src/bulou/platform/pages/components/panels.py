"""Panels: crumbs, tabs, alerts, facts, histories, dialogs, and the words for nothing to show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from bulou.platform.pages.components.marks import TONES, icon


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a facts panel: what it is called, what it says (None = a dash), and where it opens to."""

    label: object
    value: object
    href: str = ""
    note: object = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a history: when, what, by whom, and a note (the reason). `tone` as for tags."""

    at: datetime
    text: object
    who: str = ""
    note: object = ""
    tone: str = "quiet"
    href: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab is a page of its own: `key` is compared with the tag's `current`."""

    key: str
    text: object
    href: str
    count: int | None = None


def crumbs(trail: Sequence[tuple[object, str]]) -> dict[str, Any]:
    """The way down to this page: pairs of (text, address), topmost first, without the page itself."""
    return {"trail": trail}


def tabs(items: Iterable[Tab], current: str, label: object = "") -> dict[str, Any]:
    """A row of tabs; each is a link, so that a tab has an address."""
    return {"items": list(items), "current": current, "label": label}


def facts(pairs: Iterable[Fact | tuple[object, object]], columns: int = 1) -> dict[str, Any]:
    """A list of names and values. Pairs (label, value) will do where nothing opens. `columns` 1, 2 or 3 on a desk."""
    return {"facts": [pair if isinstance(pair, Fact) else Fact(*pair) for pair in pairs], "columns": columns}


def history(context: Context, events: Iterable[Event], more: str = "") -> dict[str, Any]:
    """What happened, newest first as given; `more` is the address of the rest."""
    return {"events": list(events), "more": more, "tones": TONES, "now": context.get("now")}


def nothing(
    text: object, hint: object = "", href: str = "", action: object = "", symbol: str = "ring"
) -> dict[str, Any]:
    """What stands where there is nothing to show: says so, says why, and offers the next step."""
    return {"text": text, "hint": hint, "href": href, "action": action, "symbol": symbol}


def alert(content: str, tone: str = "info", title: object = "") -> SafeString:
    """A message in the page. bad and warn interrupt a screen reader, the others wait their turn."""
    role = "alert" if tone in ("bad", "warn") else "status"
    head = format_html("<strong>{}</strong>", title) if title else ""
    body = '<div class="alert alert-{}" role="{}">{}<div>{}{}</div></div>'
    return format_html(body, tone, role, icon(TONES[tone], size=20), head, content)


def panel(content: str, title: object = "", href: str = "", action: object = "", id: str = "") -> SafeString:
    """A titled part of a page; `href` and `action` put one link beside the title."""
    link = format_html('<a href="{}">{}</a>', href, action) if href else ""
    head = format_html('<header class="panel-head"><h2>{}</h2>{}</header>', title, link) if title else ""
    mark = format_html(' id="{}"', id) if id else ""
    return format_html('<section class="panel"{}>{}{}</section>', mark, head, content)


def dialog(content: str, id: str, title: object, opener: object = "", symbol: str = "", tone: str = "") -> SafeString:
    """A dialog and the button that opens it. Without scripts the button is a link and the dialog unfolds in the page."""
    mark = icon(symbol) if symbol else ""
    look = f"button button-{tone}" if tone else "button"
    button = (
        format_html('<a class="{}" href="#{}" data-opens="{}">{}{}</a>', look, id, id, mark, opener) if opener else ""
    )
    body = (
        '{}<dialog class="dialog" id="{}" aria-labelledby="{}-title"><header><h2 id="{}-title">{}</h2>'
        '<a class="close" href="#" data-closes aria-label="{}">{}</a></header><div>{}</div></dialog>'
    )
    return format_html(body, button, id, id, id, title, gettext("Close"), icon("close", size=20), content)


def path_of(request: HttpRequest | None) -> str:
    """The address of the page being shown, to come back to after a switch of language or of columns."""
    return request.get_full_path() if request else "/"
