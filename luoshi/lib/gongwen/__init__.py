"""Official papers as .docx in the layout of GB/T 9704-2012: declared as a value, then written.

>>> paper = Gongwen(title="关于作风建设的通知", body=[Para("……。")], issuer="云州市水务局", on=day)
>>> write(paper, "notice.docx")

The numbers stand in `measures` with their clauses. The files are WordprocessingML (ECMA-376)
written directly: no template, no theme, the same bytes for the same paper.
"""

from luoshi.lib.gongwen.blocks import (
    Across,
    Annex,
    Block,
    Cell,
    Code,
    Column,
    Field,
    Form,
    FormRow,
    Heading,
    Line,
    PageBreak,
    Para,
    Row,
    Table,
)
from luoshi.lib.gongwen.document import Gongwen, to_bytes, write
from luoshi.lib.gongwen.package import MIME

__all__ = [
    "MIME",
    "Across",
    "Annex",
    "Block",
    "Cell",
    "Code",
    "Column",
    "Field",
    "Form",
    "FormRow",
    "Gongwen",
    "Heading",
    "Line",
    "PageBreak",
    "Para",
    "Row",
    "Table",
    "to_bytes",
    "write",
]
