"""Giving tokens to devices, browsers and residents, and taking them back. The text of a token is given to the caller and kept nowhere."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from bulou.modules.collection.models import Token
from bulou.modules.collection.queries import tokens as queries
from bulou.modules.collection.rules import tokens as rules
from bulou.modules.registry.queries import offices, rosters, scopes
from bulou.platform import clock, vault
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal

ISSUE, FILL = "collection.issue_token", "collection.fill"
PURPOSE = "collection.token"
SHOWN_FOR = timedelta(minutes=10)
SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Issued:
    """A token just made: its row, and its text, shown this once."""

    token: Token
    text: str


@transaction.atomic
def issue_token(
    *, by: Viewer, kind: str, now: datetime, user: int | None = None, person: int | None = None, operation: int | None = None,
    form: int | None = None, label: str = "", language: str = "", expires_at: datetime | None = None, once: UUID | None = None,
) -> Issued:  # fmt: skip
    """A token (`device`, `browser` or `personal`) that acts as `user`, else as `person`; ids all of them. It opens until `expires_at`.

    Who may: anybody with collection.fill for oneself (not `personal`); else collection.issue_token with the person in reach, and for a
    user with an account none that reaches further than oneself. Out of reach: Http404. The same `once` from the same hand gives the same
    token within ten minutes, later `collection.token_shown`: it is shown once.
    """
    if person is None and user is not None:
        person = offices.person_of_user(user)
    _why_not_issue(by, kind, user, person, now)
    if expires_at is not None and expires_at <= now:
        raise Refusal("collection.token_over", _("It would be over before it begins."), field="expires_at")
    text = _text(by, once, (kind, user, person, operation, form))
    made, is_new = Token.objects.get_or_create(
        hash=queries.digest_of(text),
        defaults={
            "kind": kind, "user_id": user, "person_id": person, "operation_id": operation, "form_id": form, "label": label.strip()[:80],
            "language": language, "issued_at": now, "issuer_id": by.user_id, "issuer_name": by.name[:80], "expires_at": expires_at,
        },
    )  # fmt: skip
    if is_new:
        write(by=by, action="collection.token_issued", now=now, data={"token": made.pk, "kind": kind}, **_about(made))
    elif made.issued_at + SHOWN_FOR < now or made.revoked_at is not None:
        raise Refusal("collection.token_shown", _("This code was shown already, and is shown once. Make a new one."))
    return Issued(made, text)


@transaction.atomic
def issue_tokens(
    *, by: Viewer, people: Iterable[int], now: datetime, kind: str = "device", operation: int | None = None, form: int | None = None, label: str = "",
    language: str = "", expires_at: datetime | None = None, once: UUID | None = None,
) -> list[Issued]:  # fmt: skip
    """A token for each of these people, in their order (a unit's checkpoints, a village's residents). Somebody with an account gets one that acts
    with it. All or none; sent again within ten minutes it gives the same ones."""
    ids = list(dict.fromkeys(people))
    users = offices.users_of(ids)
    personal = kind == Token.Kind.PERSONAL
    return [
        issue_token(
            by=by, kind=kind, now=now, user=None if personal else users.get(one), person=one, operation=operation, form=form, label=label,
            language=language, expires_at=expires_at, once=once,
        )
        for one in ids
    ]  # fmt: skip


@transaction.atomic
def revoke_token(*, by: Viewer, token_id: int, now: datetime, why: str = "") -> Token:
    """Close a token for good: the device is told 403 from now on. Its own user, its issuer and whoever reaches its person may; else Http404.
    Closed already: nothing happens."""
    found = queries.tokens(by).select_for_update(of=("self",)).filter(pk=token_id).first()
    if found is None:
        raise Http404
    if found.revoked_at is not None:
        return found
    if len(why) > 400:
        raise Refusal("collection.reason_long", _("The reason is longer than 400 characters."), field="why")
    found.revoked_at, found.revoker_id, found.revoker_name = now, by.user_id, by.name[:80]
    found.save(update_fields=["revoked_at", "revoker_id", "revoker_name"])
    write(by=by, action="collection.token_revoked", now=now, why=why, data={"token": found.pk}, **_about(found))
    return found


_noted: dict[int, float] = {}


def note_seen(token_id: int, *, by: Viewer, now: datetime) -> None:
    """Keep that a token was used, `by` whom it acts as; no deed for the journal. Every five minutes at most
    for each process: a door with a thousand submissions a second writes no row for it."""
    ticks = clock.ticks()
    if ticks - _noted.get(token_id, -SEEN_EVERY.total_seconds()) < SEEN_EVERY.total_seconds():
        return
    if len(_noted) > 50_000:
        _noted.clear()
    _noted[token_id] = ticks
    Token.objects.filter(pk=token_id).update(seen_at=now)


def _why_not_issue(by: Viewer, kind: str, user: int | None, person: int | None, now: datetime) -> None:
    if user is None and person is None:
        raise Refusal("collection.token_nobody", _("Say for whom."), field="person")
    if by.is_system:
        return
    is_own = user == by.user_id if user is not None else person == by.person_id
    if is_own and by.user_id is not None and kind != Token.Kind.PERSONAL:
        by.need(FILL)
        return
    by.need(ISSUE)
    if person is None or not scopes.people(by, ISSUE).filter(pk=person, merged_into=None, forgotten_at=None).exists():
        raise Http404
    if user is not None and _reaches_beyond(by, user, now):
        words = _(
            "This person's account reaches further than yours. Let them make the code themselves, or ask the county."
        )
        raise Refusal("collection.token_beyond", words, field="person")


def _reaches_beyond(by: Viewer, user: int, now: datetime) -> bool:
    grants, _person = scopes.grants_of(user, now)
    theirs = Viewer(user, "", grants).scopes(FILL)
    mine = by.scopes(ISSUE)
    places = rosters.lineages("place", {one.place_id for one in theirs if one.place_id is not None})
    units = rosters.lineages("unit", {one.unit_id for one in theirs if one.unit_id is not None})
    return rules.reaches_beyond(theirs, mine, places, units)


def _text(by: Viewer, once: UUID | None, about: tuple[object, ...]) -> str:
    """Random; or, so that a form sent twice makes one token, out of the form's random key and the house's secret one."""
    if once is None:
        return queries.text_of(os.urandom(queries.BYTES))
    return queries.text_of(vault.blind(f"{once}:{by.user_id}:{about}", purpose=PURPOSE))


def _about(token: Token) -> dict[str, Any]:
    if token.person_id is not None:
        return {"kind": "registry.person", "subjects": [token.person_id]}
    return {"kind": "accounts.user", "subjects": [token.user_id]}
