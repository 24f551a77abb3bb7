"""What an export was asked for, and the lines of the log it leaves before its first byte goes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bulou.modules.collection.queries.submissions import Versions
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import note_looks, write
from bulou.platform.pages.components.texts import plain_moment
from bulou.platform.pages.context import lent


@dataclass(frozen=True, slots=True)
class Asked:
    """One export: of which rows, by whom, in which words. `why` is given where sensitive answers are opened; then `is_opened`."""

    viewer: Viewer
    of: Versions
    rows: QuerySet[Any]
    now: datetime
    kind: str = "csv"
    is_labelled: bool = False
    is_grouped: bool = True
    is_opened: bool = False
    why: str = ""
    filtered_by: tuple[str, ...] = ()

    @property
    def languages(self) -> list[str]:
        """The reader's language first, then the form's own."""
        newest = self.of.versions[-1].tree if self.of.versions else {}
        return [get_language() or "zh-hans", "zh", str(newest.get("default") or ""), ""]

    def file_name(self, ending: str) -> str:
        """What the file is called: form, moment, head of the journal, and in an exercise that it is one."""
        moment = plain_moment(self.now).replace(":", "").replace(" ", "-")
        parts = [_("EXERCISE") if lent("exercise", self.now) else "", self.of.form.title, moment, lent("seal_head")]
        return "-".join(part for part in parts if part).replace("/", "-") + f".{ending}"

    def notes(self, written: int) -> list[tuple[str, str]]:
        """What stands on the last sheet or in notes.csv."""
        notes = [
            (_("Form"), f"{self.of.form.title} ({self.of.form.key})"),
            (_("County"), lent("house_name")),
            (_("As of"), plain_moment(self.now)),
            (_("Filter"), ", ".join(self.filtered_by) or _("none: all rows in your scope")),
            (_("Rows"), f"{written:,}"),
            (_("Exported by"), self.viewer.name),
            (_("Sensitive answers"), self.why if self.is_opened else _("left out")),
            (_("Exercise"), lent("exercise", self.now)),
            (_("Journal head"), lent("seal_head")),
        ]
        return [(name, text) for name, text in notes if text]

    def log(self) -> None:
        """The looks at everybody the rows are about, and the line of the export."""
        about = self.rows.filter(subject_kind="person").exclude(subject_id=None).values("subject_id")
        why = self.why or "collection.export"
        note_looks(by=self.viewer, kind="registry.person", subjects=about, what="export", now=self.now, why=why)
        write(
            by=self.viewer, action="collection.exported", kind="collection.form", subjects=[self.of.form.pk], now=self.now, why=self.why,
            data={"as": self.kind, "opened": self.is_opened, "filtered_by": list(self.filtered_by)},
        )  # fmt: skip
