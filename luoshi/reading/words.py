"""The reader's word lists: verbs of direction, adverbs before them, endings of actors.

Closed lists of the genre's common words. They are looked up by slice, never by one large regular
expression, so that the cost per clause does not grow with the lists.
"""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


VERBS = _set("""
加强 强化 深化 推进 推动 完善 健全 建立 建设 落实 贯彻 执行 坚持 坚决 坚定 开展 组织 制定 制订 修订 出台
印发 编制 编写 编印 拟定 起草 撰写 填写 填报 实施 抓好 抓实 抓紧 抓牢 抓住 抓细 抓准 抓早 做好 做实 做到 做优
做强 做大 做深 做细 做足 办好 办实 搞好 管好 管住 用好 用足 用活 守好 守住 守牢 守护 严格 严肃 严查 严防 严惩 严抓
严管 严控 从严 提升 提高 提供 提出 提请 提交 增强 增加 增设 加快 加大 加密 扩大 扩充 拓展 拓宽 优化 改进 改善 改革
改造 创新 创建 打造 培育 培养 培训 营造 构建 构筑 统筹 协调 协同 配合 协助 会同 督促 督导 监督 监管 监测 检查
排查 摸排 排摸 摸清 梳理 整改 整治 整顿 整合 清理 清查 清退 清除 查找 查摆 查处 查清 查明 纠正 纠治 防止 防范
防控 防治 化解 消除 解决 处置 处理 落细 压实 压紧 压减 压缩 扛起 扛牢 履行 担负 担起 承担 负责 牵头 召开 召集
举办 举行 参加 参与 学习 学好 学深 学懂 宣传 宣讲 宣贯 传达 传承 传导 弘扬 发扬 发挥 发展 发动 发放 发送 运用
利用 保障 确保 保证 保持 保护 维护 巩固 夯实 筑牢 筑好 树立 树牢 引导 引领 引进 引入 教育 激励 激发 激活 鼓励
支持 帮助 帮扶 指导 服务 服从 促进 争取 争创 争当 争做 力争 力戒 力求 杜绝 避免 遏制 打击 打通 打好 打赢 打破
畅通 规范 明确 细化 量化 分解 分析 分类 研究 研判 研制 研发 谋划 规划 部署 安排 调度 调研 调查 评估 评议 评选
评定 考核 考评 报告 报送 报备 报批 上报 申报 通报 公开 公示 公布 发布 反馈 反映 汇总 汇报 汇交 收集 征求 征集
听取 接受 突出 注重 重视 关注 关心 关爱 牢记 牢固 牢牢 瞄准 聚力 凝聚 团结 联系 走访 慰问 深挖 挖掘 把握 把好
把牢 掌握 了解 领会 领悟 认识 克服 破解 破除 突破 攻克 攻坚 完成 实现 达到 形成 开发 开设 开通 开放 启动 启用
上线 上传 录入 采集 核查 核实 核对 核定 审核 审查 审批 审议 审定 验收 备案 归档 存档 留存 留档 登记 建档 建好
建成 建强 建优 补齐 补强 补足 补好 弥补 缩小 减少 减轻 降低 控制 管控 管理 精简 精减 简化 合并 取消 停止 暂停
关闭 拆除 更换 更新 维修 维持 养护 修复 治理 净化 美化 兑现 追究 问责 约谈 提醒 警示 惩治 惩处 惩戒 责令 移交
移送 委托 授权 承接 承办 办理 受理 回应 回复 答复 反对 抵制 遵守 遵循 遵照 恪守 严守 坚守 担当 勇于 敢于 善于
区分 转变 转化 转发 转移 调整 调动 调配 释放 盘活 选树 选派 选配 选拔 选好 选用 选聘 配备 配齐 配强 配足 充实
储备 招聘 招引 吸引 吸纳 锤炼 锻炼 总结 归纳 提炼 借鉴 借力 借助 实行 推行 推广 推荐 推选 推出 试行 试点 探索
设立 设置 成立 组建 统一 使用 聘请 邀请 聘任 签订 签署 签收 张贴 悬挂 播放 刊发 刊登 配套 对接 衔接 联动
联合 共享 建言 带动 带好 示范 践行 拥护 拧紧 绷紧 守稳 稳定 稳住 稳妥 稳步 走好 走深 走实 讲好 讲清 讲透
讲党 推陈 扎紧 织密 织牢 念好 下好 当好 管严 抢抓 狠抓 细抓 真抓 实抓 强抓 抓落 压降 严明 严禁 禁止 严打
放大 放宽 放开 加速 加固 加装 加入 加注 投入 投放 落地 落小 深耕 厚植 涵养 塑造 重塑 重构 再造 革新 跟踪 跟进
跟上 盯紧 盯住 盯牢 督办 督查 巡查 巡视 巡察 抽查 检验 检测 检修 检视 检讨 自查 自纠 反思 剖析 查补 缴纳 缴存
拨付 下达 下发 分发 分工 分管 对账 核算 结算 决算 预算 审计 清算 清缴 清零 销号 挂牌 摘牌 取得 提级 升级 扶持
帮带 帮教 安抚 安置 救助 救治 赔偿 补偿 补贴 资助 奖励 表彰 表扬 宣布 宣誓 公告 告知 通知 送达 抄送 抄报
确认 确定 确立 界定 划定 划分 厘清 理清 理顺 统计 测算 测评 比对 复核 复查 复盘 修改 修缮 修建 新建 改建 扩建
迁建 续建 兴办 兴建 筹建 筹备 筹集 筹措 盘点 采购 购置 配置 装备 安装 调试 验证 试运 试用 运营 运行 运维 联网
值守 值班 演练 预警 预防 预判 预测 响应 报警 救援 疏散 撤离 转运 封控 隔离 消毒 清洁 清扫 清运 回收 利民 普及
宣扬 倡导 提倡 号召 动员 发起 引流 引育 招收 招录 录用 晋升 任用 任免 轮岗 交流 挂职 兼任 回避 离任 交接 请示
执纪 立案 结案 追缴 追责 追踪 反腐 防腐 拒腐 肃清 铲除 扫除 根治 深查 细查 严处 重处 归入 纳入 列入 并入 融入
实践 立足 着眼 着力 着手 着重 以身 身体 率先 带头 派人 派驻 走进 走访 走向 进驻 进入 服好 护航 助力 赋能 提速
提质 增效 增进 增添 节约 节省 厉行 崇尚 尊重 尊崇 爱护 珍惜 孝敬 扣好 扬弃 警惕 谨防 慎用 慎重 少开 多开 摒弃
找准 找好 找出 选准 定准 定好 谋好 备战 采取 采用 优选 找准 补短 强弱 扬长 攀登 迈上 迈出 跨越 奋战 冲刺 决战 决胜 投身 投入 牢筑 统揽 统领 总揽 组织 直面 正视 对待 看待 回答
摆正 认清 明晰 明辨 明白 明德 修身 立德 育人 培根 铸魂 固本 强基 凝心 聚魂 深学 细照 笃行 学用 研学 研讨 备课
听课 授课 讲课 讲授 辅导 答疑 批改 阅卷 命题 招生 家访 结对 配合 防备 防御 备足 备好 对照 对标 缓减 缓解 削减
""")

