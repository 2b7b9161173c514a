"""Handing out, breaking down, reporting, reviewing; each act one transaction, one entry."""

from luoshi.duties.actions.handing import (
    NotBelow,
    NotIssuable,
    Price,
    break_down,
    issue,
    price_of,
)
from luoshi.duties.actions.reporting import (
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
    "NotBelow",
    "NotIssuable",
    "NotOpen",
    "NotReviewable",
    "NotYours",
    "Price",
    "TooManyFiles",
    "Upload",
    "accept",
    "break_down",
    "issue",
    "price_of",
    "return_",
    "submit",
    "waive",
]
