"""Recognising the columns of a sheet that somebody else laid out: by heading, then by content.

    guess = recognise(sheet.rows, {"name": FieldSpec(("姓名", "名字"))}, merges=sheet.merges)
    guess.column("name")        # Found(index, sure, why_zh, why_en), or None
    guess.first_row             # the first row below the headings

Columns may stand in any order. Headings may take two lines, a heading may be merged over several
columns (the upper line then counts for each of them), and a title may stand above. What only the
content tells, or what two columns claim, is unsure and says why, so that a person looks.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from luoshi.papers.sheets import Merge, Value, letter, text

LOOKED_AT = 20
"""Headings are looked for in so many rows from the top."""
SAMPLE = 200
_ASIDE = re.compile(r"[（(【\[][^）)】\]]*[）)】\]]|[\s*＊:：、/／_\-]+")


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """How a field's column is known.

    `heads`: regular expressions that the whole heading matches (white space, stars and what stands
    in brackets aside), the most fitting first. `content`: whether one text looks like the field.
    """

    heads: tuple[str, ...]
    content: Callable[[str], bool] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The column of a field, counted from 0; `why_*` says why it is unsure (else empty)."""

    index: int
    sure: bool = True
    why_zh: str = ""
    why_en: str = ""


@dataclass(frozen=True, slots=True)
class Guess:
    """What was recognised. `header_row` is the (lower) heading line, None where there is none."""

    header_row: int | None
    columns: Mapping[str, Found] = field(default_factory=dict)
    unknown: tuple[tuple[int, str], ...] = ()
    """Columns with a heading that fits no field: (column, heading)."""

    @property
    def first_row(self) -> int:
        """The first row below the headings."""
        return 0 if self.header_row is None else self.header_row + 1

    def column(self, name: str) -> Found | None:
        """The column of a field."""
        return self.columns.get(name)


def recognise(
    rows: Sequence[Sequence[Value]],
    fields: Mapping[str, FieldSpec],
    merges: Sequence[Merge] = (),
) -> Guess:
    """The headings among the first rows that fit the most fields, and each field's column.

    Of rows that fit equally well the upper one counts; at least one heading must fit. A column
    belongs to one field at most.
    """
    patterns = {
        name: [re.compile(head, re.IGNORECASE) for head in spec.heads]
        for name, spec in fields.items()
    }
    best: tuple[int, int, dict[str, list[tuple[int, int]]], dict[int, tuple[str, ...]]] | None = (
        None
    )
    for number in range(min(LOOKED_AT, len(rows))):
        heads = _heads(rows, number, merges)
        claims = _claims(heads, patterns)
        if claims and (best is None or len(claims) > best[0]):
            best = (len(claims), number, claims, heads)
    if best is None:
        return Guess(None, _by_content(rows, fields, {}))
    _, number, claims, heads = best
    body = rows[number + 1 : number + 1 + SAMPLE]
    columns = _assigned(claims, heads, body, fields)
    columns = {**columns, **_by_content(body, fields, columns)}
    taken = {found.index for found in columns.values()}
    unknown = tuple(
        (column, words[0]) for column, words in sorted(heads.items()) if column not in taken
    )
    return Guess(number, columns, unknown)


def heading(value: Value) -> str:
    """A heading for comparison: half-width, without white space, stars and bracketed remarks."""
    return _ASIDE.sub("", unicodedata.normalize("NFKC", text(value)))


def _heads(
    rows: Sequence[Sequence[Value]], number: int, merges: Sequence[Merge]
) -> dict[int, tuple[str, ...]]:
    """column → its readings: the line alone, with the line above it, the line above alone."""
    lower = {c: heading(v) for c, v in enumerate(rows[number]) if heading(v)}
    if number == 0:
        return {c: (word,) for c, word in lower.items()}
    upper = {c: heading(v) for c, v in enumerate(rows[number - 1]) if heading(v)}
    if len(set(upper.values())) < 2:  # a title, not a line of headings
        return {c: (word,) for c, word in lower.items()}
    for merge in merges:
        if merge.top <= number - 1 <= merge.bottom and merge.left in upper:
            for column in range(merge.left, min(merge.right, merge.left + 100) + 1):
                upper.setdefault(column, upper[merge.left])
    found: dict[int, tuple[str, ...]] = {}
    for column in sorted({*lower, *upper}):
        below, above = lower.get(column, ""), upper.get(column, "")
        if below and above and below != above:
            found[column] = (below, above + below)
        elif below or _reaches_down(merges, number, column):
            found[column] = (below or above,)
    return found