# Words that are as often nouns as verbs: they open a directive only where an object follows.
NOUNISH = _set("""
教育 服务 发展 建设 改革 管理 监督 检查 培训 学习 规划 报告 研究 评估 考核 调查 分析 治理 创新 组织 宣传 保障
实践 交流 安排 部署 整改 整治 保护 防控 监管 监测 审计 预算 决算 招生 备课 听课 演练 值班 采购 统计 运行 运营 统一
规范 稳定 试点 示范 分工 分类 总结 督查 巡视 巡察 巡查 巡察 反腐 育人 联动 调研 考评 测评 评议 验收 审核 审批 协调
指导 帮扶 预防 预警 统战 共享 审查 检测 检验 维修 执行 领导 配套 汇报 通报 通知 公告 备案 登记 申报 处分 奖励 表彰
投入 开发 开放 保证 警示 家访 研讨 辅导 教研 修改 变更 认识 利用 使用 影响 参与 反映 推荐 预测 运维 救援 救助 补贴 转移
""")

ADVERBS = _set("""
要 须 应 必须 务必 应当 应该 一定 一定要 还要 都要 也要 更要 又要 就要 既要 再 更 还 也 都 均 并 且 又 先 共同 同步
切实 认真 扎实 深入 全面 广泛 积极 主动 自觉 努力 奋力 全力 大力 持续 继续 不断 进一步 坚决 坚定 坚定不移 毫不动摇
严格 严肃 从严 依法 依规 依纪 及时 立即 尽快 加快 抓紧 迅速 稳步 有序 有效 有力 高效 高质量 高标准 高水平 高起点
精准 科学 合理 统筹 系统 逐步 逐项 逐一 逐级 逐条 逐个 重点 着力 着重 突出 特别 尤其 更加 始终 坚持不懈 持之以恒
一以贯之 一体 协同 联合 统一 集中 分类 分级 分批 分期 定期 不定期 经常 经常性 常态化 常态化长效化 长期 随时 适时 按时 按期
如期 限期 首先 同时 另外 此外 最后 真正 充分 紧紧 牢牢 牢固 大胆 勇于 敢于 善于 带头 率先 亲自 严密 周密 妥善 稳妥
创造性 针对性 最大限度 保质保量 因地制宜 实事求是 千方百计 想方设法 深刻 准确 完整 客观 公正 细致 深 细 实 严 真
多 少 早 快 常 好 狠 大 强 重 从快 从重 从细 从实 从速 一律 全部 整体 综合 联动 合力 上下 内外 每年 每月 每季度 每周 每季 每半年
每学期 点对点 面对面 一对一 手把手 自上而下 自下而上 层层 级级 时刻 永远 永葆 反复 专题 专门 单独 另行 直接 具体 模范 严于 本分
择优 公开 试点 率先 探索 按需 按规定 依程序 按程序 相应 相互 互相 主要 各自 分别 同等 优先 超前 提前 先行 先试 强力 强势 用心 用情 用力
""")
ADVERB_LENGTHS = tuple(sorted({len(word) for word in ADVERBS}, reverse=True))

