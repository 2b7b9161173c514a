"""From actor phrases to units of the tree, and from units to the leader in charge.

The tree is loaded once (`tree_below`) and asked many times. What cannot be resolved says so and
is left to a person; a leader is only ever proposed.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from luoshi.base.refused import BadInput
from luoshi.orgs import paths
from luoshi.orgs.models import Placement, Portfolio, UnitKind

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"党支部|支部|基层支部", (UnitKind.BRANCH,)),
    (r"党总支", (UnitKind.GENERAL_BRANCH,)),
    (r"党组织|基层党组织", (UnitKind.COMMITTEE, UnitKind.GENERAL_BRANCH, UnitKind.BRANCH)),
    (r"机关科室|科室|处室|部门|机关处室|内设机构", (UnitKind.DEPARTMENT,)),
    (r"分局|下属单位|直属单位|基层单位|所属单位|下级单位", (UnitKind.SUBORDINATE,)),
    (r"单位", (UnitKind.DEPARTMENT, UnitKind.SUBORDINATE)),
)
"""Group words that a person may type after 各, and the kinds of unit they mean."""


@dataclass(frozen=True, slots=True)
class Node:
    """A unit as the resolver sees it."""

    id: UUID
    name: str
    short_name: str
    unit_kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """Units that a phrase means; none with a reason code when it means none for certain.

    `why`: `group`, `named`, `leading_group`, `self`; or `unknown`, `ambiguous`, `unresolved`.
    `near` are names that were close.
    """

    phrase: str
    units: tuple[Node, ...] = ()
    why: str = "unresolved"
    near: tuple[str, ...] = ()


@dataclass(slots=True)
class Tree:
    """The units at or below one unit on a day, in tree order."""

    owner: Node
    nodes: tuple[Node, ...]
    by_id: dict[UUID, Node] = field(default_factory=dict)
    by_name: dict[str, list[Node]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for node in self.nodes:
            self.by_id[node.id] = node
            for name in {node.name, node.short_name} - {""}:
                self.by_name.setdefault(name, []).append(node)

    def of_kinds(self, kinds: Iterable[str]) -> tuple[Node, ...]:
        """The units of these kinds, the owner itself left out."""
        wanted = set(kinds)
        return tuple(n for n in self.nodes if n.unit_kind in wanted and n.id != self.owner.id)

    def ending(self, words: str) -> tuple[Node, ...]:
        """The units whose names end with these words (各分公司: all that end with 分公司)."""
        return tuple(n for n in self.nodes if n.name.endswith(words) and n.id != self.owner.id)

    def named(self, name: str) -> Resolved:
        """The unit with this name or short name, or the only one whose name ends with it."""
        exact = self.by_name.get(name, [])
        if len(exact) == 1:
            return Resolved(name, tuple(exact), "named")
        ending = exact or [n for n in self.nodes if n.name.endswith(name) and len(name) > 1]
        if len(ending) == 1:
            return Resolved(name, tuple(ending), "named")
        if ending:
            return Resolved(name, (), "ambiguous", tuple(n.name for n in ending[:5]))
        near = get_close_matches(name, list(self.by_name), n=3, cutoff=0.5)
        return Resolved(name, (), "unknown", tuple(near))


def tree_below(organisation_id: UUID, path: str, on: date) -> Tree:
    """The tree at and below `path` on a day, in one query."""
    rows = (
        Placement.objects.on(on)
        .filter(paths.below(path), organisation_id=organisation_id)
        .order_by("path")
        .values_list("unit_id", "unit__name", "unit__short_name", "unit__unit_kind", "path")
    )
    nodes = tuple(Node(*row) for row in rows)
    return Tree(owner=nodes[0], nodes=nodes)


def resolve(selector: dict[str, Any], tree: Tree) -> Resolved:
    """The units that a reader's selector (as stored, a dict) means in this tree."""
    phrase, reach = selector["phrase"], selector["reach"]
    if reach == "all" and selector["unit_kinds"]:
        found = tree.of_kinds(selector["unit_kinds"])
        return Resolved(phrase, found, "group" if found else "unknown")
    if reach == "named":
        units: list[Node] = []
        for name in selector["names"] or [phrase]:
            one = tree.named(name)
            if not one.units:
                return Resolved(phrase, (), one.why, one.near)
            units.extend(one.units)
        return Resolved(phrase, tuple(units), "named")
    if reach == "leaders":
        groups = [n for n in tree.of_kinds([UnitKind.COMMITTEE]) if "党组" in n.name]
        top = tuple(groups[:1]) or (tree.owner,)
        return Resolved(phrase, top, "leading_group")
    if reach == "self" and "bureau" in selector["unit_kinds"]:
        return Resolved(phrase, (tree.owner,), "self")
    return Resolved(phrase)


