"""What every page of accounts takes from its request."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def acting(request: HttpRequest) -> dict[str, Any]:
    """Who acts, and when: what every service wants to know."""
    return {"by": request.viewer, "now": request.now}  # type: ignore[attr-defined]


def trail(*steps: tuple[Any, ...]) -> list[tuple[Any, str]]:
    """The crumbs of a page from (text, URL name, arguments of the URL …)."""
    return [(text, reverse(name, args=rest)) for text, name, *rest in steps]


def way_on(request: HttpRequest, address: str) -> str:
    """Where to go on to, if that is an address of this house; '' otherwise. A link from outside must not lead out again."""
    hosts = {request.get_host()}
    is_ours = url_has_allowed_host_and_scheme(address, allowed_hosts=hosts, require_https=request.is_secure())
    return address if is_ours else ""
