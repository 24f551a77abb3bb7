"""The floor plan, lowest floor first: the one shared file that a new module changes.

A module may import the modules on floors below it, never one above it nor a neighbour on its own floor.
Floor numbers are those of docs/map.md; to add a module, add its name to its floor's line.
"""

FLOORS: dict[int, tuple[str, ...]] = {
    1: ("registry",),
    2: ("operations",),
    3: ("ledger",),
    4: ("alerts", "collection"),
    5: (),
    6: (),
    7: (),
    8: (),
    9: ("briefing",),
}

MODULES: tuple[str, ...] = tuple(name for floor in sorted(FLOORS) for name in FLOORS[floor])


def floor_of(module: str) -> int:
    """The floor a module stands on; KeyError if it is not on the plan."""
    for floor, names in FLOORS.items():
        if module in names:
            return floor
    raise KeyError(module)
