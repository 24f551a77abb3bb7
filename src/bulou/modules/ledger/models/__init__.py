"""The ledger's tables. Base rows are what was said and when it became known; derived rows are computed from them and can be again.

Base: regimes and versions, enrolments, seats, endings, duties, records and versions, excuses, review steps, signatures. Derived: windows,
tallies, discharges, extensions, and the columns of duties and cells marked so. docs/ledger-storage.md.
"""

from bulou.modules.ledger.models.chase import Absence, Call, Chase, Chased, Message, Watch, WatchEntry, WatchSignature
from bulou.modules.ledger.models.derived import Discharge, Extension, Tally, Window
from bulou.modules.ledger.models.enrolments import (
    Cell,
    Duty,
    Ending,
    Enrolment,
    Exclusion,
    Excuse,
    ExcuseRequest,
    Path,
    Seat,
)
from bulou.modules.ledger.models.records import Record, RecordVersion, ReviewStep
from bulou.modules.ledger.models.regimes import Fact, Ladder, Regime, RegimeVersion
from bulou.modules.ledger.models.signing import DayState, GapReason, Signature

__all__ = [
    "Absence",
    "Call",
    "Cell",
    "Chase",
    "Chased",
    "DayState",
    "Discharge",
    "Duty",
    "Ending",
    "Enrolment",
    "Exclusion",
    "Excuse",
    "ExcuseRequest",
    "Extension",
    "Fact",
    "GapReason",
    "Ladder",
    "Message",
    "Path",
    "Record",
    "RecordVersion",
    "Regime",
    "RegimeVersion",
    "ReviewStep",
    "Seat",
    "Signature",
    "Tally",
    "Watch",
    "WatchEntry",
    "WatchSignature",
    "Window",
]
