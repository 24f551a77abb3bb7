"""Places, units and people as Excel files name them, found among those the sender may edit. A name that fits several is asked about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from bulou.modules.registry.models import Document, Person, Place, Unit
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.rules import identity
from bulou.modules.registry.services.people_keys import digest_of
from bulou.platform.access.viewer import Viewer
from bulou.platform.refusals import Refusal

_ENDINGS = ("村民委员会", "居民委员会", "村委会", "居委会", "社区", "村", "乡", "镇", "街道")


class Places:
    """The standing places in reach, found by code, by name, or by name and the name of the town above."""

    def __init__(self, viewer: Viewer, permission: str) -> None:
        rows = scopes.places(viewer, permission).filter(ends=None).select_related("parent")
        self._by_code = {place.code: place for place in rows}
        self._by_name: dict[str, list[Place]] = defaultdict(list)
        for place in self._by_code.values():
            for name in {place.name, bare(place.name)}:
                self._by_name[name].append(place)

    def find(self, text: str, town: str = "") -> Place:
        """The one place meant; refuses none (`registry.place_unknown`) and several (`registry.place_ambiguous`, with the towns)."""
        text = text.strip()
        if text in self._by_code:
            return self._by_code[text]
        found = self._by_name.get(text) or self._by_name.get(bare(text)) or []
        if town:
            found = [place for place in found if place.parent and bare(place.parent.name) == bare(town)]
        if len(found) == 1:
            return found[0]
        if not found:
            raise Refusal(
                "registry.place_unknown", _("There is no “%(name)s” among your places."), field="place", name=text
            )
        towns = "、".join(sorted(place.parent.name for place in found if place.parent))
        raise Refusal(
            "registry.place_ambiguous",
            _("“%(name)s” stands in several towns (%(towns)s): give the town or the code."),
            field="place",
            name=text,
            towns=towns,
        )


def bare(name: str) -> str:
    """A name without the ending that says what kind of place it is: 岗当村 and 岗当村村民委员会 are one."""
    for ending in _ENDINGS:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return bare(name.removesuffix(ending))
    return name


class Units:
    """The standing units in reach, found by code or by name."""

    def __init__(self, viewer: Viewer, permission: str) -> None:
        rows = list(scopes.units(viewer, permission).filter(ends=None))
        self._by_code = {unit.code: unit for unit in rows}
        self._by_name: dict[str, list[Unit]] = defaultdict(list)
        for unit in rows:
            self._by_name[unit.name].append(unit)

    def find(self, text: str, field: str = "unit") -> Unit:
        """The one unit meant; refuses none (`registry.unit_unknown`) and several (`registry.unit_ambiguous`)."""
        text = text.strip()
        if text in self._by_code:
            return self._by_code[text]
        found = self._by_name.get(text, [])
        if len(found) == 1:
            return found[0]
        if found:
            codes = "、".join(unit.code for unit in found)
            raise Refusal(
                "registry.unit_ambiguous",
                _("Several units are called “%(name)s” (%(codes)s): give the code."),
                field=field,
                name=text,
                codes=codes,
            )
        raise Refusal("registry.unit_unknown", _("There is no unit “%(name)s” among yours."), field=field, name=text)


def people_by_number(viewer: Viewer, numbers: Iterable[str], permission: str) -> dict[str, Person]:
    """Whoever in reach holds each resident number now. Somebody out of reach is not found, as if not registered."""
    digests = {digest_of(identity.RESIDENT, number): number for number in numbers}
    rows = Document.objects.filter(
        digest__in=list(digests), ends=None, person__in=scopes.people(viewer, permission)
    ).select_related("person")
    return {digests[bytes(row.digest)]: row.person for row in rows if row.person.merged_into_id is None}
