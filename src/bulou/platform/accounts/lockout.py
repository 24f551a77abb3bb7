"""Lock-out after failed log-ins, on user and address together (django-axes counts; this says what it means).

Together, because by user alone anybody could lock out the county's chief, and by address alone one clerk would lock out an office
that shares one. It goes by the machine's clock.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponseBase


def keep_answer(
    request: HttpRequest, response: HttpResponseBase | None = None, credentials: Any = None
) -> HttpResponseBase | None:
    """What axes is told to answer to somebody locked out: the page we made, which says it better."""
    return response


def is_locked(request: HttpRequest, username: str) -> bool:
    """Whether this user is locked out from this address."""
    return not AxesProxyHandler.is_allowed(request, {"username": username})


def count_failure(request: HttpRequest, username: str) -> None:
    """Count one failure that Django's own `authenticate` did not see (a wrong second factor)."""
    user_login_failed.send(sender=__name__, credentials={"username": username}, request=request)


def open_again_at(username: str, address: str | None) -> datetime | None:
    """When the lock of this user and address opens, at the latest; None if there is no failure on record."""
    attempts = AccessAttempt.objects.filter(username=username, ip_address=address)
    last = attempts.aggregate(last=Max("attempt_time"))["last"]
    return last + settings.AXES_COOLOFF_TIME if last else None


def locks(username: str, real: datetime) -> list[tuple[str, datetime]]:
    """The addresses a user is locked out from at `real`, each with the time it opens again."""
    recent = AccessAttempt.objects.filter(username=username, attempt_time__gt=real - settings.AXES_COOLOFF_TIME)
    rows = (
        recent.values("ip_address")
        .annotate(failures=Sum("failures_since_start"), last=Max("attempt_time"))
        .order_by("ip_address")
    )
    limit = settings.AXES_FAILURE_LIMIT
    return [
        (row["ip_address"] or "", row["last"] + settings.AXES_COOLOFF_TIME) for row in rows if row["failures"] >= limit
    ]


def unlock(username: str) -> int:
    """Forget a user's failures, from every address; gives how many rows of them there were."""
    return AxesProxyHandler.reset_attempts(username=username)


def clear_attempts(real: datetime) -> int:
    """Delete failures whose lock has long opened; gives how many."""
    return AccessAttempt.objects.filter(attempt_time__lte=real - settings.AXES_COOLOFF_TIME).delete()[0]
