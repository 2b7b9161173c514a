"""The reader's one pass over a text: lines into parts, sentences into obligations."""

import re
from collections.abc import Iterator
from datetime import date

from . import fields, roles, tables
from .clauses import MODAL, opens_with_verb
from .confidence import DOUBTFUL
from .decision import Candidate, Unit, decide, weigh
from .findings import Findings
from .judgement import Judge
from .learnt import shipped
from .masthead import is_masthead
from .model import Reading
from .outline import (
    OPENING_TURN,
    Line,
    Outline,
    enumerator,
    is_date_line,
    is_document_title,
    is_flat,
    is_part_title,
    is_stage,
    is_tail,
    is_title_shaped,
    lines,
    mode_of_document,
    reports,
)
from .plain import notices, plain, restored
from .sentences import Sentence, mask, split, trim
from .signs import paper
from .times import stage
from .words import names_actor

# A longer run without 。 is not a sentence; only its beginning is looked at.
WINDOW = 1500
_HEADING_SIZE = 32
_LEAST = 4  # characters of a task in a table: 合计 is none
# A preamble is over after so many characters, where no heading ends it; in a talk that has no
# headings at all it is over sooner.
_PREAMBLE = 900
_OPENING_OF_TALK = 250
_RESPONSIBILITY = re.compile(
    r"^[（(【〔\[]?\s*(?:责任|牵头|主办|承办|配合|协办|实施|协同|参与|落实|完成时限|时间节点|完成时间|时限)[^：:，。]{0,8}[：:]"
)
# 具体职责是： goes on with the subject of the sentence before it.
_DUTIES = re.compile(r"(?:职责|责任|任务|分工|工作)[^，。]{0,4}[：:]$")
_CHARGED_FIRST = re.compile(
    r"[（(]([^（）()。]{3,120}(?:牵头|负责|配合|落实|协助|参与)[^（）()。]{0,40})[）)]"
)
# Enumerators that also stand within a line: （2）不准…；（3）不准…
_INLINE = ("cn_paren", "number", "number_paren", "circled", "first", "ordinal")
# 不得有下列行为：, 做到“六个不准”：: the items name what is forbidden.
_FORBIDDEN = re.compile(
    r"(?:不得|严禁|禁止|不准|不允许)有?[^，。]{0,10}(?:下列|以下|行为|情形)[^，。]{0,8}[：:]$"
)
_ADDRESSEES = re.compile(r"^(?:各|尊敬|亲爱|全体|[^，。]{2,12}、)[^。；]{0,80}[：:]$")
_SALUTE = re.compile(r"^(?:同志们|各位|老师们|同学们|朋友们)[，,！!：:。]?")
_RELAY = re.compile(
    r"(?:中央|中共|国务院|省委|市委|区委|县委|党委|党组|中纪委|纪委|总书记|上级|全会|大会|会议)[^。]{0,60}(?:作出|提出|明确|部署)[^。]{0,24}(?:部署|要求|安排)$"
)


def read(
    text: str,
    issued_on: date | None = None,
    *,
    year: int | None = None,
    judge: Judge | None = None,
) -> Reading:
    """Read `text` into its title, outline and obligations.

    `issued_on` gives undated years and what counts from the day of issue, `year` the year alone;
    `judge` decides instead of the model that is shipped.

    Any text is accepted. Spans do not overlap, are in document order, and
    `text[o.start:o.end] == o.text` for each of them.
    """
    own, text = text, plain(text)
    said = notices(text if own == text else own)
    if "not_chinese" in said:
        return Reading(own, None, (), (), said)
    reader = _Reader(text, issued_on, judge, year)
    reader.run()
    if not reader.findings and not reader.outline.headings:
        # A short paper without parts: there is no preamble to be careful about.
        reader = _Reader(text, issued_on, judge, year, without_parts=True)
        reader.run()
    found = reader.findings.found
    knows = reader.judge.model is not None and reader.judge.model.confidence
    if knows and not reader.judge.genre and all(one.confidence in _FAINT for one in found):
        found = []  # a paper of no known kind in which nothing is more than a guess
    reading = Reading(
        text=text,
        title=reader.findings.title,
        outline=tuple(reader.outline.headings),
        obligations=tuple(found),
        notices=said,
    )
    return restored(reading, own)


