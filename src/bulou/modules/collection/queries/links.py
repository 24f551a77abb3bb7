"""Personal links: what one opens, to whom they were given, who has opened and answered. Never their text: it is kept nowhere."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db.models import Max, QuerySet
from django.http import Http404

from bulou.modules.collection.models import Form, FormVersion, Submission, Token
from bulou.modules.collection.queries import entities, forms, tokens
from bulou.modules.collection.queries.runnable import body_of
from bulou.modules.collection.queries.senders import Sender
from bulou.modules.registry.queries import scopes
from bulou.platform import clock
from bulou.platform.access.viewer import Viewer

ISSUE = tokens.ISSUE
LINK = "link"


@dataclass(frozen=True, slots=True)
class Link:
    """What lies behind a link. `state`: open · over (its time) · revoked · closed (its form takes no more)."""

    token: Token
    state: str
    version: FormVersion | None = None

    @property
    def sender(self) -> Sender:
        """Who sends by it: the person, in this one form."""
        person = self.token.person
        assert person is not None  # collection_token_personal
        viewer = Viewer(None, person.name, (), person.pk)
        return Sender(
            self.token.pk,
            Token.Kind.PERSONAL,
            viewer,
            self.token.operation_id,
            self.token.form_id,
            person.pk,
            self.token.language,
        )

    @property
    def scope(self) -> str:
        """A name for what a phone keeps of it, from which nobody finds the link."""
        return sha256(b"scope" + bytes(self.token.hash)).hexdigest()[:20]


def link(text: str, now: datetime) -> Link | None:
    """The link behind a text, whether or not it still opens; None where there never was one, or its person was forgotten."""
    rows = Token.objects.select_related("person", "form", "operation").filter(kind=Token.Kind.PERSONAL)
    found = rows.filter(hash=tokens.digest_of(text)).first()
    if found is None or found.person is None or found.person.forgotten_at is not None:
        return None
    state = tokens.state_of(found, now)
    if state != "open":
        return Link(found, state)
    version = _version(found.form_id, now)
    return Link(found, "open" if version else "closed", version)


def _version(form_id: int | None, now: datetime) -> FormVersion | None:
    """The newest published version, while its form takes reports."""
    rows = FormVersion.objects.select_related("form").filter(form=form_id, published_at__lte=now)
    taking = rows.filter(form__state__in=(Form.State.OPEN, Form.State.CLOSING))
    return taking.order_by("-number").defer("xform", "source").first()


def page_of(found: Link, now: datetime) -> dict[str, Any]:
    """What the page of an open link needs: the form, whom it is about, and what was received by it today."""
    version, person = found.version, found.token.person
    assert version is not None
    assert person is not None
    subject = version.mapping.get("subject") or {}
    body = body_of(version)
    return body | {
        "prefill": {subject["path"]: str(person.uuid)} if subject.get("path") else {},
        "lists": {
            one["name"].removesuffix(".csv"): _only(person) if one["entities"] == entities.PEOPLE else []
            for one in body["media"]
            if one["entities"]
        },
        "person": hinted(person.name),
        "scope": found.scope,
        "received": received_today(found.token.pk, now),
    }


def _only(person: Any) -> list[dict[str, str]]:
    """The list of people of a link: its own, without what others might read there."""
    return [{"name": str(person.uuid), "label": hinted(person.name)}]


def received_today(token_id: int, now: datetime) -> dict[str, str] | None:
    """{"time", "instance"} of the last report received by a link on the local day of `now`; None where there is none."""
    last = (
        Submission.objects.filter(token_id=token_id, source=LINK)
        .order_by("-id")
        .values("instance_id", "received_at")
        .first()
    )
    if last is None or clock.local_day(last["received_at"]) != clock.local_day(now):
        return None
    return {"time": f"{last['received_at'].astimezone(clock.COUNTY_ZONE):%H:%M}", "instance": last["instance_id"]}


def hinted(name: str) -> str:
    """A name for whoever knows it already, on a page that others may find: its first character."""
    return f"{name[:1]}**"


def links(viewer: Viewer) -> QuerySet[Token]:
    """The links of people in reach, newest first."""
    return tokens.tokens(viewer).filter(kind=Token.Kind.PERSONAL)


def answered(token_ids: Collection[int]) -> dict[int, datetime]:
    """When each of these links was last answered, those that were."""
    rows = (
        Submission.objects.filter(token_id__in=token_ids, source=LINK)
        .values("token_id")
        .annotate(at=Max("received_at"))
    )
    return {row["token_id"]: row["at"] for row in rows.order_by() if row["token_id"] is not None}


def linkable(viewer: Viewer) -> list[tuple[Form, FormVersion]]:
    """The open forms for which the viewer may give links, with their newest version: about one person, and light."""
    rows = FormVersion.objects.filter(form__in=forms.forms(viewer, ISSUE), form__state=Form.State.OPEN).exclude(
        published_at=None
    )
    newest = (
        rows.select_related("form__operation").order_by("form", "-number").distinct("form").defer("xform", "source")
    )
    return [(one.form, one) for one in newest if is_linkable(one)]


def is_linkable(version: FormVersion) -> bool:
    """Whether a person may be asked to fill it alone: about a person, no list of others, shown by the light runner."""
    return (
        version.runner == "light"
        and (version.mapping.get("subject") or {}).get("kind") == "person"
        and not version.mapping.get("list")
    )


def people_of_place(viewer: Viewer, place_id: int) -> QuerySet[Any]:
    """The people living below a place, as far as the viewer may give them links, house by house; Http404 for a place out of reach."""
    if not scopes.places(viewer, ISSUE).filter(pk=place_id).exists():
        raise Http404
    living = scopes.people(viewer, ISSUE).filter(ends=None, merged_into=None, forgotten_at=None)
    return living.filter(place__lineage__contains=[place_id]).order_by("household__code", "name_key", "id")
