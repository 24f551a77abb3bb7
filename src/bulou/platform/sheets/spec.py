"""What a module hangs to have something imported from Excel: fields, a judge and a loader. Asked for by key through the manifests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404

from bulou.platform.access.viewer import Viewer
from bulou.platform.manifest import Text, extras
from bulou.platform.sheets.fields import Field, Row

NEW, CHANGE, SAME, BAD = "new", "change", "same", "bad"

Judge = Callable[[list[Row], Viewer, datetime], None]
Load = Callable[[list[Row], Viewer, datetime, str], int]


@dataclass(frozen=True, slots=True)
class ImportSpec:
    """One thing that can be imported.

    `judge(rows, viewer, now)` gets every row whose cells could be read, sets `verdict` to new, change or same and adds reasons
    (scope included: somebody else's place is a reason, not a row). It writes nothing. `load(rows, by, now, why)` gets the good rows with verdict
    new or change, inside the caller's transaction, and gives how many it loaded; it is a service like any other.
    """

    key: str
    title: Text
    permission: str
    fields: tuple[Field, ...]
    judge: Judge
    load: Load
    hint: Text = ""
    then: str = ""  # URL name of the register to look at afterwards


def spec_of(key: str) -> ImportSpec:
    """The import of that key; 404 if no module hung it."""
    for specs in extras("imports"):
        for spec in specs:
            if spec.key == key:
                return spec
    raise Http404(key)


def specs_for(viewer: Viewer) -> list[ImportSpec]:
    """The imports this viewer may use, lowest floor first."""
    return [spec for specs in extras("imports") for spec in specs if viewer.may(spec.permission)]
