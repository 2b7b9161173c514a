"""The code on a paper by which an outsider holds the record to it: a picture and two lines.

The picture is an address with the checkpoint of the day of printing (number of entries and root)
and the entry that the paper rests on; whoever keeps the paper keeps the checkpoint.
"""

from dataclasses import dataclass

from luoshi.lib.digests import short
from luoshi.lib.gongwen import Code
from luoshi.papers import qr

SIZE = 24.0
"""Edge of the picture, mm."""


@dataclass(frozen=True, slots=True)
class PaperProof:
    """Entry and checkpoint of a paper, and the address that its picture holds."""

    number: int
    size: int
    root: str
    link: str

    @property
    def lines(self) -> tuple[str, str]:
        """What stands beside the picture."""
        return (
            f"存证第{self.number}条　检查点{self.size}条　根 {short(self.root)}",
            "扫码可核对存证；保存本件即保存了这一检查点。",
        )


def code(proof: PaperProof) -> Code:
    """The proof as a block of a Word paper."""
    return Code(qr.png(proof.link), proof.lines, SIZE, "二维码：存证")
