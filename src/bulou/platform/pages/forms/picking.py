"""Picking a row (a place, a unit, a person) out of very many: type a few letters, choose from what is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

Find = Callable[[list[int]], list[tuple[int, str]]]


class PickInput(forms.Widget):
    """A search box whose findings are radio buttons (or boxes to tick); what is chosen stays above it."""

    template_name = "pages/parts/pick.html"

    def __init__(self, url: str, many: bool) -> None:
        super().__init__()
        self.url, self.many = url, many
        self.named: Find = lambda ids: [(i, str(i)) for i in ids]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        values = value if isinstance(value, list | tuple) else [value]
        ids = [int(item) for item in values if str(item or "").isdigit()]
        context = super().get_context(name, value, attrs)
        described_by = context["widget"]["attrs"].get("aria-describedby")
        chosen = self.named(ids) if ids else []
        return context | {"url": reverse(self.url), "many": self.many, "chosen": chosen, "described_by": described_by}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.getlist(name) if self.many and hasattr(data, "getlist") else data.get(name)

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return id_

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> Any:
        return render_to_string(self.template_name, self.get_context(name, value, attrs))


class Pick(forms.Field):
    """One row by id. `url` names the view that finds: it answers with `picked(request, search)`.

    Set `form.fields[name].named = lambda ids: [(id, text), …]` to the query that knows what this viewer may pick: an id it does
    not give is refused as not found.
    """

    many = False

    def __init__(self, *, url: str, **kwargs: Any) -> None:
        super().__init__(widget=PickInput(url, self.many), **kwargs)

    @property
    def named(self) -> Find:
        return self.widget.named

    @named.setter
    def named(self, find: Find) -> None:
        self.widget.named = find

    def to_python(self, value: Any) -> Any:
        ids = self._known([value])
        return ids[0] if ids else None

    def _known(self, values: Any) -> list[int]:
        wanted = [int(item) for item in values if str(item or "").isdigit()]
        known = {found for found, _text in self.named(wanted)} if wanted else set()
        if any(item for item in values if not str(item).isdigit()) or set(wanted) - known:
            raise ValidationError(_("What was chosen is not there (any more). Search again and choose from the list."))
        return wanted


class Picks(Pick):
    """Several rows by id, as a list."""

    many = True

    def to_python(self, value: Any) -> Any:
        return self._known(value or [])


def picked(request: HttpRequest, search: Callable[[str], list[tuple[int, str]]]) -> HttpResponse:
    """The answer of a view that finds rows to pick: `search(letters)` gives the first few (id, text) this viewer may pick."""
    letters = request.GET.get(f"{request.GET.get('name', '')}_q", "").strip()
    return render(request, "pages/parts/picked.html", {"options": search(letters) if letters else []})