# So little confidence is a guess where nothing else speaks for a paper.
_FAINT = range(DOUBTFUL)


def _with_next(source: Iterator[Line]) -> Iterator[tuple[Line, Line | None]]:
    held = next(source, None)
    while held is not None:
        following = next(source, None)
        yield held, following
        held = following


class _Reader:
    def __init__(
        self,
        text: str,
        issued_on: date | None,
        judge: Judge | None,
        year: int | None,
        *,
        without_parts: bool = False,
    ) -> None:
        self.judge = judge or Judge(shipped())
        self.judge.begin()
        self.findings = Findings(text, issued_on, year, self.judge)
        self.without_parts = without_parts
        self.text = text
        self.outline = Outline()
        if without_parts:
            self.outline.reset("deploy")
        self.in_tail = False
        self.seen_body = False
        self.item_kinds: dict[str, bool] = {}
        self.paragraph_from = 0
        self.block_from = 0
        self.relaying = False
        self.before_turn = 0
        self.table: tables.Table | None = None
        self.flat = is_flat(text)

    def run(self) -> None:
        for line, following in _with_next(lines(self.text)):
            self.line(line, following)

    # Lines

    def line(self, line: Line, following: Line | None) -> None:
        text = self.text
        if self._row(line):
            return
        words = text[line.start : min(line.end, line.start + 200)]
        if is_tail(words):
            self.in_tail = True
            return
        if line.kind is None or line.kind == "bullet":
            if self._plain(line, following, words):
                return
        elif self._numbered(line, following, words):
            return
        self.in_tail = False
        self._paragraph(line, following, line.body)

    def _row(self, line: Line) -> bool:
        """A line of a table; True when it was its head or one of its rows."""
        start, end = tables.whole(self.text, line.start, line.end)
        made = tables.header(self.text, start, end)
        if made:
            self.table = made
            return True
        table = self.table
        found = table and tables.row(self.text, start, end, table)
        if not table or not found:
            if table and tables.between(self.text, start, end, table):
                # A title within the table, or a row that asks nothing: the table goes on.
                return tables.is_row(self.text, start, end)
            self.table = None
            return False
        cell, given = found
        self.findings.settle()
        begin = len(self.findings)
        for sentence in split(self.text, cell.start, cell.end):
            self._sentence(sentence, False, sentence.start == cell.start, mode="deploy")
        self.findings.settle()
        if table.binds and (given.actors or given.lead or given.deadline):
            if len(self.findings) == begin:
                self._take(cell)
            self.findings.vouch(begin)
        self._give(given, begin)
        return True

    def _take(self, cell: tables.Cell) -> None:
        """The task of a row that says who and by when, though its words alone ask nothing."""
        end = cell.end - (self.text[cell.end - 1] in "。；")
        if end - cell.start < _LEAST:
            return
        masked = mask(self.text[cell.start : min(end, cell.start + WINDOW)])
        verdict = weigh(masked, "deploy")._replace(why=("table_row",), directs=True)
        outline = self.outline
        self.findings.take(
            Candidate(
                Unit(cell.start, end, masked, verdict), (), "。", "deploy", False, True,
                self.relaying, outline.path, outline.actors(), outline.stage(), False, True,
            )
        )  # fmt: skip

    def _plain(self, line: Line, following: Line | None, words: str) -> bool:
        """Titles, dates, addressees, responsibility lines; True when the line is dealt with."""
        text, outline = self.text, self.outline
        if _RESPONSIBILITY.match(words):
            self._responsibility(line.start, line.end, self.block_from)
            return True
        shaped = is_title_shaped(text, line.start, line.end)
        if shaped and line.kind is None:
            bare = words.strip()
            if is_date_line(bare):
                self._note_year(bare)
                return True
            if self.findings.title is None and not self.seen_body and is_masthead(bare):
                return True
            if is_document_title(bare) and not is_part_title(bare):
                if self.findings.title is None:
                    self.findings.title = bare
                outline.reset("deploy" if self.without_parts else mode_of_document(bare))
                self.in_tail = False
                return True
            if is_part_title(bare) and (self.seen_body or self.findings.title is not None):
                outline.reset("preamble")
                outline.open(
                    text, "title", (line.start, line.end), body=line.start, mode="preamble"
                )
                self.in_tail = False
                return True
            alone = self.without_parts and following is None and MODAL.search(mask(bare))
            if self.findings.title is None and not self.seen_body and not alone:
                self.findings.title = bare
                return True
            if self.without_parts and following is None and MODAL.search(mask(bare)):
                return False
            if len(bare) < 12 or following is None or opens_with_verb(mask(bare)) < 0:
                return True
            return outline.mode != "deploy"
        outline.plain()
        return False

    def _numbered(self, line: Line, following: Line | None, words: str) -> bool:
        text, outline = self.text, self.outline
        kind = line.kind or ""
        first_mark = self._first_end(line.body, line.end)
        outline.close(kind, line.first)
        outline.use_lead()
        if line.first:
            self.item_kinds.pop(kind, None)
        if kind == "article":
            return self._article(line, following)
        whole = first_mark >= line.end - 1
        shaped = whole and text[line.end - 1] not in "。！？；;：:"
        if self.in_tail and whole and shaped:
            return True
        self.in_tail = False
        if kind in ("volume", "chapter", "section", "hash"):
            outline.open(text, kind, (line.start, line.end), body=line.body)
            return True
        in_list = outline.within("article") or self.item_kinds.get(kind, False)
        if text[line.end - 1] in "：:" and whole:
            outline.open(text, kind, None)
            self._lead_in(line.body, line.end)
            return True
        if shaped and stage(text[line.body : line.end]):
            outline.open(text, kind, (line.start, line.end), body=line.body)
            self.block_from = len(self.findings)
            return True
        if shaped:
            sibling = following is None or following.kind == kind
            item = (
                (sibling or in_list)
                and line.end - line.body >= 8
                and outline.mode == "deploy"
                and (kind not in ("cn", "cn_paren") or in_list)
                and decide(mask(text[line.body : line.end]), "deploy") is not None
            )
            if item:
                self.item_kinds[kind] = True
                self._paragraph(line, following, line.body)
                return True
            outline.open(text, kind, (line.start, line.end), body=line.body)
            self.block_from = len(self.findings)
            return True
        if whole:
            deeper = following is not None and following.kind != kind
            heading = (
                not in_list
                and deeper
                and text[line.end - 1] == "。"
                and line.end - line.body <= _HEADING_SIZE + 8
                and (
                    following is not None
                    and (following.kind is not None or kind in ("cn", "cn_paren"))
                )
                and not _marked_higher(kind, following)
            )
            if heading:
                outline.open(text, kind, (line.start, line.end), body=line.body)
                self.block_from = len(self.findings)
                return True
            self.item_kinds[kind] = True
            self._items_direct(kind)
            self._paragraph(line, following, line.body)
            return True
        if not in_list and first_mark - line.body <= _HEADING_SIZE and text[first_mark] == "。":
            theme = text[line.body : first_mark]
            dated = is_stage(theme)
            if dated or _is_theme(theme):
                outline.open(
                    text,
                    kind,
                    (line.start, first_mark),
                    body=line.body,
                    run_in=kind not in ("cn", "chapter"),
                )
                self.block_from = self.paragraph_from = len(self.findings)
                if not dated:
                    self._theme(line.body, first_mark)
                after = trim(text, first_mark + 1, line.end)[0]
                self._paragraph(line, following, after)
                return True
        self._items_direct(kind)
        self._paragraph(line, following, line.body, kind in ("first", "ordinal"))
        return True

    def _items_direct(self, kind: str) -> None:
        """Numbered sentences of a paper that had no heading yet are its demands."""
        if self.outline.mode == "preamble" and kind in ("cn", "cn_paren", "number"):
            self.outline.turn("deploy")

    def _article(self, line: Line, following: Line | None) -> bool:
        text, outline = self.text, self.outline
        self.in_tail = False
        if outline.mode == "preamble":
            outline.turn("deploy")
        titled = re.match(r"[（(【]([^）)】]{2,16})[）)】]", text[line.body : line.body + 20])
        if titled:
            span = (line.start, line.body + titled.end())
            outline.open(text, "article", span, body=line.body, mode="deploy")
            body = trim(text, span[1], line.end)[0]
        else:
            outline.open(text, "article", None, mode="deploy")
            body = line.body
        self.block_from = len(self.findings)
        if body < line.end:
            self._paragraph(line, following, body)
        return True

    def _lead_in(self, start: int, end: int) -> None:
        """A sentence that ends with ： announces a list: its mode and its actor hold below."""
        words = self.text[max(start, end - 300) : end]
        outline = self.outline
        if (
            outline.depth == 0
            and _ADDRESSEES.match(words)
            and names_actor(words, 0, len(words) - 1)
        ):
            return  # 各科室、各直属单位： whom the paper is sent to
        mode = None
        forbids = bool(_FORBIDDEN.search(words))
        if forbids:
            mode = "deploy"
        elif reports(words) or "情形" in words or "下列行为" in words:
            mode = "report"
        elif OPENING_TURN.search(words) or MODAL.search(mask(words)):
            mode = "deploy"
            outline.turn("deploy")
        names = fields.lead_in_actors(words, self.judge.model)
        if not names and mode != "report" and _DUTIES.search(words):
            self.findings.settle()
            if len(self.findings) > self.paragraph_from:
                names = self.findings.found[-1].actors
        if mode == "report" or names or forbids:
            outline.close("lead", False)
            outline.open(self.text, "lead", None, mode=mode, actors=names, forbids=forbids)

    def _first_end(self, start: int, end: int) -> int:
        """Offset of the mark that ends the first sentence, `end` where there is none."""
        window = self.text[start : min(end, start + 400)]
        found = re.search(r"[。！？!?]", mask(window))
        return start + found.start() if found else end

    def _note_year(self, words: str) -> None:
        found = re.search(r"(\d{4})\s*年", words)
        if found and self.findings.year is None:
            self.findings.year = int(found.group(1))

    def _responsibility(self, start: int, end: int, from_index: int) -> None:
        line = roles.parse(self.text[start : min(end, start + 600)])
        if line is not None:
            self._give(line, from_index)

    def _give(self, line: roles.Line, from_index: int) -> None:
        self.findings.give(line, from_index)
        self.block_from = self.paragraph_from = len(self.findings)

    # Paragraphs

    def _paragraph(
        self, line: Line, following: Line | None, body: int, enumerated: bool = False
    ) -> None:
        text, outline = self.text, self.outline
        if not self.findings.waiting:
            self.paragraph_from = len(self.findings)
        self.relaying = False
        self._leave_preamble(line)
        start = body
        if self._closing(line, following):
            self.seen_body = True
            return
        sentences = split(text, start, line.end)
        held = next(sentences, None)
        marked = enumerated
        while held is not None:
            after = next(sentences, None)
            charged = _CHARGED_FIRST.match(text, held.start, held.end)
            if charged and roles.parse(charged.group(1)):
                # （X牵头，Y配合） closes what stands before it; the next sentence follows unmarked.
                self._responsibility(held.start, charged.end(), self.paragraph_from)
                begin = trim(text, charged.end(), held.end)[0]
                if begin < held.end:
                    parts = tuple((max(a, begin), b) for a, b in held.parts if b > begin)
                    held = Sentence(begin, held.end, held.mark, parts)
                else:
                    held, marked = after, False
                    continue
            if _RESPONSIBILITY.match(text[held.start : held.start + 20]):
                self._responsibility(held.start, held.end, self.paragraph_from)
                held, marked = after, False
                continue
            kind, begin, first = enumerator(text, held.start, held.end)
            if kind in ("first", "ordinal") and begin < held.end:
                outline.close(kind, first)
                outline.use_lead()
                marked = text[held.start : begin].rstrip("，, ").endswith("要")
                size = held.end - begin
                if (
                    after is not None
                    and size <= _HEADING_SIZE
                    and _is_theme(text[begin : held.end])
                    and enumerator(text, after.start, after.end)[0] != kind
                ):
                    outline.open(text, kind, (held.start, held.end), body=begin, run_in=True)
                    self._theme(begin, held.end)
                    held, marked = after, False
                    continue
                parts = ((begin, held.parts[0][1]), *held.parts[1:])
                held = Sentence(begin, held.end, held.mark, parts)
            elif kind in _INLINE and held.start > start and begin < held.end:
                parts = ((begin, held.parts[0][1]), *held.parts[1:])
                held = Sentence(begin, held.end, held.mark, parts)
            elif self._theme_sentence(held, after, start):
                outline.close("theme", False)
                outline.open(text, "theme", (held.start, held.end), body=held.start, mode="deploy")
                self._theme(held.start, held.end)
                held, marked = after, False
                continue
            self._sentence(held, marked, held.start == start)
            marked = False
            held = after
        self.findings.settle()
        outline.close("theme", False)
        self.seen_body = True

    def _leave_preamble(self, line: Line) -> None:
        """A speech without headings: after its first paragraphs, marked sentences direct."""
        if self.outline.mode != "preamble" or line.kind is not None:
            return
        before = self.before_turn
        self.before_turn += line.end - line.start
        if self.flat and before > _OPENING_OF_TALK and paper(self.findings.title) in ("", "讲话"):
            self.outline.turn("talk")
        elif before > _PREAMBLE:
            self.outline.turn("argue")

    def _closing(self, line: Line, following: Line | None) -> bool:
        """The last paragraph of a speech or of its part, which only exhorts."""
        words = self.text[line.start : min(line.end, line.start + 1200)]
        if not _SALUTE.match(words) or not self.findings.found:
            return False
        if not re.search(r"让我们|我们(?:一定)?要|新局面|新篇章|贡献", words[-400:]):
            return False
        return following is None or (
            following.kind is None and following.end - following.start <= 60
        )

    def _theme_sentence(self, held: Sentence, after: Sentence | None, start: int) -> bool:
        """A bare 要… that only names a theme and is spelled out by what follows."""
        if after is None or len(held.parts) > 1:
            return False
        text = self.text
        size = held.end - held.start
        if size > 30:
            return False
        words = text[held.start : held.end]
        following = text[after.start : min(after.end, after.start + 200)]
        if words.startswith("我们要"):
            return (
                size <= 30
                and all(len(c) <= 9 for c in re.split("[，,、]", words[3:]))
                and "，" in words
            )
        if not words.startswith("要") or after.end - after.start <= size:
            return False
        if MODAL.search(following) or opens_with_verb(mask(following)) < 0:
            return False
        return size <= 20 and "，" in words

    def _sentence(self, held: Sentence, marked: bool, first: bool, mode: str | None = None) -> None:
        text, outline = self.text, self.outline
        window_end = min(held.end, held.start + WINDOW)
        raw = text[held.start : window_end]
        if OPENING_TURN.search(raw[:160]) and outline.mode == "preamble":
            outline.turn("deploy")
        masked = mask(raw)
        if _RELAY.search(masked) and not re.search(r"(?<!主)要", masked[:4]):
            self.relaying = True
            return
        if text[held.end - 1] in "：:":
            self._lead_in(held.start, held.end)
            return
        mode = mode or outline.mode
        forbidden = outline.forbids()
        marked = marked or forbidden
        parts: list[Unit] = []
        if len(held.parts) > 1:
            for index, (a, b) in enumerate(held.parts):
                kind, begin, _ = enumerator(text, a, b)
                if kind in _INLINE and begin < b:
                    a = begin
                words = mask(text[a : min(b, a + WINDOW)])
                verdict = weigh(words, mode, marked=marked and (index == 0 or forbidden))
                parts.append(Unit(a, b, words, verdict))
        whole = Unit(held.start, held.end, masked, weigh(masked, mode, marked=marked))
        self.findings.ask(
            Candidate(
                whole, tuple(parts), held.mark, mode, marked, first,
                self.relaying, outline.path, outline.actors(), outline.stage(), forbidden,
                self.table is not None,
            )
        )  # fmt: skip

    def _theme(self, start: int, end: int) -> None:
        """A short first sentence: a theme by the rules, but it may be a duty that stands alone."""
        outline = self.outline
        masked = mask(self.text[start:end])
        found = weigh(masked, "deploy")
        verdict = found._replace(why=("theme", found.why[0]), directs=False)
        self.findings.ask(
            Candidate(
                Unit(start, end, masked, verdict), (), "。", outline.mode, False, True,
                self.relaying, outline.path[:-1], outline.actors(), outline.stage(), False,
            )
        )  # fmt: skip


def _is_theme(words: str) -> bool:
    """Whether a short first sentence names a theme rather than a duty of somebody."""
    return not re.search(
        r"负责|牵头|由[^，]{2,12}[办负]|\d月|\d日|不得|严禁|；|每年|每月|每季|每位", words
    )


def _marked_higher(kind: str, following: Line | None) -> bool:
    from .outline import _RANK

    return bool(following and following.kind and _RANK[following.kind] < _RANK[kind])
