"""Words for standings."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def title_of(standing: str) -> str:
    """What a list of a standing is called."""
    return {
        "missing": _("Missing"), "pending": _("Pending"), "late": _("Late"), "excused": _("Excused"), "returned": _("Sent back"),
        "on_time": _("On time"), "all": _("Everybody"), "expected": _("Expected"), "actual": _("Reported"), "due": _("Due so far"),
    }[standing]  # fmt: skip


def nobody(standing: str) -> str:
    """What stands where a list is empty."""
    return _("Nobody is missing.") if standing == "missing" else _("There is nothing in this list.")


def moved(kind: str) -> str:
    """What a list of what moved is called."""
    return {
        "arrived_late": _("Arrived late"), "excused": _("Excuses given"), "excuse_removed": _("Excuses taken back"),
        "ended": _("Enrolments ended"), "enrolled": _("Newly enrolled"),
    }[kind]  # fmt: skip


def outcome(code: str) -> str:
    """How a telephone call went."""
    return {
        "will_report": _("Reached, will report"), "reported": _("Reported by telephone"), "no_answer": _("No answer"),
        "wrong_number": _("Wrong number"), "refused": _("Refused"), "away": pgettext("person", "Away"),
    }.get(code, code)  # fmt: skip


def reminded(to: str) -> str:
    """Whom the last reminder went to."""
    return {
        "owing": _("The one who owes"), "answerable": _("The answerable"), "lead": _("Unit's lead"), "township": _("Township"),
        "headquarters": _("Headquarters"),
    }.get(to, to)  # fmt: skip
