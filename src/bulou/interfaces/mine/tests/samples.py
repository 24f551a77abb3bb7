"""Samples of my duties: the sheet of a village here and of the neighbour's."""

from __future__ import annotations

from uuid import uuid4

from bulou.interfaces.mine.tests.conftest import BY, set_up
from bulou.modules.ledger import services
from tests.kit.cast import NOW
from tests.kit.samples import Sample, World

UNIT_CLERK = frozenset({"unit_clerk"})


def samples(world: World) -> dict[str, Sample]:
    """By name of the address."""
    owed = set_up(world.county, world.cast)
    window = owed.window(owed.health).pk
    here, there = ({"window_id": window, "kind": "place", "node_id": world.county.villages[n].pk} for n in (0, 2))
    sheet = Sample(here, there, blind=UNIT_CLERK)
    mine = {"kind": "person", "subject_id": world.cast.village_clerk.person.pk}
    nobody = {"window_id": owed.window(owed.returnees).pk, "kind": "place", "subject_id": world.county.villages[0].pk}
    filing = services.Filing(uuid4(), world.county.people_of(0)[1].pk, {"well": True}, NOW)
    window = owed.window(owed.returnees).pk
    listed = {"window_id": window, "kind": "place", "subject_id": world.county.villages[0].pk}
    record = {"pk": services.file_record(by=BY, filing=filing, now=NOW).record_id}
    # Nobody's role alone opens a record: whoever files where its subject counts, or answers for them, does; to all others it is not there.
    files = dict.fromkeys(("chief", "duty_officer", "township_lead", "village_clerk", "medic"), 200)
    return {
        "record": Sample(record, status=404, answers=files),
        "correct": Sample(record, status=404, answers=files),
        "list": Sample(listed, status=404, answers=files),
        "find_for_list": Sample(listed, status=404, answers=files),
        "send_list": Sample(listed, status=405),
        "read_list": Sample(listed, status=405),
        "sheet": sheet,
        "paste": sheet,
        "sheet_state": sheet,
        "send_sheet": Sample(here, there, status=405, blind=UNIT_CLERK),
        "plead": Sample(mine, status=404),
        "take_back_request": Sample({"pk": 1}, status=405),
        "back": Sample({"pk": 1}, status=405),
        "report": Sample(mine, status=404),  # the table is asked on another day, when the clerk owes nothing
        "report_well": Sample(mine, status=405),
        "report_nobody": Sample(nobody, status=405),
    }
