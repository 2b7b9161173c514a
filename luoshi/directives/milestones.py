"""What milestones demand of their task: they set its day, and none lies before the document."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from luoshi.base.refused import BadInput
from luoshi.directives.models import Directive, Task, TaskKind
from luoshi.web.templatetags.ui import full_day

WHEN = ("due_on", "rhythm", "within")
HELD = (*WHEN, "task_kind")
"""The fields of a task that its milestones speak of as well."""


def hold(task: Task, values: Mapping[str, Any]) -> None:
    """Refuse a day or a kind that would leave the milestones of key work behind.

    Units owe the milestones and leaders approve the day that is shown: the two are one, and only
    `actions.detail_task` moves both together. One query where such a field changes.
    """
    touched = {n: v for n, v in values.items() if n in HELD and v != getattr(task, n)}
    if not touched or task.task_kind != TaskKind.KEY:
        return
    steps = sorted(task.milestones.all(), key=lambda step: step.number)
    if not steps:
        return
    if "task_kind" in touched:
        raise BadInput(
            _("It has milestones, and those belong to key work. Take them out in the details."),
            field="task_kind",
        )
    wanted = {n: touched.get(n, getattr(task, n)) for n in WHEN}
    last = steps[-1]
    if wanted != {"due_on": last.due_on, "rhythm": "", "within": None}:
        raise BadInput(
            _(
                "Its milestones set the day: the last one, “%(step)s”, is on %(day)s. "
                "Change the milestones in the details."
            ),
            field="when",
            step=last.title,
            day=full_day(last.due_on),
        )


def not_before(directive: Directive, steps: Sequence[tuple[str, date]]) -> None:
    """Refuse a milestone (title, day) before the day of the document, by its name."""
    issued_on = directive.issued_on
    early = next((step for step in steps if issued_on and step[1] < issued_on), None)
    if early is not None:
        raise BadInput(
            _("“%(step)s” (%(day)s) lies before the day of the document, %(issued)s."),
            field="steps",
            step=early[0],
            day=full_day(early[1]),
            issued=full_day(issued_on),
        )
