"""Rebuilds clauses and occurrences from ledger bodies alone, as a stranger would.

Knows the kinds of docs/ledger.md and no table but the log's.
"""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from luoshi.ledger.models import Body, BulkRow, Entry

CLAUSE = ("start", "end", "triage", "decided", "state")


@dataclass
class State:
    """What the bodies say: clause id → its fields, occurrence id → state."""

    clauses: dict[str, dict[str, Any]] = field(default_factory=dict)
    occurrences: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)


def rebuild(organisation_id: UUID) -> State:
    """Apply every entry in the order of the log."""
    state = State()
    bodies = dict(Body.objects.filter(organisation_id=organisation_id).values_list("id", "body"))
    rows: dict[UUID, list[dict[str, Any]]] = {}
    for entry_id, body in (
        BulkRow.objects.filter(organisation_id=organisation_id)
        .order_by("entry_id", "number")
        .values_list("entry_id", "body")
    ):
        rows.setdefault(entry_id, []).append(json.loads(body))
    entries = Entry.objects.filter(organisation_id=organisation_id).order_by("index")
    for entry in entries:
        body = json.loads(bodies[entry.pk])
        apply(state, entry.kind, body["object"], body["values"], rows.get(entry.pk, []))
    return state


def apply(
    state: State,
    kind: str,
    what: dict[str, Any],
    values: dict[str, Any],
    rows: list[dict[str, Any]],
) -> None:
    """One act. The versions of an object go up by one from act to act."""
    noun = kind.partition(".")[0]
    if noun == "requirement" and kind != "requirement.added":
        before = state.versions.get(what["id"], 1)
        assert what["version"] == before + 1, f"{kind} {what}"
    state.versions[what["id"]] = what["version"]
    if kind == "directive.imported":
        for row in rows:
            _clause(state, row["requirement"])
    elif kind == "directive.confirmed":
        for row in rows:
            clause = row["requirement"]
            state.clauses[clause["id"]].update({k: v for k, v in clause.items() if k in CLAUSE})
            state.versions[clause["id"]] = state.versions.get(clause["id"], 1) + 1
    elif kind == "requirement.added":
        _clause(state, values["requirement"])
    elif kind in ("requirement.split", "requirement.merged"):
        state.clauses[what["id"]]["state"] = values["state"]
        if "with" in values:
            state.clauses[values["with"]["id"]]["state"] = values["with"]["state"]
        for half in values["into"]:
            _clause(state, half["requirement"])
    elif noun == "requirement":
        state.clauses[what["id"]].update({k: v for k, v in values.items() if k in CLAUSE})
    elif kind in ("directive.issued", "assignment.broken_down"):
        for row in rows:
            for occurrence_id, *_period in row["occurrences"]:
                state.occurrences[occurrence_id] = row["state"]
    elif kind == "occurrences.simulated":
        state.occurrences.update({row["id"]: row["state"] for row in rows})
    elif kind == "occurrences.recorded":
        state.occurrences.update({row["occurrence"]: row["state"] for row in rows})
    elif kind == "assignments.handed_over":
        for row in rows:
            state.occurrences.update({one["id"]: "waived" for one in row["waived"]})
            state.occurrences.update({one[0]: row["state"] for one in row["occurrences"]})
    elif kind == "request.granted":
        for one in [values.get("occurrence"), *values.get("waived", [])]:
            if one is not None:
                state.occurrences[one["id"]] = one["state"]
        for row in rows:
            state.occurrences.update({one[0]: row["state"] for one in row["occurrences"]})
    elif kind == "assignment.checked":
        _further(state, values)
    elif kind in ("occurrence.accepted", "occurrence.returned", "occurrence.waived"):
        state.occurrences[what["id"]] = values["state"]
        _further(state, values)
    elif noun == "occurrence":
        state.occurrences[what["id"]] = values["state"]


def _further(state: State, values: dict[str, Any]) -> None:
    """Another round, or doing it again."""
    if "next" in values:
        state.occurrences[values["next"]["id"]] = values["next"]["state"]


def _clause(state: State, row: dict[str, Any]) -> None:
    state.clauses[row["id"]] = {k: row[k] for k in CLAUSE}
