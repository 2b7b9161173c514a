"""What stands beside the speech's tasks: the year's plan of business, objectives, notes, lists.

Each happens at its own moment between the reports, through the same acts as people.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

from luoshi.accounts.models import User
from luoshi.base.clock import day_of
from luoshi.base.models import Organisation
from luoshi.demo import deciding
from luoshi.directives import actions as directives
from luoshi.directives.models import Directive, Triage
from luoshi.duties import actions
from luoshi.duties.models import DutyList, Guidance, Objective
from luoshi.orgs.models import Unit

BUSINESS = Path(__file__).parent / "business.txt"
Act = Callable[[datetime], None]


def business(owner: Unit, clerk: User, governance: Directive, at: datetime) -> Directive:
    """The year's plan of works and supply, paired with the speech, issued a day later, received."""
    year = governance.year
    text = BUSINESS.read_text(encoding="utf-8").replace("{year}", str(year))
    found = directives.import_directive(
        text=text,
        title="",
        number=f"云水发〔{year}〕6号",
        issued_on=day_of(at),
        owner=owner,
        year=year,
        work_line=Directive.WorkLine.BUSINESS,
        source_name=f"{year}年工作安排.txt",
        source=[text.encode()],
        by=clerk,
        at=at,
    )
    directives.confirm(found, by=clerk, at=at)
    found.refresh_from_db()
    for task in found.tasks.filter(
        requirement__triage=Triage.TASK, leader_proposed__isnull=False, leader__isnull=True
    ):
        task.directive = found
        directives.take_leader(task, by=clerk, at=at)
    directives.pair(found, governance, by=clerk, at=at)
    deciding.decide_on_paper(found, signer=deciding.DECISION, by=clerk, at=at)
    found.refresh_from_db()
    issued = at + timedelta(days=1)
    paper = actions.Paper(series="云水发", serial=11)
    actions.issue(found, paper=paper, by=clerk, at=issued)
    found.refresh_from_db()
    deciding.received(found, issued)
    return found


class Beside:
    """Acts of the year in the order of time; `until` does those whose moment has come."""

    def __init__(self, bureau: Organisation, clerk: User, governance: Directive) -> None:
        self.bureau, self.clerk, self.governance = bureau, clerk, governance
        self.year = governance.year
        self.units = {u.name: u for u in Unit.objects.filter(organisation=bureau)}
        self.waiting = sorted(self._acts(), key=lambda one: one[0])

    def until(self, at: datetime) -> int:
        """Do what has come due by then; how many acts."""
        done = 0
        while self.waiting and self.waiting[0][0] <= at:
            when, act = self.waiting.pop(0)
            act(when)
            done += 1
        return done

    def _at(self, month: int, day: int, hour: int = 10) -> datetime:
        zone = ZoneInfo(settings.TIME_ZONE)
        return datetime.combine(date(self.year, month, day), time(hour, 20), tzinfo=zone)

    def _acts(self) -> list[tuple[datetime, Act]]:
        found: list[tuple[datetime, Act]] = []
        for day, (name, title, indicator, unit, target, values) in enumerate(OBJECTIVES, 23):
            found.append(
                (
                    self._at(3, day),
                    partial(
                        self._objective,
                        name=name,
                        title=title,
                        indicator=indicator,
                        counted_in=unit,
                        target=target,
                    ),
                )
            )
            for month, day_of_month, value in values:
                found.append(
                    (
                        self._at(month, day_of_month, 16),
                        partial(self._value, name=name, title=title, value=value),
                    )
                )
        for month, day, name, subject, text, answer_after in NOTES:
            found.append(
                (
                    self._at(month, day),
                    partial(
                        self._note, name=name, subject=subject, text=text, answer_after=answer_after
                    ),
                )
            )
        for month, day, subject, text in ANSWERS:
            found.append(
                (self._at(month, day, 15), partial(self._answer, subject=subject, text=text))
            )
        for month, day, subject, effect, seen in EFFECTS:
            found.append(
                (
                    self._at(month, day, 17),
                    partial(self._effect, subject=subject, effect=effect, seen=seen),
                )
            )
        for month, day, name, username, signer in LISTS:
            found.append(
                (self._at(month, day, 9), partial(self._list, name=name, username=username))
            )
            if signer:
                found.append(
                    (self._at(month, day, 15), partial(self._sign, name=name, username=signer))
                )
        return found

    def _user(self, username: str) -> User:
        return User.objects.get(organisation=self.bureau, username=username)

    def _of(self, unit: Unit) -> User:
        """Who reports for the unit: its own head or clerk, where one signs in."""
        return deciding.holders(self.bureau.pk).get(unit.pk, self.clerk)

    def _objective(
        self, at: datetime, name: str, title: str, indicator: str, counted_in: str, target: str
    ) -> None:
        actions.set_objective(
            self.units[name], year=self.year, title=title, indicator=indicator,
            counted_in=counted_in, target=target, due_on=date(self.year, 12, 20),
            by=self.clerk, at=at,
        )  # fmt: skip

    def _value(self, at: datetime, name: str, title: str, value: str) -> None:
        found = Objective.objects.get(unit=self.units[name], title=title, year=self.year)
        who = self._of(found.unit)
        said = "综合文秘岗" if who == self.clerk else ""
        actions.report_value(found, on=day_of(at), value=value, said_by=said, by=who, at=at)

    def _note(self, at: datetime, name: str, subject: str, text: str, answer_after: int) -> None:
        actions.guide(
            self.units[name], subject=subject, text=text, about=self.governance,
            answer_by=day_of(at) + timedelta(days=answer_after) if answer_after else None,
            by=self.clerk, at=at,
        )  # fmt: skip

    def _answer(self, at: datetime, subject: str, text: str) -> None:
        note = Guidance.objects.get(organisation=self.bureau, subject=subject)
        who = self._of(note.unit)
        said = "综合文秘岗" if who == self.clerk else ""
        actions.answer_guidance(note, text=text, said_by=said, by=who, at=at)

    def _effect(self, at: datetime, subject: str, effect: str, seen: str) -> None:
        note = Guidance.objects.get(organisation=self.bureau, subject=subject)
        actions.note_effect(note, effect=effect, found=seen, by=self.clerk, at=at)

    def _list(self, at: datetime, name: str, username: str) -> None:
        who = self._user(username)
        found = actions.draw_up(self.units[name], as_of=day_of(at), by=who, at=at)
        actions.confirm(found, by=who, at=at + timedelta(hours=1))

    def _sign(self, at: datetime, name: str, username: str) -> None:
        found = DutyList.objects.filter(unit=self.units[name]).order_by("-made_at", "-id")[0]
        actions.sign(found, digest_seen=found.digest, by=self._user(username), at=at)


