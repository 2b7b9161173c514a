"""The fields of an obligation (first skeleton)."""
from dataclasses import replace
from datetime import date
from .model import Obligation

def lead_in_actors(masked: str, words: str) -> tuple[str, ...]:
    return ()

def responsibility(words: str):
    return None

def with_line(o: Obligation, line, issued_on, year) -> Obligation:
    return o

def build(text, begin, end, *, context, path, above, before, why, relayed, issued_on, year) -> Obligation:
    return Obligation(begin, end, text[begin:end], path, (), (), (), None, None, "standing", "must", relayed, (("relayed",) if relayed else ()) + why)
