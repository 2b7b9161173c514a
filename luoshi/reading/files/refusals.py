"""What a file is refused with: one sentence each in both languages, what and how to mend it."""

from ..text import Unreadable
from .document import Notice

TAKEN_ZH = ".txt、.md、.docx、.pdf、.html、.ofd、.doc 或 .wps"
TAKEN_EN = ".txt, .md, .docx, .pdf, .html, .ofd, .doc or .wps"


def too_large() -> Unreadable:
    """More bytes than are read at all."""
    return Unreadable(
        "too_large",
        "文件超过 20 MB。请拆分，或去掉图片后另存再试。",
        "The file is larger than 20 MB. Split it, or save it without pictures.",
    )


def of_type(suffix: str) -> Unreadable:
    """A kind of file that nothing here reads."""
    return Unreadable(
        "type",
        f"不能读取“{suffix or '没有扩展名'}”文件。请用 {TAKEN_ZH}。",
        f'Files of type "{suffix or "none"}" cannot be read. Use {TAKEN_EN}.',
    )


def renamed(suffix: str, zh: str, en: str, right: str) -> Unreadable:
    """The name says one kind, the bytes are another that could be read under its own name."""
    return Unreadable(
        "renamed",
        f"不能读取：文件名是“{suffix or '没有扩展名'}”，内容其实是{_set(zh)}。"
        f"请把文件名的结尾改成 {right} 后再试。",
        f'It cannot be read: the name says "{suffix or "none"}", the content is {en}. '
        f"Let the name end in {right} and try again.",
    )


def _set(zh: str) -> str:
    """A word within Chinese: a blank before Latin letters."""
    return f" {zh}" if zh[:1].isascii() else zh