# A single character that directs when an object of two characters or more follows.
SHORT_VERBS = frozenset("抓守查改促建管办强稳保治防推讲用把以像")

# What an actor's name ends in: bodies, then people.
BODIES = _set("""
部门 单位 部委 委员会 管委会 居委会 村委会 安委会 党委会 院委会 委办局 工委 党委 党组 纪委 纪检组 监委
政府 党总支 总支 党支部 支部 党小组 党组织 组织部 宣传部 工会 团委 妇联 协会 学会
商会 联合会 中心 机构 机关 办公室 领导小组 工作组 小组 专班 工作队 团队 主体 公司
企业 集团 银行 支行 分行 总行 分局 支队 大队 中队 派出所 监狱 法院 检察院 学校
院校 高校 中学 小学 幼儿园 大学 学院 医院 院系 教研组 备课组 学科组 班级 处室 科室
街道 街镇 镇街 乡镇 社区 园区 开发区 地区 各地 城市 县区 区县 市县 县市 各区 各县
各市 各镇 各村 省份 自治区 直辖市 物业 业主 班子 党政办 综合科 人事科 办事处 事务所
研究院 研究所 交通委 建管委 建设管理委 卫健委 发改委 国资委 编办 市委 区委 县委 省委
校委会 董事会 监事会 经理层 年级 年级组 车间 食堂 图书馆 档案馆 博物馆 项目部 事业部 门诊部 指挥部 总部
居委 村委 理事会 代表大会 领导班子 媒体 平台企业 商户 家庭 门店 工地 学校党委 派出机构 执法队 服务队 志愿队 乡 镇 村
各乡 全市 全县 全区 全校 全局 全院 全厂 国资委 网信办 信访局 各级 财政 检查组 督导组 专案组 联席会议 代表团 管理局 专窗 窗口 门诊 病区 站点 支部委员会 理论学习中心组
""")
_BODY_CHARACTERS = frozenset("局厅处科股部署委办院校站室厂店矿段队组司社")
_INSTITUTES = frozenset("究务出研看戒生诊险检管政法")
PEOPLE = _set("""
书记 支委 委员 干部 干警 民警 党员 党员个人 同志 负责人 责任人 一把手 “一把手”
成员 人员 教师 老师 班主任 校长 院长 园长 局长 处长 科长 主任 主席 经理 总监
董事长 行长 厂长 队长 组长 所长 站长 县长 市长 区长 镇长 乡长 领导 正职 副职 中层
职工 员工 教工 学生 家长 群众 村民 居民 代表 辅导员 班子 联系人 联络员 管理员
监督员 网格员 秘书 裁判 选手 班组长 会计 出纳 骨干 主讲人 承办人 责任科室 经办人 主持人 提出人 发言人 申请人 任何人 任何个人 单位和个人 部门和个人 组织和个人 牵头人 当事人 业主 用户 医师 医生 护士 律师 法官 检察官 警察
市民 公民 乡镇长 人家 出租人 承租人 销售者 生产者 参赛者 志愿者 承办者 上下 副总 老师 班子 两委 导师 师傅 班导师 校医 门卫 保安 队员 教授 讲师 院士 客户经理 业务员 操作工 检验员 新员工 老师们 同学们 家长们
住校生 毕业生 研究生 留学生 新生 学员 旅客 乘客 游客 商家 摊主 店主 车主 骑手 住户 农户 种植户 养殖户 贫困户
公务员 专家 工作者 志愿者 经营者 从业者 管理者 使用者 驾驶员 师生 大家 我们 同学
各位 司机 值班员 安全员
""")


