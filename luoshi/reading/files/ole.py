"""What an OLE compound file holds: the names of its streams, and the first bytes of one.

The layout is [MS-CFB]; the header of the Word stream (FIB) is [MS-DOC] 2.5. A file is followed
only as far as its sectors reach, so that loops and false counts cost nothing.
"""

import struct

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST = 0xFFFFFFFA
_MOST_ENTRIES = 10_000


def streams(data: bytes) -> dict[str, bytes]:
    """Names of the streams and storages, lower case, with up to one sector of their beginning.

    Empty where the bytes are no such file or its directory cannot be followed.
    """
    if not data.startswith(SIGNATURE) or len(data) < 512:
        return {}
    shift = struct.unpack_from("<H", data, 30)[0]
    if shift not in (9, 12):
        return {}
    size = 1 << shift
    begin = struct.unpack_from("<I", data, 48)[0]
    table = _table(data, size)
    found: dict[str, bytes] = {}
    for sector in _chain(begin, table):
        held = _sector(data, sector, size)
        for at in range(0, len(held) - 127, 128):
            length, kind = struct.unpack_from("<HB", held, at + 64)
            if kind not in (1, 2) or not 2 <= length <= 64:
                continue
            name = held[at : at + length - 2].decode("utf-16-le", "replace").lower()
            first, stored = struct.unpack_from("<IQ", held, at + 116)
            # Short streams lie in the mini stream; those that are asked for are never short.
            found[name] = _sector(data, first, size) if kind == 2 and stored >= 4096 else b""
        if len(found) > _MOST_ENTRIES:
            break
    return found


def _sector(data: bytes, number: int, size: int) -> bytes:
    return data[(number + 1) * size : (number + 2) * size] if number < _LAST else b""


def _table(data: bytes, size: int) -> list[int]:
    """The file allocation table; a file with more than 109 tables is followed through its list."""
    heads = list(struct.unpack_from("<109I", data, 76))
    more = struct.unpack_from("<I", data, 68)[0]
    for _ in range(len(data) // size + 1):
        held = _sector(data, more, size)
        if len(held) < size:
            break
        numbers = struct.unpack(f"<{size // 4}I", held)
        heads += numbers[:-1]
        more = numbers[-1]
    out: list[int] = []
    for head in heads[: len(data) // size + 1]:
        held = _sector(data, head, size)
        if len(held) == size:
            out += struct.unpack(f"<{size // 4}I", held)
    return out


def _chain(begin: int, table: list[int]) -> list[int]:
    out: list[int] = []
    seen: set[int] = set()
    while begin < len(table) and begin not in seen and len(out) < _MOST_ENTRIES:
        seen.add(begin)
        out.append(begin)
        begin = table[begin]
    return out


def is_locked(word: bytes) -> bool:
    """Whether the beginning of a WordDocument stream says that the text is encrypted."""
    return len(word) >= 12 and bool(struct.unpack_from("<H", word, 10)[0] & 0x0100)
