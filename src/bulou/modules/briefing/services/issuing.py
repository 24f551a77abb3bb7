"""Issuing: a report is counted, worded in every language and frozen, with the head of the journal as it stands."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from bulou.modules.briefing.models import Issued
from bulou.modules.briefing.queries import composing, wording
from bulou.modules.briefing.queries.issued import reaches_all
from bulou.modules.briefing.rules.report import Report
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.sealing import head
from bulou.platform.journal.services import write
from bulou.platform.pages.context import lent
from bulou.platform.refusals import Refusal

ISSUE = "briefing.issue_briefing"


@transaction.atomic
def issue_briefing(*, by: Viewer, operation: Any, now: datetime, day: date | None = None, why: str = "") -> Issued:
    """Issue the briefing of an operation for a local day (today, unless told), as of now, numbered from 1 on.

    Refuses: who does not reach all of the operation (`briefing.not_all`), a day to come or before it began (`briefing.no_such_day`).
    """
    by.need(ISSUE)
    if not reaches_all(by, ISSUE, operation):
        raise Refusal("briefing.not_all", _("Who issues a briefing must reach the whole operation."), status=403)
    made = composing.report(by, operation, now=now, day=day)
    check_day(made, operation, now)
    type(operation).objects.select_for_update(of=("self",)).get(pk=operation.pk)
    number = (Issued.objects.filter(operation_id=operation.pk).aggregate(last=Max("number"))["last"] or 0) + 1
    seal_head = head().short()
    texts = worded(made, number=number, seal_head=seal_head, by=by.name, now=now)
    issued = Issued.objects.create(
        operation_id=operation.pk, number=number, day=made.day, as_of=made.as_of, report=made.as_json(), texts=texts, digest=digest_of(texts),
        seal_head=seal_head, issued_at=now, actor_id=by.user_id, actor_name=by.name,
    )  # fmt: skip
    write(
        by=by, action="briefing.issued", kind="briefing.issued", subjects=[issued.pk], place_id=operation.root_id, why=why, now=now,
        data={"operation": operation.key, "number": number, "digest": issued.digest},
    )  # fmt: skip
    return Issued.objects.select_related("operation__root").get(pk=issued.pk)


def worded(report: Report, *, number: int, seal_head: str, by: str, now: datetime) -> dict[str, str]:
    """The text in every language of the house."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            house, exercise = lent("house_name"), lent("exercise", now)
            page = wording.page(report, number=number, seal_head=seal_head, by=by, house=house, exercise=exercise)
            found[language] = wording.text(page)
    return found


def digest_of(texts: dict[str, str]) -> str:
    """SHA-256 of the texts, by language, as hexadecimal digits."""
    return hashlib.sha256(json.dumps(texts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def check_day(report: Report, operation: Any, now: datetime) -> None:
    """Refuse a day that is not the operation's."""
    zone, day = ZoneInfo(report.zone), date.fromisoformat(report.day)
    last = min(operation.ended_at or now, now).astimezone(zone).date()
    if not operation.started_at.astimezone(zone).date() <= day <= last:
        raise Refusal(
            "briefing.no_such_day",
            _("The operation runs from %(first)s; this day is before it, after it or still to come."),
            field="day",
            first=operation.started_at.astimezone(zone).date().isoformat(),
        )
