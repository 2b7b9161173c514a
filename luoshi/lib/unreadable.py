"""A file that cannot be read: one family for documents, workbooks and whatever comes later."""


class Unreadable(Exception):
    """A document that cannot be read. `code` is stable; the messages say what, where, remedy."""

    def __init__(self, code: str, message_zh: str, message_en: str) -> None:
        self.code = code
        self.message_zh = message_zh
        self.message_en = message_en
        super().__init__(message_en)
