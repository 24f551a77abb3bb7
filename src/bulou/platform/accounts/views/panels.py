"""What modules say of a user on the user's page: they hang `user_panels` on their manifest.

A panel is `(viewer, user_id, now) → (template, context)`, or None where it has nothing to say to this viewer.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from bulou.platform.accounts.views.asking import acting
from bulou.platform.manifest import extras


def panels_of(request: HttpRequest, user_id: int) -> list[SafeString]:
    """Every panel about a user that this viewer may see, drawn, lowest floor first."""
    given = acting(request)
    said = (ask(given["by"], user_id, given["now"]) for ask in extras("user_panels"))
    return [render_to_string(found[0], found[1], request=request) for found in said if found is not None]
