"""The front page: where a person lands after logging in."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from bulou.platform.access.guard import needs
from bulou.platform.access.permissions import SIGNED_IN


@needs(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponseBase:
    """The county as this person may see it."""
    return redirect("registry:home")
