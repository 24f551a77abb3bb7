"""Forms of places."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bulou.modules.registry.models import Place
from bulou.modules.registry.rules import places as rules
from bulou.modules.registry.views import place_labels as labels
from bulou.platform.pages.forms import Form, Pick, Picks


def kinds_of(levels: Sequence[str]) -> list[tuple[str, object]]:
    """The kinds that places of these levels may be of, "" first."""
    allowed = {kind for level in levels for kind in rules.KINDS.get(level, ())}
    return [("", _("By its code, or none")), *((key, title) for key, title in labels.PLACE_KIND if key in allowed)]


def levels_below(place: Place) -> list[tuple[str, object]]:
    """The levels a county may add under a place."""
    return [(key, title) for key, title in labels.LEVEL if key in rules.OWN and rules.may_stand_under(key, place.level)]


def why_field() -> forms.CharField:
    """Why a change is made: it stays in the history."""
    help_text = _("For example the number of the approval. It stays in the history.")
    return forms.CharField(label=_("Reason"), max_length=400, help_text=help_text)


def name_field() -> forms.CharField:
    """A place's name."""
    return forms.CharField(label=pgettext_lazy("place", "Name"), max_length=rules.LONGEST_NAME)


class AddForm(Form):
    """A new place below another one."""

    level = forms.ChoiceField(label=_("Level"))
    name = name_field()
    kind = forms.ChoiceField(label=pgettext_lazy("place", "Kind"), required=False)
    code = forms.CharField(
        label=pgettext_lazy("place", "Code"), max_length=32, required=False,
        help_text=_("9 digits for a town, 12 for a village. Left empty, it gets one of the county's own."),
    )  # fmt: skip
    why = why_field()

    def below(self, place: Place) -> AddForm:
        """Offer the levels and kinds that may stand under a place."""
        levels = levels_below(place)
        self.fields["level"].choices = self.fields["level"].widget.choices = levels
        self.fields["level"].initial = self.initial.get("level") or levels[0][0]
        self.fields["kind"].choices = self.fields["kind"].widget.choices = kinds_of([key for key, _title in levels])
        return self


class ChangeForm(Form):
    """Another name, kind or code."""

    name = name_field()
    kind = forms.ChoiceField(label=pgettext_lazy("place", "Kind"), required=False)
    code = forms.CharField(label=pgettext_lazy("place", "Code"), max_length=32, required=False)
    why = why_field()

    def of_level(self, level: str) -> ChangeForm:
        """Offer the kinds of one level."""
        self.fields["kind"].choices = self.fields["kind"].widget.choices = kinds_of([level])
        return self


class MoveForm(Form):
    """Another place above."""

    parent_id = Pick(url="registry:find_place", label=_("Under which place"))
    why = why_field()


class ReasonForm(Form):
    """Only a reason: retire, reinstate."""

    why = why_field()


class DeclareForm(Form):
    """What a place declares."""

    as_of = forms.DateField(label=_("As of the day"), widget=forms.DateInput)
    population = forms.IntegerField(label=pgettext_lazy("place", "People"), min_value=0, max_value=10_000_000)
    households = forms.IntegerField(label=pgettext_lazy("place", "Households"), min_value=0, max_value=10_000_000)
    source = forms.CharField(
        label=_("Source"), max_length=120, help_text=_("For example the household register of the police station.")
    )


class ChooseForm(forms.Form):
    """The first step of a merger: which others. Sent by GET, so that it carries no keys."""

    others = Picks(url="registry:find_place", label=_("Merge with"))


class MergeForm(Form):
    """The second step: which of them stays, or what the new one is called."""

    into = forms.ChoiceField(label=_("Which one stays"), widget=forms.RadioSelect)
    name = forms.CharField(
        label=_("Name afterwards"), max_length=rules.LONGEST_NAME, required=False,
        help_text=_("Needed for a new place. Left empty, the one that stays keeps its name."),
    )  # fmt: skip
    code = forms.CharField(label=_("Code of the new place"), max_length=32, required=False)
    why = why_field()
    versions = forms.CharField(widget=forms.HiddenInput)

    def over(self, places: Sequence[Place]) -> MergeForm:
        """Offer these places to stay."""
        choices = [
            *((str(place.pk), f"{place.name} {place.code}") for place in places),
            ("new", _("None: a new place")),
        ]
        self.fields["into"].choices = self.fields["into"].widget.choices = choices
        return self


class PartsForm(forms.Form):
    """The first step of a split: into what. Sent by GET."""

    names = forms.CharField(
        label=_("Names of the new places"), widget=forms.Textarea(attrs={"rows": 3}), help_text=_("One to a line."),
    )  # fmt: skip
    rest = forms.ChoiceField(
        label=_("What becomes of the old place"), widget=forms.RadioSelect, initial="stays",
        choices=(
            ("stays", _("It stays and keeps whatever is not given away")),
            ("retires", _("It retires; the first of the new places gets the rest")),
        ),
    )  # fmt: skip


class SplitForm(Form):
    """The second step: what goes to which of the new places."""

    why = why_field()

    def over(self, names: Sequence[str], children: Sequence[Place]) -> SplitForm:
        """One choice for each grid, one box of household codes for each new place."""
        targets = [
            ("", pgettext_lazy("split", "The rest")),
            *((str(number), name) for number, name in enumerate(names)),
        ]
        for child in children:
            title = f"{labels.title('level', child.level)} {child.name}"
            self.fields[f"child_{child.pk}"] = forms.ChoiceField(label=title, choices=targets, required=False)
        for number, name in enumerate(names):
            self.fields[f"homes_{number}"] = forms.CharField(
                label=_("Households of %(name)s") % {"name": name}, required=False, widget=forms.Textarea(attrs={"rows": 4}),
                help_text=_("Their codes, separated by spaces or lines; from the Excel of the register of households."),
            )  # fmt: skip
        self.fields["why"] = self.fields.pop("why")
        return self
