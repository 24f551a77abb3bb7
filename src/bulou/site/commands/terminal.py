"""What the commands say on the terminal, in the operator's language, without starting Django: `bulou --help` answers at once."""

from __future__ import annotations

import gettext as catalogues
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.utils import translation

from bulou.platform import clock
from bulou.platform.refusals import Refusal

_LOCALE = Path(__file__).resolve().parents[1] / "locale"
_OURS = {
    "zh": "zh_Hans",
    "zh_cn": "zh_Hans",
    "zh_sg": "zh_Hans",
    "zh_tw": "zh_Hant",
    "zh_hk": "zh_Hant",
    "zh_mo": "zh_Hant",
}


def language() -> str:
    """The terminal's language as one of ours: zh_Hans, zh_Hant or en (also for every other language)."""
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    plain = named.partition(".")[0].lower()
    return _OURS.get(plain) or _OURS.get(plain.partition("_")[0]) or "en"


def spoken(refusal: Refusal) -> str:
    """A refusal's sentence in the terminal's language. Django is set up: the words may belong to any package."""
    with translation.override({"zh_Hans": "zh-hans", "zh_Hant": "zh-hant"}.get(language(), "en")):
        return refusal.sentence


@cache
def _catalogue() -> catalogues.NullTranslations:
    return catalogues.translation("django", _LOCALE, languages=[language()], fallback=True)


def gettext(message: str) -> str:
    """The message in the terminal's language."""
    return _catalogue().gettext(message) if message else ""


def gettext_noop(message: str) -> str:
    """Marks a message that is translated where it is shown."""
    return message


def say(line: str = "") -> None:
    """One line to the operator, at once."""
    print(line, flush=True)


def complain(line: str) -> None:
    """One line about what went wrong."""
    print(f"bulou: {line}", file=sys.stderr, flush=True)


def steps(every: float = 2.0) -> Callable[[str], None]:
    """For work that may take long: a function that says a line, but not more often than every so many seconds."""
    said_at = clock.ticks()

    def tell(line: str) -> None:
        nonlocal said_at
        if clock.ticks() - said_at >= every:
            said_at = clock.ticks()
            say(line)

    return tell
