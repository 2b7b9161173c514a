"""The demo: the bureau, its speech read, triaged by the defaults, issued, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from luoshi.accounts.models import User
from luoshi.base.clock import day_of
from luoshi.base.models import Organisation
from luoshi.demo import ADMIN, CLERK, PASSWORD, SLUG, beside, deciding, history, organisation
from luoshi.demo.organisation import DemoAccount, DemoOrganisation
from luoshi.directives import actions as directives
from luoshi.directives.models import Directive, Requirement, Triage
from luoshi.directives.price import price_of
from luoshi.duties import actions as duties
from luoshi.duties.models import EffectCheck, Occurrence
from luoshi.ledger import packs
from luoshi.ledger.models import Head, Witness
from luoshi.ledger.sequence import sequence_all
from luoshi.ledger.verify import verify
from luoshi.orgs import actions as orgs
from luoshi.orgs import founding, loading
from luoshi.orgs.models import Person, Unit
from luoshi.reading.files import read_file

ARCHIVE = "云州市档案馆"
SPEECH = Path(__file__).parent / "speech.txt"


@dataclass(slots=True)
class Outcome:
    """What the demo did, for its ten lines."""

    fresh: bool
    bureau: Organisation
    directive: Directive
    clauses: int
    tasks: int
    told: history.Told | None = None


def year_of(today: date) -> int:
    """The year of the speech: this one, from March on."""
    return (today - timedelta(days=60)).year


def at_office(day: date, hour: int) -> datetime:
    """A full hour of a day in the zone of the site."""
    return datetime.combine(day, time(hour), tzinfo=ZoneInfo(settings.TIME_ZONE)).astimezone(UTC)


def run(document: Path | None, progress: Callable[[int, int], None] | None = None) -> Outcome:
    """Make what is missing of the demo, and nothing twice. Raises `Unreadable` on a document."""
    with override("zh-hans"):
        return _run(document, progress)


def _run(document: Path | None, progress: Callable[[int, int], None] | None) -> Outcome:
    now = timezone.now()
    year = year_of(now.date())
    bureau = Organisation.objects.filter(slug=SLUG).first()
    fresh = bureau is None
    if bureau is None:
        bureau = _found(organisation.build(year), at_office(date(year, 1, 4), 9))
    clerk = User.objects.get(organisation=bureau, username=CLERK)
    owner = Unit.objects.get(
        organisation=bureau, placements__parent__isnull=True, placements__valid_to__isnull=True
    )
    spoken = date(year, 2, 26)
    if document is None:
        text = SPEECH.read_text(encoding="utf-8")
        text = text.replace("{year}", str(year)).replace("{last_year}", str(year - 1))
        name, read_at = f"{year}年讲话.txt", at_office(date(year, 2, 27), 10)
        number, issued_on = f"云水发〔{year}〕4号", spoken
    else:
        text, name, read_at = read_file(document), document.name, now
        number, issued_on = "", None
    try:
        directive = directives.import_directive(
            text=text,
            title="",
            number=number,
            issued_on=issued_on,
            owner=owner,
            year=year,
            source_name=name,
            source=[text.encode()],
            by=clerk,
            at=read_at,
        )
    except directives.AlreadyImported as error:
        directive = error.earlier
    outcome = Outcome(
        fresh,
        bureau,
        directive,
        clauses=Requirement.objects.filter(directive=directive).count(),
        tasks=Requirement.objects.filter(directive=directive, triage=Triage.TASK).count(),
    )
    if outcome.tasks and directive.state == Directive.State.DRAFT:
        issued = _issue(directive, clerk, read_at, told=document is None)
        if document is None:
            works = beside.business(owner, clerk, directive, issued + timedelta(days=3))
            outcome.told = history.tell(
                bureau.pk,
                [directive.pk, works.pk],
                issued=issued + timedelta(days=4),
                now=now,
                beside=beside.Beside(bureau, clerk, directive).until,
                progress=progress,
            )
    sequence_all(holder="demo", now=now)
    if fresh:
        _outside(bureau, now)
    return outcome


def _outside(bureau: Organisation, now: datetime) -> None:
    """The archive keeps printed checkpoints; it has the one of today."""
    admin = User.objects.get(organisation=bureau, username=ADMIN)
    archive = orgs.name_witness(name=ARCHIVE, way=Witness.Way.SEALED, by=admin, at=now)
    sequence_all(holder="demo", now=now)
    newest = packs.newest(bureau.pk)
    orgs.hand_over(
        archive, size=newest.size, root_start=newest.root, on=day_of(now), by=admin, at=now
    )
    sequence_all(holder="demo", now=now)


def _found(plan: DemoOrganisation, at: datetime) -> Organisation:
    """The organisation with everybody in it; each unit's heads, secretaries and clerks sign in."""
    admin = founding.found_with_user(
        plan.name,
        username=ADMIN,
        name=next(p.name for p in plan.people if p.key == _person(plan, ADMIN)),
        password=PASSWORD,
        duties=[User.ORG_ADMIN],
        at=at,
        slug=SLUG,
    )
    loaded = loading.load(plan, by=admin, at=at)
    loading.open_accounts(
        [*plan.accounts, *_more_accounts(plan)], loaded, password=PASSWORD, by=admin, at=at
    )
    return admin.organisation


