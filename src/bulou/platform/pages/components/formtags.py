"""Forms on pages: the whole form, or a frame around fields laid out by the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.forms import BoundField
from django.forms.widgets import CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext


def form(
    context: Context,
    form: Any,
    submit: object = "",
    cancel: str = "",
    action: str = "",
    tone: str = "main",
    hx: bool = False,
) -> dict[str, Any]:
    """The whole form: summary of errors, what changed meanwhile, every field, and the buttons. `hx` sends it without a new page."""
    return {
        "form": form, "groups": list(_groups(form)), "submit": submit or gettext("Save"), "cancel": cancel, "action": action,
        "tone": tone, "hx": hx, "csrf_token": context.get("csrf_token"), "id": form_id(form),
    }  # fmt: skip


def formbox(context: Context, content: str, form: Any, **how: Any) -> SafeString:
    """The frame of a form (summary, hidden keys, buttons) around fields the page lays out itself with `field`."""
    within = globals()["form"](context, form, **how) | {"content": mark_safe(content)}
    return render_to_string("pages/parts/form.html", within)


def field(bound: BoundField) -> dict[str, Any]:
    """One field: label above, hint, control, and its error beside it; what stands now where somebody else changed it meanwhile."""
    widget = bound.field.widget
    standing = getattr(bound.form, "standing", {})
    return {
        "field": bound, "standing": standing.get(bound.name), "is_contested": bound.name in standing,
        "is_check": isinstance(widget, CheckboxInput), "is_file": isinstance(widget, FileInput),
        "is_choices": isinstance(widget, RadioSelect | CheckboxSelectMultiple),
    }  # fmt: skip


def form_id(form: Any) -> str:
    """The form's id in the page."""
    return f"form-{form.prefix or type(form).__name__.lower()}"


def _groups(form: Any) -> Iterator[tuple[object, list[BoundField]]]:
    """The visible fields under the headings of `form.groups`; fields named in none of them come first, without a heading."""
    named: dict[str, object] = {name: title for title, names in getattr(form, "groups", ()) for name in names}
    loose = [bound for bound in form.visible_fields() if bound.name not in named]
    if loose:
        yield "", loose
    for title, names in getattr(form, "groups", ()):
        yield title, [form[name] for name in names if name in form.fields]
