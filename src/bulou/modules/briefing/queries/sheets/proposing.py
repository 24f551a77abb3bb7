"""Proposals for the empty cells of a file, with what the names in it mean in this operation."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bulou.modules.briefing.queries.sheets.catalogue import Catalogue
from bulou.modules.briefing.rules import cells, fillers
from bulou.modules.briefing.rules.cells import Spot, Tab, Workbook
from bulou.modules.briefing.rules.fillers import Mapped
from bulou.modules.briefing.rules.suggesting import (
    Meant,
    Node,
    Proposal,
    Vocabulary,
    left_words,
    meant,
    proposal,
    proposals,
)
from bulou.platform.spoken import said


@dataclass(frozen=True, slots=True)
class Offer:
    """A proposal of the sheet at `number`, and what its row means."""

    tab: str
    number: int
    proposal: Proposal
    meant: Meant

    @property
    def key(self) -> str:
        """Of the cell, in a form."""
        return f"use_{self.number}_{self.proposal.cell}"

    @property
    def head_key(self) -> str:
        """Of the heading: those of one column, or the label of a single cell."""
        return f"regime_{self.number}_{self.proposal.cell if self.is_single else self.proposal.at[1]}"

    @property
    def row_key(self) -> str:
        """Of the name: that of the row."""
        return f"node_{self.number}_{self.proposal.at[0]}"

    @property
    def is_single(self) -> bool:
        """Whether the cell has a label of its own, and no name of a place or unit."""
        return not self.proposal.names

    @property
    def is_figure(self) -> bool:
        """Whether it is a figure of reporting; else a date or words."""
        return self.proposal.fill in (fillers.STANDING, fillers.RATE)

    @property
    def is_sure(self) -> bool:
        """Whether nothing has to be asked."""
        return self.meant.is_all or self.meant.node is not None


def offers(book: Workbook, known: Catalogue, taken: Collection[tuple[str, str]]) -> list[Offer]:
    """One for each cell that waits and is understood; those already mapped are left out. Hidden sheets propose nothing."""
    words = vocabulary(known)
    found = []
    for number, tab in enumerate(book.tabs):
        for one in [] if tab.is_hidden else proposals(tab, words):
            if (tab.name, one.cell) not in taken:
                found.append(Offer(tab.name, number, one, meant(one.names, known.nodes)))
    return found


def guess(tab: Tab, at: Spot, known: Catalogue) -> Mapped | None:
    """What the words beside a cell propose for it; None where they propose nothing."""
    one = proposal(tab, at, vocabulary(known))
    if one is None or not one.fill:
        return None
    return mapped_of(tab.name, one, one.regime, meant(one.names, known.nodes).node)


def mapped_of(tab: str, one: Proposal, regime: str, node: Node | None) -> Mapped:
    """A proposal taken up: under this regime ('' = all), for this place or unit (None = everything)."""
    limits = {"by": node.by, "node": node.id} if node else {}
    under = {"regimes": [regime]} if regime else {}
    if one.fill == fillers.FACT:
        own, _colon, code = one.what.partition(":")
        return Mapped(tab, one.cell, one.fill, {"regimes": [own], "fact": code, **limits})
    if one.fill in (fillers.STANDING, fillers.RATE):
        return Mapped(
            tab, one.cell, one.fill, {"rate" if one.fill == fillers.RATE else "standing": one.what, **under, **limits}
        )
    return Mapped(tab, one.cell, one.fill, {"line": one.what} if one.fill == fillers.LINE else {})


def vocabulary(known: Catalogue) -> Vocabulary:
    """The words of an operation's own figures, in the language active now."""
    facts = [(title, fillers.FACT, f"{regime}:{code}") for (regime, code), title in known.facts.items()]
    lines = [(said(texts), fillers.LINE, key) for key, (texts, _definition) in known.lines.items()]
    return Vocabulary(
        {key: said(one) or key for key, one in known.regimes.items()},
        tuple(one for one in (*facts, *lines) if len(one[0]) > 2),
    )


def downwards(one: Mapped, tab: Tab, known: Catalogue) -> list[Mapped]:
    """The same for the cells below that wait, each for the place or unit its row names; a row in doubt, or a total, is left as it is."""
    start, words = cells.spot(one.cell), vocabulary(known)
    found = []
    for row in range(start[0] + 1, tab.rows + 1) if start else ():
        at = (row, start[1]) if start else (0, 0)
        mine = meant(left_words(tab, at, words), known.nodes)
        if tab.is_open(at) and mine.node is not None:
            given = {**one.given, "by": mine.node.by, "node": mine.node.id}
            found.append(Mapped(one.tab, cells.named(at), one.fill, given))
    return found
