"""The checkable result that a clause names: a paper, a list, a meeting, a finished work."""

import re

_PAPER = (
    r"(?:责任清单|任务清单|问题清单|整改清单|权力清单|负面清单|清单|实施方案|工作方案|整改方案|行动方案|应急预案|预案|方案|实施细则|细则|实施意见|工作要点|要点|三年规划|规划|工作计划|年度计划|计划|管理办法|实施办法|办法"
    r"|分析报告|调研报告|自查报告|总结报告|体检报告|报告|台账|档案|操作手册|手册|办事指南|指南|责任书|承诺书|告知书|任务书|目录|数据库|项目库|建议库|流程图|分布图|时间表|路线图|施工图|考核标准|标准|制度|规定|意见|规范|记录|材料|简报|总结|名单|月报|季报|年报|报表)"
)
_MADE = re.compile(
    rf"(?:制定|制订|修订|出台|编制|编写|编印|拟定|起草|撰写|列出|形成|建立|签订|签署|报送|上报|提交|报告|公布|印发|报备|提出|填报|汇交|梳理形成|更新|梳理|发布|建好)(?:并(?:实施|印发|公布|落实|上报|报送|规范实施))?(?P<thing>[^，,。；]{{0,36}}?{_PAPER})(?=[，,。；、和及与并（(“]|$|等|报|初稿|公布|送|备案)"
)
_HELD = re.compile(
    r"(?:召开|组织召开|举办|举行|开好|参加|开展|组织|上好|讲好|讲|上)(?P<thing>[^，,。；]{0,6}(?:[一二两三四五六七八九十\d]+[次场期堂轮节])[^，,。；]{0,24}?(?:会议|会|课|党课|培训班|培训|讲座|演练|检查|督查|调研|活动|竞赛|评比|教育|宣讲|自查|排查|谈话|测试|体检|走访|研讨))(?=[，,。；、（(]|$)"
)
_MEETING = re.compile(
    r"(?:召开|举办|举行|组织召开)(?P<thing>[^，,。；、]{0,24}?(?:民主生活会|组织生活会|动员会|推进会|联席会议?|专题会议?|座谈会|总结会|部署会|培训班|现场会|代表大会|报告会|述职会|会议))(?=[，,。；、（(进]|$)"
)
_WORK = re.compile(
    r"(?:完成|做完)(?P<thing>[^，,。；]{2,40}?(?:改造|升级改造|建设|整改|验收|修订|编制|制定|排查|评估|体检|报告|工程|任务|工作|鉴定|换届|备案|审计|采购|安装|接入|上线|归档|全覆盖))(?=[，,。；、和及（(]|$)"
)
_KEPT = re.compile(
    r"(?:记入|登入|录入|列入|写入|汇成|汇总成|列成|写成|形成|制成|做好|写好|留好|留有|附上|出具|发送|印发|整理出|拿出|汇总出|张贴|编成)(?:一[份次张])?"
    r"(?P<thing>[^，,。；]{0,16}?(?:清单|台账|记录|纪要|意见|报告|通报|档案|登记表|表|验收单|提示|方案|材料|名册|目录|登记簿))(?=[，,。；、（(]|$|报|送)"
)
_VERIFIED = re.compile(
    r"(?P<thing>(?:逐[处项件个户条段]|现场|联合|交叉|第三方)[^，,。；、]{0,6}?(?:验收|核验|销号|复查))"
)
_COUNTED = re.compile(
    r"(?P<thing>(?:主题党日|检查|抽查|督查|巡查|排查|走访|回访|座谈|研讨|调研|约谈|演练|培训|清理|自查|体检)[^，,。；]{0,14}?(?:不少于|不低于|至少)?[一二两三四五六七八九十\d]+[次遍轮份户家人个]"
    r"|(?:开展|组织|安排|举行)[一二两三\d]+次[^，,。；]{2,16})(?=[，,。；、（(\u4e00-\u9fff]|$)"
)
_AWAY = re.compile(r"^(?:了|好|并|和|、|的|以|为|把|将)+")
_VAGUE = re.compile(
    r"常态化|长效|健全|不断|有关规定|良好|氛围|机制体制|体制|有关制度|各项制度|制度化|思想认识|意见建议$|突出问题"
)


def check(masked: str, raw: str) -> str | None:
    """The result in the clause's own words, or None: exhortation names no result.

    Conservative on purpose, since it drives the default of triage: a deliverable paper or list,
    a counted or named meeting, a finished work,
    an acceptance on site, a counted act.
    """
    for pattern in (_MADE, _HELD, _KEPT, _MEETING, _WORK, _VERIFIED, _COUNTED):
        for found in pattern.finditer(raw):
            if masked[found.start()] == "〓" or _negated(raw, found.start()):
                continue
            thing = _AWAY.sub("", found.group("thing")).strip(" 　“”")
            if len(thing) >= 2 and not _VAGUE.search(thing):
                return thing
    return None


def _negated(raw: str, at: int) -> bool:
    return raw[max(0, at - 4) : at].endswith(
        ("不", "避免", "防止", "严禁", "不得", "不再", "未", "拟")
    )