def _reaches_down(merges: Sequence[Merge], number: int, column: int) -> bool:
    return any(m.left <= column <= m.right and m.top < number <= m.bottom for m in merges)


def _claims(
    heads: Mapping[int, tuple[str, ...]], patterns: Mapping[str, Sequence[re.Pattern[str]]]
) -> dict[str, list[tuple[int, int]]]:
    """field → (how well, column) of each column whose heading fits, the best first."""
    found: dict[str, list[tuple[int, int]]] = {}
    for name, wanted in patterns.items():
        for column, words in heads.items():
            fits = [n for n, p in enumerate(wanted) if any(p.fullmatch(w) for w in words)]
            if fits:
                found.setdefault(name, []).append((fits[0], column))
        if name in found:
            found[name].sort()
    return found


def _assigned(
    claims: Mapping[str, list[tuple[int, int]]],
    heads: Mapping[int, tuple[str, ...]],
    body: Sequence[Sequence[Value]],
    fields: Mapping[str, FieldSpec],
) -> dict[str, Found]:
    columns: dict[str, Found] = {}
    taken: set[int] = set()
    for name, claimed in sorted(claims.items(), key=lambda item: item[1][0]):
        free = [(fit, column) for fit, column in claimed if column not in taken]
        if not free:
            continue
        share = {column: _share(body, column, fields[name].content) for _, column in free}
        fit, column = min(free, key=lambda f: (f[0], -share[f[1]], f[1]))
        taken.add(column)
        others = [letter(c) for f, c in free if c != column and f == fit]
        word = heads[column][0]
        if others:
            columns[name] = Found(
                column,
                False,
                f"{letter(column)} 列和 {'、'.join(others)} 列的表头都是“{word}”，取了前一个",
                f"columns {letter(column)} and {', '.join(others)} are both headed “{word}”; "
                "the first was taken",
            )
        elif share[column] < 0.5:
            columns[name] = Found(
                column,
                False,
                f"{letter(column)} 列的表头是“{word}”，但里面的内容不像",
                f"column {letter(column)} is headed “{word}”, but its content looks otherwise",
            )
        else:
            columns[name] = Found(column)
    return columns


def _by_content(
    body: Sequence[Sequence[Value]], fields: Mapping[str, FieldSpec], known: Mapping[str, Found]
) -> dict[str, Found]:
    """Fields without a heading, where one column's content alone looks like them: unsure."""
    columns: dict[str, Found] = {}
    taken = {found.index for found in known.values()}
    width = max((len(row) for row in body), default=0)
    for name, spec in fields.items():
        if name in known or spec.content is None:
            continue
        fit = [
            column
            for column in range(min(width, 200))
            if column not in taken
            and _filled(body, column) >= 2
            and _share(body, column, spec.content) >= 0.8
        ]
        if len(fit) == 1:
            taken.add(fit[0])
            columns[name] = Found(
                fit[0],
                False,
                f"{letter(fit[0])} 列没有合适的表头，是按内容认出的",
                f"column {letter(fit[0])} has no fitting heading; its content tells",
            )
    return columns


def _filled(body: Sequence[Sequence[Value]], column: int) -> int:
    return sum(column < len(row) and bool(text(row[column])) for row in body[:SAMPLE])


def _share(
    body: Sequence[Sequence[Value]], column: int, fits: Callable[[str], bool] | None
) -> float:
    """How many of the filled cells look like the field; 1 where nothing says otherwise."""
    if fits is None:
        return 1.0
    words = [text(row[column]) for row in body[:SAMPLE] if column < len(row) and text(row[column])]
    return sum(fits(word) for word in words) / len(words) if words else 1.0
