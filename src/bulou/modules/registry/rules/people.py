"""What may be written about a person: names of every make, birth dates, telephone numbers, and the codes of the register."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

LONGEST_NAME = 80
LONGEST_LINE = 200
OLDEST_AGE = 130

SEXES = ("m", "f")
END_KINDS = ("died", "moved_away", "mistake")
HOUSEHOLD_KINDS = ("ordinary", "collective", "herding_camp", "work_site", "institution")
RELATIONS = (
    "head", "spouse", "son", "daughter", "child_in_law", "grandchild", "father", "mother", "parent_in_law", "grandparent",
    "sibling", "other_relative", "carer", "lodger", "unrelated",
)  # fmt: skip
KIN = ("spouse", "parent", "child", "sibling", "grandparent", "grandchild", "other_relative", "carer", "cared_for")
_OPPOSITE = {
    "parent": "child", "child": "parent", "grandparent": "grandchild", "grandchild": "grandparent",
    "carer": "cared_for", "cared_for": "carer",
}  # fmt: skip

_DOTS = re.compile(r"\s*[·•・‧∙⋅･．]\s*")
_SPACES = re.compile(r"\s+")
_NAME_SIGNS = frozenset("·.'’-–()（） ་།〇\u200c\u200d\u180e")  # the last three join Mongolian and Arabic letters
_HIDDEN = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u061c")
_PHONES = (
    r"1[3-9]\d{9}",  # mobile
    r"0\d{2,3}\d{7,8}(,\d{1,6})?",  # area code and number, an extension after a comma
    r"400\d{7}",
    r"[2-9]\d{5,7}",  # local, without area code
    r"\+\d{6,15}",  # abroad
)


def tidy_line(text: str) -> str:
    """A line as kept: no space at its ends, one space where there were several. Nothing else is changed."""
    return re.sub(r" {2,}", " ", text).strip(" ")


def tidy_name(text: str) -> str:
    """A name as kept: every middle dot written ·, without spaces around it; white space is one space."""
    return _SPACES.sub(" ", _DOTS.sub("·", text)).strip()


def why_not_line(text: str, *, longest: int = LONGEST_LINE) -> str | None:
    """Why a line cannot be kept: `control` it holds characters that cannot be seen or printed, `long`; None if it can."""
    if len(text) > longest:
        return "long"
    return "control" if not text.isprintable() and any(_is_hidden(char) for char in text) else None


def why_not_name(name: str) -> str | None:
    """Why this cannot be a name: `empty`, `long`, `control`, `signs` (emoji and other signs no name has); None if it can.

    One character is enough, and so is one word: Tibetan and Mongolian names have no surname. Every script is welcome.
    """
    if not name:
        return "empty"
    if problem := why_not_line(name, longest=LONGEST_NAME):
        return problem
    if any(char not in _NAME_SIGNS and unicodedata.category(char)[0] not in "LMN" for char in name):
        return "signs"
    return None if any(unicodedata.category(char)[0] in "LN" or char == "〇" for char in name) else "signs"


def why_not_born(born_on: date, *, today: date) -> str | None:
    """Why nobody alive was born on that day: `future` (after today), `old` (over 130 years ago); None if it may be."""
    if born_on > today:
        return "future"
    return "old" if today.year - born_on.year > OLDEST_AGE else None


def why_not_end(kind: str, on: date, *, born_on: date | None, today: date) -> str | None:
    """Why a person cannot have ended so: `future` (after today), `before_birth`, `kind`; None if it may be."""
    if kind not in END_KINDS:
        return "kind"
    if on > today:
        return "future"
    return "before_birth" if born_on is not None and on < born_on else None


def tidy_phone(text: str) -> str:
    """A telephone number as kept and compared: digits, + in front of one abroad, a comma before an extension."""
    narrowed = unicodedata.normalize("NFKC", text)
    digits = re.sub(r"[\s()\-–—·./]", "", narrowed)
    digits = re.sub(r"(转|ext\.?|x|#)(?=\d)", ",", digits, flags=re.IGNORECASE)
    return re.sub(r"^(\+|00)86(?=[01])", "", digits)


def why_not_phone(number: str) -> str | None:
    """Why a tidy number is no telephone number: `form`; None if it is one (mobile, with area code, local, 400, abroad with +)."""
    return None if any(re.fullmatch(pattern, number) for pattern in _PHONES) else "form"


def why_not_code(code: str) -> str | None:
    """Why this cannot be a person's code: `form`; None if it can. A uuid cannot: forms name people by either."""
    return None if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}", code) else "form"


def phone_tail(number: str) -> str:
    """The last four digits, without an extension."""
    return number.partition(",")[0][-4:]


def masked_name(name: str) -> str:
    """A name as somebody sees it who must give a reason first: its first character and stars."""
    return name[:1] + "*" * max(1, min(len(name) - 1, 3))


def masked_phone(number: str) -> str:
    """A telephone number as such a reader sees it: only its last two digits."""
    return "*" * max(len(number) - 2, 0) + number[-2:]


def opposite(kind: str) -> str:
    """What the person is to the relative, when the relative is `kind` to the person ("parent" → "child")."""
    return _OPPOSITE.get(kind, kind)


def age(born_on: date, today: date) -> int:
    """Full years on that day."""
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


def _is_hidden(char: str) -> bool:
    return char in _HIDDEN or unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")
