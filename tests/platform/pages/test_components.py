"""What the components say: numbers, shares, times, chips, charts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template, engines
from django.utils import translation

from bulou.platform.pages import charts
from bulou.platform.pages.components import drawings, texts, treemaps
from bulou.platform.pages.components.drawings import Bar
from bulou.platform.pages.components.panels import Event, Fact, Tab
from bulou.platform.pages.components.treemaps import Cell

NOW = datetime(2026, 3, 9, 0, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def drawn(source: str, **context) -> str:
    return Template(source, engine=engines["django"].engine).render(Context(context))


def test_what_is_not_known_is_a_dash_and_never_a_zero():
    assert texts.number(None) == "—"
    assert texts.number(0) == "0"
    assert texts.number(1377) == "1,377"
    assert texts.percent(None) == "—"
    assert texts.moment(None) == "—"
    assert "—" in drawn('{% figure n "x" %}', n=None)


def test_a_share_is_whole_only_when_nobody_is_left():
    assert texts.percent(799_999 / 800_000) == "99.9%"
    assert texts.percent(1 / 800_000) == "0.1%"
    assert texts.percent(1) == "100%"
    assert texts.percent(0) == "0%"


def test_times_are_shown_on_the_county_s_clock():
    assert texts.plain_moment(NOW) == "2026-03-09 08:05"
    assert texts.plain_day(datetime(2026, 3, 8, 16, 0, tzinfo=UTC)) == "2026-03-09"
    assert 'datetime="2026-03-09T00:05:00+00:00"' in texts.moment(NOW)


def test_how_long_ago_is_said_in_the_reader_s_language():
    assert "5 minutes ago" in texts.ago(NOW - timedelta(minutes=5, seconds=59), NOW)
    assert "in 3 hours" in texts.ago(NOW + timedelta(hours=3), NOW)
    assert "1 minute ago" in texts.ago(NOW - timedelta(minutes=1), NOW)
    assert "47 hours" in texts.ago(NOW - timedelta(hours=47), NOW)
    assert "2 days" in texts.ago(NOW - timedelta(hours=48), NOW)
    with translation.override("zh-hans"):
        assert "5分钟前" in texts.ago(NOW - timedelta(minutes=5), NOW)
        assert texts.listed(["a", "b"]) == "a、b"


def test_a_chip_has_shape_and_words_beside_its_colour():
    chip = drawn('{% tag text "bad" %}', text="<Missing>")
    assert "tag-bad" in chip
    assert "#cross" in chip
    assert "&lt;Missing&gt;" in chip


def test_an_unknown_tone_is_an_error_of_the_programmer():
    with pytest.raises(KeyError):
        drawn('{% tag "x" "reddish" %}')


def test_a_figure_opens_to_its_rows_and_names_its_denominator():
    figure = drawn('{% figure 2236 "Reported" "/rows?x=1" of=2809 tone="good" %}')
    assert 'href="/rows?x=1"' in figure
    assert "2,236" in figure
    assert "/ 2,809" in figure
    assert 'width="79.6%"' in figure
    assert "figure-share" not in drawn('{% figure 0 "x" of=0 %}')


def test_content_of_panels_is_escaped_once():
    assert "&lt;b&gt;" in drawn("{% panel t %}{{ x }}{% endpanel %}", t="T", x="<b>")
    assert "&amp;lt;" not in drawn("{% panel t %}{{ x }}{% endpanel %}", t="T", x="<b>")
    assert "&lt;i&gt;" in drawn("{% alert 'bad' t %}x{% endalert %}", t="<i>")


def test_facts_tabs_and_history_draw_what_they_are_given():
    assert '<span class="none">—</span>' in drawn("{% facts f %}", f=[Fact("Phone", None)])
    assert "<dd>0</dd>" in drawn("{% facts f %}", f=[("Absent", 0)])
    tabs = drawn('{% tabs t "b" %}', t=[Tab("a", "A", "/a"), Tab("b", "B", "/b", 1377)])
    assert 'href="/b" aria-current="page"' in tabs
    assert "1,377" in tabs
    story = drawn("{% history e %}", e=[Event(NOW, "Reported", "Li", "late bus", "late")], now=NOW)
    assert "tone-late" in story
    assert "late bus" in story


def test_a_treemap_gives_areas_in_proportion_and_keeps_the_order():
    weights = [412, 398, 286, 0, 354, 231]
    boxes = charts.treemap(weights, 600, 400)
    total = sum(weights)
    for weight, box in zip(weights, boxes, strict=True):
        assert box.width * box.height == pytest.approx(weight / total * 600 * 400, rel=1e-6)
    assert sum(box.width * box.height for box in boxes) == pytest.approx(240_000)
    assert all(box.x >= -1e-6 and box.x + box.width <= 600 + 1e-6 and box.y + box.height <= 400 + 1e-6 for box in boxes)


def test_boxes_of_a_treemap_do_not_overlap():
    boxes = [box for box in charts.treemap([5, 3, 3, 2, 1, 1, 1], 100, 60) if box.width]
    for i, one in enumerate(boxes):
        for other in boxes[i + 1 :]:
            apart_x = one.x + one.width <= other.x + 1e-6 or other.x + other.width <= one.x + 1e-6
            apart_y = one.y + one.height <= other.y + 1e-6 or other.y + other.height <= one.y + 1e-6
            assert apart_x or apart_y


def test_a_treemap_of_nothing_is_empty():
    assert charts.treemap([], 10, 10) == []
    assert all(box.width == 0 for box in charts.treemap([0, 0], 10, 10))


@pytest.mark.parametrize(
    ("missing", "step"),
    [(0, 0), (0.0001, 1), (0.01, 1), (0.011, 2), (0.05, 2), (0.2, 3), (0.21, 4), (1.0, 4), (None, "open")],
)
def test_only_where_nobody_is_missing_is_calm_and_before_the_due_time_nothing_is_red(missing, step):
    assert treemaps.treemap([Cell("x", 10, missing)])["cells"][0]["step"] == step


def test_a_cell_fills_up_until_the_due_time_and_keeps_a_bar_while_more_is_to_come():
    before = treemaps.treemap([Cell("x", 10, None, 0.25)], width=402, height=202)["cells"][0]
    assert (before["filled"]["width"], before["filled"]["height"], before["hatched"]) == ("100.0", "200.0", None)
    running = treemaps.treemap([Cell("x", 10, 0.0, 0.5, is_running=True)], width=402, height=202)["cells"][0]
    assert (running["filled"]["width"], running["filled"]["height"]) == ("200.0", f"{treemaps.BAR:.1f}")
    assert treemaps.treemap([Cell("x", 10, 0.0, 1.0)])["cells"][0]["filled"] is None


def test_the_excused_share_of_a_cell_is_hatched():
    drawn = treemaps.treemap([Cell("x", 10, None, 1.0, excused=0.4)], width=402, height=202)["cells"][0]
    assert (drawn["hatched"]["x"], drawn["hatched"]["width"], drawn["filled"]["width"]) == ("241.0", "160.0", "240.0")
    assert (
        treemaps.treemap([Cell("x", 10, None, None, excused=1.0)], width=402, height=202)["cells"][0]["hatched"][
            "width"
        ]
        == "400.0"
    )


def test_a_gap_breaks_a_line_and_is_a_dash_over_a_column():
    assert len(charts.line([1, 2, None, 3], 90, 20)) == 2
    shown = drawings.columns([Bar("1", 5), Bar("2", None)])
    assert shown["rows"][1]["value"] == "—"
    assert shown["rows"][1]["height"] == "0.0"


@pytest.mark.parametrize(
    ("values", "top"), [([275], 300), ([7], 8), ([100], 100), ([0], 1), ([None], 1), ([1.1], 1.2), ([0.03], 0.03)]
)
def test_the_scale_ends_on_a_round_number_above(values, top):
    assert charts.scale_top(values) == pytest.approx(top)


def test_parts_of_a_whole_fill_the_bar():
    parts = drawings.stack([Bar("a", 1, tone="good"), Bar("b", 0, tone="late"), Bar("c", 3, tone="bad")])["parts"]
    assert [part["x"] for part in parts] == ["0.000", "25.000", "25.000"]
    assert drawings.stack([Bar("a", 0, tone="good")])["total"] == "0"
