"""People a phone registered while out: read from what it sent, and written by the registry under the numbers the phone made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bulou.modules.collection.queries.senders import Sender
from bulou.modules.collection.services.receiving import join_held
from bulou.modules.registry.services.newcomers import Newcomer, Newcomers, register_newcomers, temporary_code
from bulou.platform.refusals import Refusal

_LONGEST = 400


def receive_newcomers(sent: Any, *, sender: Sender, now: datetime) -> int:
    """Register what a phone sent as {id, place, people: [{id, name, other_name, sex, born_on, phone, relation}], household, new_household,
    kind, address, note}; 201, or 202 where it was registered before. Refuses with `collection.not_newcomers` what is not of that form.
    """
    try:
        found = _read(sent)
    except (KeyError, TypeError, ValueError, AttributeError):
        words = _("This registration cannot be read. Load the page again and send it once more.")
        raise Refusal("collection.not_newcomers", words, status=400) from None
    is_new = register_newcomers(found, by=sender.viewer, now=now)
    # Phones send in any order: what was reported about them before anybody knew them counts from now on.
    join_held([*(str(one.uuid) for one in found.people), temporary_code(found.uuid)], now=now)
    return 201 if is_new else 202


def _read(sent: Mapping[str, Any]) -> Newcomers:
    people = tuple(_person(one) for one in sent["people"])
    return Newcomers(
        UUID(sent["id"]), _text(sent, "place"), people, _text(sent, "household"), bool(sent.get("new_household")),
        _text(sent, "kind") or "ordinary", _text(sent, "address"), _text(sent, "note"),
    )  # fmt: skip


def _person(one: Mapping[str, Any]) -> Newcomer:
    born = _text(one, "born_on")
    return Newcomer(
        UUID(one["id"]), _text(one, "name"), _text(one, "other_name"), _text(one, "sex"),
        date.fromisoformat(born) if born else None, _text(one, "phone"), _text(one, "relation"),
    )  # fmt: skip


def _text(sent: Mapping[str, Any], name: str) -> str:
    value = sent.get(name) or ""
    if not isinstance(value, str) or "\x00" in value or len(value) > _LONGEST:
        raise ValueError(name)
    return value.strip()
