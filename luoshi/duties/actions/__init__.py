"""Handing out, breaking down, reporting, reviewing; each act one transaction, one entry."""

from luoshi.duties.actions.asking import (
    AskedAlready,
    Decided,
    ask,
    extend,
    grant,
    pause,
    refuse,
    resume,
    take_back,
    waive,
)
from luoshi.duties.actions.checking import NothingToCheck, check_effect, may_check
from luoshi.duties.actions.common import NotGiver, NotOpen, gave
from luoshi.duties.actions.guiding import (
    Ended,
    answer_guidance,
    guide,
    note_effect,
    withdraw_guidance,
)
from luoshi.duties.actions.handing import (
    NotBelow,
    NotDecided,
    NotIssuable,
    break_down,
    issue,
)
from luoshi.duties.actions.numbering import Paper
from luoshi.duties.actions.quick import initiate
from luoshi.duties.actions.receiving import NothingToReceive, receive
from luoshi.duties.actions.recording import Outcome, Said, merge_returned, record_returned
from luoshi.duties.actions.reporting import (
    MOST_FILES,
    NoPart,
    NothingBefore,
    TooManyFiles,
    Upload,
    contribute,
    last_accepted,
    submit,
)
from luoshi.duties.actions.reviewing import (
    MOST_AT_ONCE,
    NotReviewable,
    NotYours,
    Reviewed,
    Verdict,
    accept,
    holds,
    return_,
    review_many,
)
from luoshi.duties.actions.settling import PartsOpen

__all__ = [
    "MOST_AT_ONCE",
    "MOST_FILES",
    "AskedAlready",
    "Decided",
    "Ended",
    "NoPart",
    "NotBelow",
    "NotDecided",
    "NotGiver",
    "NotIssuable",
    "NotOpen",
    "NotReviewable",
    "NotYours",
    "NothingBefore",
    "NothingToCheck",
    "NothingToReceive",
    "Outcome",
    "Paper",
    "PartsOpen",
    "Reviewed",
    "Said",
    "TooManyFiles",
    "Upload",
    "Verdict",
    "accept",
    "answer_guidance",
    "ask",
    "break_down",
    "check_effect",
    "contribute",
    "extend",
    "gave",
    "grant",
    "guide",
    "holds",
    "initiate",
    "issue",
    "last_accepted",
    "may_check",
    "merge_returned",
    "note_effect",
    "pause",
    "receive",
    "record_returned",
    "refuse",
    "resume",
    "return_",
    "review_many",
    "submit",
    "take_back",
    "waive",
    "withdraw_guidance",
]
