"""The words of the workbook: sheets, headings, kinds, roles. A paper, so always in Chinese.

What is read is wider than what is written: other common headings, and the pages' English ones.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from luoshi.orgs.models import PostRole, UnitKind
from luoshi.papers.columns import FieldSpec

UNITS, PEOPLE, SEATS, HELP = "单位", "人员", "任职", "填写说明"
EXAMPLE = "示例"
"""A row whose first filled cell begins with this is an example and is not read."""
LIST_MARKS = "、，,；;\n"
WAY_MARKS = "/／›>"
REFERENCE = "#"
"""Marks the program's own number of a row in place of a 编号; it is never kept as one."""

KINDS: Mapping[UnitKind, tuple[str, ...]] = {
    UnitKind.BUREAU: ("机关本级", "机关本级（整个单位）", "Bureau (whole body)"),
    UnitKind.COMMITTEE: ("党组、党委", "党组", "党委", "Party committee or leading group"),
    UnitKind.DISCIPLINE: ("纪检机构", "Discipline body"),
    UnitKind.DEPARTMENT: ("科室", "内设机构", "处室", "部门", "Department"),
    UnitKind.SUBORDINATE: ("下级单位", "直属单位", "所属单位", "Lower-level unit"),
    UnitKind.SECTION: ("股室", "Section"),
    UnitKind.GENERAL_BRANCH: ("党总支", "General branch"),
    UnitKind.BRANCH: ("党支部", "支部", "Party branch"),
    UnitKind.GROUP: ("工作专班", "专班", "领导小组", "Working group"),
    UnitKind.OTHER: ("其他单位", "其他", "Other unit"),
}
"""The first word is the one that is written and offered."""

ROLES: Mapping[PostRole, tuple[str, ...]] = {
    PostRole.HEAD: ("主要负责人", "负责人", "正职", "Head"),
    PostRole.DEPUTY: ("副职", "Deputy"),
    PostRole.SECRETARY: ("书记", "Branch secretary"),
    PostRole.COMMITTEE_MEMBER: ("委员", "Committee member"),
    PostRole.DISCIPLINE_OFFICER: ("纪检委员", "Discipline officer"),
    PostRole.CLERK: ("经办人", "经办", "Clerk"),
    PostRole.MEMBER: ("工作人员", "Member of staff"),
}


def _known(words: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    known = {folded(word): str(code) for code, group in words.items() for word in group}
    return {**known, **{str(code): str(code) for code in words}}


def folded(word: str) -> str:
    """A word for comparison: half-width, small letters, without white space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", word)).lower()


KIND_OF = _known({str(k): v for k, v in KINDS.items()})
ROLE_OF = _known({str(k): v for k, v in ROLES.items()})


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it is written: heading, width, the note on it, and how it is recognised."""

    field: str
    heading: str
    width: float
    note: str
    heads: tuple[str, ...]
    wanted: bool = False


SHEETS: Mapping[str, tuple[Column, ...]] = {
    UNITS: (
        Column(
            "code", "编号", 16,
            "可不填。单位自己的编号，同一编号只能用一次；系统用它认出同一个单位（改名、调整上级时必填）。"
            "以 # 开头的是系统编号，请不要改动。",
            ("(单位)?(编号|编码|代码)", "code", "number"),
        ),
        Column("name", "名称", 30, "必填。单位全称。", ("(单位)?(名称|全称)", "单位", "(unit)?name", "unit"), True),
        Column("short_name", "简称", 14, "可不填，30 字以内。", ("(单位)?简称", "shortname")),
        Column(
            "parent", "上级单位", 30,
            "除最上级单位外必填。写名称；有同名单位时写“上级/单位”，或写编号。",
            ("上级(单位|部门|机构)?", "隶属(单位|关系)?", "parent", "unitabove"), True,
        ),
        Column("unit_kind", "类别", 14, "从下拉列表选；不填时按名称推断。", ("(单位)?(类别|类型|性质)", "kind(ofunit)?")),
        Column("region", "地区", 12, "可不填。", ("(所在)?(地区|区域)", "region")),
        Column("line", "条线", 12, "可不填。业务条线。", ("(业务)?条线", "line(ofwork)?")),
        Column("rank", "级别", 12, "可不填。", ("级别|规格", "rank")),
        Column("position", "排序号", 9, "可不填。整数，小的排在前面。", ("排序号?|顺序号?", "position(inlists)?|order")),
    ),
    PEOPLE: (
        Column("name", "姓名", 14, "必填。", ("姓名", "人员", "名字", "name", "person"), True),
        Column(
            "code", "编号", 16,
            "可不填，有同名同志时必填。工号一类的编号，同一编号只能用一次；以 # 开头的是系统编号，请不要改动。",
            ("(人员)?(编号|编码|工号)(工号|编号)?", "code", "number"),
        ),
    ),
    SEATS: (
        Column(
            "person", "人员", 20, "写姓名或编号；同名时写“姓名（编号）”。留空表示职务空缺。",
            ("人员", "姓名", "任职人员", "person", "name"),
        ),
        Column(
            "unit", "单位", 30, "必填。写名称；有同名单位时写“上级/单位”，或写编号。",
            ("(所在|任职)?单位", "部门", "unit"), True,
        ),
        Column("title", "职务", 18, "必填。如：副局长、文秘督办岗。", ("职务(名称)?|岗位", "(titleofthe)?post|title"), True),
        Column("post_role", "职责类型", 14, "必填，从下拉列表选。它决定在系统里能做什么。", ("职责类型", "职责|角色", "role"), True),
        Column(
            "acts_for", "代办范围", 24,
            "可不填。这个岗位替哪个上级单位办理全部事项，如办公室的文秘岗替全局办理；不填就是本单位。",
            ("代办(范围|单位)", "actsfor"),
        ),
        Column("position", "排序号", 9, "可不填。整数；同一单位内的次序，一人多职时小的是主要职务。", ("排序号?|顺序号?", "position(inlists)?|order")),
        Column("valid_from", "起", 13, "可不填。任职起始日，如 2026-03-01；不填从本次导入的起算日开始。", ("起始?(日期?|时间)?|任职(起始)?(日期|时间)|开始(日期|时间)?", "from|since|start"),),
        Column("valid_to", "止", 13, "可不填。这一天起不再任职。", ("止|终止(日期?)?|截止(日期)?|结束(日期|时间)?|免职(日期|时间)", "until|to|end")),
        Column(
            "portfolios", "分管单位", 34, "可不填。分管几个单位时用顿号（、）隔开；有同名单位时写“上级/单位”，或写编号。",
            ("分管(的)?(单位|部门|科室)?", "incharge(of)?|portfolios?"),
        ),
    ),
}  # fmt: skip

SHEET_NAMES: Mapping[str, tuple[str, ...]] = {
    UNITS: ("单位", "单位表", "机构", "units"),
    PEOPLE: ("人员", "人员表", "people"),
    SEATS: ("任职", "任职表", "职务", "appointments"),
}


def fields_of(sheet: str) -> dict[str, FieldSpec]:
    """How the columns of a sheet are recognised."""
    return {column.field: FieldSpec(column.heads) for column in SHEETS[sheet]}
