"""Circles in what a form computes: a value that needs itself, a group shown only if something inside it is answered.

Relevance passes down to everything inside; a constraint may look at its own answer, as it is asked only once there is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bulou.modules.collection.rules import xpath
from bulou.modules.collection.rules.xpath import Place

DRIVING = ("relevant", "calculate", "readonly", "required")
_PASSING_ON = ("relevant", "calculate")


def circle(read: Mapping[tuple[Place, str], frozenset[Place]], below: Mapping[Place, Iterable[Place]]) -> list[Place]:
    """Gives the places of one circle, in order; [] where there is none.

    `read`: (place, which expression) → the places it reads; `below`: place → everything inside it.
    """
    by_trigger: dict[Place, list[tuple[Place, str]]] = {}
    for each, places in read.items():
        for place in places:
            by_trigger.setdefault(place, []).append(each)
    after: dict[tuple[Place, str], list[tuple[Place, str]]] = {}
    for each in read:
        place, what = each
        touched = [place, *(below.get(place, ()) if what == "relevant" else ())]
        follow = [other for at in touched for other in by_trigger.get(at, ())]
        if each in follow:
            return [place]
        after[each] = follow if what in _PASSING_ON else []
    return _first_circle(after)


def _first_circle(after: Mapping[tuple[Place, str], list[tuple[Place, str]]]) -> list[Place]:
    """Depth first, without recursion: the first way that comes back to itself."""
    done: set[tuple[Place, str]] = set()
    for start in after:
        way: list[tuple[Place, str]] = []
        on_way: set[tuple[Place, str]] = set()
        waiting = [(start, False)]
        while waiting:
            each, is_left = waiting.pop()
            if is_left:
                way.pop()
                on_way.discard(each)
                done.add(each)
            elif each in on_way:
                return [place for place, _what in way[way.index(each) :]]
            elif each not in done:
                way.append(each)
                on_way.add(each)
                waiting.append((each, True))
                waiting.extend((other, False) for other in after[each])
    return []


def read_by(expressions: Iterable[tuple[Place, str, str]]) -> dict[tuple[Place, str], frozenset[Place]]:
    """What each (place, which, expression) reads; what is no XPath or too deep reads nothing here."""
    found = {}
    for place, what, text in expressions:
        try:
            found[place, what] = xpath.reads(xpath.parse(text), place)
        except (xpath.BadExpression, xpath.TooDeep):
            continue
    return found
