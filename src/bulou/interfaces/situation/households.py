"""The step between a village and a person: its households with their figures, and one household's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from bulou.core.coverage import Figures
from bulou.interfaces.situation.asked import PLACE, Asked
from bulou.interfaces.situation.lines import Line
from bulou.modules.ledger.queries import homes, names
from bulou.modules.registry.queries import cards

SHOWN = 24
NONE = 0


@dataclass(frozen=True, slots=True)
class Households:
    """The households of a village, whoever lacks most first; `count` of them in all, and the heads that are named."""

    lines: list[Line] = field(default_factory=list)
    count: int = 0
    heads: tuple[int, ...] = ()

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.lines)


def households(asked: Asked, *, limit: int | None = SHOWN) -> Households:
    """Those of the node asked for; nothing where nobody there lives in one, and in the tree of units."""
    if asked.by != PLACE or not asked.node or asked.household_id is not None:
        return Households()
    found: dict[int, Figures] = {}
    for subject, figures in asked.subject_figures.items():
        home = asked.home_of(subject)
        found[home] = found[home] + figures if home in found else figures
    if not found.keys() - {NONE}:
        return Households()
    known = cards.homes(found.keys() - {NONE})
    order = sorted(
        found, key=lambda one: (one == NONE, -found[one].missing, -found[one].pending, known[one].code if one else "")
    )
    shown = order[:limit]
    titles = names.named(asked.viewer, "household", [one for one in shown if one])
    lines = [
        Line(one, titles[one][0] if one else _("In no household"), found[one], asked.to(household_id=one), note=_address(known.get(one)))
        for one in shown
    ]  # fmt: skip
    return Households(lines, len(order), tuple(known[one].head_id or 0 for one in shown if one and known[one].head_id))


def figures_of(asked: Asked, as_of: datetime | None) -> Figures:
    """The figures of the household asked for, at its node; Http404 where nobody of it is in reach there."""
    found = homes.subject_figures(
        asked.viewer, asked.operation.pk, asked.windows, now=asked.now, node_id=asked.node, duties=asked.duties, as_of=as_of,
        enrolments=asked.enrolments,
    )  # fmt: skip
    return sum(found.values(), Figures())


def name_of(asked: Asked) -> str:
    """What the household asked for is called: its head's name."""
    if not asked.household_id:
        return _("In no household")
    found = names.named(asked.viewer, "household", [asked.household_id])
    return _("Household of %(name)s") % {"name": found[asked.household_id][0]}


def _address(home: cards.Home | None) -> str:
    return (home.address or home.code) if home else ""
