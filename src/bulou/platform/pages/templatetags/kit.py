"""The page kit's table of contents: every tag and filter a template may use, without loading anything.

What each takes is said where it is written, in `bulou.platform.pages.components`; docs/pages.md shows them in use.
"""

from __future__ import annotations

from django import template
from django.template.loader_tags import BLOCK_CONTEXT_KEY

from bulou.platform.pages.components import drawings, formtags, marks, panels, texts, treemaps

register = template.Library()

register.simple_tag(marks.icon)
register.simple_tag(marks.tag)
register.simple_tag(marks.button)
register.inclusion_tag("pages/parts/figure.html")(marks.figure)
register.inclusion_tag("pages/parts/post.html", takes_context=True)(marks.post)
register.inclusion_tag("pages/parts/confirm.html", takes_context=True)(marks.confirm)

register.inclusion_tag("pages/parts/crumbs.html")(panels.crumbs)
register.inclusion_tag("pages/parts/tabs.html")(panels.tabs)
register.inclusion_tag("pages/parts/facts.html")(panels.facts)
register.inclusion_tag("pages/parts/history.html", takes_context=True)(panels.history)
register.inclusion_tag("pages/parts/nothing.html")(panels.nothing)
register.simple_block_tag(panels.alert)
register.simple_block_tag(panels.panel)
register.simple_block_tag(panels.dialog)
register.filter("path_of", panels.path_of)

register.inclusion_tag("pages/parts/form.html", takes_context=True)(formtags.form)
register.inclusion_tag("pages/parts/field.html")(formtags.field)
register.simple_block_tag(takes_context=True)(formtags.formbox)

register.inclusion_tag("pages/parts/bars.html")(drawings.bars)
register.inclusion_tag("pages/parts/stack.html")(drawings.stack)
register.inclusion_tag("pages/parts/columns.html")(drawings.columns)
register.inclusion_tag("pages/parts/treemap.html")(treemaps.treemap)
register.simple_tag(drawings.spark)

register.filter("number", texts.number)
register.filter("percent", texts.percent)
register.filter("day", texts.day)
register.filter("moment", texts.moment)
register.filter("ago", texts.ago)
register.filter("span", texts.span)
register.filter("listed", texts.listed)
register.filter("yes_no", texts.yes_no)


@register.inclusion_tag("tables/table.html", takes_context=True)
def table(context: template.Context, shown: object) -> dict[str, object]:
    """A table of `bulou.platform.tables`, with its search, filters, columns, pages and export."""
    return {"table": shown, "csrf_token": context.get("csrf_token"), "request": context.get("request")}


@register.simple_tag(takes_context=True)
def again(context: template.Context, block: str) -> str:
    """The content of a block once more (the title, for the heading), so that no page has to say it twice."""
    return context.render_context[BLOCK_CONTEXT_KEY].get_block(block).render(context)
