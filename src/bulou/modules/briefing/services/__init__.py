"""Writes of briefing: issuing, what a playbook's section asks for, and the superior's sheets."""

from bulou.modules.briefing.services.issuing import issue_briefing
from bulou.modules.briefing.services.sheets import (
    add_sheet,
    change_sheet,
    end_sheet,
    fill_due_sheets,
    map_cells,
    note_taken,
    send_file,
)

__all__ = [
    "add_sheet",
    "change_sheet",
    "end_sheet",
    "fill_due_sheets",
    "issue_briefing",
    "map_cells",
    "note_taken",
    "send_file",
]
