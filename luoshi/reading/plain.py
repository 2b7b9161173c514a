"""The text that the rules look at: the document's own, character for character, in one writing.

Full-width figures and letters become half-width, half-width marks beside Chinese become full-width,
the traditional characters of official papers become simplified ones. Each is one character for
one, so that offsets stay those of the document; spans and fields are cut from the document itself.
"""

import re
from dataclasses import replace

from .model import Reading

_FULL = (
    "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ"
    "ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ％－～"
)
_HALF = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz%-~"
# Traditional characters that official papers use, and their simplified forms, in the same order.
_TRADITIONAL = (
    "為們這個會國發對時實業來說學務無關於與進過還動應當從經開長門問間聞體點產處區單報書員執"
    "勞導將專屬層歲幾廣廠廳張強彈彙徑復憲懷態憑懲戰戶拋擔據損擬擴擾攔攝敵數斷舊曉條極構樓標樣"
    "橋機權歡歸殘氣決沒況淺測減溫滅滿漸潔濟濫灣災煙營爾牽獎獨獲現環產畢異當癢監盤盡確禮種積穩"
    "穫窮競筆節範築簡簽籌糾紀約紅級紛純紙細終組結絕統維綱網綜緊線緝編緩練縣總績織繼續罰罷羅義"
    "習聖聯聲職聽肅腦臨舉舊艱節莊萬葉蓋薦藍藝藥蘇處虛號衆術衛裝製複視規覺覽觀計訂記討訓託訴"
    "診證評詞試詳誠話該認語誤說課調談請論證識譜警議譯護讀變讓豐負財責貨貪貫貴買費資賓賠賞賢質購"
    "贈贏趕軍轉輕載輔輪輸辦辭農運遊達違遠適遲遷選遺邊郵鄉鄰醫釋針鈔鉛銀銷鋪錄錢錯鎖鎮鏈鐘鐵鑒"
    "閉閱陣陰陳陸階隊際險隨隱雙雜離難電靈靜項順預領頭題額願類顧顯風飛養餘館馬駐驗驅體鬥魚麥黨"
    "齊龍嚴僅優傳傷價儀億償兒兩冊準則創劃劇勝勢匯協參啟嗎圍園圖團執堅報場塊壓壞壯夢奪婦孫寧審寫"
    "寬導屆崗師帳帶幫庫廢彎後徹恆慮慶憂擇換揚撥撫擊攜敗斂斬晝暢暫朝東檔檢櫃氾汙溝滲漲濕潛烏熱燈"
    "燒獄玅琺瑣療盜眾矯碼礎禍稅稱穀竊籤紮絡給綠緣縮罵脅腳脫臺興舖虧蟲裡褲觸詢誘諮謀謝豬貼賬賴跡"
    "蹤軌輯辯辨連週遞遙郤鄭釐鈎鋼錶鍵鑑闊闡陽隸霧韌頂須頒頻顆飄飯餐駕騰騙鬆鳴鹽麗麼黃齡毀徵搶攤"
    "擱敘樹殺滾畫異窩筧篩纖罪褒認詐諾貌賺賽跨躍輩轄轟鄧銜鋒錦鍛閃闖韓頓頸驚鬧魯鮮併幷佈佔侶俠債"
)
_SIMPLIFIED = (
    "为们这个会国发对时实业来说学务无关于与进过还动应当从经开长门问间闻体点产处区单报书员执"
    "劳导将专属层岁几广厂厅张强弹汇径复宪怀态凭惩战户抛担据损拟扩扰拦摄敌数断旧晓条极构楼标样"
    "桥机权欢归残气决没况浅测减温灭满渐洁济滥湾灾烟营尔牵奖独获现环产毕异当痒监盘尽确礼种积稳"
    "获穷竞笔节范筑简签筹纠纪约红级纷纯纸细终组结绝统维纲网综紧线缉编缓练县总绩织继续罚罢罗义"
    "习圣联声职听肃脑临举旧艰节庄万叶盖荐蓝艺药苏处虚号众术卫装制复视规觉览观计订记讨训托诉"
    "诊证评词试详诚话该认语误说课调谈请论证识谱警议译护读变让丰负财责货贪贯贵买费资宾赔赏贤质购"
    "赠赢赶军转轻载辅轮输办辞农运游达违远适迟迁选遗边邮乡邻医释针钞铅银销铺录钱错锁镇链钟铁鉴"
    "闭阅阵阴陈陆阶队际险随隐双杂离难电灵静项顺预领头题额愿类顾显风飞养余馆马驻验驱体斗鱼麦党"
    "齐龙严仅优传伤价仪亿偿儿两册准则创划剧胜势汇协参启吗围园图团执坚报场块压坏壮梦夺妇孙宁审写"
    "宽导届岗师帐带帮库废弯后彻恒虑庆忧择换扬拨抚击携败敛斩昼畅暂朝东档检柜泛污沟渗涨湿潜乌热灯"
    "烧狱妙珐琐疗盗众矫码础祸税称谷窃签扎络给绿缘缩骂胁脚脱台兴铺亏虫里裤触询诱咨谋谢猪贴账赖迹"
    "踪轨辑辩辨连周递遥却郑厘钩钢表键鉴阔阐阳隶雾韧顶须颁频颗飘饭餐驾腾骗松鸣盐丽么黄龄毁征抢摊"
    "搁叙树杀滚画异窝笕筛纤罪褒认诈诺貌赚赛跨跃辈辖轰邓衔锋锦锻闪闯韩顿颈惊闹鲁鲜并并布占侣侠债"
)
_TABLE = str.maketrans(_FULL + _TRADITIONAL, _HALF + _SIMPLIFIED)
_FOREIGN = re.compile(
    "[" + re.escape(_FULL) + "".join(sorted(set(_TRADITIONAL) - set(_SIMPLIFIED))) + "]"
)
_OLD = re.compile("[" + "".join(sorted(set(_TRADITIONAL) - set(_SIMPLIFIED))) + "]")
_HAN = "\u4e00-\u9fff”》）】"
_MARKS = dict(zip(",;:?!()．｡.", "，；：？！（）。。。", strict=True))
_HALF_MARK = re.compile(
    rf"(?<=[{_HAN}])(?:[,;:?!()．｡]|\.(?=[\s\u4e00-\u9fff]|$))|[,;:?!()](?=[\u4e00-\u9fff“《（])"
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_LETTER = re.compile(r"[A-Za-z]")
_SAMPLE = 20_000

NOTICES: dict[str, tuple[str, str]] = {
    "not_chinese": (
        "这份文件几乎没有汉字，只能读中文文件，没有读出要求。",
        "This document has hardly any Chinese. Only Chinese documents are read; nothing was found.",
    ),
    "traditional": (
        "这份文件用繁体字，已按简体的读法读，请多看一眼。",
        "This document is in traditional characters and was read as if simplified. Look twice.",
    ),
    "no_marks": (
        "这份文件几乎没有标点，句子分不开，读得不准。请补上句号再导入。",
        "This document has hardly any punctuation, so that sentences cannot be told apart. "
        "Add full stops and import it again.",
    ),
}
"""What a text is, that a person should know: code → sentence in zh and en."""


def plain(text: str) -> str:
    """The text in one writing, of the same length."""
    if _FOREIGN.search(text):
        text = text.translate(_TABLE)
    if _HALF_MARK.search(text):
        text = _HALF_MARK.sub(lambda found: _MARKS[found.group()], text)
    return text


def restored(reading: Reading, text: str) -> Reading:
    """What was read in the plain text, in the document's own characters."""
    analysed = reading.text
    if analysed == text:
        return reading

    def own(words: str, start: int = 0, end: int = len(text)) -> str:
        at = analysed.find(words, start, end)
        if at < 0:
            at = analysed.find(words)
        return text[at : at + len(words)] if at >= 0 else words

    outline = tuple(replace(h, text=text[h.start : h.end]) for h in reading.outline)
    titles = {
        before.text: after.text for before, after in zip(reading.outline, outline, strict=True)
    }
    found = []
    for one in reading.obligations:
        span = one.start, one.end
        found.append(
            replace(
                one,
                text=text[one.start : one.end],
                heading_path=tuple(titles.get(h, h) for h in one.heading_path),
                actors=tuple(own(name, *span) for name in one.actors),
                lead=tuple(own(name, *span) for name in one.lead),
                support=tuple(own(name, *span) for name in one.support),
                deadline=own(one.deadline, *span) if one.deadline else one.deadline,
                cadence=own(one.cadence, *span) if one.cadence else one.cadence,
                check=own(one.check, *span) if one.check else one.check,
            )
        )
    title = own(reading.title) if reading.title else reading.title
    return replace(reading, text=text, title=title, outline=outline, obligations=tuple(found))


def notices(text: str) -> tuple[str, ...]:
    """What a person should know of a text: codes of `NOTICES`."""
    sample = text[:_SAMPLE]
    han, letters = len(_CHINESE.findall(sample)), len(_LETTER.findall(sample))
    if han + letters < 20:
        return ()
    if han * 10 < letters:
        return ("not_chinese",)
    found = []
    if len(_OLD.findall(sample)) * 50 > han:
        found.append("traditional")
    marks = sum(sample.count(mark) for mark in "。；！？;.!?") + sample.count("\n")
    if han > 200 and marks * 200 < han:
        found.append("no_marks")
    return tuple(found)
