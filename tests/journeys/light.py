"""A page that holds nothing but the light runner, answered from memory: its tests need no house behind it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from bulou.interfaces.field import bundle

BASE = "http://localhost:9"  # nobody answers there: every request is taken before it leaves the browser
CSP = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'"
Answer = Callable[[Any], None]


def page_of(data: dict[str, Any] | None) -> str:
    """The shell of a personal link around this data."""
    inside = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c") if data else ""
    body = f'<script id="bulou-form-data" type="application/json">{inside}</script>' if data else ""
    return (
        '<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>f</title><link rel="stylesheet" href="/runner.css"></head><body><main id="bulou-form"></main>{body}'
        '<script src="/runner.js" defer></script></body></html>'
    )


def host(context: Any, data: dict[str, Any] | None = None, door: Answer | None = None) -> list[str]:
    """Answer the pages of a browser context: the shell at `/`, the runner, and a door at `/door`. Gives the list that complaints go to."""
    complaints: list[str] = []

    def answer(route: Any) -> None:
        path = route.request.url.removeprefix(BASE)
        if path.startswith("/door") and door:
            door(route)
        elif path.startswith("/runner."):
            kind = path.removeprefix("/runner.")
            route.fulfill(body=bundle.packed(kind).plain, content_type=bundle.TYPES[kind])
        else:
            route.fulfill(
                body=page_of(data), content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": CSP}
            )

    context.route("**/*", answer)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    return complaints


def opened(context: Any) -> Any:
    """A page at the shell, its scripts run."""
    page = context.new_page()
    page.goto(BASE + "/")
    page.wait_for_function("window.BulouRunner && window.BulouRunner.words")
    return page


def question(path: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    """A node of a tree."""
    label = more.pop("label", path.rpartition("/")[2])
    return {
        "path": path,
        "name": path.rpartition("/")[2],
        "kind": kind,
        "label": {"": label} if isinstance(label, str) else label,
        **more,
    }


def tree_of(*questions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A tree."""
    return {
        "root": "data",
        "ns": "",
        "meta": "orx",
        "languages": [],
        "default": "",
        "title": "A form",
        "questions": list(questions),
        **more,
    }
