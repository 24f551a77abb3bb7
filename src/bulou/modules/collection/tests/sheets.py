"""XLSForms for tests, written as tables of text and turned into the spreadsheets an author would send."""

from __future__ import annotations

import io

import xlsxwriter


def book(**sheets: list[list[object]]) -> bytes:
    """An .xlsx of these sheets, each a list of rows."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return out.getvalue()


SURVEY = [
    [
        "type",
        "name",
        "label::zh",
        "label::en",
        "required",
        "relevant",
        "bulou::fact",
        "bulou::subject",
        "bulou::happened",
    ],
    ["today", "day", "", "", "", "", "", "", "yes"],
    ["select_one_from_file people.csv", "who", "谁", "Who", "yes", "", "", "person", ""],
    ["select_one yes_no", "well", "身体好吗", "Well?", "yes", "", "well", "", ""],
    ["decimal", "t", "体温", "Temperature", "", "${well} = 'no'", "temperature", "", ""],
]
CHOICES = [
    ["list_name", "name", "label::zh", "label::en"],
    ["yes_no", "yes", "是", "Yes"],
    ["yes_no", "no", "否", "No"],
]


def daily(
    key: str = "daily", version: str = "1", survey: list[list[object]] | None = None, **more: list[list[object]]
) -> bytes:
    """A daily report: about somebody on the worker's list, whether well, and the temperature if not."""
    settings: list[list[object]] = [
        ["form_title", "form_id", "version", "default_language"],
        ["每日报告", key, version, "zh"],
    ]
    return book(survey=survey or SURVEY, choices=CHOICES, settings=settings, **more)