def _by_last(words: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Words by their last character, so that an ending is looked up among few."""
    out: dict[str, list[str]] = {}
    for word in sorted(words):
        out.setdefault(word[-1], []).append(word)
    return {last: tuple(found) for last, found in out.items()}


_BODIES_BY_LAST = _by_last(BODIES)
_PEOPLE_BY_LAST = _by_last(PEOPLE)
_LAST = (
    frozenset(_BODIES_BY_LAST)
    | frozenset(_PEOPLE_BY_LAST)
    | _BODY_CHARACTERS
    | frozenset("所级人员们")
)


def names_people(s: str, begin: int, end: int) -> bool:
    """Whether `s[begin:end]` ends in a word for people or a post."""
    if end - begin > 2 and s[end - 1] == "们":
        return True
    if (
        end - begin > 2
        and s[end - 1] == "人"
        and s[end - 2] in "讲持出办理包送申承审经签举保管评助"
    ):
        return True
    if end - begin > 2 and s[end - 1] == "员" and s[end - 2] not in "动全满裁减超雇定缺编人":
        return True
    if end <= begin:
        return False
    endings = _PEOPLE_BY_LAST.get(s[end - 1])
    return endings is not None and s.endswith(endings, begin, end)


def names_body(s: str, begin: int, end: int) -> bool:
    """Whether `s[begin:end]` ends in a word for a body or unit."""
    if end <= begin:
        return False
    last = s[end - 1]
    if last in _BODY_CHARACTERS:
        return True
    if last == "所":
        return end - 1 > begin and s[end - 2] in _INSTITUTES
    if last == "级":
        return end - 1 > begin and s[end - 2] in "市区县州"
    endings = _BODIES_BY_LAST.get(last)
    return endings is not None and s.endswith(endings, begin, end)


def names_actor(s: str, begin: int, end: int) -> bool:
    """Whether `s[begin:end]` ends in a word for somebody who can act."""
    return (
        end > begin
        and s[end - 1] in _LAST
        and (names_body(s, begin, end) or names_people(s, begin, end))
    )
