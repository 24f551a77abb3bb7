"""The door for submissions: one function behind the bare address that bypasses Django's middleware, and behind the Django view."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from threading import BoundedSemaphore

from django.utils.translation import override

from bulou.interfaces.openrosa import multipart, rates
from bulou.interfaces.openrosa.answering import Answer, said, supported
from bulou.modules.collection.queries.senders import Sender
from bulou.modules.collection.services import receiving, tokens
from bulou.platform import clock
from bulou.platform.refusals import Refusal

LARGE = 4_000_000
SOURCES = {"device": "collect", "browser": "browser", "personal": "link", "account": "collect"}
_large = BoundedSemaphore(2)  # large bodies are sealed in memory: two of them at a time in each process


@dataclass(frozen=True, slots=True)
class Asked:
    """A POST as it came in."""

    content_type: str
    body: multipart.Body
    version: str = "1.0"
    agent: str = ""


def why_not_version(version: str) -> bool:
    """Whether a request says it speaks another protocol than 1.x."""
    return bool(version) and version.partition(".")[0].strip() != "1"


def submitted(asked: Asked, sender: Sender) -> Answer:
    """Take a submission from somebody who was let in. What it says is committed when this returns."""
    if why_not_version(asked.version):
        return said(400, "collection.version", sender.language)
    rate = rates.LINK if sender.is_personal else rates.DEVICE
    if not rate.allows(sender.token_id or sender.viewer.user_id):
        answer = said(429, "collection.too_often", sender.language)
        return Answer(answer.status, answer.body, (*answer.headers, ("Retry-After", "60")))
    with _large if len(asked.body) > LARGE else nullcontext():
        return _taken(asked, sender)


def _taken(asked: Asked, sender: Sender) -> Answer:
    try:
        posted = multipart.read(asked.content_type, asked.body)
    except multipart.Broken as problem:
        return said(400, f"collection.{problem.code}", sender.language)
    files = [receiving.Sent(one.name, one.content_type, one.content) for one in posted.files]
    now = clock.now()
    try:
        receipt = receiving.receive(
            sender=sender, submission=posted.xml, now=now, files=files, source=SOURCES[sender.kind], device=asked.agent[:80]
        )  # fmt: skip
    except Refusal as refusal:
        return _refused(refusal, sender.language)
    if sender.token_id is not None:
        tokens.note_seen(sender.token_id, by=sender.viewer, now=now)
    answer = said(receipt.status, receipt.code, sender.language)
    # A page that shows its worker what became of each report reads the reason here; other clients take no notice.
    return replace(answer, headers=(*answer.headers, ("X-Bulou-Held", receipt.held))) if receipt.held else answer


def _refused(refusal: Refusal, language: str) -> Answer:
    with override(supported(language)):
        return said(refusal.status, refusal.code, sentence=refusal.sentence)
