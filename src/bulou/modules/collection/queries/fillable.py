"""The forms a sender may fill now, with what a field page has to know of each before it opens one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bulou.modules.collection.models import Form, FormVersion
from bulou.modules.collection.queries.senders import Sender
from bulou.modules.ledger.queries.duties import OwedNow, duties_of

FILL = "collection.fill"
YES = ("yes", "true", "1", "y")


@dataclass(frozen=True, slots=True)
class Fillable:
    """The newest published version of an open form. `subject` is the kind it is about ("" = it answers nothing), `path` the question that
    says who; `facts` the codes it states. `well` = {path, value}: answering this one question with this value says that somebody is well."""

    key: str
    version: str
    digest: str
    runner: str
    title: str
    operation: Any
    languages: tuple[str, ...]
    subject: str
    path: str
    facts: frozenset[str]
    is_list: bool
    well: Mapping[str, str] | None

    def answers(self, kind: str, asks: Collection[str]) -> bool:
        """Whether a report in this form answers what asks these facts about a subject of this kind."""
        return self.subject == kind and set(asks) <= self.facts


def fillable(sender: Sender, now: datetime) -> list[Fillable]:
    """The forms of the sender's operations that are open, newest published version each, by key.

    Whoever may fill forms in an operation sees all of its forms; whoever only owes something there those that answer it; a personal link its own.
    """
    rows = FormVersion.objects.filter(published_at__lte=now, form__state=Form.State.OPEN).select_related(
        "form__operation"
    )
    if sender.form_id is not None:
        rows = rows.filter(form=sender.form_id)
    if sender.operation_id is not None:
        rows = rows.filter(form__operation=sender.operation_id)
    newest = rows.order_by("form__key", "-number").distinct("form__key").defer("xform", "source")
    grants = sender.viewer.scopes(FILL)
    duties = duties_of(sender.viewer, now=now)
    return [one for one in map(_fillable, newest) if _may(one, grants, duties) or sender.form_id is not None]


def _may(one: Fillable, grants: Sequence[Any], duties: Sequence[OwedNow]) -> bool:
    if any(grant.operation_id in (None, one.operation.pk) for grant in grants):
        return True
    mine = [duty for duty in duties if duty.regime.operation_id == one.operation.pk]
    return any(one.answers(duty.subject_kind, duty.asks) for duty in mine)


def _fillable(row: FormVersion) -> Fillable:
    subject = row.mapping.get("subject") or {}
    facts = dict(row.mapping.get("facts") or {})
    listed = row.mapping.get("list") or {}
    return Fillable(
        row.form.key, row.version, row.digest, row.runner, row.title, row.form.operation, tuple(row.languages),
        subject.get("kind", ""), subject.get("path", ""), frozenset(facts) | frozenset(listed.get("facts") or {}), bool(listed),
        _well(row.tree, facts.get("well", "")) if subject.get("kind") == "person" and not listed else None,
    )  # fmt: skip


def _well(tree: Mapping[str, Any], path: str) -> Mapping[str, str] | None:
    """How the question mapped to `well` is answered with yes: only where it is a choice that offers one."""
    for node in _walked(tree.get("questions", ())):
        if path and node["path"] == path:
            names = [str(one["name"]) for one in node.get("choices", ())]
            return next(({"path": path, "value": name} for name in names if name.lower() in YES), None)
    return None


def _walked(nodes: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for node in nodes:
        yield node
        yield from _walked(node.get("children", ()))
