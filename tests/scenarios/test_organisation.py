"""The figures of organisation that the cases state, counted by SQL of its own over the registry's tables."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from django.db import connection

from bulou.site.scenarios.cases import CASES
from bulou.site.scenarios.loading import Loaded, load

NOW = datetime(2020, 1, 26, 0, 0, tzinfo=UTC)
SEED = 20200126

MEMBERS = """
    SELECT count(DISTINCT m.person_id), count(DISTINCT u.id) FROM registry_membership m JOIN registry_unit u ON u.id = m.unit_id
    WHERE u.ends IS NULL AND m.starts <= %s AND (m.ends IS NULL OR m.ends > %s) AND u.kind = ANY(%s) AND u.name LIKE %s
"""


def counted(kinds: str, name: str = "%") -> tuple[int, int]:
    """(different people, units) in the units of these kinds whose name is like that."""
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS, [NOW, NOW, kinds.split(), name])
        people, units = cursor.fetchone()
    return people, units


def one(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


def loaded(case: str) -> Loaded:
    began = time.monotonic()
    found = load(case, seed=SEED, now=NOW, residents=CASES[case].fewest)
    print(f"{case}: {time.monotonic() - began:.1f} s")
    return found


@pytest.mark.django_db
def test_case_a_has_its_own_numbers() -> None:
    found = loaded("qumalai")
    assert counted("temporary_branch") == (159, 16)
    assert counted("work_group", "约改镇网格工作组") == (354, 1)
    assert counted("team", "医务人员队")[0] >= 200
    assert counted("team")[1] == 9
    villages = "SELECT count(*) FROM registry_place WHERE level = 'village' AND code LIKE '632726%' AND substr(code, 10, 1) {} '0'"
    assert (one(villages.format(">")), one(villages.format("="))) == (19, 5), "19 villages and 5 communities"
    assert one("SELECT count(*) FROM registry_person WHERE purpose = 'returnee'") == len(found.returnees) == 217
    assert found.villages_without, "some village has nobody who came back, and says so"


@pytest.mark.django_db
def test_case_b_has_its_own_numbers() -> None:
    found = loaded("ningyang")
    assert counted("work_group")[1] == 5
    assert counted("station_crew")[0] >= 120
    assert counted("station_crew")[1] == 9
    assert counted("temporary_branch")[1] == 9
    assert counted("commando")[1] == 3
    assert one("SELECT count(*) FROM registry_person WHERE purpose = 'returnee'") == len(found.returnees) > 4_000


@pytest.mark.django_db
def test_case_c_has_a_commando_in_every_unit_and_posts_held_by_named_members() -> None:
    loaded("huainan")
    assert counted("commando")[1] == counted("brigade")[1] == counted("squad")[1] == 7
    assert counted("other", "先锋岗") == (21, 1)


@pytest.mark.django_db
def test_case_d_has_its_own_numbers() -> None:
    loaded("naiman")
    assert counted("other", "全局民警辅警") == (956, 1)
    assert counted("branch")[1] == 18
    assert counted("temporary_branch")[1] == 6
    assert counted("branch temporary_branch") == (457, 24)
    assert counted("commando") == (116, 6)
    assert counted("work_group")[1] == 10
    outsiders = """SELECT count(DISTINCT m.person_id) FROM registry_membership m JOIN registry_unit u ON u.id = m.unit_id
        WHERE u.kind = 'commando' AND NOT EXISTS (SELECT FROM registry_membership o JOIN registry_unit b ON b.id = o.unit_id
        WHERE o.person_id = m.person_id AND b.kind IN ('branch', 'temporary_branch'))"""
    assert one(outsiders) == 0, "the commandos are party members"


@pytest.mark.django_db
def test_case_e_has_a_vanguard_with_a_lead_wherever_control_work_opens() -> None:
    loaded("ali")
    assert counted("commando")[1] == counted("brigade")[1] == 4
    assert counted("station_crew")[1] == 2
    leads = "SELECT count(*) FROM registry_membership m JOIN registry_unit u ON u.id = m.unit_id WHERE u.kind = 'commando' AND m.part = 'leader'"
    assert one(leads) == 4
