"""The report of an operation for a day: its playbook's parts, filled with figures as they stood at a moment, in the viewer's reach."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from bulou.modules.briefing.queries.counting import BEFORE_START, NO_REGIME, VIEW, Asking, Counted, counted, stated
from bulou.modules.briefing.rules import parts
from bulou.modules.briefing.rules.figures import Definition, Figure
from bulou.modules.briefing.rules.report import Cell, Line, Part, Report, Texts
from bulou.modules.ledger.queries.trees import Tree, zone_of
from bulou.modules.operations.queries import operations
from bulou.modules.operations.queries.playbooks import check
from bulou.modules.registry.queries import organisation
from bulou.platform import clock
from bulou.platform.access.viewer import Viewer
from bulou.platform.refusals import Refusal

COVERAGE_HEADS = ("expected", "on_time", "late", "missing", "pending", "excused")
GAP_HEADS = ("expected", "actual", "missing", "pending")
MOST = 10
NO_PARTS, NOTHING_OWED, NONE_MISSING, NOT_DUE = "no_parts", "nothing_owed", "none_missing", "not_due"

Figures = dict[str, Figure]


def report(
    viewer: Viewer, operation: Any, *, now: datetime, day: date | None = None, at: datetime | None = None
) -> Report:
    """The report for a local day (today, unless told) as of `at` (now, unless told; of a past day its last moment).

    Counts what is in the viewer's reach; refuses a day to come (`briefing.day_to_come`). Parts are those the operation has now; figures are as of the moment.
    """
    zone = zone_of(operation.pk)
    day = day or clock.local_day(at or now, zone)
    if day > clock.local_day(now, zone):
        raise Refusal(
            "briefing.day_to_come", _("This day is still to come; nothing can be reported of it."), field="day"
        )
    at = min(at or _moment(day, zone, now), now)
    asking = Asking(viewer, operation, at, now)
    figures: Figures = {}
    made = [_part(asking, key, item, day, figures) for key, item in items(operation)]
    if not made:
        made = [Part("none", parts.TEXT, {}, note=NO_PARTS)]
    return Report(
        operation.key, operation.titles, operation.root.name, _level(operation), operation.zone, day.isoformat(), at.isoformat(),
        tuple(made), figures,
    )  # fmt: skip


def _moment(day: date, zone: Any, now: datetime) -> datetime:
    """Now for today; the last moment of a past day."""
    return min(now, clock.day_span(day, zone)[1] - timedelta(microseconds=1))


def items(operation: Any) -> list[tuple[str, Mapping[str, Any]]]:
    """The parts its playbook names, first to last."""
    standing = operations.items(operation).filter(section="briefing").values_list("key", "wanted")
    if operation.ended_at is not None:
        newest = operations.versions(operation).first()
        return parts.in_order((check(newest.text).sections.get("briefing") if newest else None) or {})
    return parts.in_order(dict(standing))


def _level(operation: Any) -> Texts:
    newest = operations.versions(operation).first()
    book = (check(newest.text).playbook if newest else None) or {}
    return (book.get("levels") or {}).get(operation.level, {}).get("title", {"en": operation.level})


def _part(asking: Asking, key: str, item: Mapping[str, Any], day: date, figures: Figures) -> Part:
    heads, lines, note = _MAKERS[item["kind"]](asking, key, item, day, figures)
    return Part(key, item["kind"], item["title"], item.get("says", {}), heads, tuple(lines), note)


Made = tuple[tuple[str, ...], list[Line], str]


def _organisation(asking: Asking, key: str, item: Mapping[str, Any], day: date, figures: Figures) -> Made:
    lines = []
    for line in item["lines"]:
        limits = {name: value for name, value in line.items() if name not in ("key", "title", "count")}
        _put(figures, asking, line["key"], line["title"], Definition(line["count"], limits))
        lines.append(Line(line["title"], (Cell(line["key"]),)))
    return ("count",), lines, ""


def _coverage(asking: Asking, key: str, item: Mapping[str, Any], day: date, figures: Figures) -> Made:
    chosen = _regimes(asking, item)
    lines = [
        _standing_line(asking, f"{key}.{one}", titles, COVERAGE_HEADS, _of_day(day, [one]), figures)
        for one, titles in chosen
    ]
    if len(chosen) > 1:
        every = _of_day(day, [one for one, _titles in chosen])
        lines.append(_standing_line(asking, f"{key}.all", {"": "all"}, COVERAGE_HEADS, every, figures))
    return (*COVERAGE_HEADS, "reporting_rate", "on_time_rate"), lines, _coverage_note(lines, figures)


def _coverage_note(lines: list[Line], figures: Figures) -> str:
    values = [figures[line.cells[0].figure].value for line in lines]
    if all(value is None for value in values):
        return _why_none(figures[line.cells[0].figure] for line in lines)
    return "" if any(values) else NOTHING_OWED


def _why_none(unknown: Iterable[Figure]) -> str:
    """The note where nothing is known: the operation had not begun, or no regime is in force."""
    return BEFORE_START if any(figure.why == BEFORE_START for figure in unknown) else NO_REGIME


def _standing_line(
    asking: Asking, prefix: str, titles: Texts, heads: tuple[str, ...], given: dict[str, Any], figures: Figures
) -> Line:
    """A figure for each standing, then the reporting rate and, where on time is shown, the rate on time."""
    for standing in (*heads, *(() if "actual" in heads else ("actual",))):
        definition = Definition("standing", given | {"standing": standing})
        _put(figures, asking, f"{prefix}.{standing}", titles, definition)
    shares = [(f"{prefix}.actual", f"{prefix}.expected")]
    if "on_time" in heads:
        shares.append((f"{prefix}.on_time", f"{prefix}.expected"))
    cells = [*(Cell(f"{prefix}.{one}") for one in heads), *(Cell(share=share) for share in shares)]
    return Line(titles, tuple(cells))


def _gaps(asking: Asking, key: str, item: Mapping[str, Any], day: date, figures: Figures) -> Made:
    """The places below the top with anybody missing, the most missing first."""
    given = _of_day(day, [one for one, _titles in _regimes(asking, item)])
    for standing in ("expected", "missing", "due"):
        _put(
            figures, asking, f"{key}.{standing}", {"": standing}, Definition("standing", given | {"standing": standing})
        )
    trees = [asking.tree(day, regime.pk) for name, regime in asking.regimes().items() if name in given["regimes"]]
    found = sorted(_missing_by_place(trees).items(), key=lambda pair: (-pair[1], pair[0]))[: item.get("most", MOST)]
    names = organisation.place_names(asking.viewer, VIEW, [place_id for place_id, _n in found])
    lines = []
    for place_id, _missing in found:
        code, name = names.get(place_id, (str(place_id), str(place_id)))
        node = given | {"node": str(place_id)}
        lines.append(_standing_line(asking, f"{key}.{code}", {"zh-Hans": name}, GAP_HEADS, node, figures))
    return (*GAP_HEADS, "reporting_rate"), lines, _gap_note(figures, key)


def _gap_note(figures: Figures, key: str) -> str:
    expected, missing, due = (figures[f"{key}.{name}"].value for name in ("expected", "missing", "due"))
    if expected is None:
        return _why_none([figures[f"{key}.expected"]])
    if not expected:
        return NOTHING_OWED
    if missing:
        return ""
    return NONE_MISSING if due else NOT_DUE


def _missing_by_place(trees: list[Tree]) -> dict[int, int]:
    """How many are missing in each place one step below where the tree branches."""
    found: dict[int, int] = {}
    for tree in trees:
        for place_id in _branches(tree):
            if place_id is not None and (missing := tree.of(place_id).missing):
                found[place_id] = found.get(place_id, 0) + missing
    return found


def _branches(tree: Tree) -> list[int | None]:
    level: list[int | None] = [node.id for node in tree.roots()]
    while len(level) == 1 and tree.nodes[level[0]].children:
        level = list(tree.nodes[level[0]].children)
    return level


def _denominators(asking: Asking, key: str, item: Mapping[str, Any], day: date, figures: Figures) -> Made:
    lines = []
    for one, titles in _regimes(asking, item):
        for name, on in (("today", day), ("before", day - timedelta(days=1))):
            definition = Definition("standing", _of_day(on, [one]) | {"standing": "all"})
            _put(figures, asking, f"{key}.{one}.{name}", titles, definition)
        definition = Definition("standing", _of_day(day, [one]) | {"standing": "excused"})
        _put(figures, asking, f"{key}.{one}.excused", titles, definition)
        lines.append(Line(titles, tuple(Cell(f"{key}.{one}.{name}") for name in ("before", "today", "excused"))))
    return ("the_day_before", "today", "excused"), lines, "" if lines else NO_REGIME


def _counts(asking: Asking, key: str, item: Mapping[str, Any], day: date, figures: Figures) -> Made:
    lines = []
    for name in item.get("names") or stated_names(asking):
        _put(figures, asking, f"{key}.{name}", {"": name}, Definition("stated", {"name": name}))
        listed = stated(asking, name) or []
        lines.append(Line({"": name}, (Cell(f"{key}.{name}"), Cell(texts=_joined(listed)))))
    return ("count", "listed"), lines, BEFORE_START if asking.is_before_start else ""


def stated_names(asking: Asking) -> list[str]:
    """The names under the playbook's counts, as of the moment."""
    newest = operations.versions(asking.operation).filter(applied_at__lte=asking.at).first()
    book = (check(newest.text).playbook if newest else None) or {}
    return list(book.get("counts") or {})


