"""What every template is given."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """The viewer and the moment of the page."""
    return {"viewer": getattr(request, "viewer", None), "now": getattr(request, "now", None)}
