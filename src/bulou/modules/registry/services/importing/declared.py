"""Declared population and households of places from Excel."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from bulou.modules.registry.queries.places import latest_declared
from bulou.modules.registry.rules import places as rules
from bulou.modules.registry.services.importing.naming import Places
from bulou.modules.registry.services.importing.written import HEADINGS
from bulou.modules.registry.services.places import DECLARATION_FAULTS, declare_population
from bulou.platform import clock
from bulou.platform.access.viewer import Viewer
from bulou.platform.refusals import Refusal
from bulou.platform.sheets.fields import Field, Reason, Row, day, text, whole_number
from bulou.platform.sheets.spec import CHANGE, NEW, SAME, ImportSpec

DECLARE = "registry.declare_population"
FIELDS = (
    Field(
        "place",
        _("Village or community"),
        text(80),
        ("村", "社区", "所在村", "行政村", "村社区", "名称", "单位名称"),
        True,
        _("Name or 12-digit code"),
    ),
    Field(
        "town",
        _("Town"),
        text(80),
        ("乡镇", "镇", "乡", "街道", "所属乡镇"),
        hint=_("Needed where two towns have a village of one name"),
    ),
    Field("population", _("Population"), whole_number(0, 10_000_000), HEADINGS["population"], True),
    Field("households", _("Number of households"), whole_number(0, 5_000_000), HEADINGS["households"], True),
    Field("as_of", _("As of"), day(), HEADINGS["as_of"], hint=_("Today, unless said")),
    Field("source", _("Source"), text(120), HEADINGS["source"], hint=_("The file, unless said")),
)


def judge(rows: list[Row], viewer: Viewer, now: datetime) -> None:
    """New where nothing was declared, change where something else was, same where the latest says so already."""
    places, today = Places(viewer, DECLARE), clock.local_day(now)
    for row in rows:
        try:
            row.values["place_id"] = places.find(row.values["place"], row.values.get("town") or "").pk
            row.values["on"] = row.values.get("as_of") or today
            fault = rules.why_not_declare(row.values["population"], row.values["households"], row.values["on"], today)
            if fault:
                raise Refusal(
                    f"registry.declared_{fault}",
                    DECLARATION_FAULTS[fault],
                    field="as_of" if fault == "future" else "population",
                )
        except Refusal as refusal:
            row.reasons.append(Reason(refusal.field or "", refusal.code, refusal.sentence))
    _compare([row for row in rows if row.is_good])


def _compare(rows: list[Row]) -> None:
    latest, seen = latest_declared([row.values["place_id"] for row in rows]), dict[int, int]()
    for row in rows:
        place_id, before = row.values["place_id"], latest.get(row.values["place_id"])
        if place_id in seen:
            words = Refusal(
                "registry.place_twice_in_file", _("The same place stands in row %(row)s."), row=seen[place_id]
            )
            row.reasons.append(Reason("place", words.code, words.sentence))
        seen.setdefault(place_id, row.number)
        said = (row.values["population"], row.values["households"], row.values["on"])
        row.verdict = (
            NEW if before is None else SAME if said == (before.population, before.households, before.as_of) else CHANGE
        )


def load(rows: list[Row], by: Viewer, now: datetime, why: str) -> int:
    """Write one declaration a row; how many. The caller holds the transaction."""
    for row in rows:
        said = row.values
        source = said.get("source") or why or str(_("Excel file"))
        declare_population(
            by=by,
            place_id=said["place_id"],
            population=said["population"],
            households=said["households"],
            as_of=said["on"],
            source=source,
            now=now,
        )
    return len(rows)


DECLARED = ImportSpec(
    key="registry.declared",
    title=_("Declared population and households"),
    permission=DECLARE,
    fields=FIELDS,
    judge=judge,
    load=load,
    hint=_("One row a village. The roll is held against these figures."),
    then="registry:places",
)
