"""The issue notice (印发): its number in a series, its day, whom it goes to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from luoshi.base.clock import day_of
from luoshi.base.models import Organisation
from luoshi.base.names import typed
from luoshi.base.refused import BadInput
from luoshi.directives.models import Directive, IssueNotice
from luoshi.orgs.models import Unit

if TYPE_CHECKING:
    from luoshi.accounts.models import User

MOST_NAMED = 12
"""More recipients than these are written 各有关单位."""
EVERYBODY = "各有关单位"


@dataclass(frozen=True, slots=True)
class Paper:
    """What a clerk gives of the notice; an empty `series` is a paper without a number.

    `serial` None takes the next free one of the series and the year of `dated_on`.
    """

    series: str = ""
    serial: int | None = None
    dated_on: date | None = None
    recipients: str = ""
    copies_to: str = ""


def next_serial(organisation_id: UUID, series: str, year: int) -> int:
    """The number after the highest that was ever given in a series and a year."""
    rows = IssueNotice.objects.filter(organisation_id=organisation_id, series=series, year=year)
    highest: int | None = rows.aggregate(Max("serial"))["serial__max"]
    return (highest or 0) + 1


def recipients_of(unit_ids: Iterable[UUID]) -> str:
    """The main recipients (主送) as a paper names them, without the colon."""
    ids = list(dict.fromkeys(unit_ids))
    if not 0 < len(ids) <= MOST_NAMED:
        return EVERYBODY
    names = (
        Unit.objects.filter(pk__in=ids).order_by("position", "id").values_list("name", flat=True)
    )
    return "、".join(names)


def give_number(
    directive: Directive,
    paper: Paper | None,
    units: Mapping[UUID, Sequence[tuple[UUID, str]]],
    *,
    by: "User",
    at: datetime,
) -> IssueNotice:
    """Keep the notice of a directive, in the calling act's transaction and its entry.

    Raises `BadInput` with the field for a number that was given before, a day in the future or
    before the breakdown was made.
    """
    paper = paper or Paper()
    today = day_of(at)
    dated_on = paper.dated_on or today
    if not day_of(directive.created_at) <= dated_on <= today:
        raise BadInput(
            _("The day of issue lies between the day of import and today."), field="dated_on"
        )
    series = typed(paper.series, field="series", most=20, optional=True)
    serial = 0
    if series:
        # one after the other: a number is given once
        Organisation.objects.select_for_update(no_key=True).get(pk=directive.organisation_id)
        free = next_serial(directive.organisation_id, series, dated_on.year)
        serial = free if paper.serial is None else paper.serial
        if not 1 <= serial <= 99_999:
            raise BadInput(_("Type the number alone, such as 5."), field="serial")
        taken = IssueNotice.objects.filter(
            organisation_id=directive.organisation_id,
            series=series,
            year=dated_on.year,
            serial=serial,
        )
        if taken.exists():
            raise BadInput(
                _("No. %(serial)s of this year was given already; the next free one is %(free)s."),
                field="serial",
                serial=serial,
                free=free,
            )
    every = [unit for pairs in units.values() for unit, _part in pairs]
    recipients = typed(paper.recipients, field="recipients", most=1000, optional=True)
    return IssueNotice.objects.create(
        organisation_id=directive.organisation_id,
        directive=directive,
        series=series,
        year=dated_on.year,
        serial=serial,
        dated_on=dated_on,
        recipients=recipients.rstrip("：:") or recipients_of(every),
        copies_to=typed(paper.copies_to, field="copies_to", most=1000, optional=True),
        by=by,
        at=at,
    )
