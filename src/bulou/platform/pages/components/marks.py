"""Small marks: icons, status chips, figures that open to their rows, buttons that post."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from bulou.platform.pages.components.texts import number

TONES = {
    "good": "check",
    "late": "clock",
    "bad": "cross",
    "warn": "alert",
    "info": "info",
    "quiet": "minus",
    "open": "ring",
}


def icon(name: str, label: str = "", size: int = 16) -> SafeString:
    """A symbol of the sprite, drawn in the colour of its text. With `label` it speaks for itself, without it is decoration."""
    address = static("bulou/icons.svg")
    if label:
        words = '<svg class="icon" width="{}" height="{}" role="img" aria-label="{}"><use href="{}#{}"/></svg>'
        return format_html(words, size, size, label, address, name)
    words = '<svg class="icon" width="{}" height="{}" aria-hidden="true"><use href="{}#{}"/></svg>'
    return format_html(words, size, size, address, name)


def tag(text: object, tone: str = "quiet", symbol: str = "") -> SafeString:
    """A status chip: colour, shape and words together, so that none of them has to carry the meaning alone.

    `tone` is one of good, late, bad, warn, info, quiet, open; `symbol` replaces the tone's own shape.
    """
    return format_html('<span class="tag tag-{}">{}{}</span>', tone, icon(symbol or TONES[tone], size=12), text)


def figure(
    value: object, label: object, href: str = "", of: object = None, note: object = "", tone: str = "", symbol: str = ""
) -> dict[str, Any]:
    """A figure with its name. `href` opens the rows it was counted from; `of` is its denominator, `note` a line below."""
    shown = number(value) if value is None or isinstance(value, int | float) else value
    share = (
        round(100 * value / of, 1) if isinstance(value, int | float) and isinstance(of, int | float) and of else None
    )
    return {
        "value": shown, "label": label, "href": href, "of": None if of is None else number(of), "share": share,
        "note": note, "tone": tone, "symbol": symbol or (TONES.get(tone, "") if tone else ""),
    }  # fmt: skip


def button(text: object, href: str, symbol: str = "", tone: str = "") -> SafeString:
    """A link that looks like a button. `tone` main (the page's one chief action), bad, or nothing."""
    mark = icon(symbol) if symbol else ""
    return format_html('<a class="button{}" href="{}">{}{}</a>', f" button-{tone}" if tone else "", href, mark, text)


def post(
    context: Context, text: object, url: str, symbol: str = "", tone: str = "", **values: object
) -> dict[str, Any]:
    """A button that posts on its own: a one-button form with its `once` key. Further keywords become hidden fields."""
    return {
        "csrf_token": context.get("csrf_token"), "text": text, "url": url, "symbol": symbol, "tone": tone,
        "once": uuid4(), "values": values,
    }  # fmt: skip


def confirm(
    context: Context,
    text: object,
    url: str,
    question: object,
    symbol: str = "",
    tone: str = "bad",
    why: bool = False,
    **values: object,
) -> dict[str, Any]:
    """Like `post`, but asks `question` first in a dialog; with `why` it also asks for a reason (posted as `why`)."""
    return post(context, text, url, symbol, tone, **values) | {
        "question": question,
        "why": why,
        "id": f"ask-{uuid4().hex[:8]}",
    }
