"""What is held, in words: why, what to do about it, and what became of it."""

from django.utils.translation import gettext_lazy as _

from bulou.modules.collection.rules import holding, settling

REASONS = {
    holding.CONFLICT: _("The same report came twice with different content"),
    holding.FILE: _("A file came twice with different content"),
    holding.PARENT_UNKNOWN: _("It corrects a report that has not arrived"),
    holding.NOT_CURRENT: _("It corrects a report that was corrected already"),
    holding.CLOSED: _("The form was closed when it came"),
    holding.VALUE: _("An answer cannot be read as what it states"),
    holding.SUBJECT: _("It is about somebody who is not known, or not the sender's"),
    holding.SENDER: _("The sender may not fill this form"),
    holding.CHANGED: _("A correction names somebody else, or another day"),
    holding.LINE: _("A line of a list is about somebody who is not known, or not the sender's"),
}
TO_DO = {
    holding.CONFLICT: _("Compare the two. Take the later one as a correction, or keep what stands."),
    holding.FILE: _("Look at both. Take the later one beside the other, or keep what stands."),
    holding.PARENT_UNKNOWN: _(
        "The report itself may still be on its way: then this joins it by itself."
        " If it was lost, choose what this corrects, or let it count by itself."
    ),
    holding.NOT_CURRENT: _("Compare with what stands now. Take this as a further correction, or keep what stands."),
    holding.CLOSED: _("If it was filled before the form closed, let it count."),
    holding.VALUE: _(
        "Ask the sender what was meant. Let the other answers count, or set it aside and have it sent again."
    ),
    holding.SUBJECT: _(
        "Find out whom it is about: choose the person, or register them first and come back. Then it counts, as of when it was sent."
    ),
    holding.SENDER: _("If the sender should be able to, give them the role; let this one count."),
    holding.CHANGED: _("Ask the sender: a correction of the same report, or a report of its own?"),
    holding.LINE: _("Choose the person this line is about. The list itself counts already."),
}
OUTCOMES = {
    settling.ASSIGN: _("Assigned"),
    settling.ACCEPT: _("Let count"),
    settling.TAKE: _("Taken as a correction"),
    settling.KEEP: _("What stood was kept"),
    settling.JOIN: _("Joined with what it corrects"),
    settling.ASIDE: _("Set aside"),
}
