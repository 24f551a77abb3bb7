"""The files that go with a version: lists to select from, images; and the lists the house makes for each worker, which have no content here."""

from __future__ import annotations

import csv
import io
import json
from hashlib import md5
from typing import Any

from django.utils.translation import gettext_lazy as _

from bulou.modules.collection.models import FormVersion, Media
from bulou.modules.collection.queries.forms import ENTITY_LISTS
from bulou.modules.collection.rules.faults import Refused
from bulou.modules.collection.rules.markup import parsed
from bulou.modules.collection.rules.tree import Tree, walk
from bulou.platform.refusals import Refusal

MOST_BYTES, MOST_OF_ALL = 10 * 1024 * 1024, 50 * 1024 * 1024
MOST_ROWS = 50_000
ITEMSETS = "itemsets.csv"
TYPES = {
    "csv": "text/csv", "geojson": "application/geo+json", "xml": "text/xml", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg",
    "gif": "image/gif", "webp": "image/webp", "mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg", "wav": "audio/wav", "mp4": "video/mp4",
    "3gp": "video/3gpp", "webm": "video/webm",
}  # fmt: skip


def put_made(row: FormVersion, itemsets: str) -> None:
    """The files that come with the form itself: the house's own lists it names, and the external choices pyxform wrote out."""
    wanted = row.tree.get("files", {})
    Media.objects.filter(version=row).exclude(name__in=list(wanted)).delete()
    for name in wanted:
        if name in ENTITY_LISTS:
            _save(row, name, {"entities": ENTITY_LISTS[name], "content_type": TYPES["csv"]})
    if itemsets:
        _keep(row, ITEMSETS, itemsets.encode())


def put(row: FormVersion, name: str, content: bytes) -> None:
    """Keep a file the form asks for. Refuses what it does not ask for, what the house makes, what is too large or no list."""
    wanted = row.tree.get("files", {})
    if name in ENTITY_LISTS:
        raise Refusal(
            "collection.file_ours",
            _("%(file)s is made for each worker by the system. Nothing is to be sent."),
            file=name,
        )
    if name not in wanted:
        raise Refusal(
            "collection.file_not_asked",
            _("This form does not ask for a file named %(file)s. It asks for: %(files)s."),
            file=name,
            files=", ".join(wanted) or "–",
        )
    others = sum(Media.objects.filter(version=row).exclude(name=name).values_list("size", flat=True))
    if len(content) > MOST_BYTES or others + len(content) > MOST_OF_ALL:
        raise Refusal(
            "collection.file_too_large",
            _("%(file)s is too large: at most %(most)s MB each and %(all)s MB together go to a phone."),
            file=name, most=MOST_BYTES >> 20, all=MOST_OF_ALL >> 20,
        )  # fmt: skip
    if wanted[name] == "list":
        _check_list(name, content, _columns(row.tree, name))
    _keep(row, name, content)


def _keep(row: FormVersion, name: str, content: bytes) -> None:
    kind = TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    digest = md5(content, usedforsecurity=False).hexdigest()
    _save(row, name, {"content": content, "content_type": kind, "digest": digest, "size": len(content)})


def _save(row: FormVersion, name: str, values: dict[str, Any]) -> None:
    Media.objects.update_or_create(version=row, name=name, defaults=values)


def _columns(tree: Tree, name: str) -> set[str]:
    """The columns the form's questions take from a list."""
    lists = {
        key
        for key, each in tree.get("instances", {}).items()
        if isinstance(each, dict) and each["src"].endswith(f"/{name}")
    }
    itemsets = (node.get("itemset", {}) for node in walk(tree["questions"]))
    return {
        itemset[what]
        for itemset in itemsets
        if itemset.get("instance") in lists
        for what in ("value", "label")
        if what in itemset
    }


def _check_list(name: str, content: bytes, columns: set[str]) -> None:
    ending = name.rpartition(".")[2].lower()
    try:
        if ending == "csv":
            _check_csv(name, content, columns)
        elif ending == "geojson":
            _check_geojson(name, content)
        else:
            parsed(content)
    except (UnicodeDecodeError, csv.Error, ValueError, RecursionError, Refused) as why:
        raise Refusal(
            "collection.file_no_list",
            _(
                "%(file)s cannot be read as a list. Save it as CSV in UTF-8 (in Excel: “CSV UTF-8”) with the headings in the first row."
            ),
            file=name,
        ) from why


def _check_csv(name: str, content: bytes, columns: set[str]) -> None:
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    heads = {head.strip() for head in next(rows, [])}
    if missing := sorted(columns - heads):
        raise Refusal(
            "collection.file_columns",
            _("%(file)s lacks the column %(missing)s, which the form takes from it. It has: %(heads)s."),
            file=name, missing=", ".join(missing), heads=", ".join(sorted(heads)) or "–",
        )  # fmt: skip
    _check_length(name, sum(1 for row in rows if any(row)))


def _check_geojson(name: str, content: bytes) -> None:
    found = json.loads(content)
    if not isinstance(found, dict) or not isinstance(found.get("features"), list):
        raise ValueError(name)
    _check_length(name, len(found["features"]))


def _check_length(name: str, rows: int) -> None:
    if rows > MOST_ROWS:
        raise Refusal(
            "collection.file_too_long",
            _("%(file)s has %(rows)s rows; at most %(most)s go to a phone."),
            file=name, rows=rows, most=MOST_ROWS,
        )  # fmt: skip