def typed_units(text: str, tree: Tree) -> list[Resolved]:
    """What a person typed into a unit field: names, short names, 各党支部, …, split at 、."""
    found = []
    for word in re.split(r"[、，,；;\s]+", text.strip()):
        if not word:
            continue
        group = re.fullmatch(r"(?:各|全体|所有)(.+)", word)
        kinds = next(
            (k for pattern, k in GROUPS if group and re.fullmatch(pattern, group[1])), None
        )
        if group:
            units = tree.of_kinds(kinds) if kinds else tree.ending(group[1])
            found.append(Resolved(word, units, "group" if units else "unknown"))
        else:
            found.append(tree.named(word))
    return found


@dataclass(frozen=True, slots=True)
class Proposal:
    """A leader for a task, never filled in by itself. `why` is shown beside the name."""

    appointment_id: UUID | None
    code: str
    names: tuple[str, ...] = ()
    unit: str = ""
    since: date | None = None


def leaders_by_unit(
    organisation_id: UUID, on: date
) -> dict[UUID, list[tuple[UUID, str, str, date]]]:
    """unit → (appointment, person, title, since) of those in charge of it on a day; one query."""
    found: dict[UUID, list[tuple[UUID, str, str, date]]] = {}
    rows = (
        Portfolio.objects.on(on)
        .filter(organisation_id=organisation_id)
        .order_by("valid_from", "id")
        .values_list(
            "unit_id",
            "appointment_id",
            "appointment__person__name",
            "appointment__post__title",
            "valid_from",
        )
    )
    for unit_id, *rest in rows:
        found.setdefault(unit_id, []).append((rest[0], rest[1], rest[2], rest[3]))
    return found


def propose_leader(
    units: Sequence[Node], tree: Tree, leaders: dict[UUID, list[tuple[UUID, str, str, date]]]
) -> Proposal:
    """Who is in charge of the lead units: one person, or none with the reason.

    A unit without a portfolio of its own takes that of the nearest unit above it.
    """
    by_path = {n.path: n.id for n in tree.nodes}
    people: dict[UUID, tuple[str, str, date]] = {}
    for node in units:
        for path in reversed(paths.ancestors(node.path)):
            holders = leaders.get(by_path.get(path, node.id)) if path in by_path else None
            if holders:
                name = next(n.name for n in tree.nodes if n.path == path)
                for appointment, person, title, since in holders:
                    people.setdefault(appointment, (f"{person} {title}", name, since))
                break
    if len(people) == 1:
        [(appointment, (who, unit, since))] = people.items()
        return Proposal(appointment, "in_charge", (who,), unit, since)
    if people:
        return Proposal(None, "several", tuple(sorted({p[0] for p in people.values()})))
    return Proposal(None, "nobody")


def chosen(text: str, tree: Tree, *, field: str) -> list[UUID]:
    """The units that a person typed, each once; raises `BadInput` at `field` with near names."""
    units: dict[UUID, None] = {}
    for resolved in typed_units(text, tree):
        if resolved.units:
            units.update((node.id, None) for node in resolved.units)
        elif resolved.near:
            raise BadInput(
                _("There is no unit “%(phrase)s”. Do you mean %(near)s?"),
                field=field,
                phrase=resolved.phrase,
                near="、".join(resolved.near),
            )
        else:
            raise BadInput(
                _("There is no unit “%(phrase)s” below this one. Type a name from the tree."),
                field=field,
                phrase=resolved.phrase,
            )
    return list(units)
