"""Invented names of people: common surnames, given names seldom borne by anyone well known."""

from random import Random

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢"
    "傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦江薛尹段雷黎史龙陶顾郝龚邵钱严武"
)

_GIVEN = """
承安 承泽 承远 承岳 书岚 书恒 文舟 明川 明岳 明溪 明朔 明棠 景川 景岚 景禾 景舒
思澜 思渔 思棠 知白 知予 知夏 子川 子澄 子谦 子砚 云舒 云栖 云川 云岫 月汀 月禾 雨棠 雨汀
秋水 秋实 秋岚 春望 春野 春潮 春庭 夏禾 冬青 长汀 海若 海棠 江野 江涵 湖生 溪亭 溪桥
汀兰 汀洲 渡川 澄远 澄心 澄野 清晏 清如 清浅 清源 润田 润禾 润川 沐川 沐晨 泽远 泽安
望岳 望津 望秋 望潮 安沐 安禾 安屿 宁远 宁川 宁溪 和畅 和舟 守正 守一 守诚 守默 敬亭 敬修 敬远
敏求 慎言 慎独 笃行 笃信 笃言 允恭 允诚 允中 克宽 怀瑾 怀川 怀谷 怀舟 若水 若川 若岚 若汀
如岚 如川 向晚 向川 砚田 砚舟 砚青 墨川 墨林 青川 青岚 青野 青屿 青舟 松原 柏舟 柏年 柏川
竹溪 竹青 竹筠 梅溪 兰舟 菊初 荷生 桂生 桐生 槐安 榆生 楚山 楚桥 越溪 越山 越川 南舟 西岭 东篱
东原 星野 星渡 辰川 辰溪 晓川 晓汀 晓禾 晓舟 晓棠 晨溪 晨野 晨舟 暮云 朝野 逸川 致和
致柔 志川 志恒 志和 立川 立言 立诚 立恒 广川 广源 博川 博约 述川 述文 述安 继川 继远 继安 祖荫
祖望 祖泽 宗尧 宗礼 尧川 舜卿 禹川 禹安 禹声 疏桐 砚秋 时雨 知微 望川 远山 青禾 听澜 归舟
念初 建禾 国澜 国润 庆川 庆禾 永川 永润 学川 学禾 家澍 家润 世澄 世恒 光澍 光禾
淑岚 淑禾 玉汀 玉筠 秀岚 秀禾 慧汀 慧岚 桂岚 凤岚 丽川 丽禾 红岚 燕禾 燕汀 萍川 芳禾 芳汀 兰汀
"""


def draw(rng: Random, count: int, taken: set[str]) -> list[str]:
    """Draw `count` different names outside `taken`; one given name is used three times at most."""
    pool = [given for given in _GIVEN.split() for _ in range(3)]
    rng.shuffle(pool)
    names: list[str] = []
    seen = set(taken)
    for given in pool:
        name = rng.choice(_SURNAMES) + given
        if name in seen or name[0] == name[1]:
            continue
        seen.add(name)
        names.append(name)
        if len(names) == count:
            return names
    raise ValueError(f"only {len(names)} different names, {count} wanted")
