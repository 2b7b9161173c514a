"""Assignments and what becomes of them; requests; guidance; objectives; lists; sums."""

from luoshi.duties.models.asking import EffectCheck, Pause, Request
from luoshi.duties.models.guidance import Guidance, GuidanceAnswer, GuidanceFile
from luoshi.duties.models.lists import DutyLine, DutyList
from luoshi.duties.models.objectives import (
    Objective,
    ObjectiveChange,
    ObjectiveTask,
    ObjectiveValue,
)
from luoshi.duties.models.sums import NO_DAY, SumDelta, SumHead, TreeSum, UnitSum
from luoshi.duties.models.work import (
    Assignment,
    Closing,
    Occurrence,
    OccurrenceQuerySet,
    Receipt,
    Review,
    Submission,
    SubmissionFile,
    Transition,
)

__all__ = [
    "NO_DAY",
    "Assignment",
    "Closing",
    "DutyLine",
    "DutyList",
    "EffectCheck",
    "Guidance",
    "GuidanceAnswer",
    "GuidanceFile",
    "Objective",
    "ObjectiveChange",
    "ObjectiveTask",
    "ObjectiveValue",
    "Occurrence",
    "OccurrenceQuerySet",
    "Pause",
    "Receipt",
    "Request",
    "Review",
    "Submission",
    "SubmissionFile",
    "SumDelta",
    "SumHead",
    "Transition",
    "TreeSum",
    "UnitSum",
]
