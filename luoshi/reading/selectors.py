"""Actor phrases to selectors over any tree of units: reach, kinds of unit, names, posts."""

import re
from functools import lru_cache

from .model import Selector

_ALL = re.compile(
    r"^(?:本市|全市|全县|全区|全省|全校|全局|全系统|中心|机关|市属|区属|局属|市直|区直|局)?(?:各级?|全体|所有|每一?[个位名]?|广大|一切)|各"
)
_SELF = re.compile(
    r"^(?:本|我)(?:局|市|区|县|校|院|委|单位|公司|集团|中心|系统|部|行|厅)$|^(?:我们|大家|同志们|全局|全市|全校|市局|省局|全系统|全公司)$"
)

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("discipline", re.compile(r"纪检组|纪委|派驻|纪检监察|监察组|监委")),
    ("general_branch", re.compile(r"党总支|总支")),
    ("branch", re.compile(r"党支部|支部(?!大会)|支委")),
    ("committee", re.compile(r"党组(?!织)|党委|领导班子|工委|班子|党政领导")),
    ("group", re.compile(r"专班|领导小组|工作组|小组|工作队|团队")),
    (
        "subordinate",
        re.compile(
            r"分局|下属|直属|区县|县区|[区县市](?=局)|各(?:区|县|市)|子公司|分公司|分行|支行|支队|大队|基层单位|二级单位|所属单位|各?(?:乡镇|街道|镇街|街镇|镇|社区|村)|各地|地区|城市|学校|项目中心|监狱|各院校|所队|派出机构"
        ),
    ),
    (
        "department",
        re.compile(r"科室|处室|部门|机关各|各处|各科|各部|各委办局|委办局|科|处|部|办公室|室|办"),
    ),
    ("bureau", re.compile(r"本局|全局|市局|省局|本委|全系统|我局|总部|总行")),
)
_PARTY = re.compile(r"各级党组织|各党组织|基层党组织|党组织")
_UNITS = re.compile(r"(?:各|有关|相关|责任|所有|全体)?(?:相关|有关|责任)?单位$|各级各部门|各级")

_ROLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "head",
        re.compile(
            r"主要负责|一把手|第一责任人|主要领导|正职|班子负责人|单位负责人|部门负责人|^负责人|领导小组组长|校长|局长|院长|行长|董事长"
        ),
    ),
    ("deputy", re.compile(r"分管|班子成员|班子其他成员|副职|副局长|副书记|分管领导|中层")),
    ("secretary", re.compile(r"书记(?!班)")),
    ("committee_member", re.compile(r"支委|支部委员|党委委员|党组成员|(?<!纪检)委员(?!会)")),
    ("discipline_officer", re.compile(r"纪检委员|纪检监察干部|纪检干部|监督员")),
    ("clerk", re.compile(r"经办|联络员|联系人|具体工作人员|管理员|工作人员")),
    ("member", re.compile(r"党员|干部|职工|员工|教师|民警|干警|职员|人员|同志|师生|教工")),
)
_LEADERS = re.compile(
    r"领导干部|班子成员|领导班子|党政班子|关键少数|校领导|中层|领导$|班子其他成员"
)
_NAMED = re.compile(
    r"^(?!各|相关|有关|全体|所有|属地|责任|其|该|牵头|配合|成员|参加|下属|直属|基层|本)[\u4e00-\u9fff]{2,24}(?:办公室|科|处|部|局|委|委员会|院|中心|公司|厅|室|办|支部|支队|大队|学校|分局|所|站|工会|团委|妇联|政府|支行|分行|专班|领导小组|纪委|机关党委|党委)$"
)


def select(*groups: tuple[str, ...]) -> tuple[Selector, ...]:
    """One selector for each different phrase of the groups, in order."""
    return tuple(selector(phrase) for phrase in dict.fromkeys(p for g in groups for p in g))


@lru_cache(maxsize=4096)
def selector(phrase: str) -> Selector:
    """Whom a phrase means. What cannot be told has reach "unresolved" and says so."""
    why: list[str] = []
    posts = tuple(code for code, pattern in _ROLES if pattern.search(phrase))
    if "discipline_officer" in posts:
        posts = tuple(p for p in posts if p not in ("committee_member", "member"))
    if len(posts) > 1 and "member" in posts and not re.search(r"[、和及与]", phrase):
        posts = tuple(p for p in posts if p != "member")
    whole = _ALL.search(phrase) is not None
    if _SELF.match(phrase):
        return Selector(phrase, "self", ("bureau",), (), (), ("reach_self",))
    kinds = _unit_kinds(phrase)
    leads = _LEADERS.search(phrase) is not None
    if posts:
        why.append("role_named")
    if leads and not whole and not (kinds and not set(kinds) <= {"committee"}):
        roles = posts or ("head", "deputy")
        if re.search(r"领导干部|校领导|领导$|领导班子$", phrase) and "deputy" not in roles:
            roles = ("head", "deputy")
        roles = tuple(r for r in roles if r != "member") or ("head", "deputy")
        return Selector(
            phrase, "leaders", kinds or ("committee",), (), roles, ("reach_leaders", *why)
        )
    if whole:
        if not kinds:
            why.append("kind_unknown")
            if posts:
                return Selector(phrase, "all", (), (), posts, ("reach_all", *why))
            return Selector(phrase, "unresolved", (), (), posts, ("reach_unresolved", *why))
        return Selector(phrase, "all", kinds, (), posts, ("reach_all", *why))
    if posts and not kinds:
        return Selector(phrase, "unresolved", (), (), posts, ("reach_unresolved", *why))
    if _NAMED.match(phrase):
        return Selector(phrase, "named", kinds or ("other",), (phrase,), (), ("reach_named",))
    if posts and set(kinds) & {"branch", "general_branch"}:
        return Selector(phrase, "all", kinds, (), posts, ("reach_all", *why))
    return Selector(phrase, "unresolved", kinds, (), posts, ("reach_unresolved", *why))


def _unit_kinds(phrase: str) -> tuple[str, ...]:
    if _PARTY.search(phrase):
        return ("committee", "general_branch", "branch")
    if re.search(r"单位$|单位(?=主要|负责|领导)", phrase) and not re.search(
        r"下属|直属|所属|基层|二级", phrase
    ):
        return ("department", "subordinate")
    if phrase.startswith("各级各部门"):
        return ("department", "subordinate")
    found = tuple(code for code, pattern in _KINDS if pattern.search(phrase))
    if (
        len(found) > 1
        and "department" in found
        and not re.search(r"部门|科室|处室|各处|各科", phrase)
    ):
        found = tuple(k for k in found if k != "department")
    return found
