"""A form as the light runner is given it: the tree of a version with the rows of its lists in it, and nothing else of the form."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

from bulou.modules.collection.labels.light import sentences
from bulou.modules.collection.models import FormVersion, Media
from bulou.modules.collection.queries import forms, published
from bulou.modules.collection.queries.senders import Sender
from bulou.platform.access.viewer import Viewer


def fillable_version(sender: Sender, key: str, version: str | None, now: datetime) -> FormVersion | None:
    """The published version of a form this sender may fill at `now`; the newest where none is named. None where there is no such."""
    found = published.one(sender, now, key, version)
    return (
        None
        if found is None
        else FormVersion.objects.select_related("form").defer("xform", "source").get(pk=found.version_id)
    )


def preview(viewer: Viewer, pk: int) -> dict[str, Any]:
    """A version in reach, published or not, as the runner is given it, with `why_full` in sentences; Http404 otherwise."""
    version = forms.version(viewer, pk)
    return body_of(version) | {"why_full": sentences(version.why_full)}


def body_of(version: FormVersion) -> dict[str, Any]:
    """{"form": {id, version}, "title", "hash", "runner", "languages", "tree", "media"}.

    A list that is made for each worker (people, households) stays the name of its file: whoever opens the form gives it.
    """
    media = list(version.media.all())
    return {
        "form": {"id": version.form.key, "version": version.version},
        "title": version.title,
        "hash": version.digest,
        "runner": version.runner,
        "languages": version.languages,
        "tree": with_lists(version.tree, media),
        "media": [
            {"name": one.name, "type": one.content_type, "hash": one.digest, "entities": one.entities} for one in media
        ],
    }


def with_lists(tree: dict[str, Any], media: list[Media]) -> dict[str, Any]:
    """The tree with the rows of its .csv files in it."""
    files = {one.name: bytes(one.content) for one in media if one.content is not None}
    lists = dict(tree.get("instances") or {})
    for name, source in lists.items():
        if isinstance(source, dict) and (content := files.get(str(source.get("src", "")).rpartition("/")[2])):
            lists[name] = source | rows_of(content)
    return tree | ({"instances": lists} if lists else {})


def rows_of(content: bytes) -> dict[str, Any]:
    """{"columns", "rows"} of a .csv file as spreadsheets write it: UTF-8, with or without a mark of it."""
    rows = [row for row in csv.reader(io.StringIO(content.decode("utf-8-sig", errors="replace"))) if any(row)]
    return {"columns": rows[0] if rows else [], "rows": rows[1:]}
