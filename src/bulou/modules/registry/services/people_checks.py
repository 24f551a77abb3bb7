"""What somebody wrote about a person, checked and tidied: a clear sentence for everything that cannot be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from stdnum import numdb

from bulou.modules.registry.models import Person
from bulou.modules.registry.rules import identity, people
from bulou.platform.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Facts:
    """What is kept of a person besides documents, telephones and where they live."""

    name: str
    other_name: str = ""
    sex: str = ""
    born_on: date | None = None
    home_place_id: int | None = None
    relation: str = ""
    address: str = ""
    employer: str = ""
    languages: tuple[str, ...] = ()
    qualifications: tuple[str, ...] = ()
    no_document: str = ""
    is_temporary: bool = False
    purpose: str = "registry"
    keep_until: date | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """An identity document as written: its kind (rules.identity.KINDS) and its number."""

    kind: str
    number: str


_CONTROL = _("%(label)s holds characters that cannot be seen or printed. Type it again without them.")
_LONG = _("%(label)s is longer than %(longest)s characters.")
_NAME = {
    "empty": _("A name is needed. Of a stranger write what is known, for example “old man in a blue coat”."),
    "signs": _("A name has letters and characters only; “%(value)s” holds other signs, such as emoji."),
}
_RESIDENT = {
    "length": _("A resident identity number has 18 characters (15 before 1999); this one has %(length)s."),
    "letters": _("A resident identity number has digits only; the last may be X."),
    "check": _(
        "The last character of the identity number does not fit the others: one of them is mistyped. Compare it with the card."
    ),
    "date": _("Digits 7 to 14 of the identity number must be a birth date; they are not a day that exists."),
    "future": _("The birth date in the identity number lies in the future."),
    "area": _("The first six digits of the identity number were never an area code. Compare them with the card."),
    "synthetic": _("Numbers that begin with 00 are made up for exercises and belong to nobody."),
}
_FORM = {
    "hmt_residence": _(
        "A residence permit for Hong Kong, Macau or Taiwan has 18 characters and begins with 81, 82 or 83."
    ),
    "passport": _("A passport number has 5 to 15 letters and digits."),
    "hk_macau_permit": _("A Hong Kong or Macau travel permit is H or M and 8 or 10 digits."),
    "taiwan_permit": _("A Taiwan travel permit has 8 or 10 digits."),
    "foreigner_permit": _("A permanent residence card is three letters and 12 digits, or 18 digits that begin with 9."),
    "birth_certificate": _("A birth certificate is one letter and 9 digits."),
    "other": _("A document number has 3 to 30 letters, digits and hyphens."),
}


def check_facts(facts: Facts, *, today: date) -> Facts:
    """The facts tidied; refuses with a sentence and the field (`name`, `born_on`, …) what cannot be kept."""
    check_choice("sex", facts.sex, people.SEXES)
    check_choice("relation", facts.relation, people.RELATIONS)
    check_choice("no_document", facts.no_document, identity.WHY_NONE)
    if facts.born_on is not None:
        check_born(facts.born_on, today=today)
    return replace(
        facts,
        name=check_name(facts.name),
        other_name=check_name(facts.other_name, field="other_name") if facts.other_name.strip() else "",
        address=check_line("address", facts.address, label=_("The address")),
        employer=check_line("employer", facts.employer, label=_("The employer"), longest=120),
        languages=tuple(check_language(code) for code in facts.languages if code.strip()),
        qualifications=tuple(
            check_line("qualifications", q, label=_("A qualification"), longest=40)
            for q in facts.qualifications
            if q.strip()
        ),
        purpose=check_line("purpose", facts.purpose, label=_("The purpose"), longest=60) or "registry",
        code=check_code(facts.code),
    )


def check_name(text: str, *, field: str = "name") -> str:
    """A tidy name, or a refusal `registry.name_…`."""
    label = _("The name")
    if len(text) > 10_000:
        raise Refusal("registry.name_long", _LONG, field=field, label=label, longest=people.LONGEST_NAME)
    if people.why_not_line(text, longest=10_000) == "control":
        raise Refusal("registry.name_control", _CONTROL, field=field, label=label)
    name = people.tidy_name(text)
    problem = people.why_not_name(name)
    if problem in ("long", "control"):
        raise Refusal(f"registry.name_{problem}", _LONG, field=field, label=label, longest=people.LONGEST_NAME)
    if problem:
        raise Refusal(f"registry.name_{problem}", _NAME[problem], field=field, value=name[:20])
    return name


def check_line(field: str, text: str, *, label: str | Promise, longest: int = people.LONGEST_LINE) -> str:
    """A tidy line of text, or a refusal `registry.text_long` or `registry.text_control`. White space at its ends is dropped."""
    if not text:
        return ""
    line = people.tidy_line(text[: longest + 200].strip()) if len(text) <= longest + 200 else text
    problem = people.why_not_line(line, longest=longest)
    if problem:
        sentence = _LONG if problem == "long" else _CONTROL
        raise Refusal(f"registry.text_{problem}", sentence, field=field, label=label, longest=longest)
    return line


def check_code(text: str | None) -> str | None:
    """A person's code as written, None where there is none; refuses what a form or a band could not carry."""
    code = (text or "").strip()
    if code and people.why_not_code(code):
        raise Refusal(
            "registry.person_code_form",
            _("A person's code has up to 32 letters, digits, hyphens or dots; “%(value)s” is none."),
            field="code",
            value=code[:40],
        )
    return code or None


