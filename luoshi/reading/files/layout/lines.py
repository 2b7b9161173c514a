"""Runs to lines: what shares a height is one line, what stands far apart in it is a segment."""

from collections.abc import Iterable, Sequence

from .model import Line, Run, Table


def rows(runs: Iterable[Run]) -> list[list[Run]]:
    """Runs that share a height, from the top down, each row from left to right."""
    found: list[list[Run]] = []
    top = bottom = 0.0
    for run in sorted(runs, key=lambda run: run.middle):
        height = min(run.bottom - run.top, bottom - top)
        shared = min(run.bottom, bottom) - max(run.top, top)
        if found and shared > 0.55 * height and not _over(run, found[-1]):
            found[-1].append(run)
            if run.bottom - run.top > bottom - top:
                top, bottom = run.top, run.bottom
        else:
            found.append([run])
            top, bottom = run.top, run.bottom
    for row in found:
        row.sort(key=lambda run: run.x0)
    return found


def _over(run: Run, row: Sequence[Run]) -> bool:
    """Whether a run would stand on top of one of the row: then it is of another line."""
    return any(
        min(run.x1, other.x1) - max(run.x0, other.x0) > 0.5 * min(run.size, other.size)
        and abs(run.middle - other.middle) > 0.3 * other.size
        for other in row
    )


def line(runs: Sequence[Run]) -> Line:
    """A line of runs that share a height, sorted; close ones become one segment."""
    size = max(run.size for run in runs)
    segments: list[Run] = []
    for run in runs:
        if segments and run.x0 - segments[-1].x1 <= 1.05 * size:
            last = segments[-1]
            last.letters = [*last.letters, *run.letters]
            last.top, last.bottom = min(last.top, run.top), max(last.bottom, run.bottom)
            last.size = max(last.size, run.size)
        else:
            segments.append(Run(list(run.letters), run.top, run.bottom, run.size))
    return Line(segments, min(r.top for r in runs), max(r.bottom for r in runs), size)


def lines(items: Iterable[Run | Table]) -> list[Line | Table]:
    """Lines and tables of a column, from the top down."""
    held = list(items)
    found: list[Line | Table] = [item for item in held if isinstance(item, Table)]
    found += [line(row) for row in rows(item for item in held if isinstance(item, Run))]
    return sorted(found, key=lambda item: (item.top + item.bottom) / 2)
