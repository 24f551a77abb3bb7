"""Documents, telephones and relatives of a person, and the logged look at an identity number."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from bulou.modules.registry.models import Document, Person, Phone, Relation
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.rules import identity, people
from bulou.modules.registry.services.people_checks import Paper, check_choice, check_paper, check_phone
from bulou.modules.registry.services.people_duplicates import propose_for
from bulou.modules.registry.services.people_keys import PURPOSE, seal_paper
from bulou.modules.registry.services.people_versions import check_version, hold_person, note_version
from bulou.platform import clock, vault
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import note_look, write
from bulou.platform.refusals import Refusal

SHORTEST_REASON = 2
MOST_PHONES = 8


@transaction.atomic
def put_document(
    person_id: int, paper: Paper, *, by: Viewer, version: int, now: datetime, why: str = "", is_synthetic: bool = False
) -> Document:
    """Give a person a document; one of the same kind that was there ends and stays. The same number again changes nothing.

    A resident number fills in birth date and sex where they are unknown. Somebody else with the number: the pair is proposed as one person.
    """
    person = hold_person(person_id, by=by)
    paper = check_paper(paper, today=clock.local_day(now), synthetic=is_synthetic)
    sealed = seal_paper(paper, person.uuid)
    former = list(Document.objects.select_for_update().filter(person=person, kind=paper.kind, ends=None))
    for document in former:
        if bytes(document.digest) == sealed.digest:
            return document
    check_version(person, version)
    Document.objects.filter(pk__in=[document.pk for document in former]).update(ends=now)
    fields = {name: getattr(sealed, name) for name in ("kind", "about", "sealed", "digest", "masked", "tail")}
    document = Document.objects.create(person=person, starts=now, **fields)
    before, after = _learn(person, paper)
    before["document"] = [old.masked for old in former]
    note_version(person, "document", before, after | {"document": [document.masked]}, by=by, now=now, why=why)
    propose_for([person.pk], now=now)
    _journal(
        "registry.document_put", person, by=by, now=now, why=why, data={"kind": paper.kind, "document": document.pk}
    )
    return document


@transaction.atomic
def end_document(
    person_id: int, document_id: int, *, by: Viewer, now: datetime, no_document: str = "", why: str = ""
) -> None:
    """Take a document away from a person: it is not theirs, or is no longer valid. It stays, ended. `no_document` says why there is none."""
    person = hold_person(person_id, by=by)
    check_choice("no_document", no_document, identity.WHY_NONE)
    document = Document.objects.select_for_update().filter(pk=document_id, person=person).first()
    if document is None:
        raise Http404
    if document.ends is not None:
        return
    document.ends = now
    document.save(update_fields=["ends"])
    before = {"document": [document.masked], "no_document": person.no_document}
    person.no_document = no_document
    person.save(update_fields=["no_document"])
    note_version(person, "document", before, {"document": [], "no_document": no_document}, by=by, now=now, why=why)
    _journal(
        "registry.document_ended",
        person,
        by=by,
        now=now,
        why=why,
        data={"kind": document.kind, "document": document.pk},
    )


@transaction.atomic
def set_phones(
    person_id: int, numbers: list[str], *, by: Viewer, version: int, now: datetime, why: str = ""
) -> list[Phone]:
    """Write a person's telephone numbers, the first to be called first; gives them. A number several people share is normal."""
    person = hold_person(person_id, by=by)
    wanted = list(dict.fromkeys(check_phone(number) for number in numbers if number.strip()))
    if len(wanted) > MOST_PHONES:
        raise Refusal(
            "registry.many_phones",
            _("%(most)s telephone numbers are enough for one person."),
            field="phones",
            most=MOST_PHONES,
        )
    held = list(Phone.objects.filter(person=person).order_by("rank", "id"))
    if [phone.number for phone in held] == wanted:
        return held
    check_version(person, version)
    Phone.objects.filter(person=person).delete()
    made = Phone.objects.bulk_create(
        Phone(person=person, number=number, tail=people.phone_tail(number), rank=rank)
        for rank, number in enumerate(wanted, start=1)
    )
    before = {"phones": [phone.number for phone in held]}
    note_version(person, "phones", before, {"phones": wanted}, by=by, now=now, why=why)
    propose_for([person.pk], now=now)
    _journal("registry.phones_set", person, by=by, now=now, why=why)
    return made