def _joined(listed: list[Mapping[str, str]]) -> Texts:
    languages = dict.fromkeys(language for one in listed for language in one)
    between = {"en": ", "}
    return {
        language: between.get(language, "、").join(one.get(language) or next(iter(one.values())) for one in listed)
        for language in languages
    }


def _text(asking: Asking, key: str, item: Mapping[str, Any], day: date, figures: Figures) -> Made:
    return (), [], ""


_MAKERS: dict[str, Callable[[Asking, str, Mapping[str, Any], date, Figures], Made]] = {
    parts.ORGANISATION: _organisation,
    parts.COVERAGE: _coverage,
    parts.GAPS: _gaps,
    parts.DENOMINATORS: _denominators,
    parts.COUNTS: _counts,
    parts.TEXT: _text,
}


def _regimes(asking: Asking, item: Mapping[str, Any]) -> list[tuple[str, Texts]]:
    """The regimes a part names, in its order, whether in force or not; all in force, unless it names any."""
    mine = asking.regimes()
    wanted = item.get("regimes") or list(mine)
    return [(key, mine[key].titles if key in mine else {"": key}) for key in wanted]


def _of_day(day: date, regimes: list[str]) -> dict[str, Any]:
    return {"regimes": regimes, "day": day.isoformat()}


def _put(figures: Figures, asking: Asking, key: str, titles: Texts, definition: Definition) -> None:
    found = counted(asking, definition)
    figures[key] = Figure(key, titles, definition, found.value, found.why)


def recounted(
    viewer: Viewer, operation: Any, kept: Report, *, now: datetime, at: datetime | None = None
) -> Iterator[tuple[Figure, Counted]]:
    """Every figure of a report counted again: as of its own moment from what is known today, or as of another."""
    asking = Asking(viewer, operation, min(at or datetime.fromisoformat(kept.as_of), now), now)
    for figure in kept.figures.values():
        yield figure, counted(asking, figure.definition)
