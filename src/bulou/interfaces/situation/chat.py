"""The list of those missing as plain text for a chat group: who has not reported, unit by unit, and nothing a group need not know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bulou.core.coverage import Figures
from bulou.platform.pages.components.texts import listed, number, percent


class Open(Protocol):
    """One who has not reported: a row of the ledger's standings."""

    subject_kind: str
    subject_id: int
    name: str
    place: str
    unit: str


# A message of more names than this is read by nobody: it gives numbers, and each group's own text the names.
MOST_NAMES = 120


@dataclass(slots=True)
class Group:
    """Those of one place or unit, in the order they came; one who owes two reports stands once, two of one name twice."""

    name: str
    people: dict[tuple[str, int], str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        return list(self.people.values())

    @property
    def line(self) -> str:
        return _("%(group)s (%(n)s): %(names)s") % {
            "group": self.name,
            "n": number(len(self.names)),
            "names": listed(self.names),
        }


def groups(rows: Iterable[Open], by: str) -> list[Group]:
    """The rows by the place or unit at which they count."""
    found: dict[str, Group] = {}
    for row in rows:
        name = (row.unit if by == "unit" else "") or row.place
        found.setdefault(name, Group(name)).people[row.subject_kind, row.subject_id] = row.name
    return list(found.values())


def message(
    title: str, where: str, at: datetime, zone: tzinfo, groups: Sequence[Group], figures: Figures | None, *, exercise: str = "", left_out: int = 0,
    numbers: Sequence[tuple[str, int]] = (),
) -> str:  # fmt: skip
    """The text: a heading with the hour, a line for each place or unit, how much has been reported. Line breaks stand where they are wanted.

    Where the names would be too many (MOST_NAMES) and there are `numbers` (name, how many are open), those stand instead.
    """
    hour = at.astimezone(zone).strftime("%H:%M")
    count = sum(len(group.names) for group in groups)
    is_long = bool(numbers) and count > MOST_NAMES
    lines = [f"【{exercise}】"] if exercise else []
    lines.append((_("[%(title)s] %(where)s") % {"title": title, "where": where}).strip())
    if is_long:
        open_ = sum(n for _name, n in numbers)
        lines.append(_("As of %(hour)s, reports not given: %(n)s") % {"hour": hour, "n": number(open_)})
        lines += [_("%(group)s: %(n)s") % {"group": name, "n": number(n)} for name, n in numbers if n]
    elif count:
        lines.append(_("As of %(hour)s, not reported: %(n)s") % {"hour": hour, "n": number(count + left_out)})
        lines += [group.line for group in groups]
    else:
        lines.append(_("As of %(hour)s, everybody has reported.") % {"hour": hour})
    if left_out and not is_long:
        lines.append(ngettext("and %(n)s more", "and %(n)s more", left_out) % {"n": number(left_out)})
    if figures is not None and figures.expected:
        given = {
            "actual": number(figures.actual),
            "expected": number(figures.expected),
            "rate": percent(figures.actual / figures.expected),
        }
        lines.append(_("Reported %(actual)s of %(expected)s (%(rate)s).") % given)
    return "\n".join(lines)


def texts_by_group(
    title: str, at: datetime, zone: tzinfo, groups: Sequence[Group], figures: Mapping[str, Figures], *, exercise: str = ""
) -> list[tuple[Group, str]]:  # fmt: skip
    """The same for each place or unit alone, for its own chat group."""
    return [
        (group, message(title, "", at, zone, [group], figures.get(group.name), exercise=exercise)) for group in groups
    ]