@transaction.atomic
def add_relative(person_id: int, relative_id: int, kind: str, *, by: Viewer, now: datetime) -> Relation:
    """Note that `relative_id` is the person's `kind` (parent, child, spouse …). Both within reach; noted once, seen from both sides."""
    person = hold_person(person_id, by=by)
    relative = scopes.people(by, "registry.edit_person").filter(pk=relative_id, merged_into=None).first()
    if relative is None:
        raise Http404
    check_choice("kind", kind or "?", people.KIN)
    if relative.pk == person.pk:
        raise Refusal("registry.own_relative", _("Nobody is a relative of themselves."), field="relative")
    same = Q(person=person, relative=relative, kind=kind) | Q(
        person=relative, relative=person, kind=people.opposite(kind)
    )
    held = Relation.objects.filter(same, ends=None).first()
    if held is not None:
        return held
    made = Relation.objects.create(person=person, relative=relative, kind=kind, starts=now)
    write(
        by=by, action="registry.relative_added", kind="registry.person", subjects=[person.pk, relative.pk], now=now,
        place_id=person.place_id, data={"kind": kind},
    )  # fmt: skip
    return made


@transaction.atomic
def end_relative(person_id: int, relation_id: int, *, by: Viewer, now: datetime) -> None:
    """End a relation of this person, from whichever side it was noted. It stays, ended."""
    person = hold_person(person_id, by=by)
    mine = Q(person=person) | Q(relative=person)
    relation = Relation.objects.select_for_update().filter(mine, pk=relation_id).first()
    if relation is None:
        raise Http404
    if relation.ends is None:
        relation.ends = now
        relation.save(update_fields=["ends"])
        subjects = [relation.person_id, relation.relative_id]
        write(
            by=by,
            action="registry.relative_ended",
            kind="registry.person",
            subjects=subjects,
            now=now,
            data={"kind": relation.kind},
        )


@transaction.atomic
def reveal_identity(person_id: int, *, by: Viewer, why: str, now: datetime) -> list[tuple[Document, str]]:
    """The numbers of a person's documents in full, current ones first. The reason is logged before anything is shown, always."""
    by.need("registry.view_identity")
    person = scopes.people(by, "registry.view_identity").filter(pk=person_id, forgotten_at=None).first()
    if person is None:
        raise Http404
    check_reason(why)
    note_look(by=by, kind="registry.person", subjects=[person.pk], what="identity_number", now=now, why=why.strip())
    documents = Document.objects.filter(person=person).order_by("ends", "-id")
    ordered = sorted(documents, key=lambda document: document.ends is not None)
    return [(document, vault.unseal(document.sealed, purpose=PURPOSE, about=document.about)) for document in ordered]


@transaction.atomic
def reveal_name(person_id: int, *, by: Viewer, why: str, now: datetime) -> None:
    """Log the reason for which somebody who sees names masked (an auditor) opens this one. Out of scope: Http404."""
    by.need("registry.view_person")
    if not scopes.people(by).filter(pk=person_id).exists():
        raise Http404
    check_reason(why)
    note_look(by=by, kind="registry.person", subjects=[person_id], what="name", now=now, why=why.strip())


def check_reason(why: str) -> None:
    """Refuse a reason that is none."""
    if len(why.strip()) < SHORTEST_REASON:
        raise Refusal(
            "registry.reason_needed",
            _("Give the reason; it is kept beside your name, and the person may ask for it."),
            field="why",
        )
    if len(why) > 400 or people.why_not_line(why, longest=400):
        raise Refusal("registry.reason_long", _("The reason has at most 400 printable characters."), field="why")


def _learn(person: Person, paper: Paper) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a resident number tells that was not known; the reason for having no document is gone."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    told: dict[str, Any] = {"no_document": ""} if person.no_document else {}
    if paper.kind == identity.RESIDENT:
        read = identity.read_resident(paper.number)
        told |= {
            name: value for name, value in (("born_on", read.born_on), ("sex", read.sex)) if not getattr(person, name)
        }
    for name, value in told.items():
        before[name], after[name] = getattr(person, name), value
        setattr(person, name, value)
    if told:
        person.save(update_fields=list(told))
    return before, after


def _journal(
    action: str, person: Person, *, by: Viewer, now: datetime, why: str, data: dict[str, Any] | None = None
) -> None:
    write(
        by=by,
        action=action,
        kind="registry.person",
        subjects=[person.pk],
        now=now,
        place_id=person.place_id,
        why=why,
        data=data,
    )
