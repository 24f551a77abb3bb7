"""What the words of the situation room mean: the sentences of docs/ledger.md, so that the page and the documentation cannot say two things."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Term:
    """A word, under the key pages link to it by, and what docs/ledger.md says of it under `section`."""

    key: str
    title: str | Promise
    section: str
    text: str | Promise


TERMS = (
    Term("owed", _("Owed"), "Obligation", _("Owed if and only if enrolled for all of [opens, due); its place and unit are those at the due time.")),
    Term("settled", _("Learned late"), "Obligation", _("Who owes a window, and where it counts, is settled when it falls due, from what was known by then.")),
    Term("on_time", _("On time"), "Windows", _("A record belongs where opens ≤ done < closes; it is in time if received up to and including the due time.")),
    Term("late", _("Late"), "Standing", _("Received by the due time is on time; after it, late, whenever it comes, also after sign-off.")),
    Term("arrived_late", _("Done in time, arrived late"), "Standing", _("Done in time but arrived late is counted apart from done late.")),
    Term("pending", _("Pending"), "Standing", _("Up to and including the due time an unanswered obligation is pending, then missing.")),
    Term(
        "excused", _("Excused"), "Standing",
        _(
            "Excused is said by a person, with a reason and an end, and covers what falls due in [since, until); it goes "
            "before everything else and can be taken back, which restores every figure."
        ),
    ),
    Term(
        "answered", _("Answered"), "Discharge",
        _(
            "Of several valid records the earliest received gives the standing, the one done last gives "
            "the facts, and a regime shows only the facts it asks."
        ),
    ),
    Term("zero", _("Zero report"), "List returns", _("An empty list is a zero report: silence is missing.")),
    Term("returned", _("Sent back"), "Review", _(
            "Put right by the new due time it is on time, if what was sent back had come in "
            "time: a return gives time and never absolution."
        )),
    Term(
        "rates", _("Rates"), "Figures",
        _(
            "expected = windows opened − excused · actual = on time + late · reporting rate = actual / expected · "
            "on-time rate = on time / expected; nothing expected has no rate."
        ),
    ),
    Term("due", _("Due so far"), "Figures", _("Pending stands apart, with due so far: what is expected and has fallen due.")),
    Term("sums", _("Sums"), "Figures", _("A node = its own + its children's, as the tree stood when each window fell due.")),
    Term("clock", _("Clocks of phones"), "Clocks of phones", _("It is never refused. A page, as opposed to a phone, refuses a report for tomorrow.")),
)  # fmt: skip
