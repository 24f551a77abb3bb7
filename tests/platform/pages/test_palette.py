"""Every pair of colours that carries words holds WCAG AA, in light and in dark, computed from the tokens of kit.css."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import bulou.platform.pages

STATIC = Path(bulou.platform.pages.__file__).parent / "static" / "bulou"
CSS = (STATIC / "kit.css").read_text()

WORDS = [
    *[(ink, ground, 4.5) for ink in ("ink", "ink-2", "ink-3") for ground in ("paper", "sheet", "wash")],
    *[(tone, f"{tone}-wash", 4.5) for tone in ("good", "late", "bad", "warn", "info", "quiet")],
    *[(tone, "sheet", 4.5) for tone in ("good", "late", "bad", "warn", "info", "quiet", "accent", "accent-ink")],
    *[("ink", f"{tone}-wash", 4.5) for tone in ("good", "late", "bad", "info", "accent")],
    ("accent", "wash", 4.5),
    ("accent", "accent-wash", 4.5),
    ("accent-ink", "accent-wash", 4.5),
    ("on-accent", "accent", 4.5),
    ("on-seal", "seal", 4.5),
    ("paper", "ink", 4.5),
    ("edge", "sheet", 3.0),
    ("edge", "paper", 3.0),
    ("focus", "sheet", 3.0),
]


def tokens(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", css))


LIGHT = tokens(CSS.split("@media (prefers-color-scheme: dark)")[0])
DARK = LIGHT | tokens(CSS.split("@media (prefers-color-scheme: dark)")[1].split("*, *::before")[0])


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), WORDS)
def test_words_can_be_read_on_their_ground(palette, ink, ground, least):
    assert contrast(palette[ink], palette[ground]) >= least


@pytest.mark.parametrize(
    ("step", "ink"), [("0", "#1b2327"), ("1", "#1b2327"), ("2", "#1b2327"), ("3", "#1b2327"), ("4", "#ffffff")]
)
def test_names_in_a_treemap_can_be_read(step, ink):
    assert contrast(LIGHT[f"cell-{step}"], ink) >= 4.5


def test_the_shades_of_a_treemap_only_grow_darker():
    shades = [luminance(LIGHT[f"cell-{step}"]) for step in range(5)]
    assert shades == sorted(shades, reverse=True)


def test_contrast_is_the_one_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_kit_stays_small():
    assert sum(file.stat().st_size for file in STATIC.glob("*.css")) < 40_000
    assert (STATIC / "kit.js").stat().st_size < 12_000
