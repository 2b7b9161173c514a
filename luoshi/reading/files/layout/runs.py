"""Letters in the order of the file to runs: what stands close together on one base line."""

from .model import Letter, Run, is_wide


class Runs:
    """Collects letters; `found` are the runs, without what was drawn twice for boldness."""

    def __init__(self) -> None:
        self.found: list[Run] = []
        self._now: Run | None = None
        self._blank = False
        self._seen: dict[tuple[str, int, int], float] = {}

    def blank(self) -> None:
        """A blank: the next letter stands apart."""
        self._blank = True

    def add(self, char: str, x0: float, top: float, x1: float, bottom: float) -> None:
        """A letter with its box."""
        height = bottom - top
        if height <= 0.5 or x1 <= x0:
            return
        size = x1 - x0 if is_wide(char) else height * 0.8
        size = min(size, height * 1.2)
        key = (char, round(x0 / 3), round(top / 3))
        if abs(self._seen.get(key, -99.0) - x0) < 0.6:
            return
        self._seen[key] = x0
        now = self._now
        letter = Letter(char, x0, x1, self._blank)
        if now is not None:
            gap = x0 - now.x1
            em = min(size, now.size) if is_wide(char) else now.size
            if (
                abs((top + bottom) / 2 - now.middle) < 0.25 * height
                and 0.75 < height / (now.bottom - now.top) < 1.33
                and -0.4 * em < gap <= (1.0 if not self._blank else 1.05) * em
            ):
                now.letters.append(letter)
                now.size = max(now.size, size) if is_wide(char) else now.size
                self._blank = False
                return
        self._blank = False
        self._now = Run([letter], top, bottom, size)
        self.found.append(self._now)

    def end(self) -> None:
        """What follows begins a run of its own."""
        self._now = None
        self._blank = False