def check_code_free(code: str | None, *, but: int | None = None) -> None:
    """Refuses a code that somebody else has (`registry.person_code_taken`)."""
    others = Person.objects.filter(code=code)
    if code and (others if but is None else others.exclude(pk=but)).exists():
        raise Refusal(
            "registry.person_code_taken", _("The code %(value)s is somebody else's."), field="code", value=code
        )


def check_language(code: str) -> str:
    """A language as ISO 639 writes it (zh, bo, mn, ug …), lower case."""
    code = code.strip().lower()
    if not (2 <= len(code) <= 3 and code.isascii() and code.isalpha()):
        raise Refusal("registry.language", _("“%(value)s” is no language code; write two or three letters, such as zh or bo."),
                      field="languages", value=code[:20])  # fmt: skip
    return code


def check_choice(field: str, value: str, known: Sequence[str]) -> None:
    """Refuses a code that is neither empty nor among the known ones."""
    if value and value not in known:
        raise Refusal(
            "registry.unknown_choice", _("“%(value)s” is not one of the choices."), field=field, value=value[:40]
        )


def check_born(born_on: date, *, today: date) -> None:
    """Refuses a birth date in the future or more than 130 years ago."""
    match people.why_not_born(born_on, today=today):
        case "future":
            raise Refusal(
                "registry.born_in_future",
                _("The birth date %(day)s lies in the future."),
                field="born_on",
                day=born_on.isoformat(),
            )
        case "old":
            raise Refusal("registry.born_too_long_ago", _("Born on %(day)s, this person would be over 130 years old."),
                          field="born_on", day=born_on.isoformat())  # fmt: skip


def check_phone(text: str) -> str:
    """A tidy telephone number, or a refusal `registry.phone_form`."""
    number = people.tidy_phone(text[:60])
    if people.why_not_phone(number):
        raise Refusal("registry.phone_form", _("“%(value)s” is no telephone number: a mobile has 11 digits, a landline its area code first."),
                      field="phones", value=text[:20].strip())  # fmt: skip
    return number


def check_paper(paper: Paper, *, today: date, synthetic: bool = False) -> Paper:
    """The document tidied, or a refusal `registry.document_…` that says what is wrong, never the right character."""
    number = identity.tidy(paper.number[:60])
    if paper.kind not in identity.KINDS:
        raise Refusal("registry.document_kind", _("Choose the kind of document."), field="document_kind")
    if paper.kind != identity.RESIDENT:
        if identity.why_not_other(paper.kind, number):
            raise Refusal("registry.document_form", _FORM[paper.kind], field="document_number")
        return Paper(paper.kind, number)
    problem = identity.why_not_resident(number, today=today, is_area=was_area, synthetic=synthetic)
    if problem:
        raise Refusal(f"registry.document_{problem}", _RESIDENT[problem], field="document_number", length=len(number))
    return Paper(paper.kind, number)


def was_area(code: str) -> bool:
    """Whether six digits are or were the code of a county or district (list of python-stdnum, with former codes).

    The year is not compared with the birth date: numbers were given out from 1984, under the code of that time and place.
    """
    return any("county" in properties for _part, properties in numdb.get("cn/loc").info(code))
