"""What the page of one form shows: how it stands, its questions in a language, what its answers mean, its files, versions and acts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from bulou.modules.collection.labels import forms as labels
from bulou.modules.collection.labels import light
from bulou.modules.collection.models import Form, FormVersion
from bulou.modules.collection.queries import forms as queries
from bulou.modules.collection.rules import mapping as rules
from bulou.modules.collection.rules.comparing import changes
from bulou.modules.collection.rules.texts import spoken
from bulou.modules.collection.rules.tree import Question, choices_of
from bulou.modules.collection.services import forms as services
from bulou.modules.ledger.queries.asked import statable
from bulou.platform.journal.queries import action_title, acts_on
from bulou.platform.manifest import extras
from bulou.platform.pages.components.panels import Event, Fact
from bulou.platform.pages.forms import Form as PageForm

EDIT = queries.EDIT
MOVES = {  # verb → (from which states, words, question)
    "closing": (
        {"open"},
        lambda: (
            pgettext("form", "Close gradually"),
            _("Take this form from the lists? What is still on its way is accepted."),
        ),
    ),
    "close": (
        {"open", "closing"},
        lambda: (pgettext("form", "Close"), _("Close this form? What still comes is held for a person to settle.")),
    ),
    "reopen": ({"closing", "closed", "retired"}, lambda: (pgettext("form", "Open again"), _("Put this form back?"))),
    "retire": (
        {"draft", "closed"},
        lambda: (pgettext("form", "Retire"), _("Take this form out of the registers? What was sent stays.")),
    ),
}
MOST_CHOICES = 12


class MediaForm(PageForm):
    """A file of a form."""

    file = forms.FileField(label=gettext_lazy("File"), help_text=gettext_lazy("Under the name the form calls it by."))


@dataclass(frozen=True, slots=True)
class Line:
    """A question as a reader sees it. `depth` = how many groups it lies in; `means` what it states; `more` choices that are not shown."""

    node: Question
    depth: int
    kind: str
    label: str
    hint: str
    choices: list[tuple[str, str]]
    more: int
    means: str
    conditions: list[tuple[str, str]]


def form_page(request: HttpRequest, form: Form, row: FormVersion | None) -> HttpResponseBase:
    """The page of a form, showing one of its versions (None where there is none)."""
    viewer = request.viewer  # type: ignore[attr-defined]
    may_edit = viewer.may(EDIT) and queries.forms(viewer, EDIT).filter(pk=form.pk).exists()
    current = queries.current(form.pk)
    context: dict[str, Any] = {
        "form": form, "row": row, "current": current, "state": labels.STATES[form.state], "may_edit": may_edit,
        "versions": queries.versions_of(form.pk), "history": _history(viewer, form), "trail": [(_("Forms"), reverse("collection:forms"))],
        "moves": _moves(form, current) if may_edit else [],
    }  # fmt: skip
    if row is not None:
        context |= _version(row, request.GET.get("language", ""), may_edit)
    return render(request, "collection/forms/form.html", context)


def _version(row: FormVersion, language: str, may_edit: bool) -> dict[str, Any]:
    languages = list(row.languages)
    shown = language if language in languages else near(languages, row.tree.get("default", ""))
    before = next((each for each in queries.versions_of(row.form_id) if each.number < row.number), None)
    titles = labels.fact_titles(statable(row.form.operation_id))
    doubles = queries.asked_twice(row) if rules.stated(row.mapping) else []
    answers = queries.answering(row.form.operation_id, beside=row)
    return {
        "shown": shown, "spoken_in": languages, "lines": list(lines(row.tree, row.mapping, shown, titles)), "facts": _facts(row),
        "warnings": [labels.said(fault) for fault in labels.stored(row.warnings)], "media": _media(row), "media_form": MediaForm(),
        "unready": [labels.said(fault) for fault in services.unready(row)] if may_edit and row.published_at is None else [],
        "changes": changes(before.tree, row.tree) if before else None, "asked": labels.ASKED, "before": before,
        "why_full": light.sentences(row.why_full) if row.runner == "full" else [], "has_sheet": queries.has_sheet(row.pk), "doubles": doubles,
        "answering": answers, "preview": next((ask(row.pk) for ask in extras("form_preview")), ""),
        "minutes": sum(each.minutes for each in answers if row.title in each.by),
    }  # fmt: skip


def near(languages: list[str], default: str) -> str:
    """The form's language nearest to the reader's: zh for zh-hans, else the form's default."""
    reader = (get_language() or "").lower()
    wanted = [reader, reader.split("-")[0]]
    found = next(
        (each for want in wanted for each in languages if want == each.lower() or f"({want})" in each.lower()), ""
    )
    return found or default


