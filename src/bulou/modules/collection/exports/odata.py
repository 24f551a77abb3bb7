"""The OData v4 feed of a form: what there is ($metadata), the submissions and each repeat's rounds, a page at a time, by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import quoteattr

from django.db.models import F, Func, QuerySet, TextField
from django.db.models.functions import Cast

from bulou.modules.collection.exports.asked import Asked
from bulou.modules.collection.exports.copying import shown
from bulou.modules.collection.queries import submissions as queries
from bulou.modules.collection.rules import odata as rules
from bulou.modules.collection.rules.columns import Rounds, rounds_of
from bulou.platform.journal.services import note_look
from bulou.platform.pages.context import lent

MAIN = "Submissions"
PAGE = 2_000
_NAMESPACE = "bulou"
_COLUMNS = (
    "pk", "instance_id", "version_id", "number", "received_text", "happened_text", "sender_name", "source", "device", "is_held", "is_test", "answers",
    "subject_kind", "subject_id",
)  # fmt: skip
_FIELDS = {"id": "pk", "sender": "sender_name"}


def tables_of(asked: Asked) -> dict[str, Rounds | None]:
    """The entity sets by name: the submissions (None) and each repeat."""
    found: dict[str, Rounds | None] = {MAIN: None}
    for rounds in asked.of.shape.repeats:
        found[f"{MAIN}.{rounds.path.replace('/', '.')}"] = rounds
    return found


def service(asked: Asked, root: str) -> dict[str, Any]:
    """The service document."""
    sets = [{"name": name, "kind": "EntitySet", "url": name} for name in tables_of(asked)]
    return {"@odata.context": f"{root}$metadata", "value": sets}


def metadata(asked: Asked) -> str:
    """The document of $metadata (CSDL 4.0): the types, their keys, the way from a submission to its rounds."""
    types, sets = [], []
    for name, rounds in tables_of(asked).items():
        own = _properties(asked, rounds)
        keys = (
            '<PropertyRef Name="id"/>'
            if rounds is None
            else '<PropertyRef Name="submission_id"/><PropertyRef Name="round"/>'
        )
        lines = "".join(f"<Property Name={quoteattr(one)} Type={quoteattr(kind)}/>" for one, kind in own.items())
        links, binding = "", ""
        if rounds is None:
            for other, inner in tables_of(asked).items():
                if inner is not None and not inner.inside:
                    way = quoteattr(_way(inner))
                    links += (
                        f"<NavigationProperty Name={way} Type={quoteattr(f'Collection({_NAMESPACE}.{_type(other)})')}/>"
                    )
                    binding += f"<NavigationPropertyBinding Path={way} Target={quoteattr(other)}/>"
        types.append(f"<EntityType Name={quoteattr(_type(name))}><Key>{keys}</Key>{lines}{links}</EntityType>")
        sets.append(
            f"<EntitySet Name={quoteattr(name)} EntityType={quoteattr(f'{_NAMESPACE}.{_type(name)}')}>{binding}</EntitySet>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0"><edmx:DataServices>'
        f'<Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="{_NAMESPACE}">{"".join(types)}'
        f'<EntityContainer Name="house">{"".join(sets)}</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>'
    )


def page(asked: Asked, name: str, given: Mapping[str, str], root: str) -> dict[str, Any]:
    """One page of an entity set. Raises rules.Unsaid for what the feed does not understand, KeyError for a set there is not.

    Pages are by key ($skiptoken): new rows never move old ones. The look at everybody on the page is logged.
    """
    rounds = tables_of(asked)[name]
    if unknown := [one for one in given if one.startswith("$") and one not in rules.OPTIONS]:
        raise rules.Unsaid(unknown[0][:40])
    properties = _properties(asked, rounds)
    columns = rules.selected(given, list(properties))
    rows = _filtered(asked.rows, rules.filter_of(given.get("$filter", "")))
    body: dict[str, Any] = {"@odata.context": f"{root}$metadata#{name}"}
    if given.get("$count", "").lower() == "true":
        body["@odata.count"] = rows.order_by().count() if rounds is None else _count_rounds(rows, rounds)
    told, following = _told(asked, rows, rounds, given)
    body["value"] = [{key: one[key] for key in columns} for one in told] if columns != list(properties) else told
    if following is not None:
        kept = {key: value for key, value in given.items() if key not in ("$skip", "$skiptoken", "$count")}
        body["@odata.nextLink"] = f"{root}{name}?{urlencode({**kept, '$skiptoken': str(following)})}"
    for key, text in (("exercise", lent("exercise", asked.now)), ("journal_head", lent("seal_head"))):
        if text:
            body[f"@bulou.{key}"] = text
    return body


def _told(
    asked: Asked, rows: QuerySet[Any], rounds: Rounds | None, given: Mapping[str, str]
) -> tuple[list[dict[str, Any]], int | None]:
    """The rows of the page and the token of the next; $top and $skip of a repeat's table count its rounds."""
    top, skip, after = (rules.whole(given, name) for name in ("$top", "$skip", "$skiptoken"))
    limit = PAGE if rounds is not None or top is None else min(top, PAGE)
    ordered = rows.order_by("id") if after is None else rows.filter(pk__gt=after).order_by("id")
    first = 0 if rounds is not None else skip or 0
    told_times = ordered.annotate(received_text=_as_json("received_at"), happened_text=_as_json("happened_at"))
    found = list(told_times.values_list(*_COLUMNS)[first : first + limit + 1])
    more, found = len(found) > limit, found[:limit]
    _look(asked, found)
    states = _states(found)
    if rounds is None:
        questions = _questions(asked, None)
        versions = {one.pk: one.version for one in asked.of.versions}
        told = [_row(versions, one, states, questions) for one in found]
        return told, (found[-1][0] if more and (top is None or top > PAGE) and found else None)
    told = [line for one in found for line in _rounds(asked, one, rounds)]
    cut = told[skip or 0 :]
    if top is not None:
        return cut[:top], None if len(cut) >= top or not more else found[-1][0]
    return cut, found[-1][0] if more else None


