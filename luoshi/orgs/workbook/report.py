"""What a dry run says: changes by sheet, problems with their place, remarks."""

from dataclasses import dataclass, field

from luoshi.orgs.workbook.reading import Place, Problem, Records, Table

ADDED, CHANGED, ENDED = "added", "changed", "ended"


@dataclass(frozen=True, slots=True)
class Change:
    """One change: in which list (unit, person, appointment, post, portfolio), what, how."""

    of: str
    act: str
    row: int | None
    """Counted from 1 in the sheet; None: no row, since it vanished."""
    what: str
    detail: str = ""


@dataclass(slots=True)
class Report:
    """Collects while the rows are compared."""

    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    _rows: set[tuple[str, int | None]] = field(default_factory=set)

    @classmethod
    def begun(cls, records: Records) -> "Report":
        """With what reading the rows found."""
        report = cls(notes=list(records.notes))
        for problem in records.problems:
            report.problem(problem.place, problem.message)
        return report

    def problem(self, place: Place, message: str) -> None:
        """Something that cannot be taken."""
        self.problems.append(Problem(place, message))
        self._rows.add((place.sheet, place.row))

    def note(self, place: Place, message: str) -> None:
        """Something that a person should know."""
        self.notes.append(Problem(place, message))

    def change(self, of: str, act: str, row: int | None, what: str, detail: str = "") -> None:
        """A change; `row` counted from 0."""
        self.changes.append(Change(of, act, None if row is None else row + 1, what, detail))

    def wrong(self, table: Table, row: int) -> bool:
        """Whether a row of a sheet has a problem."""
        return (table.name, row) in self._rows

    def any_wrong(self, table: Table) -> bool:
        """Whether a sheet has a problem anywhere."""
        return any(sheet == table.name for sheet, _row in self._rows)

    def counts(self) -> dict[str, dict[str, int]]:
        """list → act → how many."""
        found: dict[str, dict[str, int]] = {}
        for change in self.changes:
            acts = found.setdefault(change.of, {ADDED: 0, CHANGED: 0, ENDED: 0})
            acts[change.act] += 1
        return found
