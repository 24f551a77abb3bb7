"""What a mapped cell is filled with, and why it is not, in the language active now."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bulou.modules.briefing.queries import wording
from bulou.modules.briefing.queries.sheets import catalogue, filling, kept
from bulou.modules.briefing.queries.sheets.catalogue import Catalogue
from bulou.modules.briefing.rules import cells, fillers
from bulou.modules.briefing.rules.fillers import Mapped
from bulou.platform.spoken import said

WORDS = {
    fillers.DAY: _("Day the figures are of"),
    fillers.MOMENT: _("Day and time of filling"),
    fillers.CLOCK: _("Time of filling"),
    fillers.OPERATION: _("Name of the operation"),
    fillers.PLACE: _("Name of the county"),
    fillers.NODE: _("Name of a place or unit"),
    fillers.TEXT: _("Words of your own"),
}
FIGURES = {
    fillers.CHANGE: _("Owed, change against the day before"),
    fillers.ALERTS: _("Immediate reports of the day"),
}
ALERTS_WHOLE = _("Immediate reports so far")
ALERTS = {"suspected": _("suspected only"), "confirmed": _("confirmed only")}
OWED = pgettext_lazy("briefing", "Owed, excused ones included")
BACK = (_("the day itself"), _("the day before"))
ALL_REGIMES = _("all regimes")
WHY = {
    cells.FORMULA: _("There is a formula in this cell (%(now)s); filling it would take the formula away."),
    cells.MERGED: _("This cell is the hidden part of a merged one; fill the first cell of it."),
    cells.TABLE_HEAD: _("This is the heading of an Excel table; a number there would damage the file."),
    cells.OUTSIDE: _("There is no such cell."),
    kept.NO_TAB: _("The file has no such sheet any more: choose again or leave the cell empty."),
    kept.OTHER_WORDS: _("Other words stand beside this cell than when it was confirmed (“%(was)s”, now “%(now)s”): confirm it again."),
    catalogue.NO_REGIME: _("A regime it counts has ended: choose another."),
    catalogue.NO_WINDOW: _("There is no window of this name any more: choose again."),
    catalogue.NO_LINE: _("The playbook's briefing has no such line any more: choose another figure."),
    catalogue.NO_NAME: _("The playbook no longer states this count: choose another figure."),
    catalogue.NO_FACT: _("The regime no longer asks for this number: choose another."),
    catalogue.NO_NODE: _("This place or unit is gone: choose what stands for it now."),
    filling.NOTHING_OWED: _("nothing is owed, so there is no rate"),
}  # fmt: skip


def figure(one: Mapped, known: Catalogue) -> str:
    """What is counted or written: “Missing”, “Temporary branches”."""
    given = one.given
    if one.fill == fillers.STANDING:
        return standing(given["standing"])
    if one.fill == fillers.RATE:
        return wording.label(given["rate"])
    if one.fill == fillers.LINE:
        return said(known.lines[given["line"]][0]) if given["line"] in known.lines else given["line"]
    if one.fill == fillers.FACT:
        return fact(known.facts.get((given["regimes"][0], given["fact"]), given["fact"]))
    if one.fill == fillers.STATED:
        return wording.label(given["name"])
    if one.fill == fillers.ALERTS and given.get("is_whole"):
        return str(ALERTS_WHOLE)
    return str(FIGURES.get(one.fill) or WORDS.get(one.fill) or one.fill)


def fact(title: str) -> str:
    """A number reports state, added up, as one chooses it."""
    return _("Sum of “%(fact)s”") % {"fact": title}


def standing(code: str) -> str:
    """A standing as one chooses it."""
    return str(OWED) if code == "all" else wording.label(code)


def described(one: Mapped, known: Catalogue) -> str:
    """In a line: the figure, whose, under which regimes, of which day."""
    return " · ".join(part for part in _parts(one, known) if part)


def _parts(one: Mapped, known: Catalogue) -> Iterator[str]:
    given = one.given
    yield figure(one, known)
    if one.fill == fillers.TEXT:
        yield f"“{given['text']}”"
    if given.get("node"):
        node = known.node(given)
        yield node.name if node else f"#{given['node']}"
    keys = given.get("regimes", ())
    if one.fill in (fillers.STANDING, fillers.RATE, fillers.CHANGE) and not keys:
        yield str(ALL_REGIMES)
    if len(keys) > 2:
        yield str(_("%(count)s regimes") % {"count": len(keys)})
    else:
        yield "、".join(said(known.regimes[key]) or key if key in known.regimes else key for key in keys)
    yield given.get("window", "")
    yield "、".join(str(ALERTS.get(kind) or kind) for kind in given.get("kinds", ()))
    yield str(BACK[1]) if given.get("back") else ""


def why(code: str, *, was: str = "", now: str = "") -> str:
    """Why a cell is not filled, and what to do."""
    text = str(WHY.get(code) or wording.WHY.get(code) or code)
    return text % {"was": was or "–", "now": now or "–"} if "%(" in text else text
