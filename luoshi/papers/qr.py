"""QR codes (ISO/IEC 18004) for paper that comes back: as SVG for a page, as PNG for a document."""

import io

import segno


def svg(text: str) -> str:
    """An `<svg>` element without styles or scripts; error correction M, quiet zone of 4.

    It has a `viewBox` and no size of its own, so that it fills its box whatever that is.
    """
    inline: str = segno.make(text, error="m", micro=False).svg_inline(
        border=4, omitsize=True, svgclass=None, lineclass=None
    )
    return inline


def png(text: str, *, unit: int = 8) -> bytes:
    """The same as a black-and-white PNG, `unit` pixels a module, quiet zone of 4."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=unit, border=4)
    return out.getvalue()
