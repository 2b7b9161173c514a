"""Why the reader decided as it did: stable codes with a sentence for a person in two languages."""

REASONS: dict[str, tuple[str, str]] = {
    "modal": ("句中有“要、应、必须、不得”一类的要求词", "a word of duty stands in it"),
    "request": ("以“请、希望”提出要求", "asks by 请 or 希望"),
    "assignment": ("写明由谁负责、牵头或办理", "says who is responsible for it"),
    "imperative": ("以部署性动词开头", "opens with a verb of direction"),
    "imperative_after": ("状语或主题之后以部署性动词展开", "a verb of direction follows its topic"),
    "actor_verb": ("写明了谁做什么", "names who does what"),
    "dated": ("写明时间和要办的事", "names a time and what is to be done by it"),
    "opening_cut": ("开头的陈述不算在内", "an opening statement was left out"),
    "part_cut": ("同一句中用分号分开的一项", "one of the parts that ； separates"),
    "relayed": ("转述上级的部署", "passes on what a higher body asked"),
    "actor_here": ("责任主体见于本句", "the actor is named in the sentence"),
    "actor_above": ("责任主体见于上文引语", "the actor is named in the lead-in above"),
    "actor_before": ("责任主体承前句分句", "the actor is named in an earlier part"),
    "actor_line": ("责任主体见于责任分工行", "the actor is named in a line of responsibility"),
    "deadline_here": ("时限见于本句", "the deadline is in the sentence"),
    "deadline_line": ("时限见于时间节点行", "the deadline is in a line of dates"),
    "deadline_above": ("时限见于上级标题", "the deadline is in a heading above"),
    "date_full": ("日期完整", "the date is complete"),
    "date_year_issued": ("年份取自印发日期", "the year is taken from the date of issue"),
    "date_year_here": ("年份取自前文", "the year is taken from the text"),
    "date_no_year": ("没有年份，也没有印发日期", "no year, and no date of issue"),
    "date_relative": ("从某一事件起算，须待事件日期", "counts from an event without a date yet"),
    "date_event": ("以某一事件为界，须由人填日期", "bounded by an event, a person sets the date"),
    "date_invalid": ("没有这一天", "there is no such day"),
    "date_unknown": ("认不出的时间", "the time was not understood"),
    "date_recurring": ("按周期出现，见频次", "recurs, see the cadence"),
    "cadence_exact": ("频次明确", "the cadence is exact"),
    "cadence_vague": ("“定期、常态化”没有说明多久一次", "does not say how often"),
    "reach_all": ("“各、全体”指全部同类单位", "各 or 全体 means all units of the kind"),
    "reach_named": ("点名的单位", "a unit called by name"),
    "reach_self": ("指本单位自己", "the body itself"),
    "reach_leaders": ("指领导班子或领导干部", "the leadership"),
    "reach_unresolved": ("不能确定指谁，须由人选择", "cannot tell who is meant, a person chooses"),
    "role_named": ("点明了职务", "a post is named"),
    "kind_unknown": ("单位类型不在已知之列", "not a known kind of unit"),
    "kept_whole": ("共用词尾，未拆分", "names share their ending and stay whole"),
    "bound_tracking": (
        "涉及对个人行踪的追踪，不得照发；可改为报备、谈心谈话",
        "asks to track people; may not go out as it stands",
    ),
    "bound_opinion": (
        "涉及管控公众言论，不得照发；可改为回应关切、管好自己的渠道",
        "asks to control what the public says; may not go out as it stands",
    ),
    "bound_ranking": (
        "涉及给个人排名打分，不得照发；可改为由人作出的考核意见",
        "asks to rank or score persons; may not go out as it stands",
    ),
}


def sentence(code: str, language: str = "zh") -> str:
    """The sentence for a reason code in zh or en; an unknown code is returned as it is."""
    found = REASONS.get(code)
    if not found:
        return code
    return found[1] if language.startswith("en") else found[0]
