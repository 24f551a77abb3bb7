"""Verbs: report at once, acknowledge; and forgetting what was reported when its time is over (as the role bulou_forget)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from bulou.modules.alerts import queries, rules
from bulou.modules.alerts.models import Alert, Level
from bulou.modules.registry.queries.cards import home_of, line_of
from bulou.modules.registry.queries.offices import units_answering
from bulou.modules.registry.services.people_forgetting import people_due
from bulou.platform import vault
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal

REPORT = "alerts.report"
SLACK = timedelta(minutes=5)


@transaction.atomic
def report_at_once(
    *, by: Viewer, kind: str, about: str, once: UUID, now: datetime, person_id: int | None = None, name: str = "", note: str = "",
    happened_at: datetime | None = None,
) -> Alert:  # fmt: skip
    """Report a case: every level of the line learns of it in this moment, and the person's units where somebody has their affairs in hand.
    The same `once` again changes nothing.

    Of a person of the registry it must be the viewer or somebody they answer for (else Http404); of anybody else the name. Refused: nobody
    named (`alerts.nobody`), a moment to come (`alerts.to_come`), no operation in force (`alerts.no_operation`).
    """
    by.need(REPORT)
    if found := Alert.objects.filter(uuid=once).first():
        return found
    sender = queries.sender(by)
    if sender is None:
        raise Refusal("alerts.no_operation", _("No operation is in force where you are: telephone the headquarters."))
    if person_id is not None and person_id not in dict(queries.people_to_name(by, now=now)):
        raise Http404
    if person_id is None and not name.strip():
        raise Refusal("alerts.nobody", _("Say who it is."), field="name")
    at = happened_at or now
    if at > now + SLACK:
        raise Refusal("alerts.to_come", _("This moment has not come yet."), field="happened_at")
    place_id = (home_of(person_id) if person_id is not None else None) or sender.place_id
    made = Alert.objects.create(
        uuid=once, operation_id=sender.operation_id, kind=kind, about=about, person_id=person_id, name=name.strip()[:80], place_id=place_id,
        sealed=vault.seal(note.strip(), purpose=queries.NOTE, about=once) if note.strip() else None, happened_at=at, reported_at=now,
        reporter_id=by.user_id, reporter_name=by.name[:80],
    )  # fmt: skip
    places = rules.levels_of(line_of(place_id), sender.root_id)
    units = units_answering(person_id, queries.OF_UNITS, sender.operation_id, now) if person_id is not None else []
    Level.objects.bulk_create(
        [Level(alert=made, place_id=one, rank=rank) for rank, one in enumerate(places)]
        + [Level(alert=made, unit_id=one, rank=rank) for rank, one in enumerate(units, len(places))]
    )
    write(
        by=by, action="alerts.reported", kind="alerts.alert", subjects=[made.pk], place_id=place_id, now=now, happened_at=at,
        data={"kind": kind, "about": about, "levels": places, "units": units},
    )  # fmt: skip
    return made


@transaction.atomic
def acknowledge(*, by: Viewer, level_id: int, now: datetime) -> Level:
    """Say for one's own level that it knows. Said already, by whomever: nothing happens. Another level's: Http404."""
    by.need(queries.ACKNOWLEDGE)
    queries.level_to_acknowledge(by, level_id)
    level = Level.objects.select_for_update().get(pk=level_id)
    if level.acknowledged_at is not None:
        return level
    level.acknowledged_at, level.actor_id, level.actor_name = now, by.user_id, by.name[:80]
    level.save(update_fields=["acknowledged_at", "actor_id", "actor_name"])
    write(
        by=by, action="alerts.acknowledged", kind="alerts.alert", subjects=[level.alert_id], place_id=level.place_id, now=now,
        data={"level": level.pk},
    )  # fmt: skip
    return level


def alerts_due(now: datetime) -> list[int]:
    """The reports whose name and note are kept no longer: their operation ended KEEP_DAYS ago or more, or the person's own time is over."""
    over = Q(operation__ended_at__lte=now - timedelta(days=rules.KEEP_DAYS)) | Q(person_id__in=people_due(now))
    said = Q(sealed__isnull=False) | ~Q(name="")
    return list(Alert.objects.filter(over & said).order_by("pk").values_list("pk", flat=True))


def forget_alerts(ids: list[int]) -> None:
    """Delete the name of whoever is not in the register, and what was known besides. May be called again (a restore does)."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE alerts_alert SET name = '', sealed = NULL WHERE id = ANY(%s::bigint[])", [ids])
