"""A briefing to hand on: text, Word, PDF, and the superior's own workbook."""

from bulou.modules.briefing.exports.making import KINDS, Shown, of_day, of_issued, rows_address, written

__all__ = ["KINDS", "Shown", "of_day", "of_issued", "rows_address", "written"]
