"""Samples of the pages of forms: a published form of the cast's township, and a draft of the neighbour's."""

from __future__ import annotations

from bulou.modules.collection.models import Form, FormVersion, Media
from bulou.modules.operations.models import Operation
from tests.kit.samples import Sample, World

TREE = {"root": "data", "ns": "", "meta": "plain", "languages": [], "default": "", "title": "Daily", "questions": []}


def samples(world: World) -> dict[str, Sample]:
    """By name of the address."""
    rows = [_draft(world, number) for number in (0, 1)]
    here, there = ({"pk": row.form_id} for row in rows)
    version_here, version_there = ({"pk": row.pk} for row in rows)
    file_here, file_there = ({"pk": row.pk, "media_id": row.media.get().pk} for row in rows)
    wide = {"neighbour": 404}
    return {
        "form": Sample(here, there, blind=frozenset(wide)),
        "move": Sample(here | {"verb": "close"}, there | {"verb": "close"}, status=405),
        "publish": Sample(version_here, version_there, status=405),
        "map_answers": Sample(version_here, version_there),
        "add_media": Sample(version_here, version_there, status=405),
        "media": Sample(file_here, file_there, blind=frozenset(wide)),
        "xlsform": Sample(version_here, version_there, blind=frozenset(wide)),
        "xform": Sample(version_here, version_there, blind=frozenset(wide)),
    }


def _draft(world: World, number: int) -> FormVersion:
    operation = Operation.objects.create(
        key=f"forms-{number}",
        titles={"en": "Op"},
        playbook="x",
        root=world.county.towns[number],
        level="x",
        started_at=world.now,
    )
    form = Form.objects.create(operation=operation, key=f"sample-{number}", title="Daily", made_at=world.now)
    row = FormVersion.objects.create(
        form=form,
        version="1",
        number=1,
        title="Daily",
        xform=b"<x/>",
        digest="d",
        source=b"PK",
        source_name="daily.xlsx",
        tree=TREE,
        made_at=world.now,
    )
    Media.objects.create(version=row, name="towns.csv", content=b"name,label\n", content_type="text/csv", size=11)
    return row
