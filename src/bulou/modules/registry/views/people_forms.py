"""Forms of people."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bulou.modules.registry.services.people_checks import Facts, Paper
from bulou.modules.registry.views import people_labels as labels
from bulou.platform.pages.forms import Form, Pick

FACT_FIELDS = (
    "name", "other_name", "sex", "born_on", "relation", "address", "employer", "languages", "qualifications", "is_temporary", "keep_until", "code",
)  # fmt: skip
NONE = ("", "—")


def why_field(*, required: bool = False) -> forms.CharField:
    """The reason of a change, kept with what was there before."""
    return forms.CharField(
        label=_("Reason"), max_length=400, required=required, help_text=_("It is kept beside what was there before.")
    )


def _list(text: str) -> tuple[str, ...]:
    """What was written into one line with commas of any kind between."""
    return tuple(part.strip() for part in re.split(r"[,，、;；\n]", text) if part.strip())


class FactsForm(Form):
    """What is kept of a person."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("As on the document. One word is enough where there is no surname.")
    )
    other_name = forms.CharField(
        label=_("Name in own script"),
        max_length=80,
        required=False,
        help_text=_("For example in Tibetan or Mongolian letters."),
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=(NONE, *labels.SEX), required=False)
    born_on = forms.DateField(label=_("Birth date"), widget=forms.DateInput, required=False)
    relation = forms.ChoiceField(label=_("Relation to the head"), choices=(NONE, *labels.RELATION), required=False)
    address = forms.CharField(
        label=_("Address"), max_length=200, required=False, help_text=_("Only where it is not the household's.")
    )
    employer = forms.CharField(label=_("Employer or school"), max_length=120, required=False)
    languages = forms.MultipleChoiceField(label=_("Languages"), choices=labels.LANGUAGE, required=False)
    qualifications = forms.CharField(
        label=_("Qualifications"),
        max_length=300,
        required=False,
        help_text=_("For example nurse, driver; with commas between."),
    )
    is_temporary = forms.BooleanField(
        label=_("Under a temporary identity"),
        required=False,
        help_text=_("A stranger whose name is not known for certain."),
    )
    keep_until = forms.DateField(
        label=_("Kept until"),
        widget=forms.DateInput,
        required=False,
        help_text=_("After this day the content is deleted. Empty: as long as the person lives here."),
    )

    code = forms.CharField(
        label=_("Person's code"),
        max_length=32,
        required=False,
        help_text=_("The number lists and forms know the person by, where one was given."),
    )

    def facts(self, values: dict[str, Any], former: Facts | None = None) -> Facts:
        """The facts as entered; what the form does not ask stays as it was."""
        kept = (
            {"home_place_id": former.home_place_id, "no_document": former.no_document, "purpose": former.purpose}
            if former
            else {}
        )
        given = {name: values[name] for name in FACT_FIELDS}
        given["code"] = given["code"] or None
        given["languages"] = tuple(given["languages"])
        given["qualifications"] = _list(given["qualifications"])
        return Facts(**kept | given)

    @staticmethod
    def initial_of(facts: Facts) -> dict[str, Any]:
        """What the fields hold for these facts."""
        values = {name: getattr(facts, name) for name in FACT_FIELDS}
        return values | {"languages": list(facts.languages), "qualifications": "、".join(facts.qualifications)}