def lines(tree: dict[str, Any], mapping: dict[str, Any], language: str, titles: dict[str, str]) -> Iterator[Line]:
    """The questions of a tree, groups before what is in them; what a device notes by itself only where it means something."""
    means = {
        path: str(labels.ROLES.get(what) or titles.get(what, what)) for path, what in rules.outline(mapping).items()
    }
    waiting = [(node, 0) for node in reversed(tree.get("questions", []))]
    while waiting:
        node, depth = waiting.pop()
        if node["kind"] != "meta" or node["path"] in means:
            yield _line(tree, node, depth, means.get(node["path"], ""), language)
        waiting.extend((child, depth + 1) for child in reversed(node.get("children", [])))


def _line(tree: dict[str, Any], node: Question, depth: int, means: str, language: str) -> Line:
    default = tree.get("default", "")
    choices = choices_of(tree, node)
    shown = [(choice["name"], spoken(choice.get("label"), language, default)) for choice in choices[:MOST_CHOICES]]
    return Line(
        node, depth, str(labels.KINDS.get(node["kind"], node["kind"])), spoken(node.get("label"), language, default),
        spoken(node.get("hint"), language, default), shown, max(0, len(choices) - MOST_CHOICES), means, list(_conditions(node)),
    )  # fmt: skip


def _conditions(node: Question) -> Iterator[tuple[str, str]]:
    for key, words in (
        ("relevant", _("asked if")),
        ("constraint", _("allowed if")),
        ("calculate", _("computed as")),
        ("count", _("how often")),
    ):
        if node.get(key):
            yield words, node[key]


def _facts(row: FormVersion) -> list[Fact]:
    subject = row.mapping.get("subject") or {}
    kind = str(labels.SUBJECTS.get(subject.get("kind", ""), _("Nobody: its answers count for nothing")))
    about = _("Whoever fills it") if subject.get("self") else kind
    return [
        Fact(pgettext("form", "Version"), row.version or "–"),
        Fact(pgettext("form", "About"), about),
        Fact(pgettext("form", "List"), row.mapping["list"]["repeat"] if row.mapping.get("list") else "–"),
        Fact(pgettext("form", "Languages"), ", ".join(row.languages) or "–"),
        Fact(
            pgettext("form", "Shown by"),
            pgettext("form", "Light page") if row.runner == "light" else pgettext("form", "Full engine"),
        ),
        Fact(pgettext("form", "Brought"), row.made_at, note=row.actor_name),
        Fact(pgettext("form", "Published"), row.published_at or _("not yet: what is sent is a test")),
        Fact(pgettext("form", "Digest"), row.digest),
    ]


def _media(row: FormVersion) -> list[dict[str, Any]]:
    there = {each.name: each for each in queries.media_of(row.pk)}
    names = dict.fromkeys([*row.tree.get("files", {}), *there])
    return [{"name": name, "kind": row.tree.get("files", {}).get(name, ""), "row": there.get(name)} for name in names]


def _moves(form: Form, current: FormVersion | None) -> list[tuple[str, str, str]]:
    found = []
    for verb, (states, words) in MOVES.items():
        is_possible = form.state in states and not (verb == "reopen" and form.state != "retired" and current is None)
        if is_possible:
            found.append((verb, *words()))
    return found


def _history(viewer: Any, form: Form) -> list[Event]:
    rows = acts_on(viewer, "collection.form", form.pk)[:50]
    return [
        Event(
            line.at,
            action_title(line.action),
            line.actor_name,
            " · ".join(filter(None, (str(line.data.get("version", "")), line.why))),
        )
        for line in rows
    ]
