"""The page on which proposals for a sheet are confirmed: each heading, each name, each cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bulou.modules.briefing.forms.sheets import node_choices
from bulou.modules.briefing.queries.sheets import titles
from bulou.modules.briefing.queries.sheets.catalogue import Catalogue
from bulou.modules.briefing.queries.sheets.proposing import Offer, mapped_of
from bulou.modules.briefing.rules.fillers import Mapped
from bulou.modules.briefing.rules.suggesting import Node
from bulou.platform.pages.forms import Form
from bulou.platform.spoken import said

MOST_OFFERS = 1_500


@dataclass(slots=True)
class Matrix:
    """The proposals of one sheet: headings across, rows down; `singles` are cells with a label of their own."""

    tab: str
    heads: list[tuple[str, str, Any]] = field(default_factory=list)
    rows: list[tuple[str, Any, list[Any]]] = field(default_factory=list)
    singles: list[tuple[Offer, str, Any, Any]] = field(default_factory=list)


class SuggestForm(Form):
    """Proposals to confirm. A name in doubt is asked, and its row is left empty until somebody says, ticked or not."""

    def __init__(self, *args: Any, known: Catalogue, offers: list[Offer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known, self.offers = known, offers[:MOST_OFFERS]
        self._regimes = [("", _("All regimes")), *((key, said(one) or key) for key, one in known.regimes.items())]
        for offer in self.offers:
            self._add(offer)

    def _add(self, offer: Offer) -> None:
        self.fields[offer.key] = forms.BooleanField(required=False, initial=True)
        if offer.is_figure:
            self.fields.setdefault(
                offer.head_key,
                forms.ChoiceField(choices=self._regimes, required=False, initial=offer.proposal.regime),
            )
        if not offer.meant.is_all:
            initial = offer.meant.node.code if offer.meant.node else ""
            choices = [("", _("in doubt: choose")), *self._nodes(offer)]
            self.fields.setdefault(offer.row_key, forms.ChoiceField(choices=choices, required=False, initial=initial))

    def _nodes(self, offer: Offer) -> Iterator[tuple[Any, Any]]:
        """The likely ones, then towns and units; a village nobody thought of is chosen at its cell."""
        likely = offer.meant.likely
        if likely:
            yield _("Likely"), [(one.code, _title(one)) for one in likely]
        held = {one.code for one in likely}
        for title, some in node_choices(self.known):
            left = [(code, name) for code, name in some if code not in held and self._is_offered(code)]
            if left:
                yield title, left

    def _is_offered(self, code: str) -> bool:
        return any(one.code == code and one.level != "village" for one in self.known.nodes)

    @property
    def chosen(self) -> list[Mapped]:
        """What was confirmed, of a valid form: ticked, and of a row whose name is clear."""
        found = []
        for one in self.offers:
            node = "" if one.meant.is_all else self.cleaned_data.get(one.row_key, "")
            if self.cleaned_data.get(one.key) and (one.meant.is_all or node):
                found.append(self._mapped(one, node))
        return found

    def _mapped(self, one: Offer, code: str) -> Mapped:
        node = next((each for each in self.known.nodes if each.code == code), None)
        return mapped_of(one.tab, one.proposal, self.cleaned_data.get(one.head_key, ""), node)

    @property
    def matrices(self) -> list[Matrix]:
        """The proposals as tables to show."""
        found: dict[str, Matrix] = {}
        for one in self.offers:
            matrix = found.setdefault(one.tab, Matrix(one.tab))
            if one.is_single:
                regime = self[one.head_key] if one.is_figure else None
                matrix.singles.append((one, self._title(one), self[one.key], regime))
        for matrix in found.values():
            self._lay_out(matrix, [one for one in self.offers if one.tab == matrix.tab and not one.is_single])
        return list(found.values())

    def _lay_out(self, matrix: Matrix, offers: list[Offer]) -> None:
        heads = {one.head_key: one for one in offers}
        matrix.heads = [
            (one.proposal.heading, self._title(one), self[key] if one.is_figure else None) for key, one in heads.items()
        ]
        rows: dict[str, list[Offer]] = {}
        for one in offers:
            rows.setdefault(one.row_key, []).append(one)
        for key, some in rows.items():
            boxes = {one.head_key: (self[one.key], one.proposal.cell) for one in some}
            name = self[key] if key in self.fields else None
            matrix.rows.append((some[0].meant.name, name, [boxes.get(head) for head in heads]))

    def _title(self, one: Offer) -> str:
        return titles.figure(mapped_of(one.tab, one.proposal, "", None), self.known)


def _title(one: Node) -> str:
    return f"{one.name}（{one.parent}）" if one.parent else one.name
