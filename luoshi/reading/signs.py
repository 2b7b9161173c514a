"""What the decision looks at in a sentence and around it, as names of features."""

from collections.abc import Sequence

from .clauses import ADVERBIAL, ASPECT, MODAL, clauses, opens_with_verb, skip_connective
from .decision import Candidate, Unit

_SIZES = (8, 14, 20, 30, 45, 70, 110)
_LOOK = 160


def size_of(length: int) -> int:
    """The class of a length in characters, 0 to 7."""
    for number, limit in enumerate(_SIZES):
        if length <= limit:
            return number
    return len(_SIZES)


def signs(
    unit: Unit,
    candidate: Candidate,
    *,
    part: int,
    before: str,
    after: Candidate | None,
    genre: str,
) -> list[str]:
    """The features of a sentence or ；-part.

    `part` is its number in the sentence, -1 for the whole; `before` what was decided of the
    sentence before; `after` the sentence after it in the paragraph; `genre` the paper's.
    """
    verdict = unit.verdict
    s = unit.masked[verdict.start : verdict.start + _LOOK]
    reason, mode = verdict.why[0], candidate.mode
    out = [
        "=",
        f"r {reason}",
        f"rm {reason} {mode}",
        f"rg {reason} {genre}",
        f"rb {reason} {before}",
        f"mg {mode} {genre}",
        f"b {before}",
        f"k {candidate.mark}",
        f"z {size_of(len(s))}",
        f"p {min(part, 2)} {len(candidate.parts) > 1}",
    ]
    if verdict.directs:
        out.append("d")
    if candidate.marked:
        out.append("m")
    if candidate.first:
        out.append(f"1 {reason}")
    if candidate.relayed:
        out.append("relayed")
    if reason == "theme":
        below = verdict.why[1]
        out += [f"t {below}", f"t {below} {genre}", f"t {below} {mode}"]
    elif len(verdict.why) > 1:
        out.append(f"cut {reason}")
    if after is None:
        out.append("last")
    else:
        other = after.whole.verdict
        out.append(f"n {other.why[0]}")
        if reason == "theme":
            out.append(f"tn {other.why[0]}")
        out.append(f"nz {reason} {size_of(len(s))} {size_of(len(after.whole.masked))}")
    if candidate.path:
        title = candidate.path[-1]
        out.extend([f"h {title[i : i + 2]}" for i in range(min(len(title) - 1, 20))])
    spans = clauses(s)
    out.append(f"c {min(len(spans), 6)}")
    for index, (a, b) in enumerate(spans[:5]):
        at = skip_connective(s, a)
        near = "0" if index == 0 else "+"
        out.append(f"o{near} {s[at : at + 2]}")
        out.append(f"q{near} {s[at : at + 1]}")
        if index == 0:
            out.append(f"o3 {s[at : at + 3]}")
            if at > a:
                out.append(f"on {s[a : a + 2]}")
        clause = s[a:b]
        if opens_with_verb(clause) >= 0:
            out.append(f"v{near}")
            out.append(f"v {min(index, 3)}")
        modal = MODAL.search(clause)
        if modal:
            at = modal.start()
            out.append(f"y{near} {modal.group()}")
            out.append(f"y {min(index, 3)} {modal.group()}")
            out.append(f"yb {clause[max(0, at - 2) : at]}")
            out.append(f"ya {clause[modal.end() : modal.end() + 2]}")
        if ASPECT.search(clause):
            out.append(f"a {min(index, 3)} {reason}")
    out.append(f"e {s[-2:]}")
    out.append(f"e1 {s[-1:]}")
    out.extend([f"g {s[i : i + 2]}" for i in range(min(len(s) - 1, 60))])
    return out


def openings(unit: Unit) -> list[tuple[int, int]]:
    """The clauses of a unit from behind its lead-in; each but the last may be left out."""
    base = unit.verdict.base
    return [(max(a, base), b) for a, b in clauses(unit.masked[:_LOOK]) if b > base]


def opening_signs(
    unit: Unit, spans: Sequence[tuple[int, int]], number: int, genre: str
) -> list[str]:
    """The features of a leading clause: is it a statement of its own, outside of the span?"""
    s, verdict = unit.masked, unit.verdict
    a, b = spans[number]
    clause = s[a:b]
    following = s[spans[number + 1][0] : spans[number + 1][1]]
    rest = s[spans[number + 1][0] :]
    at = skip_connective(clause, 0)
    by_rule = verdict.start > a
    modal = bool(MODAL.search(clause))
    verb = opens_with_verb(clause) >= 0
    out = [
        "O =",
        f"O rule {by_rule}",
        f"O rule {by_rule} {verdict.why[0]}",
        f"O n {min(number, 3)} {min(len(spans), 5)}",
        f"O size {size_of(b - a)}",
        f"O modal {modal} {bool(MODAL.search(following))} {bool(MODAL.search(rest))}",
        f"O verb {verb} {opens_with_verb(following) >= 0}",
        f"O past {bool(ASPECT.search(clause))} {by_rule}",
        f"O adv {bool(ADVERBIAL.match(clause, at))} {by_rule}",
        f"O open {clause[at : at + 2]}",
        f"O first {clause[at : at + 1]}",
        f"O ends {clause[-2:]}",
        f"O last {clause[-1:]}",
        f"O next {following[:2]}",
        f"O genre {genre} {by_rule}",
        f"O is {'是' in clause} {by_rule}",
        f"O digits {any(c.isdigit() for c in clause)} {by_rule}",
    ]
    out.extend(f"O g {clause[i : i + 2]}" for i in range(min(len(clause) - 1, 30)))
    return out


def split_signs(candidate: Candidate, genre: str) -> list[str]:
    """The features of a sentence with ；-parts: do they direct each for itself?"""
    verdicts = [unit.verdict for unit in candidate.parts]
    first, last = verdicts[0], verdicts[-1]
    share = sum(verdict.directs for verdict in verdicts) * 4 // len(verdicts)
    openings = [unit.masked[unit.verdict.start :][:1] for unit in candidate.parts]
    out = [
        "S =",
        f"S share {share}",
        f"S n {min(len(verdicts), 5)} {share}",
        f"S first {first.why[0]}",
        f"S last {last.why[0]}",
        f"S ends {first.directs} {last.directs}",
        f"S whole {candidate.whole.verdict.why[0]}",
        f"S genre {genre} {share}",
        f"S mode {candidate.mode} {share}",
        f"S size {size_of(min(len(unit.masked) for unit in candidate.parts))}",
        f"S same {len(set(openings)) < len(openings)}",
    ]
    out.extend(f"S why {verdict.why[0]}" for verdict in verdicts[1:])
    out.extend(f"S open {unit.masked[:2]}" for unit in candidate.parts[1:])
    if candidate.marked:
        out.append("S marked")
    return out


def paper(title: str | None) -> str:
    """The kind of paper that a title names: its last word, or nothing."""
    if not title:
        return ""
    for words in _PAPERS:
        if any(word in title[-14:] for word in words):
            return words[0]
    return ""


_PAPERS: Sequence[tuple[str, ...]] = (
    ("讲话", "致辞", "发言", "讲稿", "稿"),
    ("通知", "通告", "公告", "倡议", "一封信", "函"),
    ("方案", "计划", "安排", "规划"),
    ("要点", "任务", "清单"),
    ("办法", "规定", "细则", "制度", "条例", "规则", "守则", "准则", "规范", "章程"),
    ("意见", "措施", "决定"),
    ("报告", "总结", "汇报"),
    ("纪要",),
)
