"""Verbs of the ledger: each is permission, rule, transaction and journal line. All take `by` and `now`; all can be sent again."""

from bulou.modules.ledger.services.content import ListLine
from bulou.modules.ledger.services.duties import owe, withdraw
from bulou.modules.ledger.services.enrolling import NewEnrolment, end_enrolment, enrol, enrol_many, transfer
from bulou.modules.ledger.services.excusing import excuse, remove_excuse
from bulou.modules.ledger.services.filing import Filed, Filing, correct_record, file_many, file_record
from bulou.modules.ledger.services.regimes import end_regime, set_regime
from bulou.modules.ledger.services.reviewing import appeal, clear, question, return_record, uphold
from bulou.modules.ledger.services.windows import next_opening, open_windows

__all__ = [
    "Filed",
    "Filing",
    "ListLine",
    "NewEnrolment",
    "appeal",
    "clear",
    "correct_record",
    "end_enrolment",
    "end_regime",
    "enrol",
    "enrol_many",
    "excuse",
    "file_many",
    "file_record",
    "next_opening",
    "open_windows",
    "owe",
    "question",
    "remove_excuse",
    "return_record",
    "set_regime",
    "transfer",
    "uphold",
    "withdraw",
]