OBJECTIVES = (
    ("北渡分局", "险工险段巡查全覆盖", "已巡查的险工险段占全部的比例", "%", "100",
     ((3, 31, "41"), (6, 30, "83"), (9, 30, "100"))),
    ("南屏分局", "堤防隐患当月整改", "当月发现、当月整改的隐患占比", "%", "95",
     ((3, 31, "88"), (6, 30, "91.5"), (9, 30, "93"))),
    ("供水排水管理科", "压降管网漏损", "城区管网漏损率比上年下降", "个百分点", "0.8",
     ((6, 30, "0.3"), (9, 30, "0.5"))),
)  # fmt: skip
"""Unit, title, indicator, counted in, target, values with month and day."""
NOTES = (
    (4, 8, "北渡分局", "警示教育课要讲身边的事",
     "一季度报来的材料多为通报原文。请结合本单位岗位讲清哪里容易出问题、怎么防。", 15),
    (7, 6, "南屏分局", "谈心谈话记录写要点即可",
     "谈话记录不必逐字，写清谈了什么、提了什么意见、怎么办。各支部不再另做台账。", 0),
    (11, 16, "石塘分局", "年底前把签收补齐",
     "上半年还有一个支部没有签收来文。请核实原因，告知是否传达到位。", 12),
)  # fmt: skip
"""Month, day, unit, subject, text, days until an answer is asked (0: none)."""
ANSWERS = (
    (4, 17, "警示教育课要讲身边的事",
     "已按工程、河湖、窗口三类岗位重新备课，第二季度起每课讲一件本单位的事。"),
)  # fmt: skip
EFFECTS = (
    (7, 13, "警示教育课要讲身边的事", "effective",
     "第二季度四个支部的材料都讲到了本单位岗位，参加的同志提问明显多了。"),
)  # fmt: skip
LISTS = (
    (3, 18, "北渡分局", "songqingchuan", "shenzhiyuan"),
    (10, 14, "北渡分局", "songqingchuan", ""),
)
"""Month, day, unit, who draws it up and confirms it, who signs it (empty: it waits)."""
