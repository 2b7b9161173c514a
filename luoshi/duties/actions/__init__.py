"""Handing out, breaking down, reporting, reviewing; each act one transaction, one entry."""

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
    NotOpen,
    NotReviewable,
    NotYours,
    TooManyFiles,
    Upload,
    accept,
    return_,
    submit,
    waive,
)

__all__ = [
    "MOST_FILES",
    "NotBelow",
    "NotDecided",
    "NotIssuable",
    "NotOpen",
    "NotReviewable",
    "NotYours",
    "NothingToReceive",
    "Outcome",
    "Paper",
    "Said",
    "TooManyFiles",
    "Upload",
    "accept",
    "break_down",
    "initiate",
    "issue",
    "merge_returned",
    "receive",
    "record_returned",
    "return_",
    "submit",
    "waive",
]
