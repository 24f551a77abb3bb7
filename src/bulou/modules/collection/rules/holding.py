"""Why something that was received waits for a person: the codes that `collection_receive` writes, and the words for them."""

from __future__ import annotations

CONFLICT = "conflict"
FILE = "file"
PARENT_UNKNOWN = "parent_unknown"
NOT_CURRENT = "not_current"
CLOSED = "closed"
VALUE = "value"
SUBJECT = "subject"
SENDER = "sender"
CHANGED = "changed"
LINE = "line"

# In words: what each means and what there is to do.
REASONS = {
    CONFLICT: "the same instance came again with other content; its own copy lies in the row",
    FILE: "a file of the same name came again with other content; its own copy lies in the row",
    PARENT_UNKNOWN: "it corrects something that has not arrived; it is joined when that does",
    NOT_CURRENT: "it corrects something that was corrected already",
    CLOSED: "the form was closed when it came",
    VALUE: "an answer is no value of the fact it is to state",
    SUBJECT: "it is about nobody we know, or about somebody whom the sender did not answer for; which of the two is not said",
    SENDER: "the sender may not fill this form",
    CHANGED: "a correction names another subject or another day than what it corrects",
    LINE: "a line of a list is about nobody we know or somebody out of reach; the list itself counts",
}
