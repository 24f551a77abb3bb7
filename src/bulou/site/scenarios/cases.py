"""The five cases as data: who sits in which units of the playbook, who came back from elsewhere, who answers for them.

Numbers that a case states are marked with where it states them; the others are of the size that such a county has. Source: the cases' own
accounts (docs/scenarios.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

FRESH = ""
ORDER = "红色动员令"  # A13: one order opens the operation
WHEREABOUTS = ("在家", "在家", "在单位", "在单位", "在值守点", "在村（社区）")
MOVEMENTS = ("未外出", "未外出", "未外出", "到单位上班后回家", "外出采购生活用品一次", "到值守点执勤")
ORIGINS = ("湖北省武汉市", "湖北省黄冈市", "湖北省孝感市", "浙江省温州市", "四川省成都市", "青海省西宁市")
MISTYPED = "填报有误，予以更正"
ORDER_EVENTS = ("邻里纠纷，已调解", "不配合卡点检查，经劝导后配合", "聚集打牌，已劝散")
ON_WATCH = ("局党委成员带班，值班民警2人在岗", "副局长带班，值班民警3人在岗")
NEEDS = "需要代购生活物资"
MIXED = ("permanent",) * 11 + ("support",) * 2 + ("temporary",) * 2 + ("public_welfare",) * 3 + ("self_hired",) * 2
REGULAR = ("permanent",)


@dataclass(frozen=True, slots=True)
class Group:
    """So many people, spread evenly over some units of the playbook; the first of each unit leads it.

    `out_of` = the group they are drawn from (FRESH: residents who sit nowhere yet); `ages` from, under; `terms` = of employment, in turn.
    """

    name: str
    units: tuple[str, ...]
    people: int
    out_of: str = FRESH
    ages: tuple[int, int] = (22, 58)
    terms: tuple[str, ...] = REGULAR
    post: str = ""
    is_led: bool = True


@dataclass(frozen=True, slots=True)
class Returnees:
    """People who came back from affected areas: how many, over which share of the villages; the others have none."""

    people: int
    share_of_villages: float


@dataclass(frozen=True, slots=True)
class Case:
    """One case: its playbook and response level, its groups, its returnees, how many residents unless told, and the fewest it can do with.

    `families` = the regime about relatives, and the groups whose relatives it is about; `followed` = the regime for which four answer for
    each returnee, and the group its officers are of. `certain` = the regimes of which the case says that nobody was missing. `order_day` =
    the day the dates in the playbook are of: a scenario moves them to its own.
    """

    key: str
    level: str
    groups: tuple[Group, ...]
    residents: int
    fewest: int
    order_day: date
    returnees: Returnees | None = None
    families: tuple[str, tuple[str, ...]] | None = None
    followed: tuple[str, str] | None = None
    certain: frozenset[str] = frozenset()


def _numbered(prefix: str, count: int) -> tuple[str, ...]:
    return tuple(f"{prefix}{number}" for number in range(1, count + 1))


_A_BRANCHES = (*_numbered("branch-q", 8), *_numbered("branch-t", 8))
_A_DEPARTMENTS = tuple(
    f"dept-{name}"
    for name in ("org", "publicity", "health", "education", "civil", "transport", "market", "agri", "emergency", "psb")
)
_B_OFFICES = tuple(
    f"office-{name}"
    for name in ("command", "politics", "crime", "traffic", "order", "patrol", "logistics", "detention")
)
_B_GROUPS = tuple(f"group-{name}" for name in ("support", "monitor", "control", "publicity", "joint"))
_C_TOWNS = ("datong", "tianjiaan", "xiejiaji", "bagongshan", "panji", "fengtai", "shouxian")
_C_OFFICES = tuple(f"office-{name}" for name in ("command", "politics", "logistics", "prevention"))
_D_GROUPS = tuple(
    f"group-{name}"
    for name in (
        "general", "intel", "screen", "checkpoint", "traffic", "order", "case", "network", "supply", "discipline",
    )
)  # fmt: skip
_D_COMMANDOS = tuple(f"commando-{name}" for name in ("mapping", "screening", "patrol", "traffic", "crime", "reserve"))
_E_TOWNS = ("pulan", "zhada", "gaer", "ritu")
_E_OFFICES = tuple(f"office-{name}" for name in ("command", "politics", "logistics", "discipline"))

QUMALAI = Case(
    "qumalai",
    "level-1",
    (
        Group("departments", _A_DEPARTMENTS, 640, terms=MIXED),
        Group("headquarters", ("hq", "office"), 24, out_of="departments"),
        Group("grid", ("grid",), 354, out_of="departments"),  # A5
        Group("branches", _A_BRANCHES, 159, out_of="departments"),  # A1
        Group("cadres", ("team-cadres",), 48, out_of="departments"),
        Group("medics", ("team-medics",), 216, post="医务人员"),  # A12: more than 200
        Group("police", ("team-police",), 52, out_of="departments"),
        Group("emergency", ("team-emergency",), 36),
        Group("sanitation", ("team-sanitation",), 30, terms=("public_welfare", "temporary")),
        Group("women", ("team-women",), 28),
        Group("veterans", ("team-veterans",), 24, ages=(24, 60)),
        Group("retired", ("team-retired",), 20, ages=(60, 80)),
        Group("pupils", ("team-pupils",), 40, ages=(8, 18), is_led=False),
    ),
    residents=12_000,
    fewest=3_500,
    order_day=date(2020, 1, 26),
    families=("relatives-health", ("departments",)),
    returnees=Returnees(217, 0.75),
)

NINGYANG = Case(
    "ningyang",
    "level-1",
    (
        Group("offices", _B_OFFICES, 480, terms=("permanent", "permanent", "support")),
        Group("headquarters", ("hq", "task-force"), 18, out_of="offices"),
        Group("groups", _B_GROUPS, 45, out_of="offices"),  # B1: five groups
        Group("stations", _numbered("station-", 9), 126, out_of="offices"),  # B3: nine stations, more than 120
        Group("party", _numbered("party-", 9), 54, out_of="stations"),  # B3: a temporary party group at each
        Group("commandos", _numbered("commando-", 3), 66, out_of="offices"),  # B7: three
    ),
    residents=10_000,
    fewest=3_000,
    order_day=date(2020, 1, 26),
    followed=("returnee-health", "offices"),
    returnees=Returnees(4_126, 0.97),  # B6: more than 4,000
)

HUAINAN = Case(
    "huainan",
    "level-1",
    (
        Group("offices", _C_OFFICES, 56),
        Group("headquarters", ("hq",), 9, out_of="offices"),
        Group("brigades", tuple(f"brigade-{town}" for town in _C_TOWNS), 49),
        Group("camps", tuple(f"station-{town}" for town in _C_TOWNS), 196, terms=("permanent", "self_hired")),
        Group("commandos", tuple(f"commando-{town}" for town in _C_TOWNS), 84, out_of="camps"),  # C2
        Group("posts", ("posts",), 21, out_of="camps", is_led=False),  # C2
        Group("helpers", ("helpers",), 28, out_of="camps"),  # C16
    ),
    residents=4_000,
    fewest=1_200,
    order_day=date(2020, 1, 26),
    families=("family-health", ("offices", "brigades", "camps")),
)

NAIMAN = Case(
    "naiman",
    "level-1",
    (
        Group("staff", ("staff",), 956, terms=("permanent", "permanent", "support"), is_led=False),  # D2
        Group("headquarters", ("hq", "task-force"), 33, out_of="staff"),
        Group("groups", _D_GROUPS, 80, out_of="staff"),  # D1: ten groups
        Group(
            "branches",
            (*_numbered("branch-", 18), "temp-hq", *_numbered("temp-", 5)),
            457,
            out_of="staff",
        ),  # D3: 18 and 6
        Group("commandos", _D_COMMANDOS, 116, out_of="branches"),  # D4: six, party members
    ),
    residents=6_000,
    fewest=3_000,
    order_day=date(2020, 1, 26),
    certain=frozenset({"recall"}),  # D2: 956, nobody missing
)

ALI = Case(
    "ali",
    "level-1",
    (
        Group("offices", _E_OFFICES, 48),
        Group("headquarters", ("hq",), 9, out_of="offices"),
        Group("brigades", tuple(f"brigade-{town}" for town in _E_TOWNS), 152),
        Group("vanguard", tuple(f"vanguard-{town}" for town in _E_TOWNS), 48, out_of="brigades"),  # E1
        Group("checkpoints", _numbered("checkpoint-", 2), 32),
        Group("reserve", ("reserve",), 24, out_of="brigades"),  # E15
    ),
    residents=3_000,
    fewest=900,
    order_day=date(2022, 8, 10),
    families=("family-health", ("offices", "brigades", "checkpoints")),
)

CASES: Mapping[str, Case] = {case.key: case for case in (QUMALAI, NINGYANG, HUAINAN, NAIMAN, ALI)}