def _properties(asked: Asked, rounds: Rounds | None) -> dict[str, str]:
    first = rules.META if rounds is None else {"submission_id": "Edm.Int64", "round": "Edm.String"}
    return first | {name: kind for _path, name, kind in _questions(asked, rounds)}


def _questions(asked: Asked, rounds: Rounds | None) -> list[tuple[str, str, str]]:
    """(path, property, type) of the answers; sensitive ones never go into a feed."""
    every = asked.of.shape.questions if rounds is None else rounds.questions
    found = [one for one in shown(asked, every) if not one.is_secret]
    taken = (
        [*rules.META, *(_way(one) for one in asked.of.shape.repeats)] if rounds is None else ["submission_id", "round"]
    )
    names = rules.names_of(found, taken)
    return [(one.path, names[one.path], rules.type_of(one)) for one in found]


def _row(
    versions: Mapping[int, str], row: Sequence[Any], states: Mapping[int, str], questions: Sequence[tuple[str, str, str]]
) -> dict[str, Any]:  # fmt: skip
    pk, instance_id, version_id, number, received_at, happened_at, sender, source, device, *_rest = row
    said = (row[11] or {}).get
    told = {
        "id": pk, "instance_id": instance_id, "version": versions.get(version_id, ""), "edits": number - 1 if number > 1 else 0,
        "received_at": received_at[1:-1], "happened_at": happened_at[1:-1], "sender": sender, "source": source, "device": device,
        "state": states[pk],
    }  # fmt: skip
    for path, name, kind in questions:
        text = said(path)
        told[name] = text if kind == "Edm.String" and isinstance(text, str) else rules.value_of(kind, text)
    return told


def _as_json(field: str) -> Cast:
    """A moment as JSON writes it, made in the database: five hundred a page are read and written for nothing otherwise."""
    return Cast(Func(F(field), function="to_json"), TextField())


def _rounds(asked: Asked, row: Sequence[Any], rounds: Rounds) -> list[dict[str, Any]]:
    questions, found = _questions(asked, rounds), []
    for numbers, own in rounds_of(row[11] or {}, rounds.path):
        told: dict[str, Any] = {"submission_id": row[0], "round": ".".join(map(str, numbers))}
        found.append(told | {name: rules.value_of(kind, own.get(path)) for path, name, kind in questions})
    return found


def _states(found: Sequence[Sequence[Any]]) -> dict[int, str]:
    waits = queries.waiting({row[0] for row in found if row[9]})
    gone = {row[0] for row in found if row[11] is None}
    return {
        row[0]: "forgotten"
        if row[0] in gone
        else "test"
        if row[10]
        else ("held" if row[0] in waits else "settled")
        if row[9]
        else "received"
        for row in found
    }


def _filtered(rows: QuerySet[Any], terms: Sequence[rules.Term]) -> QuerySet[Any]:
    for term in terms:
        field = _FIELDS.get(term.field, term.field)
        how = {field: term.value} if term.how == "ne" else {f"{field}__{rules.COMPARED[term.how]}": term.value}
        rows = rows.exclude(**how) if term.how == "ne" else rows.filter(**how)
    return rows


def _count_rounds(rows: QuerySet[Any], rounds: Rounds) -> int:
    every = rows.order_by("id").values_list("answers", flat=True).iterator(chunk_size=PAGE)
    return sum(sum(1 for _one in rounds_of(answers or {}, rounds.path)) for answers in every)


def _look(asked: Asked, found: Sequence[Sequence[Any]]) -> None:
    people = sorted({row[13] for row in found if row[12] == "person" and row[13] is not None})
    if people:
        note_look(
            by=asked.viewer, kind="registry.person", subjects=people, what="feed", now=asked.now, why="collection.odata"
        )


def _way(rounds: Rounds) -> str:
    return rounds.path.replace("/", "_").replace("-", "_") + "_rounds"


def _type(name: str) -> str:
    return name.replace(".", "_").replace("-", "_")
