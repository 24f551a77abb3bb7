"""The rows behind a figure, with the names the viewer may read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bulou.modules.briefing.queries.counting import Asking, windows_named
from bulou.modules.ledger.queries import standings, trees
from bulou.modules.registry.queries import organisation
from bulou.modules.registry.queries.units import name_for
from bulou.modules.registry.rules.people import masked_name
from bulou.platform.access.viewer import Viewer


def standing_page(
    asking: Asking, parameters: Mapping[str, Any], *, after: Any = None, limit: int = 50
) -> standings.Page:
    """So many obligations of a standing on a day, window by window, in the order of the place tree. Whoever shows it logs the look."""
    day, mine = date.fromisoformat(parameters["day"]), asking.regimes()
    start, end = trees.day_span(asking.operation.pk, day)
    ids = [mine[key].pk for key in parameters["regimes"] if key in mine]
    name, node = parameters.get("window", ""), parameters.get("node")
    windows, duties = windows_named(asking, day, ids, name), None if name else (ids, start, end)
    return standings.standing_page(
        asking.viewer, asking.operation.pk, windows, now=asking.now, standing=parameters["standing"], node_id=int(node) if node else None,
        by=parameters.get("by", "place"), duties=duties, as_of=asking.as_of, after=after, limit=limit,
    )  # fmt: skip


def put_people(viewer: Viewer, people: Sequence[Any], seats: Any = None) -> None:
    """Give each row `said_name` (masked for whom its row is not to be seen), `is_open` and `said_units`."""
    ids = [one.pk for one in people]
    seen = organisation.readable(viewer, ids)
    units = organisation.units_of_people(seats, ids) if seats is not None else {}
    for one in people:
        one.is_open = one.pk in seen
        one.said_name = name_for(viewer, one) if one.is_open else masked_name(one.name)
        one.said_units = units.get(one.pk, [])


def put_seat_names(viewer: Viewer, seats: Sequence[Any]) -> None:
    """Give each row `said_name`."""
    seen = organisation.readable(viewer, [one.person_id for one in seats])
    for one in seats:
        one.said_name = name_for(viewer, one.person) if one.person_id in seen else masked_name(one.person.name)
