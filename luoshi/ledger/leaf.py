"""The leaf of an entry: what the tree hashes. Final (docs/ledger.md)."""

import re

KIND = re.compile(r"[a-z_]+\.[a-z_]+")


def leaf_text(v: int, kind: str, at: str, commitment: str) -> str:
    """RFC 8785 JSON of `{v, kind, at, commitment}`; the values hold nothing to be escaped."""
    return f'{{"at":"{at}","commitment":"{commitment}","kind":"{kind}","v":{v}}}'