class NewPersonForm(FactsForm):
    """A new person, with place, document and telephones."""

    place = Pick(label=_("Lives in"), url="registry:find_home")
    household = Pick(
        label=_("Household"),
        url="registry:find_household",
        required=False,
        help_text=_("Of the same place. Empty: none yet."),
    )
    document_kind = forms.ChoiceField(label=_("Document"), choices=labels.DOCUMENT, initial="resident")
    document_number = forms.CharField(
        label=_("Document number"),
        max_length=60,
        required=False,
        help_text=_("Kept encrypted. Lists show only its ends."),
    )
    no_document = forms.ChoiceField(
        label=_("Why there is no document"), choices=(NONE, *labels.NO_DOCUMENT), required=False
    )
    phones = forms.CharField(
        label=_("Telephones"),
        max_length=200,
        required=False,
        help_text=_("The first is called first; commas between. One number may serve a whole family."),
    )
    groups = (
        (pgettext_lazy("person", "Who"), ("name", "other_name", "sex", "born_on", "is_temporary")),
        (pgettext_lazy("person", "Where"), ("place", "household", "relation", "address")),
        (_("Document and telephone"), ("document_kind", "document_number", "no_document", "phones")),
        (_("More"), ("code", "employer", "languages", "qualifications", "keep_until")),
    )

    def arguments(self, values: dict[str, Any]) -> dict[str, Any]:
        """What `register_person` is called with."""
        number = values["document_number"]
        facts = self.facts(values, Facts("", no_document="" if number else values["no_document"]))
        papers = (Paper(values["document_kind"], number),) if number else ()
        return {
            "facts": facts, "place_id": values["place"], "household_id": values["household"], "papers": papers, "phones": _list(values["phones"])
        }  # fmt: skip


class CorrectForm(FactsForm):
    """Other facts of a person, with the reason."""

    why = why_field()
    groups = (
        (pgettext_lazy("person", "Who"), ("name", "other_name", "sex", "born_on", "is_temporary")),
        (_("More"), ("code", "relation", "address", "employer", "languages", "qualifications", "keep_until")),
        (pgettext_lazy("person", "Why"), ("why",)),
    )


class MovePersonForm(Form):
    """Another place or household."""

    place = Pick(label=_("Lives in"), url="registry:find_home")
    household = Pick(
        label=_("Household"), url="registry:find_household", required=False, help_text=_("Of that place. Empty: none.")
    )
    relation = forms.ChoiceField(label=_("Relation to the head"), choices=(NONE, *labels.RELATION), required=False)
    why = why_field()


class EndForm(Form):
    """The end of a person's row."""

    kind = forms.ChoiceField(label=_("What happened"), choices=labels.END)
    on = forms.DateField(label=_("On"), widget=forms.DateInput)
    why = why_field()


class DocumentForm(Form):
    """A document of a person."""

    document_kind = forms.ChoiceField(label=_("Kind"), choices=labels.DOCUMENT, initial="resident")
    document_number = forms.CharField(
        label=_("Document number"),
        max_length=60,
        help_text=_("Kept encrypted. One of the same kind that was there stays in the history."),
    )
    why = why_field()


class EndDocumentForm(Form):
    """Taking a document away."""

    no_document = forms.ChoiceField(
        label=_("Why there is no document"), choices=(NONE, *labels.NO_DOCUMENT), required=False
    )
    why = why_field(required=True)


class PhonesForm(Form):
    """All telephones of a person."""

    phones = forms.CharField(
        label=_("Telephones"), widget=forms.Textarea(attrs={"rows": 4, "inputmode": "tel"}), required=False, max_length=400,
        help_text=_("One to a line, the first is called first."),
    )  # fmt: skip
    why = why_field()

    @staticmethod
    def numbers(text: str) -> list[str]:
        """The numbers written one to a line or with commas between."""
        return list(_list(text))


class RelativeForm(Form):
    """A relative who is registered too."""

    relative = Pick(label=_("Person"), url="registry:find_person")
    kind = forms.ChoiceField(label=_("Is the person's"), choices=labels.KIN)


class ReasonForm(Form):
    """Nothing but a reason, which is logged."""

    why = forms.CharField(
        label=_("Reason"), max_length=400, help_text=_("It is logged beside your name before anything is shown.")
    )


class MergeForm(Form):
    """Which of two rows stays, and why they are one person."""

    keep = forms.ChoiceField(label=_("Which row stays"), widget=forms.RadioSelect)
    why = forms.CharField(label=_("Reason"), max_length=400, initial=_("Compared: one person"))
