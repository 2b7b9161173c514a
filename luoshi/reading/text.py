"""Bytes to text: which encodings are taken, and what is refused with place and remedy."""

import codecs

from luoshi.lib.unreadable import Unreadable as Unreadable


def decode(data: bytes) -> str:
    """The text of `data`: UTF-8 (with or without BOM), UTF-16 or GB18030; line ends become \\n.

    Nothing else is changed. Raises `Unreadable` with code empty, binary or encoding.
    """
    if not data:
        raise Unreadable(
            "empty",
            "文件是空的。请检查后重新选择。",
            "The file is empty. Check it and choose it again.",
        )
    text = _decoded(data)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise Unreadable(
            "empty",
            "文件里没有文字。请检查后重新选择。",
            "The file holds no text. Check it and choose it again.",
        )
    return text


def _decoded(data: bytes) -> str:
    if data.startswith(codecs.BOM_UTF8):
        return _strict(data[3:], "utf-8", 3)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        order = "utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
        return _strict(data[2:], order, 2)
    if b"\x00" in data:
        return _unmarked_utf16(data)
    try:
        return _checked(data.decode("utf-8"))
    except UnicodeDecodeError as utf8:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError as gb:
            at = max(utf8.start, gb.start)
            raise _mistaken(data, at) from None
        # Any even run of high bytes passes as GB18030; real text has common characters.
        if not _plausible(text):
            raise _mistaken(data, utf8.start) from None
        return _checked(text)


def _unmarked_utf16(data: bytes) -> str:
    for order in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(order)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text and _plausible(text):
            return text
    raise Unreadable(
        "binary",
        "这不是文字文件（含有空字节）。请另存为 UTF-8 文本或 .docx 后再试。",
        "This is not a text file (it holds zero bytes). Save it as UTF-8 text or .docx.",
    )


def _strict(data: bytes, encoding: str, skipped: int) -> str:
    try:
        return _checked(data.decode(encoding))
    except UnicodeDecodeError as error:
        raise _mistaken(data, error.start + skipped) from None


def _checked(text: str) -> str:
    if "\x00" in text:
        raise Unreadable(
            "binary",
            "这不是文字文件（含有空字节）。请另存为 UTF-8 文本或 .docx 后再试。",
            "This is not a text file (it holds zero bytes). Save it as UTF-8 text or .docx.",
        )
    sample = text[:20_000]
    control = sum(1 for c in sample if c < " " and c not in "\t\n\r\f\v\x1a\x1b")
    if control * 50 > len(sample):
        raise Unreadable(
            "binary",
            "这不是文字文件（控制字符太多）。请另存为 UTF-8 文本或 .docx 后再试。",
            "This is not a text file (too many control characters). Save it as UTF-8 or .docx.",
        )
    return text


def _plausible(text: str) -> bool:
    sample = text[:20_000]
    known = sum(
        1
        for c in sample
        if c < "\x7f"
        or "\u4e00" <= c <= "\u9fff"
        or "\u3000" <= c <= "\u303f"
        or c > "\uff00"
        or "\u2010" <= c <= "\u2026"
    )
    odd = sum(1 for c in sample if "\ue000" <= c <= "\uf8ff" or c == "\ufffd")
    return known * 10 >= len(sample) * 9 and odd * 50 <= len(sample)


def _mistaken(data: bytes, at: int) -> Unreadable:
    line = data.count(b"\n", 0, at) + 1
    return Unreadable(
        "encoding",
        f"第 {line} 行（第 {at + 1} 个字节）不是 UTF-8、UTF-16 或 GB18030 文字。"
        "请用原来的程序打开，另存为 UTF-8 后再试。",
        f"Line {line} (byte {at + 1}) is not UTF-8, UTF-16 or GB18030 text. "
        "Open it in the program that wrote it and save it as UTF-8.",
    )
