"""A synthetic organisation of any size, for measuring: the same seed gives the same one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from luoshi.accounts.models import User
from luoshi.demo import history, names
from luoshi.demo.organisation import (
    DemoAccount,
    DemoAppointment,
    DemoOrganisation,
    DemoPerson,
    DemoPost,
    DemoUnit,
)
from luoshi.directives import actions as directives
from luoshi.directives.models import Directive
from luoshi.directives.price import Price
from luoshi.duties import actions as duties
from luoshi.ledger.sequence import sequence_all
from luoshi.lib.ids import new_id
from luoshi.orgs import founding, loading

FAN_OUT = 50
A_YEAR = 3
"""Quarterly work that is issued in April falls due three times."""
PASSWORD = "luoshi-simulate"  # for synthetic people only, printed on the terminal
REPORTING = 30
"""Units whose secretary has an account and reports."""
MOST_ACTS = 300
"""Reports that are really put forward and verified; the others stay open."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was made; `acted` counts reports put forward."""

    clerk: User
    directive: Directive
    price: Price
    acted: int


def plan(units: int, seed: int) -> DemoOrganisation:
    """A tree of `units` branches below one root, at most `FAN_OUT` children each, one head each."""
    rng = Random(seed)
    opened = date(2020, 1, 1)
    slug = f"s{new_id().hex[-10:]}"
    rows = [DemoUnit("u0", None, f"模拟局{seed}", "模拟局", "bureau", "", "", "")]
    for number in range(1, units + 1):
        parent = f"u{(number - 1) // FAN_OUT}"
        rows.append(
            DemoUnit(
                f"u{number}", parent, f"第{number}支部", f"第{number}支部", "branch", "", "", ""
            )
        )
    known = names.draw(rng, min(units, 400) + 2, set())
    people = [*known, *(f"模拟{n:06}" for n in range(len(known), units + 2))]
    posts = [DemoPost("clerk", "u0", "经办人", "clerk", None, 1)]
    posts += [
        DemoPost(f"h{n}", f"u{n}", "书记", "secretary" if n else "head", None, 2)
        for n in range(units + 1)
    ]
    return DemoOrganisation(
        name=f"模拟局{seed}",
        opened_on=opened,
        units=tuple(rows),
        posts=tuple(posts),
        people=tuple(DemoPerson(f"p{n}", name) for n, name in enumerate(people)),
        appointments=(
            DemoAppointment("p0", "clerk", opened),
            *(DemoAppointment(f"p{n + 1}", f"h{n}", opened) for n in range(units + 1)),
        ),
        portfolios=(),
        accounts=(
            DemoAccount("p0", f"{slug}-clerk", ("org_admin",)),
            *(DemoAccount(f"p{n + 1}", f"{slug}-u{n}") for n in range(min(units, REPORTING) + 1)),
        ),
    )


def text(tasks: int, year: int) -> str:
    """A plan that asks the same of every branch, `tasks` times."""
    lines = [f"{year}年模拟工作要点", "一、任务"]
    lines += [f"各党支部每季度上好第{n}课，形成第{n}课学习记录。" for n in range(1, tasks + 1)]
    return "\n".join(lines) + "\n"


def draft(units: int, tasks: int, seed: int, *, year: int = 2026) -> tuple[User, Directive]:
    """Organisation and a confirmed directive, ready to be issued in April of `year`."""
    planned = plan(units, seed)
    at = datetime(year, 1, 5, 1, tzinfo=UTC)
    clerk = founding.found_with_user(
        planned.name,
        username=planned.accounts[0].username,
        name=planned.people[0].name,
        password=PASSWORD,
        duties=[User.ORG_ADMIN],
        at=at,
    )
    loaded = loading.load(planned, by=clerk, at=at)
    loading.open_accounts(planned.accounts, loaded, password=PASSWORD, by=clerk, at=at)
    directive = directives.import_directive(
        text=text(tasks, year),
        title="",
        owner=loaded.units["u0"],
        year=year,
        by=clerk,
        at=at,
        again=True,
    )
    directives.confirm(directive, by=clerk, at=at)
    return clerk, directive


def make(
    units: int,
    occurrences: int,
    seed: int,
    *,
    year: int = 2026,
    progress: Callable[[int, int], None] | None = None,
) -> Made:
    """About `occurrences` in an organisation of `units`; some reported, most of those accepted."""
    tasks = max(1, round(occurrences / (units * A_YEAR)))
    clerk, directive = draft(units, tasks, seed, year=year)
    at = datetime(year, 4, 1, 1, tzinfo=UTC)
    price = duties.issue(directive, by=clerk, at=at)
    told = history.tell(
        clerk.organisation_id,
        directive.pk,
        issued=at,
        now=at + timedelta(days=100),
        progress=progress,
        most=MOST_ACTS,
    )
    sequence_all(holder="simulate", now=at + timedelta(days=101))
    return Made(clerk, directive, price, told.submitted)
