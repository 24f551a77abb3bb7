"""Forms of units and memberships."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bulou.modules.registry.queries import units as queries
from bulou.modules.registry.rules import units as rules
from bulou.modules.registry.views import place_labels as labels
from bulou.platform.access.viewer import Viewer
from bulou.platform.pages.forms import Form, Pick, Picks


class UnitForm(Form):
    """What a unit is called, where it stands, how it is reached."""

    name = forms.CharField(label=pgettext_lazy("place", "Name"), max_length=rules.LONGEST_NAME)
    kind = forms.ChoiceField(label=pgettext_lazy("place", "Kind"), choices=labels.UNIT_KIND)
    place_id = Pick(
        url="registry:find_place",
        label=_("Place"),
        required=False,
        help_text=_("Left empty: where the unit above it stands."),
    )
    phone = forms.CharField(label=pgettext_lazy("place", "Phone"), max_length=32, required=False)
    why = forms.CharField(label=_("Reason"), max_length=400, required=False)


class NewUnitForm(UnitForm):
    """A new unit: also its code and the one above it."""

    parent_id = Pick(url="registry:find_unit", label=_("Part of"), required=False)
    code = forms.CharField(
        label=pgettext_lazy("place", "Code"),
        max_length=32,
        required=False,
        help_text=_("Left empty, it gets the next free one."),
    )
    field_order = ("name", "kind", "parent_id", "place_id", "phone", "code", "why")


class MoveUnitForm(Form):
    """Another unit above, or none."""

    parent_id = Pick(
        url="registry:find_unit", label=_("Under which unit"), required=False, help_text=_("Left empty: to the top.")
    )
    why = forms.CharField(label=_("Reason"), max_length=400, required=False)


class EndForm(Form):
    """Only a reason."""

    why = forms.CharField(label=_("Reason"), max_length=400, required=False)


class TermsForm(Form):
    """What somebody is in a unit."""

    part = forms.ChoiceField(label=_("Part"), choices=labels.PART, initial="member")
    post = forms.CharField(
        label=_("Post"), max_length=60, required=False, help_text=_("For example temperature taker.")
    )
    terms = forms.ChoiceField(label=_("Terms"), choices=(("", _("Not said")), *labels.TERMS), required=False)
    seconded_from_id = Pick(url="registry:find_unit", label=_("Seconded from"), required=False)
    why = forms.CharField(label=_("Reason"), max_length=400, required=False)

    def seen_by(self, viewer: Viewer) -> TermsForm:
        """Let this viewer pick what the viewer sees."""
        self.fields["seconded_from_id"].named = lambda ids: queries.named_units(viewer, ids)
        if "person_ids" in self.fields:
            self.fields["person_ids"].named = lambda ids: queries.named_people(viewer, ids)
        return self


class AddMembersForm(TermsForm):
    """People to take in, all on the same terms."""

    person_ids = Picks(url="registry:find_member", label=pgettext_lazy("member", "Who"))
    starts = forms.DateField(label=pgettext_lazy("member", "From"), widget=forms.DateInput)
    field_order = ("person_ids", "part", "post", "terms", "seconded_from_id", "starts", "why")


class EndMemberForm(Form):
    """The last day of a membership."""

    last_day = forms.DateField(label=_("Last day"), widget=forms.DateInput)
    why = forms.CharField(label=_("Reason"), max_length=400, required=False)
