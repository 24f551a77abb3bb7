"""Which of the ledger's tables are sealed, under whose secret: what was answered under the
subject's month, a person's other rows under the person's, what is about no person under the month's."""

from __future__ import annotations

from bulou.platform.journal.sealed import SealedTable

_MONTH = "to_char(r.{} AT TIME ZONE 'UTC', 'YYYYMM')::bigint"
_OF_RECORD = {
    "kind": "CASE (SELECT p.subject_kind FROM ledger_record p WHERE p.id = r.record_id) WHEN 'person' THEN 'registry.person' ELSE 'ledger.subject' END",
    "subject": "(SELECT p.subject_id FROM ledger_record p WHERE p.id = r.record_id)",
}
_OF_ENROLMENT = {
    "kind": "CASE (SELECT p.subject_kind FROM ledger_enrolment p WHERE p.id = r.enrolment_id) WHEN 'person' THEN 'registry.person' ELSE 'ledger.subject' END",
    "subject": "(SELECT p.subject_id FROM ledger_enrolment p WHERE p.id = r.enrolment_id)",
}
# What was answered is forgotten by the batch (rules.batches), so it is sealed by the batch.
_BATCH = (
    "{0}.subject_id * 100000 + (extract(year FROM {0}.received_at AT TIME ZONE 'UTC')::bigint - 1900) * 12"
    " + extract(month FROM {0}.received_at AT TIME ZONE 'UTC')::bigint"
)
_BATCH_KIND = "CASE {0}.subject_kind WHEN 'person' THEN 'ledger.answers' ELSE 'ledger.answers.' || {0}.subject_kind END"
_OF_ANSWER = {
    "kind": "(SELECT " + _BATCH_KIND.format("p") + " FROM ledger_record p WHERE p.id = r.record_id)",
    "subject": "(SELECT " + _BATCH.format("p") + " FROM ledger_record p WHERE p.id = r.record_id)",
}
_CONTENT = ("stated", "facts", "sealed", "lines", "lines_stated")
_WHO = ("actor_id", "actor_name", "reason")

TABLES = (
    SealedTable(
        "ledger_record",
        (
            "uuid", "subject_kind", "subject_id", *_CONTENT, "happened_at", "received_at", "done_at", "is_doubtful", "filed_by_id",
            "filed_by_person", "filed_by_name", "source", "device",
        ),
        kind=_BATCH_KIND.format("r"),
        subject=_BATCH.format("r"),
    ),
    SealedTable("ledger_recordversion", ("record_id", "number", *_CONTENT, "received_at", "filed_by_id", "filed_by_name", "reason"), **_OF_ANSWER),
    SealedTable("ledger_reviewstep", ("uuid", "record_id", "step", "known_at", "new_due", "rule", *_WHO), **_OF_RECORD),
    SealedTable("ledger_seat", ("uuid", "enrolment_id", "cell_id", "ord", "at", "known_at", "answerables", *_WHO), **_OF_ENROLMENT),
    SealedTable("ledger_ending", ("uuid", "enrolment_id", "at", "known_at", *_WHO), **_OF_ENROLMENT),
    SealedTable("ledger_gapreason", ("uuid", "enrolment_id", "about", "known_at", "kind", *_WHO), **_OF_ENROLMENT),
    SealedTable(
        "ledger_regimeversion", ("regime_id", "number", "asks", "calendar", "is_list", "since", "known_at", "actor_id", "actor_name"),
        kind="'journal.month'", subject=_MONTH.format("known_at"),
    ),
    SealedTable(
        "ledger_signature", ("uuid", "regime_id", "act", "node_kind", "node_id", "starts", "ends", "figures", "at", *_WHO),
        kind="'journal.month'", subject=_MONTH.format("at"),
    ),
    SealedTable(
        "ledger_daystate", ("uuid", "operation_id", "day", "is_closed", "at", *_WHO), kind="'journal.month'", subject=_MONTH.format("at")
    ),
    SealedTable(
        "ledger_call",
        ("uuid", "enrolment_id", "window_id", "duty_id", "outcome", "note", "record_id", "excuse_until", "at", "actor_id", "actor_name"),
        **_OF_ENROLMENT,
    ),
    SealedTable(
        "ledger_watch", ("uuid", "operation_id", "after_id", "starts", "people", "actor_id", "actor_name"),
        kind="'journal.month'", subject=_MONTH.format("starts"),
    ),
    SealedTable(
        "ledger_watchentry", ("uuid", "watch_id", "happened_at", "text", "at", "actor_id", "actor_name"),
        kind="'journal.month'", subject=_MONTH.format("at"),
    ),
    SealedTable(
        "ledger_watchsignature", ("uuid", "watch_id", "side", "note", "at", "actor_id", "actor_name"),
        kind="'journal.month'", subject=_MONTH.format("at"),
    ),
)  # fmt: skip
