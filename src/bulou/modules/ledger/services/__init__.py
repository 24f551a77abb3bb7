"""Verbs of the ledger: each is permission, rule, transaction and journal line. All take `by` and `now`; all can be sent again."""

from bulou.modules.ledger.services.content import ListLine
from bulou.modules.ledger.services.duties import owe, withdraw
from bulou.modules.ledger.services.enrolling import NewEnrolment, end_enrolment, enrol, enrol_many, transfer
from bulou.modules.ledger.services.excusing import excuse, remove_excuse
from bulou.modules.ledger.services.filing import Filed, Filing, correct_record, file_many, file_record
from bulou.modules.ledger.services.matching import Moved, enrol_matching, exclude, include
from bulou.modules.ledger.services.regimes import end_regime, set_regime
from bulou.modules.ledger.services.reviewing import appeal, clear, question, return_record, uphold
from bulou.modules.ledger.services.signing import close_day, give_gap_reason, reopen_day, return_sign_off, sign_off
from bulou.modules.ledger.services.windows import next_opening, open_windows

__all__ = [
    "Filed",
    "Filing",
    "ListLine",
    "Moved",
    "NewEnrolment",
    "appeal",
    "clear",
    "close_day",
    "correct_record",
    "end_enrolment",
    "end_regime",
    "enrol",
    "enrol_many",
    "enrol_matching",
    "exclude",
    "excuse",
    "file_many",
    "file_record",
    "give_gap_reason",
    "include",
    "next_opening",
    "open_windows",
    "owe",
    "question",
    "remove_excuse",
    "reopen_day",
    "return_record",
    "return_sign_off",
    "set_regime",
    "sign_off",
    "transfer",
    "uphold",
    "withdraw",
]
