"""Giving personal links to residents: one form, about oneself, for some days. The text goes onto paper and is kept nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from bulou.modules.collection.models import FormVersion, Token
from bulou.modules.collection.queries import links as queries
from bulou.modules.collection.queries import tokens as texts
from bulou.modules.collection.services.tokens import PURPOSE, SHOWN_FOR
from bulou.modules.registry.queries import scopes
from bulou.platform import vault
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal

MOST_DAYS, MOST_PEOPLE = 90, 3_000


@dataclass(frozen=True, slots=True)
class IssuedLink:
    """A link just made: its row, and its text, shown this once."""

    token: Token
    text: str


@transaction.atomic
def issue_links(
    *, by: Viewer, form_id: int, people: Sequence[int], days: int, once: UUID, now: datetime, language: str = ""
) -> list[IssuedLink]:  # fmt: skip
    """A link for each of these people, in their order, open for `days` from `now`; what they had for this form before ends.

    Out of reach, form or person: Http404, and nobody gets one. The same `once` from the same hand gives the same links within ten minutes
    and changes nothing; later `collection.token_shown`. Refuses `collection.link_form`, `collection.link_days`, `collection.link_nobody`,
    `collection.link_many`, `collection.link_language`.
    """
    by.need(queries.ISSUE)
    version = _version(by, form_id)
    ids = list(dict.fromkeys(people))
    _why_not(version, ids, days, language)
    reach = scopes.people(by, queries.ISSUE).filter(merged_into=None, forgotten_at=None, pk__in=ids)
    if set(reach.values_list("pk", flat=True)) != set(ids):
        raise Http404
    written = {pk: _text(by, once, form_id, pk) for pk in ids}
    made = _standing(written, now) or _made(by, version, written, now + timedelta(days=days), language, now)
    return [IssuedLink(made[pk], written[pk]) for pk in ids]


def _version(by: Viewer, form_id: int) -> FormVersion:
    found = next((version for form, version in queries.linkable(by) if form.pk == form_id), None)
    if found is not None:
        return found
    if not queries.forms.forms(by, queries.ISSUE).filter(pk=form_id).exists():
        raise Http404
    raise Refusal(
        "collection.link_form",
        _("Links are for open forms about one person that the light page shows. This one is not."),
        field="form",
    )


def _why_not(version: FormVersion, ids: list[int], days: int, language: str) -> None:
    if not 1 <= days <= MOST_DAYS:
        raise Refusal("collection.link_days", _("A link opens for 1 to %(most)s days."), field="days", most=MOST_DAYS)
    if not ids:
        raise Refusal("collection.link_nobody", _("Nobody lives there whom you may give a link."), field="place")
    if len(ids) > MOST_PEOPLE:
        raise Refusal(
            "collection.link_many", _("At most %(most)s people at once. Take one village after the other."), field="place", most=MOST_PEOPLE
        )  # fmt: skip
    if language and language not in version.languages:
        raise Refusal("collection.link_language", _("The form does not speak this language."), field="language")


def _text(by: Viewer, once: UUID, form_id: int, person_id: int) -> str:
    """Out of the form's random key and the house's secret one, so that a page sent twice makes one link."""
    return texts.text_of(vault.blind(f"link:{once}:{by.user_id}:{form_id}:{person_id}", purpose=PURPOSE))


def _standing(written: dict[int, str], now: datetime) -> dict[int, Token]:
    """The links made when this was sent the first time."""
    digests = [texts.digest_of(text) for text in written.values()]
    found = {row.person_id: row for row in Token.objects.filter(hash__in=digests)}
    if any(row.issued_at + SHOWN_FOR < now or row.revoked_at is not None for row in found.values()):
        raise Refusal("collection.token_shown", _("This code was shown already, and is shown once. Make a new one."))
    return found  # type: ignore[return-value]  # a personal link has a person


def _made(
    by: Viewer, version: FormVersion, written: dict[int, str], until: datetime, language: str, now: datetime
) -> dict[int, Token]:
    about = {
        "kind": Token.Kind.PERSONAL, "operation_id": version.form.operation_id, "form_id": version.form_id, "language": language,
        "issued_at": now, "issuer_id": by.user_id, "issuer_name": by.name[:80], "expires_at": until, "label": version.title[:80],
    }  # fmt: skip
    ended = _end_former(by, version.form_id, list(written), now)
    rows = [Token(hash=texts.digest_of(text), person_id=pk, **about) for pk, text in written.items()]
    made = Token.objects.bulk_create(rows, batch_size=1000)
    data = {"form": version.form_id, "count": len(made), "until": until.isoformat(), "ended": ended}
    write(by=by, action="collection.links_issued", kind="registry.person", subjects=list(written), now=now, data=data)
    return {row.person_id: row for row in made if row.person_id is not None}


def _end_former(by: Viewer, form_id: int, people: list[int], now: datetime) -> int:
    """One link for a person and a form: the lost sheet opens no more."""
    open_ones = Token.objects.filter(
        kind=Token.Kind.PERSONAL, form=form_id, person__in=people, revoked_at=None, expires_at__gt=now
    )
    return open_ones.update(revoked_at=now, revoker_id=by.user_id, revoker_name=by.name[:80])
