"""What may become of something held: which verbs a reason leaves. Values in, values out."""

from __future__ import annotations

from bulou.modules.collection.rules import holding

ASSIGN, ACCEPT, TAKE, KEEP, JOIN, ASIDE = "assigned", "accepted", "taken", "kept", "joined", "aside"

VERBS: dict[str, tuple[str, ...]] = {
    holding.CONFLICT: (TAKE, KEEP),
    holding.FILE: (TAKE, KEEP),
    holding.PARENT_UNKNOWN: (JOIN, ACCEPT, ASSIGN),
    holding.NOT_CURRENT: (TAKE, KEEP),
    holding.CLOSED: (ACCEPT, ASSIGN),
    holding.VALUE: (ACCEPT, ASSIGN),
    holding.SUBJECT: (ASSIGN,),
    holding.SENDER: (ACCEPT,),
    holding.CHANGED: (TAKE, ACCEPT, ASSIGN),
    holding.LINE: (ASSIGN,),
}
# Those whose own content is a second copy beside the one that stands.
COPIES = frozenset((holding.CONFLICT, holding.FILE))


def verbs_of(reason: str, *, is_gone: bool = False, answers: str = "") -> tuple[str, ...]:
    """The verbs a reason leaves, the usual one first; setting aside is always among them. `is_gone` = the content was forgotten: nothing else
    is left. `answers` = the kind of subject the form is about, "" for none: then nobody can be named.
    """
    if is_gone:
        return (ASIDE,)
    found = VERBS.get(reason, (ACCEPT, ASSIGN))
    return (*(verb for verb in found if verb != ASSIGN or answers), ASIDE)
