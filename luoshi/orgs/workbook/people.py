"""The sheet 人员 against the people that are known: by number, else by a name that only one has."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from luoshi.orgs.models import Person
from luoshi.orgs.workbook import words
from luoshi.orgs.workbook.reading import PersonRow, Place, Records
from luoshi.orgs.workbook.report import Report
from luoshi.orgs.workbook.state import State, reference

_OPEN, _CLOSE = "（(", "）)"


@dataclass(slots=True, eq=False)
class Human:
    """Somebody who is known, new, or both (row and person)."""

    name: str
    code: str = ""
    person: Person | None = None
    row: PersonRow | None = None
    values: dict[str, Any] = field(default_factory=dict)
    """What an existing person gets otherwise."""

    @property
    def made(self) -> Person:
        """The person, who by now is there."""
        assert self.person is not None
        return self.person


class People:
    """Binds the rows; afterwards `resolve` finds whom a cell means."""

    def __init__(self, records: Records, state: State, report: Report) -> None:
        self.report = report
        self.table = records.table(words.PEOPLE)
        self.unread = records.unread.get(words.PEOPLE, set())
        self.humans = [Human(p.name, p.code, p) for p in state.people.values()]
        self._by_code = {h.code: h for h in self.humans if h.code}
        self._by_reference = {reference(h.made.pk): h for h in self.humans}
        self._by_name: dict[str, list[Human]] = {}
        for human in self.humans:
            self._by_name.setdefault(human.name, []).append(human)
        self._bind(records.people)

    def _bind(self, rows: list[PersonRow]) -> None:
        numbers: dict[str, PersonRow] = {}
        names: dict[str, int] = {}
        for row in rows:
            names[row.name] = names.get(row.name, 0) + 1
        for row in sorted(rows, key=lambda r: not (r.code or r.reference)):
            number = row.code or (row.reference and words.REFERENCE + row.reference)
            if number and number in numbers:
                self._wrong(
                    row,
                    "code",
                    _("Row %(row)s has the number %(number)s too. A number names one person only.")
                    % {"row": numbers[number].row + 1, "number": number},
                )
                continue
            if number:
                numbers[number] = row
            elif names[row.name] > 1:
                self._wrong(
                    row,
                    "code",
                    _("There are several rows named “%(name)s”. Give each a number.")
                    % {"name": row.name},
                )
                continue
            self._find(row)

    def _find(self, row: PersonRow) -> None:
        if row.reference:
            human = self._by_reference.get(row.reference)
            if human is None:
                self._wrong(
                    row,
                    "code",
                    _("Nobody here has the number %(number)s. Empty the cell.")
                    % {"number": words.REFERENCE + row.reference},
                )
                return
        else:
            human = self._by_code.get(row.code) if row.code else None
        if human is None:
            same = [h for h in self._by_name.get(row.name, []) if h.row is None]
            if row.code:  # the same name with another number is somebody else
                same = [h for h in same if not h.code]
            if len(same) > 1:
                numbers = "、".join(self.number(h) for h in same[:6])
                self._wrong(
                    row,
                    "code",
                    _("%(count)s people here are named “%(name)s”. Put the number: %(numbers)s.")
                    % {"count": len(same), "name": row.name, "numbers": numbers},
                )
                return
            human = same[0] if same else None
        if human is None:
            human = Human(row.name, row.code, row=row)
            self.humans.append(human)
            self._by_name.setdefault(row.name, []).append(human)
            if row.code:
                self._by_code[row.code] = human
            return
        if human.row is not None:
            self._wrong(
                row,
                "name",
                _("Row %(row)s names the same person. Keep one of them.")
                % {"row": human.row.row + 1},
            )
            return
        human.row = row
        if row.name != human.name:
            human.values["name"] = row.name
            self._by_name[human.name].remove(human)
            self._by_name.setdefault(row.name, []).append(human)
            human.name = row.name
        if row.code and row.code != human.code:
            human.values["code"] = row.code
            self._by_code.pop(human.code, None)
            self._by_code[row.code] = human
            human.code = row.code

    def known(self) -> dict[UUID, Human]:
        """person → the human that it is."""
        return {h.person.pk: h for h in self.humans if h.person is not None}

    def number(self, human: Human) -> str:
        """The number by which somebody is told apart: the office's, else the program's."""
        if human.code or human.person is None:
            return human.code
        return words.REFERENCE + reference(human.person.pk)

    def resolve(self, text: str, place: Place) -> Human | None:
        """Whom a cell means: a name, a number, or name（number）. Reports none and several."""
        found = self._candidates(text)
        if len(found) == 1:
            return found[0]
        if found:
            numbers = "、".join(filter(None, (self.number(h) for h in found[:6])))
            message = _(
                "%(count)s people are named “%(name)s”. Write name（number）: %(numbers)s."
            ) % {"count": len(found), "name": text, "numbers": numbers}
            self.report.problem(place, message)
        elif text not in self.unread:
            self.report.problem(
                place,
                _("There is nobody named “%(name)s”. Add a row to the sheet 人员 or correct it.")
                % {"name": text},
            )
        return None

    def _candidates(self, text: str) -> list[Human]:
        if text.startswith(words.REFERENCE):
            one = self._by_reference.get(text[1:].lower())
            return [one] if one else []
        found = list(self._by_name.get(text, []))
        coded = self._by_code.get(text)
        if coded is not None and coded not in found:
            found.append(coded)
        if not found and text and text[-1] in _CLOSE:
            cut = max(text.rfind(mark) for mark in _OPEN)
            if cut > 0:
                inner = self._candidates(text[cut + 1 : -1].strip())
                return [h for h in inner if h.name == text[:cut].strip()]
        return found

    def _wrong(self, row: PersonRow, field: str, message: str) -> None:
        self.unread.add(row.name)
        self.report.problem(self.table.place(row.row, field), message)
