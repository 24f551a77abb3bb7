"""Samples of the addresses of tokens, held reports, submissions and what goes out of them."""

from __future__ import annotations

from typing import Any

from bulou.modules.collection.models import Form
from bulou.modules.collection.services.tokens import issue_token
from bulou.modules.operations.models import Operation
from bulou.platform.access.viewer import system
from tests.kit.collection import attach, submit, version_of
from tests.kit.samples import Sample, World

UNIT_CLERK = frozenset({"unit_clerk"})


def samples(world: World) -> dict[str, Sample]:
    """By name of the address."""
    here, there = (
        {
            "pk": issue_token(
                by=system("x"), kind="device", person=world.county.people_of(n)[1].pk, now=world.now
            ).token.pk
        }
        for n in (0, 2)
    )
    return {
        "own_token": Sample(status=405),
        "revoke_token": Sample(here, there, status=405, blind=UNIT_CLERK),
        **_sent(world),
    }


def _sent(world: World) -> dict[str, Sample]:
    operation = Operation.objects.create(
        key="sent", titles={"en": "Op"}, playbook="x", root=world.county.root, level="x", started_at=world.now
    )
    form = Form.objects.create(operation=operation, key="sent_form", title="Daily health report", made_at=world.now)
    version, one = version_of(form, world.now), {"pk": form.pk}
    rows: list[Any] = [
        submit(version, now=world.now, subject_kind="person", subject_id=world.county.people_of(n)[1].pk)
        for n in (0, 2)
    ]
    here, there = ({"pk": row.pk} for row in rows)
    files = [{"pk": row.pk, "file_id": attach(row, "a.jpg", b"\xff\xd8\xff", now=world.now).pk} for row in rows]
    return {
        **dict.fromkeys(("submissions", "export", "export_opened", "odata", "odata_metadata"), Sample(one)),
        "odata_table": Sample(one | {"name": "Submissions"}),
        **dict.fromkeys(("submission", "open_answers", "open_xml"), Sample(here, there, blind=UNIT_CLERK)),
        **dict.fromkeys(("file", "open_file"), Sample(*files, blind=UNIT_CLERK)),
    }
