"""Households of one to eight with heads, spouses, children and parents; their people's ages, papers and telephones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from uuid import UUID

from bulou.modules.registry.rules.identity import check_character
from bulou.modules.registry.services.people_bulk import NewHousehold, NewPerson
from bulou.modules.registry.services.people_checks import Facts, Paper
from bulou.modules.registry.services.synthetic import names

# How many of a hundred households have one, two … eight people (2020 census, rural counties, roughly).
_SIZES = (22, 31, 21, 13, 7, 4, 1, 1)
_TWICE = 500  # one person in so many is on the roll twice
_WORK = (
    "",
    "",
    "",
    "",
    "务农",
    "务农",
    "务农",
    "外出务工",
    "镇中心小学",
    "县医院",
    "县中学",
    "供销社",
    "村委会",
    "个体经营",
    "建筑队",
    "牧业合作社",
)
_SKILLS = ("驾驶证", "护士执业证", "教师资格证", "电工证", "兽医", "手语")
_TONGUE = {names.HAN: ("zh",), names.TIBETAN: ("bo",), names.MONGOL: ("mn", "zh"), names.DOTTED: ("ug", "zh")}


@dataclass(frozen=True, slots=True)
class Village:
    """Where to make people: the place, its number in the county (0–9999: keeps papers and telephones apart), how many, of which tongues."""

    place_id: int
    number: int
    people: int
    mix: Mapping[str, int] = field(default_factory=lambda: {names.HAN: 1})


def people_of(village: Village, *, seed: int, today: date) -> tuple[list[NewHousehold], list[NewPerson]]:
    """The households and people of a village; the same for the same village, seed and day."""
    maker = _Maker(village, Random(f"{seed}:{village.number}"), today)
    while len(maker.people) < village.people:
        maker.add_household(village.people - len(maker.people))
    return maker.households, maker.people


class _Maker:
    def __init__(self, village: Village, random: Random, today: date) -> None:
        self.village, self.random, self.today = village, random, today
        self.households: list[NewHousehold] = []
        self.people: list[NewPerson] = []
        self.orders: Counter[date] = Counter()
        self.telephones = 0
        self.tongues, self.shares = list(village.mix), list(village.mix.values())

    def add_household(self, room: int) -> None:
        size = min(room, self.random.choices(range(1, 9), weights=_SIZES)[0])
        number = len(self.households)
        key = (self.village.number, number)
        self.households.append(
            NewHousehold(key, self.village.place_id, address=f"{number // 40 + 1}组{number % 40 + 1}号")
        )
        tongue = self.random.choices(self.tongues, weights=self.shares)[0]
        phones: tuple[str, ...] = ()
        family = ""
        for relation, sex, age in self._kin(size):
            child_of = family if relation in ("son", "daughter", "grandchild") else ""
            name = names.draw(self.random, tongue, sex, child_of)
            if relation == "head":
                family, phones = name.family, (self._telephone(),)
            own = phones if relation == "head" else self._phones(age, phones)
            self.people.append(self._person(name, sex, age, relation, key, tongue, own))
        if len(self.people) < self.village.people and len(self.people) % _TWICE < size:
            self.people.append(self._again(self.people[-1]))

    def _kin(self, size: int) -> list[tuple[str, str, float]]:
        """(relation, sex, age) of a household's people, the head first."""
        random = self.random
        sex = "m" if random.random() < 0.8 else "f"
        head = random.triangular(22, 85, 46) if size < 3 else random.triangular(27, 68, 42)
        found = [("head", sex, head)]
        if size > 1 and (size > 2 or random.random() < 0.7):
            found.append(("spouse", "f" if sex == "m" else "m", max(21.0, head + random.gauss(-2, 3))))
        while len(found) < size:
            found.append(self._more_kin(head, len(found)))
        return found

    def _more_kin(self, head: float, rank: int) -> tuple[str, str, float]:
        random = self.random
        sex = random.choice("mf")
        if rank < 4 and random.random() < 0.75:
            return "son" if sex == "m" else "daughter", sex, max(0.05, head - random.triangular(20, 40, 26))
        if head > 52 and random.random() < 0.6:
            return "grandchild", sex, max(0.05, head - random.triangular(44, 66, 52))
        return "father" if sex == "m" else "mother", sex, min(98.0, head + random.triangular(20, 36, 25))

    def _person(
        self,
        name: names.Name,
        sex: str,
        age: float,
        relation: str,
        key: tuple[int, int],
        tongue: str,
        phones: tuple[str, ...],
    ) -> NewPerson:
        random = self.random
        born_on = self.today - timedelta(days=int(age * 365.25))
        papers, why_none = self._papers(born_on, sex, age)
        facts = Facts(
            name.text, name.own, sex, born_on, relation=relation, employer=self._work(age), languages=_TONGUE[tongue],
            qualifications=(random.choice(_SKILLS),) if 20 < age < 65 and random.random() < 0.06 else (),
            no_document=why_none, purpose="synthetic",
        )  # fmt: skip
        uuid = UUID(int=random.getrandbits(128), version=4)
        return NewPerson(
            facts, self.village.place_id, key, is_head=relation == "head", papers=papers, phones=phones, uuid=uuid
        )

    def _papers(self, born_on: date, sex: str, age: float) -> tuple[tuple[Paper, ...], str]:
        """Most have an identity number; some newborns and a few others have none, a few have another document."""
        chance = self.random.random()
        if age < 1 and chance < 0.6:
            return (), "newborn"
        if chance > 0.985:
            return (), self.random.choice(("lost", "never_registered", "not_carried"))
        if chance > 0.98:
            return (Paper("passport", f"X{self.village.number:04d}{len(self.people):05d}"),), ""
        return (Paper("resident", self._number(born_on, sex)),), ""

    def _number(self, born_on: date, sex: str) -> str:
        """The next number of this village and birth date under area 00…: odd for men, with its check character."""
        count = self.orders[born_on]
        self.orders[born_on] += 1
        start = (self.village.number * 37 + born_on.toordinal() * 13) % 499  # so that last fours spread as real ones do
        order = (start + count) % 499 * 2 + (sex == "m")
        first_17 = f"00{self.village.number:04d}{born_on:%Y%m%d}{order:03d}"
        return first_17 + check_character(first_17)

    def _telephone(self) -> str:
        self.telephones += 1
        return f"154{self.village.number:04d}{(self.telephones * 7919 + self.village.number * 31) % 10_000:04d}"

    def _phones(self, age: float, shared: tuple[str, ...]) -> tuple[str, ...]:
        """Children and the old are reached by the head's; some adults too."""
        if age < 14 or age > 78:
            return shared if self.random.random() < 0.5 else ()
        return (self._telephone(),) if self.random.random() < 0.7 else shared

    def _work(self, age: float) -> str:
        return self.random.choice(_WORK) if 18 <= age <= 62 else ""

    def _again(self, person: NewPerson) -> NewPerson:
        """The same person written a second time: misheard with the number, or by name and birth date without it."""
        facts = person.facts
        uuid = UUID(int=self.random.getrandbits(128), version=4)
        has_number = self.random.random() < 0.5
        name = names.misheard(facts.name) if has_number else facts.name
        heard = Facts(name, "", facts.sex, facts.born_on, relation="other_relative", purpose="synthetic")
        papers = person.papers if has_number else ()
        return NewPerson(heard, person.place_id, person.household, papers=papers, phones=person.phones, uuid=uuid)
