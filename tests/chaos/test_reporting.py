"""kill -9 of server and database while a village reports and the ladder runs: every acknowledged report there, none twice; reminders neither lost
nor doubled. Short: BULOU_KILLS=6. `make chaos` kills fifty times."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from bulou.platform import postgres
from tests.chaos.reporting import House, Reporter, count, kill
from tests.site.test_commands import COUNTY, ROOT, bulou, environment

pytestmark = pytest.mark.chaos
KILLS = int(os.environ.get("BULOU_KILLS", "50"))
REPORTERS = 4
NUMBERS = ("acknowledged", "steps", "reminders")


def in_the_house(home: Path, word: str) -> dict[str, Any]:
    """Run a word of tests.chaos.county in a process of its own."""
    given = environment(home, PYTHONPATH=f"{ROOT / 'src'}:{ROOT}")
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos.county", word],
        env=given,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def home() -> Iterator[Path]:
    """A founded exercise."""
    with TemporaryDirectory(prefix="bulou-chaos-") as folder:
        place = Path(folder) / "home"
        done = bulou(place, "init", "exercise", COUNTY)
        assert done.returncode == 0, done.stderr
        yield place
        postgres.stop(place)


def test_whatever_is_killed_every_acknowledged_report_is_there_once_and_no_reminder_is_lost(home: Path) -> None:
    village = in_the_house(home, "prepare")
    house, chance = House(home), random.Random(20200126)
    in_the_house(home, "start")
    reporting = village["enrolments"][: len(village["enrolments"]) * 3 // 4]
    reporters = [Reporter(house, village["session"], reporting, seed) for seed in range(REPORTERS)]
    for one in reporters:
        one.start()
    kills = {"database": 0, "server": 0, "everything": 0}
    try:
        for number in range(KILLS):
            time.sleep(1.5 + 2 * chance.random())
            what = list(kills)[number % 3]
            kill(house, what)
            kills[what] += 1
            assert house.answers(), (
                f"no page came after kill {number + 1} ({what}): {''.join(house.running.said)[-2000:]}"
            )
        time.sleep(4)
    finally:
        for one in reporters:
            one.end.set()
        for one in reporters:
            one.join(30)
        house.stop()
    found = count(home, [one.told for one in reporters])
    refused = [sentence for one in reporters for sentence in one.told.refused]
    lost = found.reports_lost + found.reminders_lost + found.steps_lost
    doubled = found.reports_doubled + found.steps_doubled + found.reminders_doubled + found.messages_doubled
    print(
        f"\nchaos: {sum(kills.values())} kills ({', '.join(f'{n} {what}' for what, n in kills.items())}) · {found.acknowledged} reports acknowledged, "
        f"{sum(one.told.again for one in reporters)} sent again · {found.steps} steps, {found.reminders} reminders · {lost} lost, {doubled} doubled"
    )
    assert found.acknowledged > 5 * KILLS
    assert found.reminders > 0
    assert not refused, refused[:5]
    assert {name: number for name, number in asdict(found).items() if number and name not in NUMBERS} == {}
