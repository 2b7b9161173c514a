"""我的待办: what waits for my decision, what my units owe, this week and the next two."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_GET

from luoshi.directives import queries as directives
from luoshi.directives import road
from luoshi.directives.price import table
from luoshi.duties import decisions, guidance, leaving, lists, queries, shown, transmission
from luoshi.duties.access import Reviewers
from luoshi.web.types import SignedIn

AHEAD = 31
"""Days ahead that the list of what is owed looks."""
FEW = 4
"""So many effect checks stand on the list itself; the others on a page of their own."""


@login_required
@require_GET
def mine(request: SignedIn) -> HttpResponse:
    """Eighteen queries, whatever the length of the lists; a few more for who drafts or receives."""
    standing, today = request.standing, request.today
    approvals = road.waiting_for(standing)
    asked = road.consulted(standing, waiting=True)
    steps = road.next_steps(standing)
    unreceived = transmission.to_receive(standing)
    guided = guidance.on_my_list(standing)
    reviewers = cast(
        Reviewers, SimpleLazyObject(lambda: Reviewers(request.user.organisation_id, standing.on))
    )
    waiting = queries.waiting(standing, reviewers=reviewers)
    wanted = decisions.requests_waiting(standing)
    checks = decisions.checks_waiting(standing, reviewers=reviewers)
    to_sign = lists.to_sign(standing)
    closed_units = leaving.closed_units(standing)
    owed = queries.items(queries.owed(standing, until=today + timedelta(days=AHEAD)), today)
    shown.filled([*owed, *waiting])
    now = [i for i in owed if _presses(i, today)]
    later = [i for i in owed if not _presses(i, today)]
    monday = today - timedelta(days=today.weekday())
    calendar = table()
    for item in now:
        if item.state == "overdue":
            item.late_days = calendar.between(item.due, today)
    decide = len(waiting) + len(approvals) + len(asked) + len(wanted)
    answers = sum(g.state == g.State.WAITING for g in guided)
    acts = (steps, closed_units, checks, to_sign, unreceived, now)
    request.nav_counts = {"mine": decide + answers + sum(len(rows) for rows in acts)}
    month_end = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    context = {
        "nav": "mine",
        "approvals": approvals,
        "asked": asked,
        "unreceived": unreceived,
        "guided": guided,
        "answered": guidance.answered(standing),
        "steps": steps,
        "decide": decide,
        "waiting": waiting,
        "wanted": wanted,
        "checks": checks[:FEW],
        "checks_count": len(checks),
        "to_sign": to_sign,
        "closed_units": closed_units,
        "now": now,
        "later": later[:12],
        "resting": shown.resting(standing),
        "supported": shown.supported(standing)[:12],
        "week": _week(owed, monday, today),
        "earlier": sum(i.due < monday for i in owed),
        "this_week": sum(i.due < monday + timedelta(days=7) for i in owed),
        "this_month": sum(i.due < month_end for i in owed),
        "may_import": standing.has("directive.import"),
        "new_here": not owed
        and not waiting
        and standing.has("directive.import")
        and not directives.visible_to(standing).exists(),
    }
    return render(request, "duties/mine.html", context)


def _presses(item: queries.Item, today: date) -> bool:
    """Whether it is to be done now: due within the week, or come back, whatever its day."""
    return item.due <= today + timedelta(days=queries.SOON) or queries.came_back(item.occurrence)


def _week(owed: Sequence[queries.Item], monday: date, today: date) -> list[dict[str, object]]:
    """The days of this week with what falls due; what is overdue from before stands on Monday."""
    calendar = table()
    week: list[dict[str, object]] = []
    for number in range(7):
        day = monday + timedelta(days=number)
        here = [i.state for i in owed if i.due == day or (number == 0 and i.due < monday)]
        week.append(
            {
                "day": day,
                "shape": "overdue" if "overdue" in here else "soon" if here else "",
                "count": len(here),
                "off": not calendar.is_workday(day),
                "on": day == today,
            }
        )
    return week
