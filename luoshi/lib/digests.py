"""Check codes as people compare them."""


def short(digest: str) -> str:
    """First eight and last four characters of a hexadecimal digest, in fours; "" stays empty."""
    return f"{digest[:4]} {digest[4:8]} … {digest[-4:]}" if digest else ""
