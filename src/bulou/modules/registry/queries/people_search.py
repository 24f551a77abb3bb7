"""Finding people: by name (any part of it), pinyin, initials, code, identity number, telephone, or the last four characters of either.

What was typed is read once (`read_words`) and used twice: `matching` narrows a register, `find_people` gives the best few, ranked. Every path is one
range of an index, or the grams' one; the scope is part of each query. It tells nobody of people out of scope, not even that they exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Lower, Replace

from bulou.modules.registry.models import Document, Person, Phone
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.rules import identity, people
from bulou.platform import chinese, vault
from bulou.platform.access.viewer import Viewer

PURPOSE = "registry.document"
CURRENT = Q(ends=None, merged_into=None)
MOST = 50
# Read before they are ordered, so that no plan walks the whole county in the order of names to find one.
_CANDIDATES = 300
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Words:
    """What was typed: letters of a name, and a number. Either may be empty."""

    name: str = ""
    number: str = ""

    @property
    def is_too_short(self) -> bool:
        """A number of fewer than four characters finds half the county; nothing is looked up."""
        return not self.name and len(self.number) < 4


def read_words(text: str) -> Words:
    """Read what was typed: the part with digits is a number, the rest a name ("王 1234" is both)."""
    parts = people.tidy_name(text[:100].replace("\x00", "")).split(" ")
    numbers = [part for part in parts if any(char.isdigit() for char in part) and identity.tidy(part).isascii()]
    names = [part for part in parts if part and part not in numbers]
    return Words(" ".join(names), identity.tidy("".join(numbers)))


def matching(rows: QuerySet[Person], text: str) -> QuerySet[Person]:
    """The people of `rows` that what was typed may mean, in no order. Too short a number matches nobody."""
    words = read_words(text)
    if words.is_too_short:
        return rows.none()
    if words.number:
        rows = rows.filter(_by_number(words.number, text.strip()))
    return _by_any_name(rows, words.name) if words.name else rows


def find_people(
    viewer: Viewer, text: str, *, limit: int = MOST, within: QuerySet[Person] | None = None
) -> list[Person]:
    """The first `limit` current people meant by what was typed, best first: the very name, names that begin so, names that hold it; by
    pinyin and initials in their order. `within` narrows further (a place, a household)."""
    rows = (within if within is not None else scopes.people(viewer)).filter(CURRENT, forgotten_at=None)
    ids = _best(rows.select_related(None).prefetch_related(None), text, limit)
    found = {person.pk: person for person in rows.filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]


def _best(rows: QuerySet[Person], text: str, limit: int) -> list[int]:
    """Ids of the best, best first. Candidates are read as ids and keys: only those shown are read whole."""
    words = read_words(text)
    if words.is_too_short:
        return []
    found: dict[int, None] = {}
    for stage in [_ordered(matching(rows, text))] if words.number else _stages(rows, words.name):
        found.update(dict.fromkeys(stage))
        if len(found) >= limit:
            break
    return list(found)[:limit]


def _stages(rows: QuerySet[Person], name: str) -> Iterator[list[int]]:
    if chinese.is_pinyin(name):
        for prefix in chinese.key_prefixes(name):
            yield _first(rows.filter(_range("name_key", prefix)).order_by("name_key", "id"))
        if " " not in name:
            yield _first(rows.filter(_range("initials", name.lower())).order_by("initials", "name_key", "id"))
        return
    yield _first(rows.filter(name=name))
    yield _ordered(rows.filter(name__startswith=name))
    yield _ordered(_holding(rows, name))


def _by_any_name(rows: QuerySet[Person], name: str) -> QuerySet[Person]:
    if not chinese.is_pinyin(name):
        return _holding(rows, name)
    wanted = Q(pk__in=[])
    for prefix in chinese.key_prefixes(name):
        wanted |= _range("name_key", prefix)
    if " " not in name:
        wanted |= _range("initials", name.lower())
    return rows.filter(wanted)


def _holding(rows: QuerySet[Person], name: str) -> QuerySet[Person]:
    """Names that hold these letters next to each other; dots and spaces do not count."""
    needle = chinese.needle(name)
    if not needle:
        return rows.none()
    rows = rows.filter(grams__contains=needle)
    if len(needle) == 1:
        return rows
    bare = "".join(char for char in name.lower() if char not in " ·")
    return rows.annotate(bare=_bare("name"), other_bare=_bare("other_name")).filter(
        Q(bare__contains=bare) | Q(other_bare__contains=bare)
    )


def _bare(field: str) -> Lower:
    return Lower(Replace(Replace(F(field), Value("·"), Value("")), Value(" "), Value("")))


def _by_number(number: str, typed: str) -> Q:
    """By the whole number of a document or telephone, by the last four characters, or by the code, as typed or in capitals."""
    papers = Q(tail=number) if len(number) == 4 else Q(digest__in=_digests(number))
    phones = Q(number=people.tidy_phone(number))
    if number.isdigit() and len(number) < 11:
        phones |= Q(tail=number[-4:]) & Q(number__endswith=number)
    held_paper = Document.objects.filter(papers, ends=None).values("person_id")
    held_phone = Phone.objects.filter(phones).values("person_id")
    coded = Person.objects.filter(code__in={number, typed[:32]}).values("pk")
    # One list, not several joined by OR: that would be looked up for everybody in turn.
    return Q(pk__in=held_paper.union(held_phone, coded, all=True))


def _digests(number: str) -> list[bytes]:
    return [vault.blind(identity.comparable(kind, number), purpose=PURPOSE) for kind in identity.KINDS]


def _range(field: str, prefix: str) -> Q:
    """Everything that begins so, as one range of an index (the column is collated C)."""
    return Q(**{f"{field}__gte": prefix, f"{field}__lt": prefix + _LAST})


def _first(rows: QuerySet[Person]) -> list[int]:
    return list(rows.values_list("pk", flat=True)[: MOST + 1])


def _ordered(rows: QuerySet[Person]) -> list[int]:
    """The candidates in the order of names, put in order here (see _CANDIDATES)."""
    return [
        pk for pk, _key in sorted(rows.values_list("pk", "name_key")[:_CANDIDATES], key=lambda pair: (pair[1], pair[0]))
    ]
