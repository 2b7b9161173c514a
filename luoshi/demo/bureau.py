"""What is settled about the invented bureau: its units, who sits where by name, who signs in."""

from dataclasses import dataclass

BUREAU, GROUP, COMMITTEE, DISCIPLINE = "bureau", "group", "committee", "discipline"
OFFICE = "office"


@dataclass(frozen=True, slots=True)
class Department:
    """A department; `deputies` and `members` count seats besides the head's."""

    key: str
    name: str
    line: str
    deputies: int
    members: int


@dataclass(frozen=True, slots=True)
class Lower:
    """A lower bureau; `size` counts everyone who works there, `branches` in their order."""

    key: str
    name: str
    short_name: str
    region: str
    line: str
    size: int
    sections: tuple[str, str]
    branches: tuple[str, ...]


DEPARTMENTS = (
    Department(OFFICE, "办公室", "综合", 2, 6),
    Department("personnel", "组织人事科", "组织人事", 1, 5),
    Department("finance", "计划财务科", "计划财务", 2, 6),
    Department("works", "工程建设科", "工程建设", 2, 9),
    Department("rivers", "河湖管理与水资源保护科", "河湖管理", 2, 8),
    Department("law", "法规与监督科", "法规监督", 1, 5),
    Department("supply", "供水排水管理科", "供水排水", 2, 6),
)

_ORDINALS = ("第一支部", "第二支部", "第三支部", "第四支部")
_RIVER = ("综合股", "河湖管护股")
LOWER = (
    Lower(
        "yundong",
        "云东分局",
        "云东分局",
        "云东区",
        "供水排水",
        44,
        ("综合股", "管网运行股"),
        (*_ORDINALS, "城东水厂支部"),
    ),
    Lower(
        "yunxi",
        "云西分局",
        "云西分局",
        "云西区",
        "供水排水",
        42,
        ("综合股", "管网运行股"),
        (*_ORDINALS, "西门泵站支部"),
    ),
    Lower(
        "chenghu",
        "澄湖水源地保护与水生态修复服务中心",
        "澄湖中心",
        "澄湖水源地",
        "水源保护",
        36,
        ("综合科", "水质监测科"),
        (*_ORDINALS[:3], "湖心站支部"),
    ),
    Lower(
        "luming",
        "鹿鸣分局",
        "鹿鸣分局",
        "鹿鸣县",
        "河湖管理",
        37,
        _RIVER,
        (*_ORDINALS[:3], "鹿溪水库支部"),
    ),
    Lower(
        "nanping",
        "南屏分局",
        "南屏分局",
        "南屏县",
        "河湖管理",
        39,
        _RIVER,
        (*_ORDINALS, "龙背水库支部"),
    ),
    Lower(
        "beidu",
        "北渡分局",
        "北渡分局",
        "北渡区",
        "河湖管理",
        35,
        _RIVER,
        (*_ORDINALS[:2], "松石闸站支部"),
    ),
    Lower(
        "shitang",
        "石塘分局",
        "石塘分局",
        "石塘县",
        "河湖管理",
        36,
        _RIVER,
        (*_ORDINALS[:3], "石塘灌区支部"),
    ),
    Lower(
        "songling",
        "松岭分局",
        "松岭分局",
        "松岭县",
        "河湖管理",
        34,
        _RIVER,
        (*_ORDINALS[:3], "岭下水文站支部"),
    ),
    Lower(
        "liuting",
        "柳汀分局",
        "柳汀分局",
        "柳汀县",
        "河湖管理",
        39,
        _RIVER,
        (*_ORDINALS, "柳汀闸支部"),
    ),
)

STAFF_TITLES = ("一级主任科员", "二级主任科员", "三级主任科员", "四级主任科员", "一级科员")
FIELD_TITLES = (
    "工程师",
    "助理工程师",
    "河道巡查员",
    "闸站值班员",
    "管网检修员",
    "水质化验员",
    "办事员",
)

# Who holds which seat is settled for those whom the demo shows by name; the rest is drawn.
CAST = {
    "bureau.head": "沈既明",
    "bureau.deputy1": "秦望野",
    "bureau.deputy2": "周衍之",
    "bureau.deputy3": "林疏影",
    "bureau.deputy4": "苏远桥",
    "bureau.deputy5": "叶承岳",
    "discipline.head": "韩守拙",
    "discipline.member1": "邹允执",
    "committee.clerk": "穆听雪",
    "office.clerk": "何静之",
    "office.member1": "罗希闻",
    "works.head": "程砚北",
    "law.head": "邱慎思",
    "law.member1": "方持衡",
    "nanping.head": "江北望",
    "beidu.head": "沈知远",
    "beidu.deputy1": "姜亦川",
    "beidu.clerk": "宋晴川",
    "beidu.member1": "陆闻笛",
    "beidu.member2": "江疏桐",
    "beidu.member3": "顾照野",
}

ACCOUNTS = (
    ("office.clerk", "hejingzhi", ()),
    ("bureau.head", "shenjiming", ()),
    ("bureau.deputy1", "qinwangye", ()),
    ("bureau.deputy2", "zhouyanzhi", ()),
    ("committee.clerk", "mutingxue", ()),
    ("discipline.head", "hanshouzhuo", ()),
    ("works.head", "chengyanbei", ()),
    ("beidu.head", "shenzhiyuan", ()),
    ("beidu.clerk", "songqingchuan", ()),
    ("beidu.member1", "luwendi", ()),
    ("beidu.member3", "guzhaoye", ()),
    ("beidu.member2", "jiangshutong", ()),
    ("office.member1", "luoxiwen", ("org_admin",)),
    ("law.member1", "fangchiheng", ("auditor",)),
)
