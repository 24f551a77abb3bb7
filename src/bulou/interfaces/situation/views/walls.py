"""The wall screen: one picture of the operation, readable across the room, that keeps itself up to date."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from bulou.interfaces.situation import alerts, assembly
from bulou.interfaces.situation.asked import Asked, asked
from bulou.interfaces.situation.views.boards import VIEW, parts
from bulou.platform.access.guard import needs
from bulou.platform.house.queries import pace

WORST = 8


@needs(VIEW)
def wall(request: HttpRequest) -> HttpResponseBase:
    """The whole screen; asked again by the page itself (htmx) it gives what stands in the frame. It shows no names of persons."""
    question = asked(request)
    if question is None:
        return render(request, "situation/no_operation.html")
    given = assembly.board(question.to(as_of=None))
    lacking = [line for line in given.lines if line.figures.missing or line.figures.pending]
    running = pace()
    context = {
        "asked": question, "board": given, "worst": lacking[:WORST], "more": max(len(lacking) - WORST, 0), **parts(given),
        "alerts": alerts.alerts(question.viewer, question.operation.pk, question.now), "due": next_due(question),
        "stamp": int(question.now.timestamp() * 1000), "speed": running.speed if running else 1, "rate": given.line.reported,
    }  # fmt: skip
    return render(request, "situation/wall_live.html" if request.htmx else "situation/wall.html", context)


def next_due(question: Asked) -> Any:
    """The window of the day that falls due next, or None."""
    windows, now = question.windows, question.now
    return min((one for one in windows if one.due >= now), key=lambda one: one.due, default=None)