def not_taken(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Unreadable:
    """A known kind of file that is no document, with what to do instead."""
    return Unreadable(
        "type", f"不能读取：这是{_set(zh)}。{remedy_zh}", f"This is {en}. {remedy_en}"
    )


def macros() -> Unreadable:
    """A document that carries a program."""
    return Unreadable(
        "macros",
        "文档里有宏，没有打开。请另存为不含宏的 .docx 后再试。",
        "The document holds macros; it was not opened. Save it as .docx without macros.",
    )


def password() -> Unreadable:
    """A document that opens with a password only."""
    return Unreadable(
        "encrypted",
        "文件加了密码。请去掉密码后再试。",
        "The file has a password. Remove it and try again.",
    )


def password_or_old() -> Unreadable:
    """An OLE file of which no more can be said."""
    return Unreadable(
        "encrypted",
        "这是加了密码的文件或旧版 Word（.doc）文件。请去掉密码，另存为 .docx 后再试。",
        "This file has a password or is an old Word (.doc) file. "
        "Remove the password and save it as .docx.",
    )


def damaged(zh: str, en: str) -> Unreadable:
    """A file that is not whole; `zh` and `en` say where."""
    return Unreadable(
        "damaged",
        f"文件已损坏：{zh}。请用原来的程序（Word、WPS 等）打开后另存再试。",
        f"The file is damaged: {en}. Open it in the program that made it and save it anew.",
    )


def out_of_proportion(megabytes: int, parts: int, packed: int) -> Unreadable:
    """A package that unpacks to far more than it weighs."""
    return Unreadable(
        "zip_bomb",
        f"文件解开后有 {megabytes} MB、{parts} 个部分，与 {packed} 字节不相称，没有打开。"
        "请用原来的程序打开后另存再试。",
        f"Unpacked, the file has {megabytes} MB in {parts} parts, out of proportion to its "
        f"{packed} bytes; it was not opened. Save it anew in the program that made it.",
    )


def entities(member: str) -> Unreadable:
    """XML that declares entities or a document type."""
    return Unreadable(
        "zip_bomb",
        f"“{member}”声明了 XML 实体，没有打开。请用原来的程序打开后另存再试。",
        f'"{member}" declares XML entities; it was not opened. Save it anew.',
    )


def no_text() -> Unreadable:
    """A document without a word in it."""
    return Unreadable(
        "empty",
        "文档里没有文字（可能全是图片）。请提供文字版。",
        "The document holds no text (perhaps only pictures). Provide a version with text.",
    )


def only_pictures(pages: int) -> Unreadable:
    """A scan: pages that are pictures of text."""
    zh = f"全部 {pages} 页" if pages > 1 else "唯一的一页"
    en = f"all {pages} pages are" if pages > 1 else "its one page is"
    return Unreadable(
        "scan",
        f"这是扫描件，没有文字：{zh}都是图片。请找发文单位要文字版，"
        "或在 WPS、Acrobat 中做文字识别（OCR）并校对后再试。",
        f"This is a scan without text: {en} pictures only. Ask for the version with text, "
        "or recognise the text (OCR) in another program, proofread it and try again.",
    )


def no_letters() -> Unreadable:
    """A PDF whose fonts do not say which characters they show."""
    return Unreadable(
        "garbled",
        "这份 PDF 的字体没有文字编码，读出来是乱码。请找原来的 Word 文件，"
        "或在 WPS 中转成 .docx 并校对后再试。",
        "The fonts of this PDF do not say which characters they show. Use the Word file it was "
        "made from, or convert it to .docx, proofread it and try again.",
    )


def too_slow(seconds: int) -> Unreadable:
    """Reading was stopped."""
    return Unreadable(
        "too_slow",
        f"读了 {seconds} 秒还没有读完，已停止。请拆分文件，或另存为 .docx 后再试。",
        f"It was not read within {seconds} seconds and was stopped. "
        "Split the file, or save it as .docx.",
    )


def too_heavy() -> Unreadable:
    """Reading wanted more memory than it may have."""
    return Unreadable(
        "too_heavy",
        "读这个文件要用的内存太多，已停止。请拆分文件，或另存为 .docx 后再试。",
        "Reading this file takes too much memory and was stopped. Split it, or save it as .docx.",
    )


def crashed() -> Unreadable:
    """The process that reads the file fell over; nobody else was touched."""
    return Unreadable(
        "crash",
        "打开这个文件时出错，文件可能已损坏。请用原来的程序打开后另存，或另存为 .docx 再试。",
        "Opening this file failed; it may be damaged. Save it anew in the program that made it, "
        "or save it as .docx.",
    )


def needs_office() -> Unreadable:
    """An old Word file where no LibreOffice is installed."""
    return Unreadable(
        "needs_office",
        "旧版 Word（.doc）和 .wps 文件要靠 LibreOffice 转换，这台服务器上没有装。"
        "请在 WPS 或 Word 中打开，“另存为 .docx”后再试。",
        "Old Word (.doc) and .wps files need LibreOffice, which is not installed here. "
        "Open the file in WPS or Word, save it as .docx and try again.",
    )


def not_converted() -> Unreadable:
    """LibreOffice gave nothing."""
    return Unreadable(
        "not_converted",
        "LibreOffice 打不开这个文件，可能已损坏。请在 WPS 或 Word 中打开，另存为 .docx 后再试。",
        "LibreOffice could not open this file; it may be damaged. "
        "Open it in WPS or Word and save it as .docx.",
    )


def too_many_pages(pages: int, most: int) -> Unreadable:
    """More pages than are read."""
    return Unreadable(
        "too_large",
        f"文件有 {pages} 页，最多读 {most} 页。请拆分后再试。",
        f"The file has {pages} pages; at most {most} are read. Split it and try again.",
    )


def picture_pages(numbers: list[int]) -> Notice:
    """Some pages are pictures; the others were read."""
    where = pages(numbers)
    return Notice(
        f"第 {where} 页只有图片，没有读出文字。请对照原件，缺的内容另行录入。",
        f"Page {where} holds pictures only and was not read. "
        "Compare with the original and type what is missing.",
    )


def broken_pages(numbers: list[int]) -> Notice:
    """Some pages could not be opened; the others were read."""
    where = pages(numbers)
    return Notice(
        f"第 {where} 页已损坏，没有读出。请对照原件。",
        f"Page {where} is damaged and was not read. Compare with the original.",
    )


def pages(numbers: list[int]) -> str:
    """Page numbers in short: 1、3–5."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return "、".join(f"{a}" if a == b else f"{a}–{b}" for a, b in parts)
