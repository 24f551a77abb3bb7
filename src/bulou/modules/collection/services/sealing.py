"""Which tables are sealed, under whose secret: everything of a submission under the submission's own, since it is forgotten by itself.

The digests cover the answers and the keyed digest of the XML, which it stands for; the XML itself, sealed answers and files do not open
when they were touched (see queries.sealed).
"""

from __future__ import annotations

from bulou.platform.journal.sealed import SealedTable

KIND = "collection.submission"

TABLES = (
    SealedTable(
        "collection_submission",
        (
            "instance_id", "chain", "number", "deprecates", "form_id", "version_id", "digest", "size", "answers", "subject_kind",
            "subject_id", "record_id", "is_held", "is_test", "happened_at", "received_at", "is_doubtful", "token_id", "user_id",
            "person_id", "sender_name", "source", "device",
        ),
        kind=f"'{KIND}'",
        subject="r.id",
    ),
    SealedTable(
        "collection_attachment",
        ("submission_id", "name", "content_type", "size", "digest", "received_at"),
        kind=f"'{KIND}'",
        subject="r.submission_id",
    ),
)  # fmt: skip
