"""The typefaces of official papers, and what stands in where one is not installed.

The official fonts are commercial and none is shipped: the file names them, and its font table
names others by `altName`, which Word tries in order (ECMA-376 part 1, 17.8.3.1).
"""

from dataclasses import dataclass

from luoshi.lib.gongwen.xml import document, tag


@dataclass(frozen=True, slots=True)
class Font:
    """A typeface by the name that offices' machines know, with names to try in its place."""

    name: str
    instead: tuple[str, ...]
    family: str = "roman"


TITLE = Font(
    "方正小标宋简体",
    ("FZXiaoBiaoSong-B05S", "方正小标宋_GBK", "华文中宋", "STZhongsong", "Noto Serif CJK SC"),
)
FANGSONG = Font("仿宋_GB2312", ("仿宋", "FangSong", "华文仿宋", "STFangsong"), "modern")
HEI = Font("黑体", ("SimHei", "华文黑体", "STHeiti", "Noto Sans CJK SC"), "modern")
KAI = Font("楷体_GB2312", ("楷体", "KaiTi", "华文楷体", "STKaiti"), "modern")
SONG = Font("宋体", ("SimSun", "华文宋体", "STSong", "Noto Serif CJK SC"), "auto")
FONTS = (TITLE, FANGSONG, HEI, KAI, SONG)


def font_table() -> str:
    """The part `word/fontTable.xml`."""
    return document(
        "fonts",
        *(
            tag(
                "font",
                tag("altName", val=",".join(font.instead)),
                tag("charset", val="86"),
                tag("family", val=font.family),
                tag("pitch", val="default"),
                name=font.name,
            )
            for font in FONTS
        ),
    )
