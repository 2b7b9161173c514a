"""Puts the fields of an obligation together from the stages that read them."""

from dataclasses import replace
from datetime import date

from . import roles, when, who
from .bounds import bound
from .check import check
from .dates import resolve, rhythm
from .kinds import kind, modality
from .learnt import Model
from .model import Obligation
from .selectors import select
from .sentences import mask

_LONGEST = 1500


def lead_in_actors(words: str, model: Model | None) -> tuple[str, ...]:
    """Who the lead-in of a list names (「X承担以下责任：」)."""
    named = who.Hearing(words.rstrip("：:")).roles(model).actors
    return tuple(name for name in named if name not in ("我们", "大家"))


def build(
    text: str,
    begin: int,
    end: int,
    *,
    path: tuple[str, ...],
    above: tuple[str, ...],
    stage: str | None,
    forbidden: bool,
    before: tuple[str, ...],
    why: tuple[str, ...],
    relayed: bool,
    confidence: int | None,
    issued_on: date | None,
    year: int | None,
    genre: str,
    model: Model | None,
) -> Obligation:
    """The obligation `text[begin:end]`.

    `before` are the actors of an earlier part of the same sentence, `above` those of a lead-in. A
    dated heading's `stage` is the deadline of what has none of its own; it completes nothing.
    """
    words = text[begin:end]
    by_when_said = when.Hearing(words, _LONGEST)
    raw, masked = by_when_said.raw, by_when_said.masked
    named = who.Hearing(words, _LONGEST).roles(model)
    reasons = [*(("relayed",) if relayed else ()), *why]
    actors = named.actors
    if actors:
        reasons.append("actor_here")
    elif before:
        actors = before
        reasons.append("actor_before")
    elif above:
        actors = above
        reasons.append("actor_above")
    how_often = by_when_said.cadence
    by_when = by_when_said.deadline(model)
    sort = kind(masked, raw, by_when, how_often, genre, model)
    if by_when:
        reasons.append("deadline_here")
    elif stage:
        by_when = stage
        reasons.append("deadline_above")
    return Obligation(
        start=begin,
        end=end,
        text=words,
        heading_path=path,
        actors=actors,
        lead=named.lead,
        support=named.support,
        deadline=by_when,
        cadence=how_often,
        kind=sort,
        modality="prohibit" if forbidden else modality(masked, model),
        relayed=relayed,
        why=tuple(reasons),
        due=resolve(by_when, issued_on, year),
        rhythm=rhythm(how_often, raw),
        selectors=select(actors, named.lead, named.support),
        bound=bound(raw),
        check=check(masked, raw),
        confidence=confidence,
    )


def with_line(
    found: Obligation,
    line: roles.Line,
    issued_on: date | None,
    year: int | None,
    genre: str,
    model: Model | None,
) -> Obligation:
    """The obligation with what a line of responsibility after it adds."""
    actors = tuple(dict.fromkeys((*found.actors, *line.actors)))
    lead = tuple(dict.fromkeys((*found.lead, *line.lead)))
    support = tuple(dict.fromkeys((*found.support, *line.support)))
    why = list(found.why)
    if line.actors or line.lead or line.support:
        why.append("actor_line")
    by_when, due, sort = found.deadline, found.due, found.kind
    if line.deadline and not by_when:
        by_when = line.deadline
        due = resolve(by_when, issued_on, year)
        why.append("deadline_line")
        raw = found.text[:_LONGEST]
        sort = kind(mask(raw), raw, by_when, found.cadence, genre, model)
    return replace(
        found,
        actors=actors,
        lead=lead,
        support=support,
        deadline=by_when,
        due=due,
        kind=sort,
        why=tuple(why),
        selectors=select(actors, lead, support),
    )
