"""Cells of a sheet read as facts: what people write in Excel for "well", a temperature, a choice, several."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from bulou.core.facts import Kind
from bulou.interfaces.mine import asking
from bulou.modules.ledger.queries.asked import Asked
from bulou.platform import clock
from bulou.platform.refusals import Refusal
from bulou.platform.sheets.fields import Parse, choice, day, plain, text
from bulou.platform.sheets.reading import Cell

ALIASES = {
    "name": ("姓名", "名字", "人员姓名"),
    "number": ("身份证号", "身份证号码", "证件号码", "身份证"),
    "place": ("村", "村（社区）", "村/社区", "所属村", "单位", "所属单位"),
    "well": ("健康状况", "身体状况", "是否正常", "健康"),
    "temperature": ("体温", "温度", "测温"),
    "symptoms": ("症状",),
    "whereabouts": ("现在何处", "所在地", "目前所在地", "位置"),
    "movements": ("活动轨迹", "行程", "活动情况"),
    "keeps_isolation": ("是否居家隔离", "居家隔离", "遵守隔离", "隔离"),
    "back_from": ("返回地", "来自"),
    "back_since": ("返回日期", "返乡日期"),
}
YES = ("是", "正常", "健康", "良好", "无异常", "√", "yes", "y", "1")
NO = ("否", "不正常", "异常", "不适", "发热", "×", "no", "n", "0")


def key_of(regime_id: int) -> str:
    """The key of a regime's import."""
    return f"mine.regime-{regime_id}"


def parser(one: Asked) -> Parse:
    """Reads a cell as a fact."""
    kind = one.fact.kind
    if kind is Kind.NUMBER:
        return _number(*asking.LIMITS.get(one.code, (None, None)))
    if kind is Kind.YES_NO:
        words = dict(asking.options(one))
        known = choice({**dict.fromkeys((*YES, words["yes"]), "yes"), **dict.fromkeys((*NO, words["no"]), "no")})
        return lambda cell: known(cell) == "yes"
    if kind is Kind.CHOICE:
        return choice({written: code for code, title in asking.options(one) for written in (code, title)})
    if kind is Kind.CHOICES:
        return _several(choice({written: code for code, title in asking.options(one) for written in (code, title)}))
    if kind is Kind.MOMENT:
        return lambda cell: clock.day_span(day()(cell), clock.COUNTY_ZONE)[0]
    return text(400)


def _number(low: float | None, high: float | None) -> Parse:
    def parse(cell: Cell) -> float:
        try:
            value = float(plain(cell).rstrip("℃度C "))
        except ValueError:
            raise Refusal("mine.not_a_number", _("“%(value)s” is not a number."), value=plain(cell)[:20]) from None
        if (low is not None and value < low) or (high is not None and value > high):
            raise Refusal("mine.no_such_number", _("%(value)s cannot be."), value=value)
        return value

    return parse


def _several(known: Callable[[Cell], str]) -> Parse:
    def parse(cell: Cell) -> tuple[str, ...]:
        parts = [
            part
            for part in plain(cell).replace("，", ",").replace("、", ",").split(",")
            if part.strip() and part.strip() != "无"
        ]
        return tuple(known(part.strip()) for part in parts)

    return parse
