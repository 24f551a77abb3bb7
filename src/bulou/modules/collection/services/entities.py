"""Sending the lists of people and households to a phone: every fetch is a look, logged with whose rows it held."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from xml.sax.saxutils import quoteattr

from django.db import transaction

from bulou.modules.collection.queries import entities
from bulou.modules.collection.queries.entities import HOUSEHOLDS, PEOPLE, Asker, Listing
from bulou.platform.journal.services import note_look

KINDS = {PEOPLE: "registry.person", HOUSEHOLDS: "registry.household"}
LOOK_IDS = 10_000


@transaction.atomic
def csv_for(sender: Asker, kind: str, now: datetime) -> Listing:
    """The list to send now; its look is in the journal before the first byte goes. For the manifest's hash alone ask queries.entities.listing."""
    found = entities.listing(sender, kind, now)
    for start in range(0, len(found.ids) if kind in KINDS else 0, LOOK_IDS):  # places and units are nobody's secret
        note_look(
            by=sender.viewer, kind=KINDS[kind], subjects=found.ids[start : start + LOOK_IDS], what="device", now=now, why="collection.entities"
        )  # fmt: skip
    return found


def integrity_xml(sender: Asker, kind: str, names: Iterable[str], now: datetime) -> bytes:
    """The answer to a phone that asks which of the rows it holds are gone (OpenRosa's integrity document)."""
    asked = [name for name in names if name]
    known = entities.known_names(sender, kind, asked, now)
    rows = "".join(
        f"<entity id={quoteattr(name)}><deleted>{'false' if name in known else 'true'}</deleted></entity>"
        for name in asked
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><data><entities>{rows}</entities></data>'.encode()
