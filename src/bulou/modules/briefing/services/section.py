"""The section `briefing` of a playbook: what a schema cannot check. The parts themselves are kept by operations; nothing else is set up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bulou.modules.briefing.rules import parts
from bulou.platform.access.viewer import Viewer
from bulou.platform.playbooks import Change, Items, OperationRef, Problem


def check(items: Items, playbook: Mapping[str, Any]) -> list[Problem]:
    """Sentences that name no figure, keys used twice, limits that do not fit, units and regimes that stand nowhere."""
    found = list(_twice(items))
    known = {line["key"] for item in items.values() for line in item.get("lines", ())}
    for key, item in items.items():
        found += _of_part(key, item, known, playbook)
    return found


def apply(changes: Iterable[Change], *, operation: OperationRef, by: Viewer, now: datetime) -> None:
    """Nothing to set up: a briefing is read from the parts the operation has at that moment."""


def _twice(items: Items) -> Iterator[Problem]:
    seen: set[str] = set()
    for key, item in items.items():
        for number, line in enumerate(item.get("lines", ())):
            if line["key"] in seen:
                words = _("Two figures are called “%(key)s”.") % {"key": line["key"]}
                yield Problem(("briefing", key, "lines", number, "key"), words, f"{line['key']}_2")
            seen.add(line["key"])


def _of_part(key: str, item: Mapping[str, Any], known: set[str], playbook: Mapping[str, Any]) -> Iterator[Problem]:
    kind = item["kind"]
    for name in {"lines", "regimes", "names", "most"} - parts.OF_KIND[kind]:
        if name in item:
            words = _("A part of the kind “%(kind)s” has no “%(name)s”.") % {"kind": kind, "name": name}
            yield Problem(("briefing", key, name), words, ", ".join(sorted(parts.OF_KIND[kind])))
    if kind == parts.ORGANISATION and "lines" not in item:
        yield Problem(
            ("briefing", key),
            _("This part counts nothing: give it lines."),
            "lines: [{key: …, title: …, count: people}]",
        )
    if kind == parts.TEXT and "says" not in item:
        yield Problem(("briefing", key), _("This part says nothing: give it a text."), "says: {zh-Hans: …, en: …}")
    for language, text in (item.get("says") or {}).items():
        for name in parts.named_in(text):
            if name not in known:
                words = _("The sentence names “%(name)s”, which is no figure of this briefing.") % {"name": name}
                yield Problem(("briefing", key, "says", language), words, ", ".join(sorted(known)))
    for number, line in enumerate(item.get("lines", ())):
        yield from _of_line(("briefing", key, "lines", number), line, playbook)
    yield from _unknown(("briefing", key), item, "regimes", playbook.get("regimes") or {})
    yield from _unknown(("briefing", key), item, "names", playbook.get("counts") or {})


def _of_line(path: tuple[str | int, ...], line: Mapping[str, Any], playbook: Mapping[str, Any]) -> Iterator[Problem]:
    for name in parts.strays(line):
        words = _("“%(name)s” does not limit a count of %(count)s.") % {"name": name, "count": line["count"]}
        yield Problem((*path, name), words, ", ".join(sorted(parts.OF_COUNT[line["count"]])))
    for name in ("units", "below"):
        yield from _unknown(path, line, name, playbook.get("units") or {})


def _unknown(
    path: tuple[str | int, ...], item: Mapping[str, Any], name: str, known: Mapping[str, Any]
) -> Iterator[Problem]:
    for number, key in enumerate(item.get(name, ())):
        if key not in known:
            words = _("“%(key)s” stands nowhere in this playbook.") % {"key": key}
            yield Problem((*path, name, number), words, ", ".join(known))