def _person(plan: DemoOrganisation, username: str) -> str:
    return next(a.person_key for a in plan.accounts if a.username == username)


def _more_accounts(plan: DemoOrganisation) -> list[DemoAccount]:
    """One account for every unit that has nobody yet who can report for it."""
    roles = {p.key: p.post_role for p in plan.posts}
    unit_of = {p.key: p.unit_key for p in plan.posts}
    have = {a.person_key for a in plan.accounts}
    holders: dict[str, list[str]] = {}
    for one in plan.appointments:
        if one.valid_to is None and roles[one.post_key] in ("head", "secretary", "clerk", "deputy"):
            holders.setdefault(unit_of[one.post_key], []).append(one.person_key)
    found: list[DemoAccount] = []
    for unit in plan.units:
        people = holders.get(unit.key, [])
        if people and not any(p in have for p in people):
            have.add(people[0])
            found.append(DemoAccount(people[0], f"{people[0]}"))
    return found


def _issue(directive: Directive, clerk: User, at: datetime, *, told: bool) -> datetime:
    """Confirm, take the proposed leaders, have it decided, issue what is complete; returns when.

    The demo's own speech goes the whole road of a week; another document is signed at once.
    """
    directives.confirm(directive, by=clerk, at=at)
    for lack in price_of(directive, at=at).lacks:
        requirement = Requirement.objects.get(pk=lack.requirement_id)
        requirement.directive = directive
        directives.set_triage(requirement, Triage.CONTEXT, by=clerk, at=at)
    directive.refresh_from_db()
    for task in directive.tasks.filter(
        requirement__triage=Triage.TASK, leader_proposed__isnull=False, leader__isnull=True
    ):
        task.directive = directive
        directives.take_leader(task, by=clerk, at=at)
    if told:
        return deciding.walk(directive, clerk, at)
    deciding.decide_on_paper(directive, signer=clerk.name, by=clerk, at=at)
    duties.issue(directive, by=clerk, at=at)
    return at


def lines(outcome: Outcome) -> list[str]:
    """What the demo did, in ten lines."""
    bureau, directive = outcome.bureau, outcome.directive
    states = Occurrence.objects.filter(directive=directive).values_list("state", "due_on")
    today = timezone.localdate()
    done = sum(state == "accepted" for state, _due in states)
    late = sum(
        state in ("open", "returned") and due is not None and due < today for state, due in states
    )
    checks = EffectCheck.objects.filter(assignment__directive=directive).count()
    units = Unit.objects.filter(organisation=bureau)
    people = Person.objects.filter(organisation=bureau).count()
    head = Head.objects.filter(organisation=bureau).first()
    holds = verify(bureau).holds
    issued = directive.state == Directive.State.ISSUED
    return [
        f"组织：{bureau.name}，{units.count()}个单位（{units.filter(unit_kind='branch').count()}个党支部），"
        f"{people}人{'' if outcome.fresh else '（已在库中，未重复建立）'}",
        f"来文：{directive.title}，{len(directive.text)}字，校验码{directive.sha256[:8]}",
        f"读取：{outcome.clauses}条要求，其中{outcome.tasks}条有可查的成果、责任单位和时限或频次",
        f"分流：按默认成为任务{outcome.tasks}条，其余是背景、转述或待人决定"
        if outcome.tasks
        else "分流：按默认没有一条成为任务，草稿已留待分流，请登录后逐条填写单位和时限",
        f"下发：{directive.price['units']}个单位，全年{directive.price['asks']}次报送"
        if issued and directive.price
        else "下发：尚未下发",
        f"办理：已审核通过{done}次，逾期{late}次，跟踪问效{checks}次" if issued else "办理：—",
        f"存证：{head.size if head else 0}条，{'重新计算一致' if holds else '重新计算不一致'}",
        f"登录：经办人 {CLERK}，主要领导 shenjiming，北渡分局局长 shenzhiyuan、经办 songqingchuan",
        f"　　　管理员 {ADMIN}，核验存证 fangchiheng；演示密码都是 {PASSWORD}",
        "打开 http://127.0.0.1:8000/ 查看（make demo SERVE=0 只建数据）",
    ]
