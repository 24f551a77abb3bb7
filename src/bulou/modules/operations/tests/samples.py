"""Samples of the operations' addresses: one operation rooted at the cast's township, one at the neighbour's."""

from __future__ import annotations

from typing import Any

from bulou.modules.operations import services
from bulou.modules.operations.queries.playbooks import shipped
from tests.kit.samples import Sample, World

BOOK = """\
playbook: sample-book
version: 1
title: {{zh-Hans: 疫情防控, en: Outbreak response}}
root: "{root}"
languages: [zh-Hans, en]
levels:
  watch:
    title: {{zh-Hans: 三级, en: Level 3}}
units:
  {key}-hq: {{name: 疫情防控指挥部, kind: headquarters}}
"""


def samples(world: World) -> dict[str, Sample]:
    """By name of the address."""
    here, there = (_operation(world, key, town) for key, town in (("near", 0), ("far", 1)))

    def one(*names: str, status: int = 200) -> Sample:
        return Sample({name: here[name] for name in names}, {name: there[name] for name in names}, status=status)

    return {
        "activate": Sample(status=405),
        "playbook": Sample({"key": min(shipped())}),
        "operation": one("key"),
        "level": one("key"),
        "new_version": one("key"),
        "override": one("key", "section", "item"),
        **dict.fromkeys(("apply", "stand_down"), one("key", status=405)),
        "take_back": one("key", "pk", status=405),
    }


def _operation(world: World, key: str, town: int) -> dict[str, Any]:
    how = {"by": world.cast.chief.viewer, "why": "tests", "now": world.now}
    text = BOOK.format(root=world.county.towns[town].code, key=key)
    operation = services.activate_operation(key=key, text=text, level="watch", **how)
    item = f"{key}-hq"
    change = {"section": "units", "key": item, "field": "name", "value": "指挥部"}
    services.override_item(operation=operation, **change, **how)
    return {"key": key, "section": "units", "item": item, "pk": operation.overrides.get().pk}
