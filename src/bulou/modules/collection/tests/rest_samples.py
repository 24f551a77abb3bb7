"""Samples of the addresses of tokens, held reports, submissions and what goes out of them."""

from __future__ import annotations

from typing import Any

from bulou.modules.collection.models import Form, FormVersion, Submission
from bulou.modules.collection.services.tokens import issue_token
from bulou.modules.operations.models import Operation
from bulou.platform.access.viewer import system
from tests.kit.collection import attach, hold, submit, version_of
from tests.kit.samples import Sample, World

UNIT_CLERK = frozenset({"unit_clerk"})
FINDERS = ("find_person_held", "find_household_held", "find_place_held", "find_unit_held")


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
        **dict.fromkeys(FINDERS, Sample()),
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
    waits = [
        {"pk": hold(row, "subject", now=world.now, place_id=world.county.villages[n].pk).pk}
        for row, n in zip(_strays(world, version), (0, 2), strict=True)
    ]
    return {
        "held_one": Sample(*waits, blind=UNIT_CLERK),
        "assign": Sample(*waits, blind=UNIT_CLERK),
        "settle": Sample(*({**one, "verb": "aside"} for one in waits), status=405, blind=UNIT_CLERK),
        "propose": Sample(*({**one, "subject_id": 0} for one in waits), status=405, blind=UNIT_CLERK),
        "join_held": Sample(*({**one, "parent_id": 0} for one in waits), status=405, blind=UNIT_CLERK),
        **dict.fromkeys(("submissions", "export", "export_opened", "odata", "odata_metadata"), Sample(one)),
        "odata_table": Sample(one | {"name": "Submissions"}),
        **dict.fromkeys(("submission", "open_answers", "open_xml"), Sample(here, there, blind=UNIT_CLERK)),
        **dict.fromkeys(("file", "open_file"), Sample(*files, blind=UNIT_CLERK)),
    }


def _strays(world: World, version: FormVersion) -> list[Submission]:
    xml = b'<data id="sent_form" version="1"><person_id>x</person_id><meta><instanceID>i</instanceID></meta></data>'
    return [submit(version, now=world.now, xml=xml, is_held=True) for _ in range(2)]
