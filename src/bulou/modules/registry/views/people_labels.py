"""What the codes of people and households are called."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SEX = (("f", _("Female")), ("m", _("Male")))
DOCUMENT = (
    ("resident", _("Resident identity card")),
    ("hmt_residence", _("Residence permit for Hong Kong, Macau and Taiwan residents")),
    ("passport", _("Passport")),
    ("hk_macau_permit", _("Hong Kong or Macau travel permit")),
    ("taiwan_permit", _("Taiwan travel permit")),
    ("foreigner_permit", _("Foreigner's permanent residence card")),
    ("birth_certificate", _("Birth certificate")),
    ("other", _("Other document")),
)
NO_DOCUMENT = (
    ("newborn", _("Newborn")),
    ("lost", _("Lost")),
    ("never_registered", _("Never registered")),
    ("not_carried", _("Not carried")),
    ("unknown", _("Not known")),
)
RELATION = (
    ("head", _("Head of the household")),
    ("spouse", _("Spouse")),
    ("son", _("Son")),
    ("daughter", _("Daughter")),
    ("child_in_law", _("Son- or daughter-in-law")),
    ("grandchild", _("Grandchild")),
    ("father", _("Father")),
    ("mother", _("Mother")),
    ("parent_in_law", _("Parent-in-law")),
    ("grandparent", _("Grandparent")),
    ("sibling", _("Brother or sister")),
    ("other_relative", _("Other relative")),
    ("carer", _("Carer")),
    ("lodger", _("Lodger")),
    ("unrelated", _("Not related")),
)
KIN = (
    ("spouse", _("Spouse")),
    ("parent", _("Parent")),
    ("child", _("Child")),
    ("sibling", _("Brother or sister")),
    ("grandparent", _("Grandparent")),
    ("grandchild", _("Grandchild")),
    ("other_relative", _("Other relative")),
    ("carer", _("Carer")),
    ("cared_for", _("Cared for")),
)
HOUSEHOLD = (
    ("ordinary", _("Ordinary household")),
    ("collective", _("Collective household")),
    ("herding_camp", _("Herding camp")),
    ("work_site", _("Work site")),
    ("institution", _("Institution")),
)
END = (
    ("moved_away", _("Moved away")),
    ("died", _("Died")),
    ("mistake", _("Registered by mistake")),
)
LANGUAGE = (
    ("zh", _("Chinese")),
    ("bo", _("Tibetan")),
    ("mn", _("Mongolian")),
    ("ug", _("Uyghur")),
    ("kk", _("Kazakh")),
    ("ii", _("Yi")),
    ("za", _("Zhuang")),
    ("ko", _("Korean")),
    ("en", _("English")),
)
REASON = (
    ("same_document", _("Same document number")),
    ("same_name_birth", _("Same name and birth date")),
    ("same_name_phone", _("Same name and telephone")),
    ("same_sound_home", _("Names that sound alike in one household")),
    ("same_sound_birth", _("Names that sound alike, same birth date and place")),
)
CHANGE = (
    ("corrected", _("Corrected")),
    ("moved", pgettext_lazy("person", "Moved")),
    ("ended", _("Ended")),
    ("resumed", _("End taken back")),
    ("document", _("Document changed")),
    ("phones", _("Telephones changed")),
    ("merged", _("Merged")),
    ("unmerged", _("Merge taken back")),
)
FIELD = {
    "name": _("Name"),
    "other_name": _("Name in own script"),
    "sex": _("Sex"),
    "born_on": _("Birth date"),
    "place_id": _("Place"),
    "home_place_id": _("Registered home"),
    "household_id": _("Household"),
    "relation": _("Relation to the head"),
    "address": _("Address"),
    "code": _("Person's code"),
    "employer": _("Employer or school"),
    "languages": _("Languages"),
    "qualifications": _("Qualifications"),
    "no_document": _("Why there is no document"),
    "is_temporary": _("Under a temporary identity"),
    "purpose": _("Purpose"),
    "keep_until": _("Kept until"),
    "phones": _("Telephones"),
    "document": _("Document"),
    "ends": _("Ended on"),
    "end_kind": _("Kind of end"),
    "absorbed": _("Merged row"),
    "merged_into": _("Merged into"),
}
CHOICES = {
    "sex": dict(SEX), "relation": dict(RELATION), "no_document": dict(NO_DOCUMENT), "end_kind": dict(END), "languages": dict(LANGUAGE),
    "kind": dict(HOUSEHOLD),
}  # fmt: skip


def said(field: str, value: object) -> str:
    """A stored value in words: the title of a code, several joined; other values as they are."""
    if isinstance(value, list | tuple):
        return "、".join(said(field, one) for one in value)
    titles = CHOICES.get(field, {})
    return str(titles.get(value, "" if value is None else value))  # type: ignore[call-overload]


def said_kin(kind: str) -> str:
    """What a relative is to the person, in words."""
    return str(dict(KIN).get(kind, kind))
