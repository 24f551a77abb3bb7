"""What a submission means to the ledger beyond one new record: corrections, the lines of a list, and whom a sender may file about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from bulou.modules.collection.models import Submission, Token
from bulou.modules.collection.queries.senders import Sender
from bulou.modules.collection.rules.answers import Line
from bulou.modules.ledger.services.content import Content
from bulou.modules.ledger.services.sent import correct_as_sent, file_lines_as_sent
from bulou.platform.access import permissions
from bulou.platform.access.viewer import Viewer

FILE = "ledger.file_record"


def correct(by: Viewer, record_id: int, said: Content, now: datetime) -> None:
    """A further version of a record, as a device sent it; inside a transaction that has judged whether it may."""
    correct_as_sent(by=by, record_id=record_id, said=said, why=_("Corrected on the device"), now=now)


def file_lines(
    by: Viewer, record_id: int, uuid: UUID, told: Sequence[Line], said: Content, secret: frozenset[str]
) -> None:
    """The lines of a list about persons in reach, filed as those persons' records too."""
    known = [(own["subject"], line.facts) for line, own in zip(told, said.lines or (), strict=True)]
    file_lines_as_sent(by=by, record_id=record_id, uuid=uuid, lines=known, secret=secret)


def subject_in_reach(sender: Sender, operation_id: int, said: str, at: datetime) -> int | None:
    """The person meant by what was typed, where the sender could file about them at that moment; None otherwise: nobody is told which."""
    if not said:
        return None
    roles = sorted(next(one.roles for one in permissions.table() if one.key == FILE))
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_subject('person', %s)", [said])
        subject: int | None = cursor.fetchone()[0]
        if subject is None or sender.is_personal:
            return subject if subject == sender.person_id else None
        places, units = None, None
        if sender.viewer.user_id is not None:
            cursor.execute(
                "SELECT places, units FROM registry_reach_at(%s, %s::text[], %s, %s)",
                [sender.viewer.user_id, roles, operation_id, at],
            )
            places, units = cursor.fetchone()
        cursor.execute(
            "SELECT ledger_may_file('person', %(s)s, %(o)s, %(p)s, %(places)s::bigint[], %(units)s::bigint[], %(at)s)"
            " OR registry_lies_in('person', %(s)s, %(places)s::bigint[], %(units)s::bigint[])",
            {"s": subject, "o": operation_id, "p": sender.person_id, "places": places, "units": units, "at": at},
        )
        return subject if cursor.fetchone()[0] else None


def sender_of_row(row: Submission) -> Sender:
    """Who sent a submission that is here already, as far as judging it again needs: grants are looked up as at its own moment anyway."""
    token = Token.objects.filter(pk=row.token_id).first() if row.token_id is not None else None
    viewer = Viewer(row.user_id, row.sender_name, (), row.person_id)
    if token is None:
        return Sender(None, "account", viewer, person_id=row.person_id)
    return Sender(row.token_id, token.kind, viewer, token.operation_id, token.form_id, row.person_id, token.language)
