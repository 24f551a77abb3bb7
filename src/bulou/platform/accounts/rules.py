"""Decisions about names, codes and who owes a second factor. Values in, verdict out; no clock, no database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from datetime import datetime, timedelta

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is mistaken for something else on paper
STEP_SECONDS = 30
RECOVERY_CODES = 10
ONE_TIME_DAYS = 7
CODE_MINUTES = 10

_USERNAME = re.compile(r"[\w.@-]{2,64}")


def folded(username: str) -> str:
    """A log-in name as it is kept and compared: NFKC, lower case, no spaces around."""
    return unicodedata.normalize("NFKC", username).strip().lower()


def why_not_username(username: str) -> str | None:
    """Why a folded log-in name cannot be used (`form`), or None. Letters of any script, digits and . _ - @, 2 to 64 characters."""
    return None if _USERNAME.fullmatch(username) else "form"


def why_not_display_name(name: str) -> str | None:
    """Why a name to show cannot be used: `empty`, `long` (over 80 characters), or None."""
    if not name.strip():
        return "empty"
    return "long" if len(name.strip()) > 80 else None


_BROWSERS = (
    ("MicroMessenger", "WeChat"), ("DingTalk", "DingTalk"), ("Edg/", "Edge"), ("QQBrowser", "QQ"), ("UCBrowser", "UC"), ("Firefox", "Firefox"),
    ("Chrom", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("OpenHarmony", "HarmonyOS"), ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def device(agent: str) -> str:
    """What a browser's own description says in two words (`Firefox · Windows`); the description's start where it says neither."""
    found = [next((name for mark, name in names if mark in agent), "") for names in (_BROWSERS, _SYSTEMS)]
    return " · ".join(filter(None, found)) or agent[:40]


def step_at(moment: datetime) -> int:
    """The time step of RFC 6238 (30 seconds) that an aware instant lies in."""
    return int(moment.timestamp()) // STEP_SECONDS


def steps_accepted(moment: datetime, last_step: int) -> tuple[int, ...]:
    """The steps whose code is taken at `moment`: the present one and its neighbours (clocks differ), never one used or passed."""
    present = step_at(moment)
    return tuple(step for step in (present, present - 1, present + 1) if step > last_step)


def cleaned_code(text: str) -> str:
    """A code as typed, without spaces and dashes, lower case, full-width digits made plain."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).lower()


def is_authenticator_code(code: str) -> bool:
    """Whether a cleaned code has the form of an authenticator's (six digits); any other is taken for a recovery code."""
    return re.fullmatch(r"[0-9]{6}", code) is not None


def grouped(code: str) -> str:
    """A code in groups of four, for paper: `abcd-efgh-jkmn`."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def owes_second_factor(roles: Collection[str], demanded: Collection[str]) -> bool:
    """Whether somebody with these roles must use a second factor, where it is demanded of `demanded`."""
    return bool(set(roles) & set(demanded))


def is_one_time_over(until: datetime | None, at: datetime) -> bool:
    """Whether a one-time password (good until `until`, exclusive) no longer opens anything at `at`."""
    return until is not None and at >= until


def one_time_until(at: datetime) -> datetime:
    """Until when a one-time password made at `at` may be used."""
    return at + timedelta(days=ONE_TIME_DAYS)


def is_pending_over(begun: datetime, at: datetime) -> bool:
    """Whether a log-in that waits for its second factor since `begun` has waited too long."""
    return at - begun > timedelta(minutes=CODE_MINUTES)
