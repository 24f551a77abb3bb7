"""What the pages of briefing ask, and the tables they show."""

from bulou.modules.briefing.forms.rows import (
    AlertRows,
    IssuedTable,
    IssueForm,
    PeopleRows,
    PlaceRows,
    SeatRows,
    UnitRows,
)

__all__ = ["AlertRows", "IssueForm", "IssuedTable", "PeopleRows", "PlaceRows", "SeatRows", "UnitRows"]
