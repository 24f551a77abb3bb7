"""Other ways for a reminder to reach somebody. A module above hangs `senders` on its manifest; in an exercise nothing leaves the house.

    extras={"senders": (Sender("sms", _("Text message"), take),)}

`take(messages, by=…, now=…)` is called inside the transaction that makes the messages and gives the ids of those it takes: it puts them into
an outbox of its own and sends later. So a message is neither lost nor sent twice, whatever is killed when. The inbox always has it, besides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bulou.modules.ledger.models import Message
from bulou.platform.access.viewer import Viewer
from bulou.platform.house.queries import is_exercise
from bulou.platform.manifest import Text, extras

SINK = "sink"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A reminder as a sender gets it: its own `uuid`, for whom, and the lines {regime, due, to, count}; the words are the sender's."""

    id: int
    uuid: Any
    person_id: int
    lines: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Sender:
    """One way out. `take(messages, by=, now=)` gives the ids it has taken."""

    key: str
    title: Text
    take: Callable[..., Iterable[int]]


def hand_over(ids: Sequence[int], *, by: Viewer, now: datetime) -> None:
    """Offer new messages to every sender, and keep with each which took it; in an exercise all go to the sink."""
    senders = [sender for hung in extras("senders") for sender in hung]
    if not senders or not ids:
        return
    if is_exercise():
        Message.objects.filter(pk__in=ids).update(channel=SINK)
        return
    messages = [
        Outgoing(one.pk, one.uuid, one.person_id, one.lines)
        for one in Message.objects.filter(pk__in=ids).order_by("pk")
    ]
    taken: dict[int, list[str]] = {}
    for sender in senders:
        for pk in sender.take(messages, by=by, now=now):
            taken.setdefault(pk, []).append(sender.key)
    for pk, keys in taken.items():
        Message.objects.filter(pk=pk).update(channel=" ".join(keys)[:80])
