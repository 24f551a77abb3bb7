"""What pyxform says, taken apart: a code of ours, the row, and the words concerned. The sentences are in labels; a message nobody knows stays as it is.

Messages it makes from its own numbered templates arrive with their code; the others are known by how they read (pyxform 4.5).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bulou.modules.collection.rules.faults import Fault

_ROW = re.compile(r"\[row : (?P<row>\d+)\]\s*")
_SHEETS = {
    "HEADER_004": "choices",
    "HEADER_005": "entities",
    "LABEL_001": "choices",
    "NAMES_006": "choices",
    "NAMES_007": "choices",
}
_COLUMNS = {
    "ENTITY_00": "save_to", "RANGE_": "parameters", "LABEL_001": "label", "NAMES_001": "name", "NAMES_002": "name", "NAMES_003": "name",
    "NAMES_004": "name", "NAMES_005": "name", "NAMES_006": "name", "NAMES_007": "name", "SURVEY_001": "type", "SURVEY_002": "type",
    "SURVEY_004": "parameters", "SURVEY_005": "parameters", "SURVEY_006": "parameters", "SURVEY_007": "parameters", "SURVEY_008": "parameters",
    "SURVEY_009": "parameters",
}  # fmt: skip

PATTERNS: tuple[tuple[str, str, str], ...] = (
    # code of ours, column it is about, how the message reads
    ("x_no_survey", "", r"You must have a sheet named 'survey'"),
    ("x_two_ids", "", r"The form_id and id_string column headers are both"),
    ("x_disabled", "disabled", r"The 'disabled' column header is not part of the current"),
    ("x_row_skipped", "", r"Row without name, text, or label is being skipped"),
    ("x_no_type", "type", r"Question with no type\."),
    ("x_audit_name", "name", r"Audits must always be named"),
    ("x_true_or_false", "parameters", r"(?P<what>[\w-]+) must be set to true or false: *'(?P<value>.*?)'"),
    ("x_on_form_edit", "parameters", r"(?P<what>[\w-]+) must be set to on-form-edit"),
    (
        "x_location_priority",
        "parameters",
        r"Parameter (?P<what>[\w-]+) must be set to no-power, low-power, balanced, or high-accuracy: *'(?P<value>.*?)'",
    ),
    ("x_whole_number", "parameters", r"Parameter (?P<what>[\w-]+) must have an integer value"),
    ("x_not_below", "parameters", r"Parameter (?P<what>[\w-]+) must be greater\s+than or equal to (?P<value>[\w-]+)"),
    ("x_audit_location", "parameters", r"To include location information in the audit"),
    ("x_no_calculation", "calculation", r"Missing calculation"),
    ("x_no_longer", "type", r"'?(?P<what>[^'\]]*?)'? is no longer supported on most devices"),
    ("x_no_name", "name", r"Question or group with no name"),
    ("x_no_label", "label", r"(?:Group|Repeat|Loop|Question) has no label"),
    ("x_loop_list", "type", r"Repeat loop without list name|List name not in columns sheet"),
    ("x_external_filter", "choice_filter", r"select one external is only meant for filtered selects"),
    ("x_no_external_sheet", "", r"There should be an external_choices sheet"),
    ("x_external_list_unknown", "type", r"List name not in external choices sheet: (?P<list>.*)"),
    ("x_no_choices_sheet", "", r"There should be a choices sheet"),
    ("x_list_unknown", "type", r"List name not in choices sheet: (?P<list>.*)"),
    (
        "x_choice_spaces",
        "name",
        r"Choice names with spaces cannot be added to multiple choice selects\. See \[(?P<value>.*?)\] in \[(?P<list>.*?)\]",
    ),
    ("x_or_other_filter", "choice_filter", r"Choice filter not supported with or_other"),
    (
        "x_or_other_choices",
        "type",
        r"Please specify choices for this 'or other' question|There should be choices for this question",
    ),
    ("x_or_other_translated", "type", r"This form uses or_other and translations"),
    ("x_seed_value", "parameters", r"seed value must be a number or a reference"),
    ("x_seed_alone", "parameters", r"Parameters must include randomize=true to use a seed"),
    ("x_table_filter", "choice_filter", r"Choice filter not supported for table-list"),
    ("x_table_lists", "type", r"Badly formatted table list"),
    ("x_max_pixels", "parameters", r"Use the max-pixels parameter to speed up"),
    ("x_quality", "parameters", r"Invalid value for quality"),
    ("x_omit_instance", "", r"Cannot omit instanceID"),
    ("x_type_unknown", "type", r"Unknown question type '(?P<kind>.*?)'"),
    ("x_trigger_unseen", "trigger", r"The question \$\{(?P<name>.*?)\} is not user-visible"),
    ("x_element_no_label", "label", r"The survey element named '(?P<name>.*?)' has no label or hint"),
    (
        "x_big_image",
        "big-image",
        r"To use big-image, you must also specify an image for the survey element named (?P<name>.*?)\.?$",
    ),
    ("x_reference_unknown", "", r"There is no survey element named '(?P<name>.*?)'"),
    ("x_reference_twice", "", r"There are multiple survey elements named '(?P<name>.*?)'"),
    (
        "x_language_codes",
        "",
        r"The following language declarations do not contain valid machine-readable codes: (?P<languages>.*?)\. Learn more",
    ),
    ("x_search_file", "appearance", r"Question '(?P<name>.*?)' is a select from file type, using 'search\(\)'"),
    (
        "x_search_list",
        "appearance",
        r"Question '(?P<name>.*?)' uses 'search\(\)', and its select type references the choice list name '(?P<list>.*?)'",
    ),
    (
        "x_instance_twice",
        "",
        r"The same instance id will be generated for different external instance.*?Instance name: '(?P<name>.*?)'",
    ),
    ("x_column_twice", "", r"Duplicate column header: (?P<column_name>.*)"),
    (
        "x_translation_missing",
        "",
        r"Language '(?P<language>.*?)' is missing the (?P<where>\w+) (?:columns )?(?P<columns>.*?)(?: column)?\.?$",
    ),
    ("x_include", "type", r"This section has not been included"),
    ("x_no_id", "", r"Survey cannot have an empty id_string"),
    (
        "x_file_ending",
        "type",
        r"File name for '(?P<what>.*?)' should end with one of the supported file extensions: (?P<endings>.*)",
    ),
    (
        "x_background_calculation",
        "calculation",
        r"For 'background-geopoint' questions, the 'calculation' column must be empty",
    ),
    ("x_background_trigger", "trigger", r"For 'background-geopoint' questions, the 'trigger' column must not be empty"),
    ("x_media_kind", "", r"Media type: (?P<what>.*?) not supported"),
)
_COMPILED = tuple((code, column, re.compile(pattern, re.DOTALL)) for code, column, pattern in PATTERNS)


def fault(message: str, code: str, says: Mapping[str, str]) -> Fault:
    """Gives what a message of the converter says. `code` is pyxform's own, "" where the message has none."""
    if code:
        return _coded(message, code, dict(says))
    row = _ROW.search(message)
    found: dict[str, str] = {"sheet": "survey", "row": row["row"]} if row else {}
    text = " ".join(_ROW.sub("", message).split())
    for ours, column, pattern in _COMPILED:
        if match := pattern.search(text):
            if column and row:
                found["column"] = column
            return Fault(
                ours, says=found | {name: value for name, value in match.groupdict().items() if value is not None}
            )
    return Fault("x_unknown", says=found | {"message": text[:400]})


def _coded(message: str, code: str, says: dict[str, str]) -> Fault:
    if code in ("TOO_SLOW", "TOO_LARGE", "TOO_DEEP"):
        return Fault(f"x_{code.lower()}")
    if row := _ROW.search(message):
        says.setdefault("row", row["row"])
    says.setdefault("sheet", _SHEETS.get(code, "entities" if "'entities' sheet" in message else "survey"))
    if "column" not in says and (
        column := next((each for start, each in _COLUMNS.items() if code.startswith(start)), "")
    ):
        says["column"] = column
    return Fault(f"x_{code.lower()}", says=says)
