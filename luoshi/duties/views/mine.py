"""我的待办: what waits for my decision, what my units owe, this week and the next two."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from luoshi.directives import queries as directives
from luoshi.directives import road
from luoshi.directives.price import table
from luoshi.duties import decisions, guidance, leaving, lists, queries, transmission
from luoshi.web.types import SignedIn

AHEAD = 31
"""Days ahead that the list of what is owed looks."""
FEW = 4
"""So many effect checks stand on the list itself; the others on a page of their own."""


@login_required
@require_GET
def mine(request: SignedIn) -> HttpResponse:
    """Sixteen queries, whatever the length of the lists; a few more for who drafts or receives."""
    standing, today = request.standing, request.today
    approvals = road.waiting_for(standing)
    asked = road.consulted(standing, waiting=True)
    steps = road.next_steps(standing)
    unreceived = transmission.to_receive(standing)
    guided = guidance.on_my_list(standing)
    waiting = queries.waiting(standing)
    wanted = decisions.requests_waiting(standing)
    checks = decisions.checks_waiting(standing)
    to_sign = lists.to_sign(standing)
    closed_units = leaving.closed_units(standing)
    owed = queries.items(queries.owed(standing, until=today + timedelta(days=AHEAD)), today)
    now = [i for i in owed if i.due <= today + timedelta(days=queries.SOON)]
    later = [i for i in owed if i not in now]
    monday = today - timedelta(days=today.weekday())
    calendar = table()
    week = []
    for number in range(7):
        day = monday + timedelta(days=number)
        here = [i for i in owed if i.due == day]
        if number == 0:
            here += [i for i in owed if i.due < monday]
        states = [i.state for i in here]
        shape = "overdue" if "overdue" in states else "soon" if states else ""
        week.append(
            {
                "day": day,
                "shape": shape,
                "count": len(here),
                "off": not calendar.is_workday(day),
                "on": day == today,
            }
        )
    for item in now:
        if item.state == "overdue":
            item.late_days = calendar.between(item.due, today)
    request.nav_counts = {
        "mine": len(waiting)
        + len(now)
        + len(approvals)
        + len(asked)
        + len(steps)
        + len(wanted)
        + len(to_sign)
    }
    month_end = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    context = {
        "nav": "mine",
        "approvals": approvals,
        "asked": asked,
        "unreceived": unreceived,
        "guided": guided,
        "answered": guidance.answered(standing),
        "steps": steps,
        "decide": len(waiting) + len(approvals) + len(asked) + len(wanted),
        "waiting": waiting,
        "wanted": wanted,
        "checks": checks[:FEW],
        "checks_count": len(checks),
        "to_sign": to_sign,
        "closed_units": closed_units,
        "now": now,
        "later": later[:12],
        "week": week,
        "this_week": sum(i.due < monday + timedelta(days=7) for i in owed),
        "this_month": sum(i.due < month_end for i in owed),
        "may_import": standing.has("directive.import"),
        "new_here": not owed
        and not waiting
        and standing.has("directive.import")
        and not directives.visible_to(standing).exists(),
    }
    return render(request, "duties/mine.html", context)
