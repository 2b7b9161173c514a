"""Handing out, breaking down, reporting, reviewing; each act one transaction, one entry."""

from luoshi.duties.actions.handing import (
    NotBelow,
    NotIssuable,
    break_down,
    issue,
)
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
    "NotIssuable",
    "NotOpen",
    "NotReviewable",
    "NotYours",
    "TooManyFiles",
    "Upload",
    "accept",
    "break_down",
    "issue",
    "return_",
    "submit",
    "waive",
]
